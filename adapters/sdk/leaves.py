"""A profile's document as flat leaves that are taken one by one; what is left at the end was not written: a loss."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.sdk.codes import Document, Json, Loss
from adapters.sdk.tables import Losses


@dataclass(slots=True)
class Leaves:
    """The leaves of one document by JSON pointer. Made anew for each document."""

    document: Document
    losses: Losses = field(default_factory=Losses)
    _left: dict[str, str | int | bool] = field(default_factory=dict)
    _lengths: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Flatten the document."""
        self._flatten("", self.document)

    def _flatten(self, pointer: str, value: Json) -> None:
        if isinstance(value, str | int):
            self._left[pointer] = value
        elif isinstance(value, Mapping):
            for key, member in value.items():
                self._flatten(f"{pointer}/{key}", member)
        elif isinstance(value, Sequence):
            self._lengths[pointer] = len(value)
            for index, member in enumerate(value):
                self._flatten(f"{pointer}/{index}", member)

    def take(self, pointer: str) -> str | None:
        """Return the text of a leaf and count it as written; None where there is none."""
        value = self._left.get(pointer)
        if not isinstance(value, str):
            return None
        del self._left[pointer]
        return value

    def number(self, pointer: str) -> int | None:
        """Return the whole number of a leaf and count it as written; None where there is none."""
        value = self._left.get(pointer)
        if isinstance(value, bool) or not isinstance(value, int):
            return None
        del self._left[pointer]
        return value

    def flag(self, pointer: str) -> str | None:
        """Return `true` or `false` of a leaf and count it as written; None where there is none."""
        value = self._left.get(pointer)
        if not isinstance(value, bool):
            return None
        del self._left[pointer]
        return "true" if value else "false"

    def look(self, pointer: str) -> str | None:
        """Return the text of a leaf without counting it as written."""
        value = self._left.get(pointer)
        return value if isinstance(value, str) else None

    def entries(self, pointer: str) -> Iterator[str]:
        """The pointers of a list's entries, in order."""
        for index in range(self._lengths.get(pointer, 0)):
            yield f"{pointer}/{index}"

    def scalars(self) -> Iterator[tuple[str, str]]:
        """What is left, as text, in document order; `true` and `false` for flags."""
        for pointer, value in list(self._left.items()):
            yield pointer, value if isinstance(value, str) else str(value).lower()

    def drop(self, pointer: str) -> None:
        """Count a leaf as written that has been said in another way."""
        self._left.pop(pointer, None)

    def report(self) -> tuple[Loss, ...]:
        """Return the losses: what was coarsened, and everything left."""
        for pointer in self._left:
            self.losses.dropped(pointer)
        return self.losses.report()
