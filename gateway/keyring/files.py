"""Reads and writes one private file: a crash leaves the old or the new one, and two writers never lose a root.

Mode 0600; a file that others may read is refused, as ssh does. Never follows a symbolic link when writing.
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gateway.core.errors import OperatorError

_LARGEST_FILE: Final = 1 << 20
_FOR_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def read_private(path: Path) -> bytes:
    """Return the content. Raises OperatorError when absent, unreadable, too large, or open to other users."""
    with _as_operator_error("the key ring file cannot be read"), path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        content = file.read(_LARGEST_FILE + 1)
    if mode & _FOR_OTHERS or not stat.S_ISREG(mode) or len(content) > _LARGEST_FILE:
        raise OperatorError("the key ring must be a regular file that only its owner may read (mode 0600)")
    return content


def write_private(path: Path, content: bytes, *, replaces: bytes | None) -> None:
    """Write atomically and durably, if the file still is what the caller read (`replaces`; None: it must not exist).

    Raises OperatorError when it is not, or when the disk refuses; the old file then stands untouched.
    """
    beside = path.with_name(path.name + ".new")
    with _as_operator_error("the key ring file cannot be written"), _locked_folder(path.parent) as folder:
        if (read_private(path) if path.exists() else None) != replaces:
            raise OperatorError("the key ring file exists already, or was changed by somebody else")
        _write_through(beside, content)
        beside.replace(path)
        os.fsync(folder)


def _write_through(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)  # what an earlier crash left
    # O_EXCL also means: not through a symbolic link
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _locked_folder(path: Path) -> Iterator[int]:
    """Hold the folder's lock: it is let go by the kernel when the process dies, unlike a lock file."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(folder)


@contextmanager
def _as_operator_error(fault: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OperatorError(fault) from error
