"""Reading one record field by field, so that nothing is read untyped and nothing is left behind unreported."""

import re
from collections.abc import Iterator, Mapping

from adapters.sdk import Losses, MalformedError, UnsupportedError
from adapters.sdk.cells import unguarded
from adapters.sdk.values import is_day
from adapters.systems.htcds.choices import ChoiceList

_BREAK = re.compile(r"\s*;\s*")
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Record:
    """The cells of one row. Every field looked at is remembered; the rest is reported by `report_rest`."""

    __slots__ = ("_cells", "_lists", "_seen", "losses")

    def __init__(self, cells: Mapping[str, str], lists: Mapping[str, ChoiceList], losses: Losses) -> None:
        """Begin with nothing looked at."""
        self._cells = cells
        self._lists = lists
        self._seen: set[str] = set()
        self.losses = losses

    def text(self, name: str, limit: int) -> str | None:
        """Return a text, or None when it is empty or, with a loss, longer than our place for it."""
        self._seen.add(name)
        text = unguarded(self._cells.get(name, "")).strip()
        if len(text) > limit:
            self.losses.dropped(f"/{name}")
            return None
        return text or None

    def day(self, name: str) -> str | None:
        """Return a date. Raises MalformedError for anything but YYYY-MM-DD: any other order is a guess."""
        text = self.text(name, 60_000)
        if text is not None and not is_day(text):
            raise MalformedError(f"/{name}", "pattern")
        return text

    def number(self, name: str, most: int) -> int | None:
        """Return a whole number from 0 to `most`. Raises MalformedError."""
        text = self.text(name, 60_000)
        if text is None:
            return None
        if not text.isascii() or not text.isdigit() or len(text) > len(str(most)) or int(text) > most:
            raise MalformedError(f"/{name}", "range")
        return int(text)

    def flag(self, name: str) -> bool | None:
        """Return true or false, however sheets write them. Raises UnsupportedError."""
        text = self.text(name, 60_000)
        if text is not None and text.casefold() not in _FLAGS:
            raise UnsupportedError(f"/{name}", "unknown_code:boolean")
        return None if text is None else _FLAGS[text.casefold()]

    def code(self, name: str, choices: str) -> str | None:
        """Return our code for a choice, or None where there is no choice or, with a loss, no code of ours."""
        text = self.text(name, 60_000)
        return None if text is None else self._ours(name, text, choices)

    def codes(self, name: str, choices: str) -> list[str]:
        """Return our codes for a field of several choices, each once; what has no code of ours is reported as lost."""
        found = (self._ours(name, text, choices) for text in self.parts(name, choices))
        return list(dict.fromkeys(code for code in found if code is not None))

    def parts(self, name: str, choices: str | None = None) -> Iterator[str]:
        """Yield the choices of a field of several: one label, or codes apart by semicolons or blanks."""
        text = self.text(name, 60_000) or ""
        for part in filter(None, _BREAK.split(text)):
            if choices is not None and self._lists[choices].find(part) is not None:
                yield part
            else:
                yield from part.split()

    def first_of(self, *prefixes: str) -> str | None:
        """Return the first field that says something and whose name begins so; it is not looked at by that."""
        return next((name for name, cell in self._cells.items() if name.startswith(prefixes) and cell.strip()), None)

    def dropped(self, name: str) -> None:
        """Report a field as lost."""
        self.losses.dropped(f"/{name}")

    def report_rest(self) -> None:
        """Report every field that holds something and was not looked at."""
        for name in self._cells:
            if name not in self._seen:
                self.losses.dropped(f"/{name}")

    def _ours(self, name: str, text: str, choices: str) -> str | None:
        choice = self._lists[choices].of(text, f"/{name}")
        if choice.ours is None:
            self.losses.dropped(f"/{name}")
        elif choice.loss == "coarsened":
            self.losses.coarsened(f"/{name}")
        return choice.ours
