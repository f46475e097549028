"""`keys`: how old the gateway's own keys are, a new epoch, people's data keys wrapped anew (ADR 0061), a new secret."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.failures import DOCTOR, PROGRAM, SENTENCES, CommandFailedError, Exit, of_installation
from gateway.cli.options import DryRun, Json, Yes, agreed
from gateway.cli.output import fields, message, result
from gateway.cli.progress import progress
from gateway.cli.session import Session, settings, talk

keys = typer.Typer(no_args_is_help=True, help="The gateway's own keys: age, rotation, wrapping anew, the secret.")

RingName = Annotated[str, typer.Argument(metavar="RING", help="data (wraps people's keys) or ledger (signs).")]


@keys.command("list")
def listed(*, json: Json = False) -> None:
    """Show each ring's epochs and since when, what each wraps, agencies' keys that have a last day, and public keys.

    The public keys are for others to pin: the log's for witnesses, auditors and senders, the messages' for recipients.
    """
    told = talk(lambda session: session.get("/keys"))
    rings, wrapped, ends, public = (told[name] for name in ("rings", "data_keys", "agencies", "public"))
    lines = [f"{name}\tepoch {one['epoch']}\tsince {one['since'] or 'unknown'}" for name, one in _items(rings)]
    lines += [f"data keys under epoch {epoch}\t{count}" for epoch, count in _items(wrapped)]
    lines += [f"{one['agency']}\t{one['key']}\tuntil {one['last_day']}" for one in _list(ends)]
    lines += [f"ledger epoch {one['epoch']}\tlog {one['log']}\tmessages {one['messages']}" for one in _list(public)]
    result(told, lines, as_json=json)


@keys.command("rotate")
def rotate(ring: RingName, *, yes: Yes = False, dry_run: DryRun = False, json: Json = False) -> None:
    """Begin a new epoch of one ring; the gateway may serve meanwhile. Older epochs still open and verify."""
    if not dry_run:
        agreed(f"Begin a new epoch of the {ring} ring?", yes=yes)
    told = talk(lambda session: session.post("/keys/rotate", {"ring": ring}, dry_run=dry_run))
    result(told, fields(told), as_json=json)
    if not dry_run:
        message("Back up the key ring again: an older copy does not open what is written from now on.")
        message(f"Next: {PROGRAM} keys rewrap" if ring == "data" else f"Next: {PROGRAM} keys list")


@keys.command("rewrap")
def rewrap(*, dry_run: DryRun = False, json: Json = False) -> None:
    """Wrap every person's data key under the newest epoch; stopped anywhere, run it again."""
    told = talk(lambda session: session.post("/keys/rewrap", {}, dry_run=True) if dry_run else _all(session))
    result(told, fields(told), as_json=json)


@keys.command("retire")
def retire(
    epoch: Annotated[int, typer.Argument(metavar="EPOCH", min=1, help="An older epoch of the data ring.")],
    *,
    yes: Yes = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Destroy an older wrapping key that wraps nothing any more, while no gateway serves, on any node."""
    if not dry_run:
        agreed("Older backups of the key store will not open any more. Destroy it?", yes=yes)
    from gateway.installation.retiring import retired  # noqa: PLC0415 - opens the databases, which `--help` does not

    with _in_sentences():
        retired(settings(), epoch, dry_run=dry_run)
    result(
        {"retired": epoch, "dry_run": dry_run}, [f"epoch {epoch}: {'would be' if dry_run else 'is'} gone"], as_json=json
    )


@keys.command("change-secret")
def change_secret(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Holds the new secret; away from the data, mode 0600.")],
    *,
    yes: Yes = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Seal the key ring under another secret, while no gateway serves, on any node; stopped anywhere, run it again."""
    if not dry_run:
        agreed("The old secret will not open the key ring any more. Change it?", yes=yes)
    from gateway.installation.resealing import resealed  # noqa: PLC0415 - as above

    with _in_sentences():
        was_to_do = resealed(settings(), file, dry_run=dry_run)
    says = "would be" if was_to_do and dry_run else "is"
    result({"changed": was_to_do, "dry_run": dry_run}, [f"The key ring {says} sealed under that secret."], as_json=json)
    if not dry_run:
        message("Back up the key ring again. Older copies of the file open with the old secret still: destroy both.")
        message(f"Next: export GATEWAY_SECRET_FILE={shlex.quote(str(file))} && {DOCTOR}")


@contextmanager
def _in_sentences() -> Iterator[None]:
    """Say in an operator's words why the installation's keys were not changed."""
    from gateway.core.errors import OperatorError  # noqa: PLC0415 - opens nothing that `--help` needs
    from gateway.core.rotation.key_keeping import KeysRefusedError  # noqa: PLC0415 - as above

    try:
        yield
    except KeysRefusedError as error:
        says, following = SENTENCES[error.code]
        raise CommandFailedError(Exit.REFUSED, error.code, says, following) from None
    except OperatorError as error:
        raise of_installation(error) from None


async def _all(session: Session) -> dict[str, object]:
    """Wrap anew, batch by batch, until nothing is left."""
    told = await session.post("/keys/rewrap", {}, dry_run=True)
    total, done, last = int(str(told["left"])), 0, ""
    with progress(total) as tell:
        while True:
            told = await session.post("/keys/rewrap", {"after": last})
            done, last = done + int(str(told["done"])), str(told["last"])
            tell(done)
            if not last:
                return {"done": done, "left": told["left"]}


def _list(told: object) -> list[dict[str, object]]:
    return told if isinstance(told, list) else []


def _items(told: object) -> list[tuple[str, dict[str, object]]]:
    return [*told.items()] if isinstance(told, dict) else []
