"""Linux Landlock: which files a worker may read. It writes none, and reaches no network.

What is under the paths given may be read and listed, or listed only; everything else is refused by the kernel, also to
root. Needs
Linux 5.13 or newer with Landlock switched on; from 6.7 it refuses TCP as well, from 6.12 signals and abstract sockets.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
"""The numbers of the three calls, the same on every architecture."""
_ASK_VERSION, _PATH_BENEATH, _SET_NO_NEW_PRIVS = 1, 1, 38
_READ_FILE, _READ_DIRECTORY = 1 << 2, 1 << 3

_KNOWN_FILE_RIGHTS: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Every right over files there is, from which version on: whatever is named and not allowed is refused."""
_TCP: Final = 0b11  # bind and connect, from version 4
_OUTSIDE: Final = 0b11  # abstract sockets and signals, from version 6
_WITH_TCP, _WITH_OUTSIDE = 4, 6


def version() -> int:
    """Return the kernel's version of Landlock; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    found: int = ctypes.CDLL(None, use_errno=True).syscall(_CREATE, None, 0, _ASK_VERSION)
    return max(0, found)


def restrict(readable: Iterable[Path], listed: Iterable[Path] = ()) -> None:
    """Allow this process to read beneath these paths, to see names beneath the others, and nothing else, for good.

    Raises OSError.
    """
    kernel = ctypes.CDLL(None, use_errno=True)
    handled = _handled(version())
    ruleset = _required(kernel.syscall(_CREATE, handled, len(handled), 0))
    try:
        for path in readable:
            _allow(kernel, ruleset, path, _READ_FILE | _READ_DIRECTORY)
        for path in listed:
            _allow(kernel, ruleset, path, _READ_DIRECTORY)
        _required(kernel.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        _required(kernel.syscall(_RESTRICT, ruleset, 0))
    finally:
        os.close(ruleset)


def _handled(found: int) -> bytes:
    """The kernel's landlock_ruleset_attr, as long as that version of the kernel knows it."""
    if found < 1:
        raise OSError("the kernel has no Landlock")
    files = max(rights for since, rights in _KNOWN_FILE_RIGHTS.items() if since <= found)
    if found < _WITH_TCP:
        return struct.pack("=Q", files)
    if found < _WITH_OUTSIDE:
        return struct.pack("=QQ", files, _TCP)
    return struct.pack("=QQQ", files, _TCP, _OUTSIDE)


def _allow(kernel: ctypes.CDLL, ruleset: int, path: Path, most: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rights = most if path.is_dir() else _READ_FILE
        rule = struct.pack("=Qi", rights, place)
        _required(kernel.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0))
    finally:
        os.close(place)


def _required(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "the kernel does not restrict files")
    return result
