"""`init`, `serve`, `demo`, `doctor`: an installation as a whole. Each loads what it needs only when it is called."""
# ruff: noqa: PLC0415 - a second of imports that `--help` and the commands to a running gateway do not need

from typing import Annotated

import typer

from gateway import logs
from gateway.cli.failures import CommandFailedError, Exit, of_installation
from gateway.cli.options import DryRun, Json
from gateway.cli.output import message, result
from gateway.cli.session import settings
from gateway.clock import SystemClock, SystemEntropy
from gateway.core.errors import OperatorError
from gateway.loading import loading
from gateway.packaging_guard import require_own_packages
from gateway.settings import read


def init(*, dry_run: DryRun = False, json: Json = False) -> None:
    """Make the data folder, key ring and databases; run again, only bring the databases to the newest schema."""
    from gateway.installation.preparing import missing, prepare
    from gateway.installation.unlocking import is_anothers, looked_at, without_secret, without_setting

    given = settings()
    if given.secret_file is None and given.secret is None:
        raise CommandFailedError(Exit.USAGE, "no_secret", *without_setting(given))
    if given.secret_file is not None and is_anothers(given.secret_file):
        says = "This user may not read the secret file."
        raise CommandFailedError(Exit.USAGE, "no_secret", says, looked_at(given.secret_file))
    if given.secret_file is not None and not given.secret_file.exists():
        raise CommandFailedError(Exit.USAGE, "no_secret", *without_secret(given, given.secret_file))
    try:
        today = SystemClock().now().date()
        plan = missing(given, today) if dry_run else prepare(given, SystemEntropy(), today)
    except OperatorError as error:
        raise of_installation(error) from None
    made = {"data_folder": plan.folder, "key_ring": plan.key_ring, "schema": plan.schema}
    verb = "would be made" if dry_run else "made"
    lines = [f"{name.replace('_', ' ')}: {verb if new else 'there already'}" for name, new in made.items()]
    result({**made, "dry_run": dry_run}, lines, as_json=json)
    if plan.key_ring and not dry_run:
        message("Back up the key ring apart from the data, and the secret apart from both: without them nothing opens.")
    if not dry_run:
        message("Next: referral-gateway serve")


def serve(
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="Allow everything beside the database, on 127.0.0.1 only.")
    ] = False,
    json: Json = False,
) -> None:
    """Run the gateway until SIGTERM or Ctrl-C. Standard output gets one line, the URL; logs go to standard error."""
    with loading():
        from gateway.serving.process import serve as run

    def announce(url: str) -> None:
        result({"url": url}, [url], as_json=json)

    logs.configure()
    try:
        require_own_packages()
        run(read(demo=demo), announce)
    except OperatorError as error:
        raise of_installation(error) from None


def demo(
    *, once: Annotated[bool, typer.Option("--once", help="Play the story once, say whether it held, and stop.")] = False
) -> None:
    """Play the whole line on this machine with invented people. Asks nothing, opens nobody's data."""
    from gateway.demo.story import run

    try:
        require_own_packages()
        code = run(once=once)
    except OperatorError as error:
        raise of_installation(error) from None
    raise typer.Exit(code)


def doctor(*, json: Json = False) -> None:
    """Check the installation: a line a check, with the command that mends it. Exit code 1 when something is wrong."""
    from gateway.cli.doctor import findings, line

    found = findings(SystemClock())
    well = all(one.ok for one in found)
    checks = [{"name": one.name, "ok": one.ok, "says": one.says, "next": one.next} for one in found]
    result({"ok": well, "checks": checks}, map(line, found), as_json=json)
    if not well:
        raise typer.Exit(Exit.PROBLEM)
