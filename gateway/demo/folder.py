"""The demonstration's own folder: made private, emptied at each start, and used by one demonstration at a time.

It empties only what a demonstration made: a folder without its mark, a link, or somebody else's folder is refused.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.core.errors import GivenError

NAME = ".demo"
"""Where it lies, in the current directory; git ignores it."""

MARK = ".made-by-the-demonstration"


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """What lies where. Every private key in it was made for this run and is worth nothing after it."""

    root: Path

    @property
    def data(self) -> Path:
        """Databases and key ring, as a gateway has them."""
        return self.root / "data"

    @property
    def secret(self) -> Path:
        """What unlocks the key ring; beside the data in a demonstration, and nowhere else."""
        return self.root / "unlock"

    @property
    def clients(self) -> Path:
        """The private keys of the agencies' systems, one JWK a file."""
        return self.root / "clients"

    @property
    def log(self) -> Path:
        """What an auditor gets: export, checkpoint, key and receipt."""
        return self.root / "log"

    @property
    def lines(self) -> Path:
        """What the gateway logs."""
        return self.root / "gateway.log"


@contextmanager
def emptied(root: Path) -> Iterator[DemoFolder]:
    """Give a private, empty folder at `root`, held until the block ends.

    Raises OperatorError when what lies there was not made by a demonstration, or is in use by one.
    """
    _require_ours(root)
    root.mkdir(mode=0o700, exist_ok=True)
    root.chmod(0o700)
    with (root / MARK).open("w") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise GivenError("a demonstration is running in this directory already") from None
        _empty(root)
        folder = DemoFolder(root)
        for inside in (folder.data, folder.clients, folder.log):
            inside.mkdir(mode=0o700)
        yield folder


def _require_ours(root: Path) -> None:
    if root.is_symlink() or (root.exists() and not root.is_dir()):
        raise GivenError("the demonstration's folder is a link or a file; remove it")
    if not root.exists():
        return
    if root.stat().st_uid != os.getuid():
        raise GivenError("the demonstration's folder belongs to another user")
    if any(root.iterdir()) and not (root / MARK).is_file():
        raise GivenError("the demonstration's folder holds something that no demonstration made; move it away")


def _empty(root: Path) -> None:
    for inside in root.iterdir():
        if inside.name == MARK:
            continue
        if inside.is_dir() and not inside.is_symlink():
            shutil.rmtree(inside)
        else:
            inside.unlink()
