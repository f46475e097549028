"""Whom of a form a referral is about, and which parts of it are about her and not about the rest of her household."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from adapters.sdk import MalformedError, SubjectUnclearError
from adapters.sdk.xml.reading import Element
from adapters.sdk.xml.tree import Tree
from adapters.systems.errf.names import NOTHING, ROOT

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}")
_NAMED_BY = ("IndividualGUID", "IndividualID")


@dataclass(frozen=True, slots=True)
class Member:
    """One person of one case, and the numbers she has in it. `alone` says that nobody else is in it."""

    case: Element
    individual: Element
    ids: frozenset[str]
    alone: bool

    def parts(self, tree: Tree, name: str) -> Iterator[Element]:
        """The parts of that name that are about her; what is about nobody or somebody else is not among them."""
        for part in tree.children(self.case, name):
            links = _ids(tree, part)
            if links and links <= self.ids:
                yield part

    def reference(self, tree: Tree) -> str | None:
        """Return what the form calls her place in the case, or None.

        A case's number is a whole household's: what takes it back would take back everybody's.
        """
        for part in self.parts(tree, "dataIndividualProcessGroup"):
            if (found := _reference(tree, part, "IndividualProcessingGroupGUID")) is not None:
                return found
        return _reference(tree, self._group(tree), "ProcessingGroupNumber") if self.alone else None

    def group(self, tree: Tree) -> str | None:
        """Return the case's number where others are in it: what holds the referrals of one household together."""
        return None if self.alone else _reference(tree, self._group(tree), "ProcessingGroupNumber")

    def _group(self, tree: Tree) -> Element | None:
        return tree.child(self.case, "dataProcessGroup")


def choose(tree: Tree, named: str | None) -> Member:
    """Return the person named by either of her numbers, or the only one. Raises SubjectUnclearError."""
    everyone = list(_members(tree))
    if not everyone:
        raise MalformedError(f"/{ROOT}/CASE/dataIndividual", "required")
    wanted = [one for one in everyone if named is None or _same(named) in one.ids]
    if len(wanted) != 1:
        raise SubjectUnclearError(f"/{ROOT}/CASE/dataIndividual")
    chosen = wanted[0]
    if sum(1 for one in everyone if one.ids & chosen.ids) > 1:
        raise MalformedError(tree.pointer(chosen.individual), "duplicate_id")
    return chosen


def _members(tree: Tree) -> Iterator[Member]:
    for case in tree.children(tree.root, "CASE"):
        individuals = tree.children(case, "dataIndividual")
        alone = len(individuals) == 1
        yield from (Member(case, individual, _ids(tree, individual), alone) for individual in individuals)


def _ids(tree: Tree, part: Element) -> frozenset[str]:
    found = (tree.child(part, name) for name in _NAMED_BY)
    return frozenset(_same(element.text) for element in found if element is not None and element.text not in NOTHING)


def _same(number: str) -> str:
    """Whether braces or small letters are written is all the same in a GUID, and says nothing in a number."""
    return number.strip().strip("{}").casefold()


def _reference(tree: Tree, part: Element | None, name: str) -> str | None:
    element = None if part is None else tree.child(part, name)
    if element is None or _REFERENCE.fullmatch(element.text.strip("{}")) is None:
        return None
    return tree.take(element).strip("{}")
