"""A document while it is being read: its elements by id, and which of them have been understood.

Whatever nobody took is reported as dropped, so a field that is forgotten here shows up in every loss report instead
of vanishing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.sdk.codes import Loss
from adapters.sdk.errors import MalformedError
from adapters.sdk.xml.reading import Element

_MAX_LOSSES = 1500
_TAKEN = ""


@dataclass(slots=True)
class Tree:
    """A document and what has been taken from it. Made anew for each document; never shared.

    Inside elements of the name `apart` ids are not the document's own, and are not indexed.
    """

    root: Element
    apart: str = ""
    by_id: dict[str, Element] = field(default_factory=dict)
    _marks: dict[Element, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the ids. Raises MalformedError (rules duplicate_id, dangling_reference)."""
        referring: list[Element] = []
        for element in _outside(self.root, self.apart):
            if element.reference is not None:
                referring.append(element)
            if element.identifier is not None and self.by_id.setdefault(element.identifier, element) is not element:
                raise MalformedError(self.pointer(element), "duplicate_id")
        for element in referring:
            if element.reference not in self.by_id:
                raise MalformedError(self.pointer(element), "dangling_reference")

    # -- looking

    def child(self, parent: Element, name: str) -> Element | None:
        """Return the one child of that name, or None.

        Raises MalformedError where the schema's "at most one" is broken.
        """
        found: Element | None = None
        for element in parent.children:
            if element.name == name:
                if found is not None:
                    raise MalformedError(self.pointer(element), "repeated")
                found = element
        return found

    def required(self, parent: Element, name: str) -> Element:
        """Return the one child of that name. Raises MalformedError where it is missing."""
        found = self.child(parent, name)
        if found is None:
            raise MalformedError(f"{self.pointer(parent)}/{name}", "required")
        return found

    def children(self, parent: Element, name: str) -> list[Element]:
        """Return all children of that name, in document order."""
        return [element for element in parent.children if element.name == name]

    def target(self, reference: Element) -> Element:
        """Return what a reference element points to. Raises MalformedError where it points to nothing."""
        found = self.by_id.get(reference.reference or "")
        if found is None:
            raise MalformedError(self.pointer(reference), "dangling_reference")
        return found

    # -- taking

    def take(self, element: Element) -> str:
        """Return the text of a leaf and remember that it was understood.

        Raises MalformedError where it is not a leaf.
        """
        if element.children:
            raise MalformedError(self.pointer(element), "mixed_content")
        self._marks[element] = _TAKEN
        return element.text

    def line(self, parent: Element, name: str, limit: int) -> str | None:
        """Return a child's text as one line; None where it is absent, blank or longer than `limit` (then lost)."""
        element = self.child(parent, name)
        if element is None or not element.text:
            return None
        text = " ".join(self.take(element).split())
        if len(text) > limit:
            self.leave(element)
            return None
        return text

    def taken(self, *elements: Element) -> None:
        """Remember that these were understood without their text, such as references."""
        for element in elements:
            self._marks[element] = _TAKEN

    def leave(self, element: Element) -> None:
        """Forget that an element was taken; it will be reported as dropped."""
        self._marks.pop(element, None)

    def leave_below(self, element: Element, names: frozenset[str]) -> None:
        """Forget that what has one of these names was taken, wherever it stands in an element."""
        for child in element.children:
            if child.name in names:
                self.leave(child)
            self.leave_below(child, names)

    def coarsened(self, element: Element) -> None:
        """Remember that an element was understood and carried over less exactly."""
        self._marks[element] = "coarsened"

    def guessed(self, element: Element) -> None:
        """Remember that the format leaves open what an element means; only where a wrong reading is harmless."""
        self._marks[element] = "guessed"

    # -- saying where

    def pointer(self, element: Element) -> str:
        """Return the path of an element with positions, for a refusal. Walks the document, so only for refusals."""
        return _search(self.root, element, f"/{self.root.name}") or ""

    def losses(self) -> tuple[Loss, ...]:
        """Return what was not understood: the highest such path each time, without positions, once, in order."""
        seen: set[tuple[str, str]] = set()
        root = f"/{self.root.name}"
        if not self._collect(self.root, root, seen):
            seen.add((root, "dropped"))
        depth = 40
        while len(seen) > _MAX_LOSSES:  # a document made to flood the report gets a coarser one
            depth -= 1
            seen = {("/".join(path.split("/")[:depth]), kind) for path, kind in seen}
        return tuple(Loss(path, kind) for path, kind in sorted(seen))

    def _collect(self, element: Element, path: str, seen: set[tuple[str, str]]) -> bool:
        """Return whether anything at or below `element` was understood, or nothing was there."""
        mark = self._marks.get(element)
        children = element.children
        if mark:
            seen.add((path, mark))
        if not children:
            understood = mark is not None or not (element.text or element.reference)
        else:
            understood = mark is not None
            lost: list[str] = []
            for child in children:
                below = f"{path}/{child.name}"
                if self._collect(child, below, seen):
                    understood = True
                else:
                    lost.append(below)
            if understood:
                seen.update((below, "dropped") for below in lost)
            if element.text:
                seen.add((f"{path}/*", "dropped"))
        if element.annotated:
            seen.add((f"{path}/@*", "dropped"))
        return understood


def _outside(root: Element, apart: str) -> Iterator[Element]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        if element.name != apart:
            waiting.extend(reversed(element.children))


def _search(here: Element, wanted: Element, path: str) -> str | None:
    if here is wanted:
        return path
    counts: dict[str, int] = {}
    for child in here.children:
        counts[child.name] = position = counts.get(child.name, 0) + 1
        found = _search(child, wanted, f"{path}/{child.name}[{position}]")
        if found is not None:
            return found
    return None
