"""The names a format of NIEM's family knows, each under one fixed prefix, whatever prefix a document uses.

A pointer or a loss report uses only these names. A name that is not in the list may be anything, also a person's, so
it becomes `*`; the same holds for a known local name in another namespace.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

UNKNOWN = "*"
"""What stands for an element that the format does not know."""

XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XML = "http://www.w3.org/XML/1998/namespace"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One format's names. Attributes and elements are in Clark notation, `{namespace}local`, where not said otherwise.

    `names` maps an element to its name under our prefix, `identifier` is the attribute that is an id, `references` are
    those that point to one, and an attribute that begins with one of `structural` says nothing about anybody.
    """

    names: Mapping[str, str]
    identifier: str
    references: frozenset[str]
    structural: tuple[str, ...]

    @classmethod
    def of(
        cls, namespaces: Mapping[str, str], structures: str, names: Iterable[str], references: Iterable[str]
    ) -> "Vocabulary":
        """Make a vocabulary from names under our prefixes; `structures` is the prefix of NIEM's own id and ref."""
        return cls(
            names={_clark(name, namespaces): name for name in names},
            identifier=_clark(f"{structures}:id", namespaces),
            references=frozenset(_clark(name, namespaces) for name in references),
            structural=tuple(f"{{{namespace}}}" for namespace in (namespaces[structures], XSI, _XML)),
        )


def _clark(name: str, namespaces: Mapping[str, str]) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{namespaces[prefix]}}}{local}"
