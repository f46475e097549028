"""A history in parts: by time, by recipient, by what became of it, so many lines at a time (ADR 0188).

What to show travels in forms only, and so does whose history it is (P-02).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol, TypeVar

from gateway.core.officers import OfficerRefusedError
from gateway.people.guard import Form
from gateway.people.history_lines import Fate, History, Line, Names, Received

PER_PAGE: Final = 50
_LONGEST: Final = 6
"""Digits of the number of a page."""


class _Part(Protocol):
    """What the lines of both tables have."""

    @property
    def at(self) -> str: ...

    @property
    def to(self) -> str: ...

    @property
    def fates(self) -> frozenset[Fate]: ...


_OfIt = TypeVar("_OfIt", bound=_Part)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which part of a history somebody wants to see; the whole, from its beginning, where nothing is said."""

    since: str = ""
    until: str = ""
    recipient: str = ""
    fate: Fate | None = None
    number: int = 1

    @classmethod
    def of(cls, given: Form) -> "Wish":
        """Read it from a form. Raises OfficerRefusedError."""
        page = given.one("page") or "1"
        if not (page.isascii() and page.isdecimal() and len(page) <= _LONGEST):
            raise OfficerRefusedError("form_unreadable")
        try:
            since, until = (_day(given.one(name)) for name in ("since", "until"))
            fate = Fate(given.one("fate")) if given.one("fate") else None
        except ValueError:
            raise OfficerRefusedError("form_unreadable") from None
        return cls(since, until, given.one("recipient"), fate, int(page))

    @property
    def fields(self) -> Mapping[str, str]:
        """Write it as the fields of a form, without the number of the page."""
        fate = self.fate.value if self.fate else ""
        return {"since": self.since, "until": self.until, "recipient": self.recipient, "fate": fate}

    def of_it(self, parts: Sequence[_OfIt]) -> list[_OfIt]:
        """Return those that are wanted."""
        return [
            one
            for one in parts
            if (not self.since or self.since <= one.at[:10])
            and (not self.until or one.at[:10] <= self.until)
            and self.recipient in {"", one.to}
            and (self.fate is None or self.fate in one.fates)
        ]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page of what is wanted of a history, and how much there is of it."""

    received: Sequence[Received]
    lines: Sequence[Line]
    all_received: int
    all_lines: int
    entries: int
    recipients: Sequence[tuple[str, str]]
    wish: Wish
    fates: Sequence[Fate] = tuple(Fate)

    @classmethod
    def of(cls, history: History, wish: Wish, names: Names) -> "HistoryPage":
        """Cut it out; a page after the last shows nothing."""
        received, lines = wish.of_it(history.received), wish.of_it(history.lines)
        known = sorted({line.to for line in history.lines if line.to})
        recipients = [(one, names.of(one)) for one in known]
        page = slice((wish.number - 1) * PER_PAGE, wish.number * PER_PAGE) if wish.number else slice(0)
        return cls(received[page], lines[page], len(received), len(lines), len(history.lines), recipients, wish)

    @property
    def pages(self) -> int:
        """How many pages there are; what left is never more than everything."""
        return -(-self.all_lines // PER_PAGE)


def _day(written: str) -> str:
    return date.fromisoformat(written).isoformat() if written else ""
