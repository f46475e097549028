"""Reading checked FHIR element by element, so that nothing is read untyped and nothing is left behind unreported."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from adapters.sdk import Losses, MalformedError
from adapters.sdk.codes import Json

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Code:
    """One Coding that has a code; `at` is its pointer."""

    system: str | None
    code: str
    at: str


class Node:
    """An object that `shape.check` found well-formed. What is looked at is remembered, the rest is reported as lost."""

    __slots__ = ("_node", "_seen", "at", "losses")

    def __init__(self, node: Mapping[str, Json], at: str, losses: Losses) -> None:
        """Begin with nothing looked at."""
        self._node = node
        self._seen = {"resourceType"}
        self.at = at
        self.losses = losses

    def pointer(self, name: str) -> str:
        """Return the pointer of an element."""
        return f"{self.at}/{name}"

    def has(self, name: str) -> bool:
        """Return whether an element is there; it is not looked at by that."""
        return name in self._node

    def code(self, name: str) -> str | None:
        """Return a code or another token, or None."""
        value = self._take(name)
        return value if isinstance(value, str) else None

    def says(self, name: str, said: Json) -> bool:
        """Return whether an element says just that; it is not looked at by that, and what else it says is lost."""
        return self._node.get(name) == said

    def text(self, name: str, limit: int) -> str | None:
        """Return a text, or None with a loss when it is longer than our place for it or holds a control character."""
        value = self._take(name)
        if not isinstance(value, str):
            return None
        return value if self.fits(value, name, limit) else None

    def fits(self, text: str, name: str, limit: int) -> bool:
        """Return whether `text` fits our place for it; report `name` as lost where it does not."""
        if len(text) <= limit and not any(letter < " " and letter not in "\t\n\r" for letter in text):
            return True
        self.dropped(name)
        return False

    def texts(self, name: str) -> list[str]:
        """Return the texts of a repeated element."""
        value = self._take(name)
        return [text for text in value if isinstance(text, str)] if isinstance(value, Sequence) else []

    def truth(self, name: str) -> bool | None:
        """Return a boolean, or None."""
        value = self._take(name)
        return value if isinstance(value, bool) else None

    def number(self, name: str) -> int | None:
        """Return an integer, or None."""
        value = self._take(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def node(self, name: str) -> "Node | None":
        """Return the object at `name`, or None."""
        value = self._take(name)
        return Node(value, self.pointer(name), self.losses) if isinstance(value, Mapping) else None

    def nodes(self, name: str) -> Iterator["Node"]:
        """Yield each object of a repeated element."""
        value = self._take(name)
        if isinstance(value, list):
            for index, entry in enumerate(value):
                if isinstance(entry, Mapping):
                    yield Node(entry, f"{self.pointer(name)}/{index}", self.losses)

    def codes(self, name: str) -> list[Code]:
        """Return the codings of a CodeableConcept; its text and what else is in it is reported as lost."""
        concept = self.node(name)
        return [] if concept is None else concept.codings()

    def codings(self) -> list[Code]:
        """Return the codings of this CodeableConcept: a text is never a code."""
        found: list[Code] = []
        for coding in self.nodes("coding"):
            code = coding.code("code")
            system = coding.code("system")
            if code is not None:
                found.append(Code(system, code, coding.at))
            coding.report_rest()
        self.report_rest()
        return found

    def extensions(self, known: frozenset[str]) -> Mapping[str, list["Node"]]:
        """Return the extensions with a url in `known`; every other one is reported as lost."""
        found: dict[str, list[Node]] = {}
        for extension in self.nodes("extension"):
            url = extension.code("url")
            if url in known:
                found.setdefault(url, []).append(extension)
            else:
                self.losses.dropped(extension.at)
        return found

    def dropped(self, name: str) -> None:
        """Report an element as lost."""
        self.losses.dropped(self.pointer(name))

    def report_rest(self) -> None:
        """Report every element that was not looked at."""
        for name in self._node:
            if name not in self._seen:
                self.losses.dropped(self.pointer(name))

    def value(self, kind: str) -> str:
        """Return the value[x] of an extension of ours. Raises MalformedError where it is of another type."""
        found = self._take(kind)
        if not isinstance(found, str):
            raise MalformedError(self.pointer(kind), "required" if found is None else "type")
        self.report_rest()
        return found

    def _take(self, name: str) -> Json:
        self._seen.add(name)
        return self._node.get(name)


def at_most(limit: int, read: Iterable[tuple[str, _Read]], losses: Losses) -> list[_Read]:
    """Return as many as the canonical referral has room for; further ones are reported as lost, each at its place."""
    taken: list[_Read] = []
    for at, entry in read:
        if len(taken) < limit:
            taken.append(entry)
        else:
            losses.dropped(at)
    return taken


def single(found: Mapping[str, list[Node]], url: str) -> Node | None:
    """Return the one extension with `url`, or None. Raises MalformedError for two, which could contradict."""
    entries = found.get(url, [])
    if len(entries) > 1:
        raise MalformedError(entries[1].at, "repeated")
    return entries[0] if entries else None


def is_over(node: Node) -> bool:
    """Return whether a name, channel or address has an end; whether it has come, a document without a clock cannot say.

    The year 9999 is how systems write that there is none.
    """
    period = node.node("period")
    if period is None:
        return False
    node.dropped("period")
    end = period.code("end")
    return end is not None and not end.startswith("9999")
