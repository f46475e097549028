"""Filling the row: every leaf that is written is taken out of the document, and what remains is reported as lost."""

from collections.abc import Mapping, Sequence

from adapters.sdk import CannotRenderError, Losses
from adapters.sdk.cells import guarded
from adapters.sdk.codes import Json
from adapters.systems.htcds.choices import ChoiceList


class Row:
    """The row being filled. Columns stand in the order in which they were filled."""

    __slots__ = ("_lists", "cells", "losses")

    def __init__(self, lists: Mapping[str, ChoiceList], losses: Losses) -> None:
        """Begin with an empty row."""
        self._lists = lists
        self.losses = losses
        self.cells: dict[str, str] = {}

    def put(self, column: str, value: Json) -> None:
        """Write a scalar, guarded; nothing for None."""
        match value:
            case None:
                return
            case bool():
                self.cells[column] = "TRUE" if value else "FALSE"
            case str() | int():
                self.cells[column] = guarded(str(value))
            case _:
                raise CannotRenderError("", "type")

    def put_all(self, column: str, values: Sequence[str]) -> None:
        """Write codes apart by blanks, as the survey form does; nothing for none."""
        if values:
            self.cells[column] = guarded(" ".join(values))

    def choice(self, choices: str, code: str, path: str) -> str | None:
        """Return the choice for our code: exact, or the nearest, or None; the latter two are reported."""
        found = self._lists[choices]
        if code in found.written:
            return found.written[code]
        if code in found.nearest:
            self.losses.coarsened(path)
            return found.nearest[code]
        self.losses.dropped(path)
        return None

    def put_choices(self, column: str, choices: str, codes: Sequence[str], path: str) -> None:
        """Write the choices for our codes, each once; what has none is reported as lost."""
        found = (self.choice(choices, code, path) for code in codes)
        self.put_all(column, list(dict.fromkeys(choice for choice in found if choice is not None)))
