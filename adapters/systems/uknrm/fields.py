"""Reading one submission field by field, so that nothing is read untyped and nothing is left behind unreported."""

import re

from adapters.sdk import CodeTable, Losses, MalformedError
from adapters.sdk.codes import Document
from adapters.sdk.values import is_writable
from adapters.systems.uknrm.codes import Codes

_URL = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]{1,15}://\S+|\bwww\.\S+")
_ANY = 1_000_000


class Fields:
    """One submission. Every field looked at is remembered, the rest is reported by `report_rest`."""

    __slots__ = ("_codes", "_seen", "_values", "losses")

    def __init__(self, submission: Document, codes: Codes, losses: Losses) -> None:
        """Begin with nothing looked at. Raises MalformedError for a value that is no string: there are no others."""
        self._codes = codes
        self._seen: set[str] = set()
        self.losses = losses
        self._values: dict[str, str] = {}
        for name, value in submission.items():
            if not isinstance(value, str):
                raise MalformedError(f"/{codes.name(name)}", "type")
            self._values[name] = value.strip()

    def text(self, name: str, limit: int = _ANY) -> str | None:
        """Return a text, or None when it is empty or, with a loss, longer than our place or not to be written."""
        self._seen.add(name)
        text = self._values.get(name, "")
        if len(text) > limit or not is_writable(text):
            self.dropped(name)
            return None
        return text or None

    def prose(self, name: str, limit: int) -> str | None:
        """Return a text without addresses of web pages: those of evidence carry the key that opens it."""
        text = self.text(name, limit)
        if text is None or _URL.search(text) is None:
            return text
        self.losses.coarsened(f"/{name}")
        return _URL.sub("", text).strip() or None

    def code(self, name: str, table: CodeTable[str]) -> str | None:
        """Return our code, or None where nothing is said. Raises UnsupportedError."""
        text = self.text(name)
        return None if text is None else table.of(text, f"/{name}")

    def said_yes(self, name: str) -> bool:
        """Return whether a question was answered with yes. Raises UnsupportedError for what is no answer."""
        return self.code(name, self._codes.answer) == "yes"

    def ticked(self, name: str) -> bool:
        """Return whether the answer was yes, where any other says nothing we have a place for: it is then lost."""
        yes = self.said_yes(name)
        if not yes and self.text(name) is not None:
            self.dropped(name)
        return yes

    def denied(self, name: str) -> bool:
        """Return whether something else than yes is said; it is then lost, as what it speaks of stands beside it."""
        text = self.text(name)
        denied = text is not None and self._codes.answer.find(text) != "yes"
        if denied:
            self.dropped(name)
        return denied

    def dropped(self, name: str) -> None:
        """Report a field as lost."""
        self.losses.dropped(f"/{name}")

    def report_rest(self) -> None:
        """Report every field that holds something and was not looked at."""
        for name, value in self._values.items():
            if value and name not in self._seen:
                self.losses.dropped(f"/{self._codes.name(name)}")
