"""Reads which part of something is asked for: one range of bytes (RFC 9110 section 14)."""

import re
from dataclasses import dataclass
from typing import Final

_RANGE: Final = re.compile(r"bytes=(?:([0-9]{1,15})-([0-9]{0,15})|-([0-9]{1,15}))")


class UnsatisfiableError(ValueError):
    """What is asked for begins behind the end of so many bytes (`whole`)."""

    def __init__(self, whole: int) -> None:
        """Keep how many there are."""
        super().__init__("a range behind the end")
        self.whole = whole


@dataclass(frozen=True, slots=True)
class Part:
    """From one byte to another, both included, of so many."""

    first: int
    last: int
    whole: int

    @property
    def length(self) -> int:
        """How many bytes that is."""
        return self.last - self.first + 1

    @property
    def content_range(self) -> str:
        """The Content-Range of an answer that holds it."""
        return f"bytes {self.first}-{self.last}/{self.whole}"


def part_of(whole: int, asked: str | None) -> Part | None:
    """Return the one part of so many bytes that is asked for; None for all of it.

    What is no range, or several, is not obeyed, as the standard allows. Raises UnsatisfiableError.
    """
    found = None if asked is None else _RANGE.fullmatch(asked.replace(" ", ""))
    if found is None:
        return None
    begin, end, behind = found[1], found[2], found[3]
    if begin is None:
        first, last = max(whole - int(behind), 0), whole - 1
    else:
        first, last = int(begin), min(int(end) if end else whole - 1, whole - 1)
        if end and int(end) < first:
            return None
    if first >= whole:
        raise UnsatisfiableError(whole)
    return Part(first, last, whole)
