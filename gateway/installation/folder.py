"""The data folder: private to one user of the machine, and used by one process at a time.

Its mode is what guards the operator's socket, and its lock is what makes "one writer" true: whoever opens the databases
to change something holds it. The kernel lets the lock go when its holder dies, so a crash leaves nothing to clean up.
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EROFS
from pathlib import Path

from gateway.core.errors import OperatorError

PRIVATE = 0o700
LOCK = "gateway.lock"
_FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class NoFolderError(OperatorError):
    """There is no data folder: nothing was installed here yet."""


class OpenFolderError(OperatorError):
    """Others may enter the data folder, and so the operator's socket in it."""


class AnotherUsersError(OperatorError):
    """It belongs to another user of the machine, or this one may not look there at all."""


class InUseError(OperatorError):
    """Another process holds the data folder's lock: a gateway that serves, or a command that changes something."""


def make_private(data: Path) -> None:
    """Make the folder, or take away what others may do with it. Raises OperatorError where that is not ours to do."""
    try:
        data.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        data.chmod(PRIVATE)
    except PermissionError:
        raise AnotherUsersError("the data folder cannot be made, or made private, by this user") from None
    except OSError:
        raise OperatorError("the data folder cannot be made: it is no folder, or there is no room") from None


def require_private(data: Path) -> None:
    """Raise OperatorError, by its kind, unless it is there, a folder, this user's, and nobody else's."""
    try:
        if not data.is_dir():
            if os.path.lexists(data):  # `init` would not get by it either.
                raise OperatorError("what lies in the data folder's place is no folder")
            raise NoFolderError("there is no data folder")
        if data.stat().st_uid != os.geteuid():
            raise AnotherUsersError("the data folder belongs to another user")
    except PermissionError:
        raise AnotherUsersError("this user may not look for the data folder") from None
    if is_open_to_others(data):
        raise OpenFolderError("others may enter the data folder")


def is_open_to_others(path: Path) -> bool:
    """Tell whether a file or folder belongs to another user, or allows anybody else anything."""
    state = path.stat()
    return bool(state.st_mode & _FOR_OTHERS) or state.st_uid != os.geteuid()


@contextmanager
def exclusive(data: Path) -> Iterator[None]:
    """Hold the folder's lock until the block ends. Raises InUseError at once when somebody else has it."""
    require_private(data)
    try:
        descriptor = os.open(data / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        says = "the data folder can only be read" if error.errno == EROFS else "the data folder's lock cannot be opened"
        raise OperatorError(says) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUseError("the data folder is in use") from None
        yield
    finally:
        os.close(descriptor)
