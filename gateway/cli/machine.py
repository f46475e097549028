"""What the machine refuses a command: room, memory, open files, a file that is none. Never a mistake of the program."""

from collections.abc import Mapping
from errno import (
    EDQUOT,
    EEXIST,
    EFBIG,
    EISDIR,
    ELOOP,
    EMFILE,
    ENAMETOOLONG,
    ENFILE,
    ENOENT,
    ENOMEM,
    ENOSPC,
    ENOTDIR,
    EROFS,
)
from types import MappingProxyType
from typing import Final

from gateway.cli.failures import DOCTOR, CommandFailedError, Exit

_NO_ROOM: Final = ("no_room", "There is no room for what this command writes.", "df -h")
_NO_MEMORY: Final = ("no_memory", "There is too little memory for this command.", "free -m")
_NO_DESCRIPTORS: Final = ("too_few_files", "Too few files may be open at once here.", "ulimit -n 1024")
_READ_ONLY: Final = ("read_only", "What this command writes to can only be read.", DOCTOR)
_ANOTHER_KIND: Final = (
    "not_a_file",
    "A file or folder that a setting or an argument names is not there, or is of another kind.",
    "",
)
_SAID: Final[Mapping[int, tuple[str, str, str]]] = MappingProxyType(
    {
        **dict.fromkeys((ENOSPC, EDQUOT, EFBIG), _NO_ROOM),
        **dict.fromkeys((EMFILE, ENFILE), _NO_DESCRIPTORS),
        **dict.fromkeys((ENOENT, ENOTDIR, EISDIR, EEXIST, ENAMETOOLONG, ELOOP), _ANOTHER_KIND),
        ENOMEM: _NO_MEMORY,
        EROFS: _READ_ONLY,
    }
)


def refused_by_machine(error: Exception) -> CommandFailedError | None:
    """Read what the machine refused, by the number it gave; None where it was something else."""
    if isinstance(error, MemoryError):
        return CommandFailedError(Exit.USAGE, *_NO_MEMORY)
    said = _SAID.get(error.errno or 0) if isinstance(error, OSError) else None
    return CommandFailedError(Exit.USAGE, *said) if said else None
