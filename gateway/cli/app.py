"""`referral-gateway`: every command, and the wall behind which no traceback, local or value is ever printed."""

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Final, TextIO

import typer
from typer.main import get_command

from gateway import __version__
from gateway.cli import (
    adapters,
    backups,
    breaches,
    capacity,
    cases,
    clients,
    consents,
    courier,
    erasures,
    histories,
    keys,
    kit,
    log,
    notices,
    officers,
    policies,
    previews,
    register,
    running,
    sandbox,
    statistics,
    tokens,
    witness,
)
from gateway.cli.failures import DOCTOR, PROGRAM, CommandFailedError, Exit
from gateway.cli.machine import refused_by_machine
from gateway.cli.output import JSON, failure

kit.add_to(adapters.adapter)
GROUPS: Final = {
    "adapter": adapters.adapter,
    "agency": register.agency,
    "agreement": register.agreement,
    "backup": backups.backup,
    "breach": breaches.breach,
    "capacity": capacity.capacity,
    "case": cases.case,
    "client": clients.client,
    "consent": consents.consent,
    "courier": courier.courier,
    "keys": keys.keys,
    "log": log.log,
    "notice": notices.notice,
    "officer": officers.officer,
    "policy": policies.policy,
    "restore": backups.restore,
    "sandbox": sandbox.sandbox,
    "statistics": statistics.statistics,
    "token": tokens.token,
    "witness": witness.witness,
}

# Locals would print personal data, and so can the message of a foreign error: `main` prints neither.
app = typer.Typer(
    name=PROGRAM,
    no_args_is_help=True,
    help="Consent-aware, minimal-disclosure referrals between agencies.",
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
)
for command in (
    running.init,
    running.serve,
    running.demo,
    running.doctor,
    previews.preview,
    previews.explain,
    histories.history,
    erasures.erase,
):
    app.command()(command)
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


def _version(asked: bool) -> None:  # noqa: FBT001 - as typer calls it
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Consent-aware, minimal-disclosure referrals between agencies."""


def main() -> None:
    """Run the command of this process and end it with that command's exit code."""
    os.umask(0o077)  # Whatever a command writes, nobody else reads.
    code = run(sys.argv[1:])
    taken = [_is_taken(stream) for stream in (sys.stdout, sys.stderr) if stream]
    sys.exit(code or (Exit.DONE if all(taken) else Exit.USAGE))


def _is_taken(stream: TextIO) -> bool:
    """Write what is left; where nothing takes it, let it go, or the interpreter complains of it as it ends."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return False
    return True


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. Every failure has been told, without a value from the data."""
    try:
        _commands()(args=list(arguments), prog_name=PROGRAM)
    except CommandFailedError as error:
        return _told(error, arguments)
    except SystemExit as ended:  # How typer says that it is done.
        return ended.code if isinstance(ended.code, int) else Exit.DONE
    except KeyboardInterrupt:  # Before typer has anything to interrupt: it ends as typer would end it.
        return _INTERRUPTED
    except PermissionError:
        return _told(_NOT_THIS_USER, arguments)
    except Exception as error:  # noqa: BLE001 - the wall: a foreign error may quote what it was given
        return _told(refused_by_machine(error) or _defect(error), arguments)
    return Exit.DONE


def _told(error: CommandFailedError, arguments: Sequence[str]) -> int:
    failure(error, _help(arguments), as_json=JSON in arguments)
    return error.exit_code


_INTERRUPTED: Final = 130
"""What a shell calls the end by Ctrl-C."""

_NOT_THIS_USER: Final = CommandFailedError(
    Exit.USAGE, "not_this_user", "This user may not use a file or folder that a setting or an argument names.", DOCTOR
)


@cache
def _commands() -> Callable[..., object]:
    """Make the tree of commands once: that takes longer than most of them."""
    return get_command(app)


def _defect(error: Exception) -> CommandFailedError:
    """Say what kind of error it was and where in our own code, for a report; never what it said."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "gateway" in Path(frame.filename).parts]
    place = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return CommandFailedError(
        Exit.PROBLEM, "defect", f"This is a mistake in the program: {type(error).__name__}{place}.", DOCTOR
    )


def _help(arguments: Sequence[str]) -> str:
    """The help of the command that was called."""
    words = list(arguments[: 2 if arguments and arguments[0] in GROUPS else 1])
    return " ".join([PROGRAM, *(word for word in words if word.isalpha()), "--help"])
