"""One thing `doctor` looked at, and how it is said: a sentence without a value of a setting, a command for a shell."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateway.core.errors import OperatorError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `next` is the command that mends it; empty when all is well."""

    name: str
    ok: bool
    says: str
    next: str = ""


def tried(name: str, well: str, check: Callable[[], object], mend: str) -> Finding:
    """Return what comes of a check: what it says when it fails, and the command then."""
    try:
        check()
    except OperatorError as error:
        return Finding(name, ok=False, says=sentence(error), next=mend)
    return Finding(name, ok=True, says=well)


def quoted(path: Path) -> str:
    """Write a path as a shell takes it."""
    return shlex.quote(str(path))


def sentence(error: OperatorError) -> str:
    """Write an error as a sentence."""
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}."
