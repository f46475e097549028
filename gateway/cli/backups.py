"""`backup` and `restore`: the data, people's data keys apart, and the list of who was erased (docs/backups.md)."""

# ruff: noqa: PLC0415 - what opens databases is imported when it is called, not for `--help`

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from gateway.cli.failures import PROGRAM, of_installation
from gateway.cli.options import DryRun, Json, Yes, agreed
from gateway.cli.output import fields, message, result
from gateway.cli.session import settings, talk
from gateway.clock import SystemClock, SystemEntropy
from gateway.core.errors import GivenError, OperatorError

backup = typer.Typer(no_args_is_help=True, help="Copies of the data, and of people's data keys apart from it.")
restore = typer.Typer(no_args_is_help=True, help="A database out of a backup, proven, and held until released.")

_Result = TypeVar("_Result")

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The backup.", file_okay=False)]
Weekly = Annotated[
    Path, typer.Option("--weekly-keys", metavar="FOLDER", help="Where the weeks' keys lie, elsewhere.", file_okay=False)
]
ErasedList = Annotated[Path, typer.Option("--erased", metavar="FILE", help="The newest list of who was erased.")]


@backup.command("take")
def take(folder: Folder, *, dry_run: DryRun = False, json: Json = False) -> None:
    """Copy the database into a new folder, without people's data keys; the gateway may serve meanwhile."""
    from gateway.installation.backing_up import backed_up

    told = talk(lambda session: session.get("/log/head"))
    given, note = settings(), str(told["checkpoint"])
    if not dry_run:
        _done(lambda: backed_up(given, folder, note, SystemClock().now()))
    result({"entries": told["entries"], "dry_run": dry_run}, fields({"entries": told["entries"]}), as_json=json)
    if not dry_run:
        message("People's data keys are not in it: backup keys. Who was erased since is told by: backup erased.")


@backup.command("keys")
def keys(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the sealed copy goes.", dir_okay=False)],
    weekly_keys: Weekly,
    *,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Copy people's data keys, sealed under a key of this week that is destroyed seven days after it."""
    from gateway.installation.backing_up import keys_backed_up

    given, today = settings(), SystemClock().now().date()
    key = None if dry_run else _done(lambda: keys_backed_up(given, file, weekly_keys, today, SystemEntropy()))
    result({"key": key.name if key else None, "dry_run": dry_run}, [f"key: {key or 'none made'}"], as_json=json)


@backup.command("erased")
def erased(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the list goes.", dir_okay=False)],
    *,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Write the list of who was erased, as digests: with it and an exported log nobody erased comes back."""
    from gateway.cli.exporting import written
    from gateway.installation.backing_up import erased_list
    from gateway.store.database import opened
    from gateway.store.person_keys import destroyed

    with opened(settings().person_key_database()) as database:
        listed = _done(lambda: destroyed(database))
    if not dry_run:
        written(file, erased_list(listed))
    count = sum(map(len, listed.values()))
    result({"erased": count, "dry_run": dry_run}, [f"erased: {count}"], as_json=json)


@restore.command("data")
def data(
    folder: Folder,
    log: Annotated[
        Path | None, typer.Option("--log", metavar="FILE", help="The newest export of the log.", dir_okay=False)
    ] = None,
    *,
    verify: Annotated[bool, typer.Option("--verify", help="Prove the backup and put nothing anywhere.")] = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Put a backup where no database is, with what the log has said since. It does not serve until released."""
    from gateway.installation.restoring import Restoring, checked, require_room
    from gateway.keyring.choosing import opened_ring

    given, entropy = settings(), SystemEntropy()
    if verify or dry_run:
        ring = _done(lambda: opened_ring(given, entropy))
        manifest = _done(lambda: checked(folder, ring, given.origin))
        if dry_run:
            _done(lambda: require_room(given.database(), given.data))
        at = manifest.at.isoformat()
        result({"verified": True, "at": at}, [f"The backup of {at} is whole, and this gateway's."], as_json=json)
        return
    told = _done(Restoring(given, folder, log, SystemClock(), entropy).restored)
    since = dict(sorted(told.since.items()))
    lines = [f"entries in the backup: {told.entries}", *(f"since then {kind}: {n}" for kind, n in since.items())]
    result({"entries": told.entries, "since": since}, lines, as_json=json)
    message("What was withdrawn, revoked, registered or asked to be erased since has to be recorded again first.")
    if log is None:
        message("No newer log was given: what it said after the backup is lost, and witnesses will find two logs.")
    message(f"Next: {PROGRAM} restore release")


@restore.command("keys")
def keys_back(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The sealed copy.", dir_okay=False)],
    erased: ErasedList,
    weekly_key: Annotated[Path, typer.Option("--weekly-key", metavar="FILE", help="The key of its week.")],
    *,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Put people's data keys where none are, without the keys of whoever was erased since."""
    from gateway.installation.backing_up import opened_copy, read_erased_list, read_weeks_key
    from gateway.installation.restoring import keys_restored

    given = settings()
    if dry_run:
        _done(lambda: (opened_copy(read_weeks_key(weekly_key), file.read_bytes()), read_erased_list(erased)))
        result({"dry_run": True}, ["It opens. Nothing was changed."], as_json=json)
        return
    gone = _done(lambda: keys_restored(given, file, weekly_key, erased, SystemEntropy()))
    result({"destroyed_again": gone}, [f"destroyed again: {gone}"], as_json=json)


@restore.command("release")
def release(*, yes: Yes = False, dry_run: DryRun = False, json: Json = False) -> None:
    """Let a restored database serve. Whoever was erased is gone from it; what waited then is delivered again."""
    if dry_run:
        result({"dry_run": True}, ["Nothing was changed."], as_json=json)
        return
    agreed("Were the withdrawals and revocations since the backup recorded again?", yes=yes)
    told = talk(lambda session: session.post("/restore/release", {}))
    result(told, fields(told), as_json=json)


def _done(work: Callable[[], _Result]) -> _Result:
    """Raise CommandFailedError for what the operator has to mend."""
    try:
        return work()
    except OSError:
        raise of_installation(GivenError("a file cannot be read or written there: its modes, or no room")) from None
    except OperatorError as error:
        raise of_installation(error) from None
