"""Reading a foreign object member by member, so that nothing in it is passed over unread.

A member nobody took might have limited what she agreed to; `done` refuses it. Pointers name members of the standard
only: any other name may carry a value and becomes `*`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TypeVar

from adapters.sdk import MalformedError, UnsupportedError
from schemas.documents import Json

_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.0+)?(Z|[+-][0-9]{2}:[0-9]{2})")
_Enum = TypeVar("_Enum", bound=StrEnum)


class Members:
    """One object of a document, at a pointer."""

    __slots__ = ("_node", "_taken", "at")

    def __init__(self, node: Json, at: str) -> None:
        """Begin with nothing taken. Raises MalformedError for anything but an object."""
        if not isinstance(node, Mapping):
            raise MalformedError(at, "type")
        self._node = node
        self._taken: set[str] = set()
        self.at = at

    def pointer(self, name: str) -> str:
        """Return the pointer of a member, escaped (RFC 6901)."""
        return f"{self.at}/{name.replace('~', '~0').replace('/', '~1')}"

    def has(self, name: str) -> bool:
        """Say whether a member is there."""
        return name in self._node

    def text(self, name: str) -> str:
        """Return a member that must be text. Raises MalformedError."""
        value = self._take(name)
        if not isinstance(value, str):
            raise MalformedError(self.pointer(name), "type")
        return value

    def number(self, name: str) -> int:
        """Return a member that must be a whole number. Raises MalformedError."""
        value = self._take(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise MalformedError(self.pointer(name), "type")
        return value

    def truth(self, name: str) -> bool:
        """Return a member that must be true or false. Raises MalformedError."""
        value = self._take(name)
        if not isinstance(value, bool):
            raise MalformedError(self.pointer(name), "type")
        return value

    def inner(self, name: str) -> "Members":
        """Return a member that must be an object. Raises MalformedError."""
        return Members(self._take(name), self.pointer(name))

    def many(self, name: str) -> "list[Members]":
        """Return a member that must be a list of objects, and not empty. Raises MalformedError."""
        return [Members(entry, f"{self.pointer(name)}/{at}") for at, entry in enumerate(self._list(name))]

    def one(self, name: str) -> "Members":
        """Return the only object of a list: of two, nobody could say which is meant. Raises UnsupportedError."""
        found = self.many(name)
        if len(found) != 1:
            raise UnsupportedError(self.pointer(name), "more_than_one")
        return found[0]

    def texts(self, name: str) -> list[str]:
        """Return a member that must be a list of texts, and not empty. Raises MalformedError."""
        found = self._list(name)
        if not all(isinstance(entry, str) for entry in found):
            raise MalformedError(self.pointer(name), "type")
        return [str(entry) for entry in found]

    def moment(self, name: str) -> str:
        """Return a moment to the second, in UTC. Raises UnsupportedError for a day: which moment of it is not said."""
        return moment(self.text(name), self.pointer(name))

    def must(self, name: str, *allowed: str) -> str:
        """Return a text that is one of a few. Raises UnsupportedError."""
        value = self.text(name)
        if value not in allowed:
            raise UnsupportedError(self.pointer(name), "unknown_code")
        return value

    def passed_over(self, *names: str) -> None:
        """Take members that say nothing about what she agreed to."""
        self._taken.update(names)

    def done(self, known: Iterable[str] = ()) -> None:
        """Raise UnsupportedError for a member nobody took; `known` are the standard's own names."""
        for name in self._node.keys() - self._taken:
            place = self.pointer(name) if name in frozenset(known) else f"{self.at}/*"
            raise UnsupportedError(place, "not_carried")

    def _take(self, name: str) -> Json:
        if name not in self._node:
            raise MalformedError(self.pointer(name), "required")
        self._taken.add(name)
        return self._node[name]

    def _list(self, name: str) -> list[Json]:
        value = self._take(name)
        if not isinstance(value, list):
            raise MalformedError(self.pointer(name), "type")
        if not value:
            raise MalformedError(self.pointer(name), "empty")
        return value


def moment(value: str, at: str) -> str:
    """Return that moment as our documents write it. Raises UnsupportedError, MalformedError."""
    if _MOMENT.fullmatch(value) is None:
        raise UnsupportedError(at, "not_to_the_second")
    try:
        found = datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):  # In UTC it may be in a year that there is none of.
        raise MalformedError(at, "date-time") from None
    return written(found)


def written(found: datetime) -> str:
    """Write a moment in UTC as our documents do."""
    return found.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def code_of(codes: type[_Enum], value: str, at: str) -> _Enum:
    """Return our code. Raises UnsupportedError at `at` for one that is none: unknown refuses."""
    try:
        return codes(value)
    except ValueError:
        raise UnsupportedError(at, "unknown_code") from None


def named(prefix: str, value: str, at: str) -> str:
    """Return the code in a name of ours. Raises UnsupportedError for anybody else's."""
    if not value.startswith(f"{prefix}:"):
        raise UnsupportedError(at, "unknown_system")
    return value.removeprefix(f"{prefix}:")
