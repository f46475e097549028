"""Writes the log to a file and proves what was written before the file gets its name.

The exact lines as they come, hashed as they pass: a log that was tampered with under the gateway is found here, and
not only by the auditor.
"""

import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

from consent.export import Accumulator
from consent.merkle import leaf_hash
from gateway.cli.failures import CommandFailedError, Exit
from gateway.cli.progress import progress
from gateway.cli.session import Session

PAGE: Final = 10_000
"""Entries asked for at once; no more than the operator's door gives."""

_PRIVATE: Final = 0o600
_NEW = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


async def exported(session: Session, file: Path) -> dict[str, object]:
    """Write the log as it stands to `file`, by way of `file`.part, which a later run continues; answer its head.

    Raises CommandFailedError (5) when the entries are not those the head speaks of; then there is no file.
    """
    told = await session.get("/log/head")
    part = file.with_name(f"{file.name}.part")
    while True:
        continued, root = await _filled(session, part, int(str(told["entries"])))
        if root == told["root"]:
            part.replace(file)
            return told
        part.unlink()
        if not continued:  # What was continued may have been the beginning of another log; this was not.
            raise CommandFailedError(
                Exit.DOES_NOT_VERIFY,
                "does_not_verify",
                "The entries are not those the head speaks of; nothing was exported.",
                "python -m consent verify OLDER_EXPORT --checkpoint OLDER_CHECKPOINT",
            )


def written(file: Path, content: bytes) -> None:
    """Write a small file, private to this user. Raises CommandFailedError."""
    try:
        with _opened(file) as out:
            out.truncate()
            out.write(content)
    except OSError:
        raise _unwritable() from None


def made(folder: Path) -> None:
    """Make a folder, private to this user, where there is none. Raises CommandFailedError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise CommandFailedError(Exit.USAGE, "file_unwritable", "The folder cannot be written.") from None


async def _filled(session: Session, part: Path, entries: int) -> tuple[bool, str]:
    """Bring the file to that many entries; whether something of it was there before, and the root over all of it."""
    tree = Accumulator()
    try:
        with _opened(part) as out:
            _continue(out, tree)
            before = tree.size
            with progress(entries, before) as tell:
                while tree.size < entries:
                    until = min(tree.size + PAGE, entries)
                    page = await session.get_bytes("/log/leaves", since=tree.size, until=until)
                    out.write(page)
                    if not _grow(tree, page):
                        break
                    tell(tree.size)
            out.flush()
            os.fsync(out.fileno())
    except OSError:
        raise _unwritable() from None
    return before > 0, tree.head().root.hex()


def _continue(out: BinaryIO, tree: Accumulator) -> None:
    """Take up the whole lines an earlier run wrote, and cut off what it was writing when it ended."""
    whole = 0
    for line in out:
        if not line.endswith(b"\n"):
            break
        tree.add(leaf_hash(line[:-1]))
        whole += len(line)
    out.seek(whole)
    out.truncate()


def _grow(tree: Accumulator, page: bytes) -> bool:
    leaves = page.split(b"\n")[:-1]
    for leaf in leaves:
        tree.add(leaf_hash(leaf))
    return bool(leaves)


def _opened(file: Path) -> BinaryIO:
    """Open it for this user alone, also where it was there before and others could read it."""
    descriptor = os.open(file, _NEW, _PRIVATE)
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.fchmod(descriptor, _PRIVATE)
        return os.fdopen(descriptor, "r+b")
    except OSError:
        os.close(descriptor)
        raise


def _unwritable() -> CommandFailedError:
    return CommandFailedError(Exit.USAGE, "file_unwritable", "The file cannot be written there.")
