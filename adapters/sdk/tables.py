"""Helpers an adapter needs on every field: a code table that refuses what it does not know, a collector of losses."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from adapters.sdk.errors import UnsupportedError
from schemas.documents import Loss

_MOST_ITEMS = 200
_INDEX = re.compile(r"(?<=/)[0-9]+(?=/|$)")

_Code = TypeVar("_Code")


@dataclass(frozen=True, slots=True)
class CodeTable(Generic[_Code]):
    """A closed table from a format's codes to ours. What is not in it is refused or lost, never guessed.

    `name` is the list's own name in the format and becomes part of the refusal's rule; it is never a value from a
    document.
    """

    name: str
    codes: Mapping[str, _Code]

    def of(self, code: str, pointer: str) -> _Code:
        """Return our code. Raises UnsupportedError at `pointer` with rule `unknown_code:<name>`."""
        found = self.codes.get(code)
        if found is None:
            raise UnsupportedError(pointer, f"unknown_code:{self.name}")
        return found

    def find(self, code: str) -> _Code | None:
        """Return our code, or None: for fields that are dropped with a loss when unknown."""
        return self.codes.get(code)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the format's codes, for audits."""
        return iter(self.codes)


class Losses:
    """Collects what a translation dropped, coarsened or guessed; made anew for each document.

    Paths are of the sender's document in `parse` and of the outgoing document in `render`. Array indexes become `*`, so
    that a report says which kind of datum was lost and not how many there were.
    """

    __slots__ = ("_items", "_seen")

    def __init__(self) -> None:
        """Start with nothing lost."""
        self._items: set[str] = set()
        self._seen: dict[Loss, None] = {}

    def dropped(self, path: str) -> None:
        """Remember that what stood at `path` is not carried over."""
        self._add(path, "dropped")

    def dropped_item(self, path: str) -> None:
        """Remember that this one item of a list is not carried over, where others of the list are.

        Its index stays, or the report would name what was taken; of very many, those beyond the room are named as `*`.
        """
        if len(self._items | {path}) > _MOST_ITEMS:
            self._add(path, "dropped")
        else:
            self._items.add(path)
            self._seen[Loss(path, "dropped")] = None

    def coarsened(self, path: str) -> None:
        """Remember that what stood at `path` is carried over less exactly."""
        self._add(path, "coarsened")

    def guessed(self, path: str) -> None:
        """Remember that the format leaves open what `path` means; only where a wrong reading is harmless."""
        self._add(path, "guessed")

    def report(self) -> tuple[Loss, ...]:
        """Return each loss once, ordered by path, so that equal input gives an equal report."""
        return tuple(sorted(self._seen, key=lambda loss: (loss.path, loss.kind)))

    def _add(self, path: str, kind: str) -> None:
        self._seen[Loss(_INDEX.sub("*", path), kind)] = None
