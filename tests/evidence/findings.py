"""What a promise is, and what came of one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Count: TypeAlias = "int | float | dict[str, int] | dict[str, float]"


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one promise."""

    held: bool
    counts: dict[str, Count]


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: in words, and how it is tried in a folder of its own at a share of the full count."""

    sentence: str
    run: Callable[[Path, float], Found]
    always: bool = True
