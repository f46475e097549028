"""Linux seccomp: which calls into the kernel a worker may make. Everything that is not named here is refused.

A closed list: reading and writing what is open already, opening files for reading (Landlock says which), memory, the
clock, the end. No sockets, no new processes or threads, no signals to others, no other program; who waits is woken by
itself only. A refused call fails with EACCES, which Python raises as PermissionError. A call of another architecture
ends the process.

Our own, not a library: what there is binds libseccomp, which must be installed beside, and was last released in 2021.
"""

import ctypes
import platform
import struct
import sys
from typing import Final

_SET_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | 13
_LOAD, _EQUALS, _AT_LEAST, _SHARES_A_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
"""Where struct seccomp_data holds them; arguments follow from byte 16, eight bytes each."""
_SECOND_ARGUMENT, _THIRD_ARGUMENT = 24, 32

_FOREIGN_NUMBERS: Final = 0x40000000
"""From here on numbers mean calls of x32, another architecture that answers to the same name."""

_CHANGES_A_FILE: Final = 0o3 | 0o100 | 0o1000 | 0o2000 | 0o20000000
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND and the bit of O_TMPFILE, as passed to openat."""
_READS_FLAGS: Final = (1, 2, 3, 1030)
"""F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC: the rest of fcntl can have the kernel send signals to others."""

_WITHIN_ITSELF: Final = 0x80
"""FUTEX_PRIVATE_FLAG. Without it, who waits on a file that two workers may map is woken, or counted, by the other."""

_OPENAT, _FCNTL, _FUTEX = "openat", "fcntl", "futex"

_X86_64: Final = {
    "read": 0, "write": 1, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "poll": 7, "lseek": 8, "mmap": 9,
    "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15,
    "pread64": 17, "readv": 19, "access": 21, "sched_yield": 24, "mremap": 25, "madvise": 28, "getpid": 39,
    "exit": 60, "uname": 63, _FCNTL: 72, "getcwd": 79, "readlink": 89, "gettimeofday": 96, "getuid": 102,
    "getgid": 104, "geteuid": 107, "getegid": 108, "getppid": 110, "sigaltstack": 131, "gettid": 186, _FUTEX: 202,
    "getdents64": 217, "clock_gettime": 228, "clock_getres": 229, "exit_group": 231, _OPENAT: 257, "newfstatat": 262,
    "readlinkat": 267, "faccessat": 269, "set_robust_list": 273, "getrandom": 318, "membarrier": 324, "statx": 332,
    "rseq": 334, "faccessat2": 439,
}  # fmt: skip
_AARCH64: Final = {
    "getcwd": 17, _FCNTL: 25, "faccessat": 48, _OPENAT: 56, "close": 57, "getdents64": 61, "lseek": 62, "read": 63,
    "write": 64, "readv": 65, "pread64": 67, "ppoll": 73, "readlinkat": 78, "newfstatat": 79, "fstat": 80, "exit": 93,
    "exit_group": 94, _FUTEX: 98, "set_robust_list": 99, "clock_gettime": 113, "clock_getres": 114,
    "sched_yield": 124, "sigaltstack": 132, "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139,
    "uname": 160, "gettimeofday": 169, "getpid": 172, "getppid": 173, "getuid": 174, "geteuid": 175, "getgid": 176,
    "getegid": 177, "gettid": 178, "brk": 214, "munmap": 215, "mremap": 216, "mmap": 222, "mprotect": 226,
    "madvise": 233, "getrandom": 278, "membarrier": 283, "statx": 291, "rseq": 293, "faccessat2": 439,
}  # fmt: skip
_LOOKED_INTO: Final = {_OPENAT, _FCNTL, _FUTEX}
"""Calls that are allowed with some arguments and not with others."""

ARCHITECTURES: Final = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}
"""By machine: its audit number, and the calls allowed with their numbers there."""


def is_possible() -> bool:
    """Tell whether the calls of this machine are known here."""
    return sys.platform == "linux" and platform.machine() in ARCHITECTURES


def restrict() -> None:
    """Allow this process the list and nothing else, for good. Raises OSError where the kernel does not take it."""
    kernel = ctypes.CDLL(None, use_errno=True)
    code = program(platform.machine())
    held = ctypes.create_string_buffer(code)
    told = struct.pack("@HP", len(code) // _INSTRUCTION.size, ctypes.addressof(held))  # struct sock_fprog
    _require(kernel.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _require(kernel.prctl(_SET_SECCOMP, _FILTER, told, 0, 0))


def program(machine: str) -> bytes:
    """Return the filter for that machine, in the kernel's own instructions. Raises OSError for an unknown machine."""
    if machine not in ARCHITECTURES:
        raise OSError("the calls of this machine are not known")
    architecture, calls = ARCHITECTURES[machine]
    return b"".join(
        (
            _do(_LOAD, _ARCHITECTURE),
            _do(_EQUALS, architecture, skip=1),
            _do(_RETURN, _KILL),
            _do(_LOAD, _NUMBER),
            _do(_AT_LEAST, _FOREIGN_NUMBERS, otherwise=1),
            _do(_RETURN, _KILL),
            _when(calls[_OPENAT], _opens_for_reading()),
            _when(calls[_FCNTL], _reads_flags()),
            _when(calls[_FUTEX], _waits_within_itself()),
            *(_when(number, _do(_RETURN, _ALLOW)) for name, number in calls.items() if name not in _LOOKED_INTO),
            _do(_RETURN, _REFUSE),
        )
    )


_INSTRUCTION = struct.Struct("=HBBI")


def _do(operation: int, operand: int, skip: int = 0, otherwise: int = 0) -> bytes:
    """One instruction; `skip` and `otherwise` are how many of the next to leave out when it holds, and when not."""
    return _INSTRUCTION.pack(operation, skip, otherwise, operand)


def _when(number: int, body: bytes) -> bytes:
    """Run `body` (which returns) for the call of that number."""
    return _do(_EQUALS, number, otherwise=len(body) // _INSTRUCTION.size) + body


def _opens_for_reading() -> bytes:
    return (
        _do(_LOAD, _THIRD_ARGUMENT)
        + _do(_SHARES_A_BIT, _CHANGES_A_FILE, otherwise=1)
        + _do(_RETURN, _REFUSE)
        + _do(_RETURN, _ALLOW)
    )


def _reads_flags() -> bytes:
    checks = b"".join(_do(_EQUALS, flag, otherwise=1) + _do(_RETURN, _ALLOW) for flag in _READS_FLAGS)
    return _do(_LOAD, _SECOND_ARGUMENT) + checks + _do(_RETURN, _REFUSE)


def _waits_within_itself() -> bytes:
    return (
        _do(_LOAD, _SECOND_ARGUMENT)
        + _do(_SHARES_A_BIT, _WITHIN_ITSELF, skip=1)
        + _do(_RETURN, _REFUSE)
        + _do(_RETURN, _ALLOW)
    )


def _require(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), "the kernel does not filter calls")
