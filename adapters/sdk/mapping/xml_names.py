"""What a mapping calls the elements and attributes of XML: `prefix:name`, or `name` alone.

The prefixes are the mapping's; which a document has does not matter (Namespaces in XML 1.0, section 2). A name without
one is, of an element, in the mapping's own `namespace` and, of an attribute, in none.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self

from schemas.leaves import ITEM

XML_NAMESPACE: Final = "http://www.w3.org/XML/1998/namespace"
_PREFIX: Final = re.compile(r"(?!xml)[A-Za-z_][A-Za-z0-9_.-]{0,31}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Names:
    """By namespace, what stands before a name that is in it."""

    elements: Mapping[str, str]
    attributes: Mapping[str, str]

    @classmethod
    def under(cls, namespaces: Mapping[str, str]) -> Self:
        """Return the names under these prefixes; "" is that of elements without one."""
        prefixed = {uri: f"{prefix}:" for prefix, uri in namespaces.items() if prefix}
        return cls({**prefixed, namespaces.get("", ""): ""}, {**prefixed, XML_NAMESPACE: "xml:", "": ""})

    def element(self, tag: str) -> str:
        """Return the name of an element from Clark notation; `*` in a namespace that the mapping does not name."""
        namespace, local = _split(tag)
        return f"{self.elements[namespace]}{local}" if namespace in self.elements else ITEM

    def attribute(self, name: str) -> str:
        """Return the name of an attribute from Clark notation, which it keeps in any other namespace."""
        namespace, local = _split(name)
        return f"{self.attributes[namespace]}{local}" if namespace in self.attributes else name


def are_namespaces(namespaces: Mapping[str, object]) -> bool:
    """Whether these are prefixes, each of a namespace of its own."""
    uris = [uri for uri in namespaces.values() if isinstance(uri, str) and uri]
    return len({*uris}) == len(namespaces) and all(_PREFIX.fullmatch(prefix) for prefix in namespaces)


def prefixes_in(name: str) -> Iterator[str]:
    """Yield the prefixes in a field's name for which a mapping has to say the namespace."""
    for step in name.split("/"):
        prefix, colon, _ = step.removeprefix("@").rpartition(":")
        if colon and not (step.startswith("@") and prefix == "xml"):
            yield prefix


def _split(name: str) -> tuple[str, str]:
    namespace, _, local = name.rpartition("}")
    return namespace.removeprefix("{"), local
