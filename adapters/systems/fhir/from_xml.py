"""FHIR's XML as the document its JSON would be (R4, xml and json): by the element tables, so nothing is guessed.

What no table has is an unknown element here too. The inside of what is never read (`object`) is not looked at. Whether
the document is well-formed FHIR is said by `shape.check`, as of any other.
"""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from adapters.sdk import MalformedError
from adapters.sdk.codes import Document, Json
from adapters.sdk.xml.parsing import MAX_DEPTH, attributes_of, parsed
from adapters.sdk.xml.vocabulary import XSI
from adapters.systems.fhir.shape import PRIMITIVES, type_of
from adapters.systems.fhir.tables import RESOURCES, Element, Tables

MEDIA_TYPE = "application/fhir+xml"

_FHIR = "{http://hl7.org/fhir}"
_SCHEMA_LOCATION = f"{{{XSI}}}schemaLocation"
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_TRUTHS = {"true": True, "false": False}
_BESIDE = "Element"
"""What stands beside the value of a primitive element, as a type of the tables."""
_RESOURCE_INSIDE = frozenset({"contained", "resource"})


def from_xml(body: bytes, tables: Tables) -> Document:
    """Return the document. Raises MalformedError with the pointers of its JSON, UnsupportedError for its encoding."""
    return _Reader(tables).resource(parsed(body), "", 1)


class _Reader:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def resource(self, source: etree._Element, at: str, depth: int) -> Document:
        """Return a resource; of a kind that is never read, what kind it is and its id."""
        kind = _local(source, at)
        if kind in RESOURCES or kind == "Bundle":
            return {"resourceType": kind, **self._object(source, kind, at, depth)}
        number = source.find(f"{_FHIR}id")
        return {"resourceType": kind} if number is None else {"resourceType": kind, "id": number.get("value")}

    def _object(self, source: etree._Element, kind: str, at: str, depth: int) -> dict[str, Json]:
        if depth > MAX_DEPTH:
            raise MalformedError("", "depth")
        _refuse_prose(source, at)
        made: dict[str, Json] = {**_attributes(source, kind, at)}
        for name, several in _by_name(source, at).items():
            element = None if name in made else self._element(kind, name)
            if element is None or name in _attributes_of(kind):
                raise MalformedError(f"{at}/*", "unknown_element")
            if len(several) > 1 and not element.many:
                raise MalformedError(f"{at}/{name}", "type")
            made.update(self._member(several, element, name, at, depth))
        return made

    def _element(self, kind: str, name: str) -> Element | None:
        found = self._tables.elements[kind].get(name)
        if found is None and kind in {"Extension", "Task.input"} and name in self._tables.value_types:
            return Element(type_of(name, self._tables), many=False, required=False)
        return found

    def _member(
        self, several: list[etree._Element], element: Element, name: str, at: str, depth: int
    ) -> Iterator[tuple[str, Json]]:
        """Yield a member and, of a primitive with an id or extensions, the one beside it (R4, json, 2.6.2.3)."""
        numbers = [f"/{index}" if element.many else "" for index in range(len(several))]
        placed = [*zip(several, numbers, strict=True)]
        values = [self._value(one, element, name, f"{at}/{name}{number}", depth) for one, number in placed]
        beside: list[Json] = [None] * len(several)
        if element.type in PRIMITIVES:
            within = f"{at}/_{name}"
            beside = [self._object(one, _BESIDE, f"{within}{number}", depth + 1) or None for one, number in placed]
            for number, pair in zip(numbers, zip(values, beside, strict=True), strict=True):
                if pair == (None, None):
                    raise MalformedError(f"{at}/{name}{number}", "empty")
        for key, found in ((name, values), (f"_{name}", beside)):
            if any(one is not None for one in found):
                yield key, found if element.many else found[0]

    def _value(self, source: etree._Element, element: Element, name: str, at: str, depth: int) -> Json:
        if element.type in PRIMITIVES:
            text = source.get("value")
            return None if text is None else _typed(text, element.type, at)
        if name in _RESOURCE_INSIDE:
            if len(source) != 1:
                raise MalformedError(at, "type")
            return self.resource(source[0], at, depth + 1)
        if element.type in {"object", "any"}:
            return {}
        return self._object(source, element.type, at, depth + 1)


def _typed(text: str, kind: str, at: str) -> Json:
    if kind == "boolean" and text in _TRUTHS:
        return _TRUTHS[text]
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if kind in {"boolean", "integer"}:
        raise MalformedError(at, "type")
    return text


def _attributes_of(kind: str) -> frozenset[str]:
    """What of a type is written as an attribute: an element's id, an extension's url (R4, xml, 2.6.1.2)."""
    if kind in RESOURCES or kind == "Bundle":
        return frozenset()
    return frozenset({"id", "url"} if kind == "Extension" else {"id"})


def _attributes(source: etree._Element, kind: str, at: str) -> Mapping[str, str]:
    """Return what attributes say of an element; the value of a primitive one is not among it."""
    apart = {_SCHEMA_LOCATION, "value"} if kind == _BESIDE else {_SCHEMA_LOCATION}
    found = {name: value for name, value in attributes_of(source) if name not in apart}
    if not _attributes_of(kind).issuperset(found):
        raise MalformedError(f"{at}/*", "unknown_element")
    return found


def _by_name(source: etree._Element, at: str) -> Mapping[str, list[etree._Element]]:
    found: dict[str, list[etree._Element]] = {}
    for child in source:
        found.setdefault(_local(child, at), []).append(child)
    return found


def _local(source: etree._Element, at: str) -> str:
    tag = str(source.tag)
    if not tag.startswith(_FHIR):
        raise MalformedError(f"{at}/*", "unknown_element")
    return tag.removeprefix(_FHIR)


def _refuse_prose(source: etree._Element, at: str) -> None:
    """FHIR's XML holds no text but a narrative's (R4, xml, 2.6.1.2)."""
    if any(text and not text.isspace() for text in (source.text, *(child.tail for child in source))):
        raise MalformedError(at, "type")
