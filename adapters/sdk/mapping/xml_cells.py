"""XML as cells and back; it is read where all XML is (adapters.sdk.xml.parsing).

A field is a path of elements below the record; `*` stands after an element that may repeat; `@name` is an attribute.
Elements of a namespace that the mapping does not name are unknown, and no name of an unknown element reaches a report.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from adapters.sdk.errors import CannotRenderError, MalformedError, UnsupportedError
from adapters.sdk.mapping.model import FieldMapping, Scalar
from adapters.sdk.mapping.xml_names import Names
from adapters.sdk.xml.parsing import MAX_DEPTH, attributes_of, parsed
from schemas.leaves import ITEM

_AN_ITEM = re.compile(re.escape(f"/{ITEM}"))
_ALLOWED_CONTROLS = frozenset("\t\n\r")
_NONCHARACTERS = frozenset("\ufffe\uffff")


@dataclass(slots=True)
class _Element:
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    children: list["_Element"] = field(default_factory=list)


def read_xml(body: bytes, mapping: FieldMapping) -> list[dict[str, list[tuple[str, str]]]]:
    """Return the records: by field name, each text with the item it belongs to."""
    found = [_taken(parsed(body), Names.under(mapping.namespaces), 1)]
    root, *steps = mapping.records
    if found[0].name != root:
        raise UnsupportedError("", "kind")
    for step in steps:
        found = [child for parent in found for child in parent.children if child.name == step]
    repeating = frozenset(
        each.name[: found.start()] for each in mapping.fields for found in _AN_ITEM.finditer(each.name)
    )
    records = []
    for element in found:
        record: dict[str, list[tuple[str, str]]] = {}
        _flatten(element, "", ("", ""), repeating, record)
        records.append(record)
    return records


def _taken(source: etree._Element, names: Names, depth: int) -> _Element:
    """Copy the tree, under the mapping's names. Raises MalformedError (rules depth, attribute)."""
    if depth > MAX_DEPTH:
        raise MalformedError("", "depth")
    attributes = {names.attribute(name): value for name, value in attributes_of(source)}
    element = _Element(names.element(str(source.tag)), attributes, [source.text or ""])
    for child in source:
        element.children.append(_taken(child, names, depth + 1))
        element.text.append(child.tail or "")
    return element


def _flatten(
    element: _Element,
    name: str,
    place: tuple[str, str],
    repeating: frozenset[str],
    record: dict[str, list[tuple[str, str]]],
) -> None:
    """Put the texts below an element under their names; `place` is where it stands, and the item it belongs to."""
    here, item = place
    text = "".join(element.text).strip()
    if text:
        record.setdefault(name or "/", []).append((text, item))
    for key, value in element.attributes.items():
        if value.strip():
            record.setdefault(f"{name}/@{key}", []).append((value.strip(), item))
    counted: dict[str, int] = {}
    for child in element.children:
        at = counted[child.name] = counted.get(child.name, -1) + 1
        inner, spot = f"{name}/{child.name}", f"{here}/{child.name}[{at}]"
        if inner in repeating:
            _flatten(child, f"{inner}/{ITEM}", (spot, spot), repeating, record)
        else:
            _flatten(child, inner, (spot, item), repeating, record)


def write_xml(written: Mapping[str, Sequence[tuple[int, Scalar]]], mapping: FieldMapping) -> bytes:
    """Return one record as a document. Raises CannotRenderError for what XML 1.0 cannot hold."""
    record = _Element(mapping.records[-1])
    for each in mapping.written_fields():
        for at, value in written.get(each.name, ()):
            text = ("true" if value else "false") if isinstance(value, bool) else str(value)
            if not _is_xml(text):
                raise CannotRenderError(each.pointer, "not_xml")
            _put(record, each.name.removeprefix("/").split("/"), at, text)
    root = record
    for step in reversed(mapping.records[:-1]):
        root = _Element(step, children=[root])
    for prefix, namespace in mapping.namespaces.items():
        root.attributes[f"xmlns:{prefix}" if prefix else "xmlns"] = namespace
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + "".join(_serialised(root)) + "\n").encode()


def _is_xml(text: str) -> bool:
    """XML 1.0 section 2.2, production Char."""
    return not any((char < " " and char not in _ALLOWED_CONTROLS) or char in _NONCHARACTERS for char in text)


def _put(element: _Element, steps: Sequence[str], at: int, text: str) -> None:
    for position, step in enumerate(steps):
        if step == ITEM:
            continue
        if step.startswith("@"):
            element.attributes[step[1:]] = text
            return
        same = [child for child in element.children if child.name == step]
        wanted = at if steps[position + 1 : position + 2] == [ITEM] else 0
        while len(same) <= wanted:
            same.append(_Element(step))
            element.children.append(same[-1])
        element = same[wanted]
    element.text.append(text)


def _serialised(element: _Element) -> Iterator[str]:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in element.attributes.items())
    yield f"<{element.name}{attributes}>"
    yield escape("".join(element.text), {"\r": "&#13;"})
    for child in element.children:
        yield from _serialised(child)
    yield f"</{element.name}>"
