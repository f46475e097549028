"""XML as cells and back, with nothing but an expat that may not fetch, expand or define anything.

A field is a path of elements below the record; `*` stands after an element that may repeat; `@name` is an attribute.
Elements of another namespace than the mapping's are unknown, and no name of an unknown element reaches a report.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from adapters.sdk.errors import CannotRenderError, MalformedError, UnsupportedError
from adapters.sdk.mapping.model import FieldMapping, Scalar
from schemas.leaves import ITEM

MAX_DEPTH, MAX_ELEMENTS, MAX_ATTRIBUTES = 32, 20_000, 32
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
    found = [_parsed(body, mapping.namespace)]
    root, *steps = mapping.records
    if found[0].name != root:
        raise UnsupportedError("", "kind")
    for step in steps:
        found = [child for parent in found for child in parent.children if child.name == step]
    repeating = frozenset(
        each.name[:at]
        for each in mapping.fields
        for at in range(len(each.name))
        if each.name.startswith(f"/{ITEM}", at)
    )
    records = []
    for element in found:
        record: dict[str, list[tuple[str, str]]] = {}
        _flatten(element, "", ("", ""), repeating, record)
        records.append(record)
    return records


def _parsed(body: bytes, namespace: str) -> _Element:
    """Read strictly: UTF-8, no document type and hence no entity, bounded depth and number."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise MalformedError("", "dtd")
    reader = _Reader(namespace)
    parser = expat.ParserCreate("utf-8", "}")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = reader.refuse_dtd
    rule = "malformed"
    try:
        parser.Parse(body, True)  # noqa: FBT003 - expat takes no names: this is all of it
    except expat.ExpatError:
        reader.root = None
    except _RefusedError as refused:
        reader.root = None
        rule = str(refused)
    # Raised outside the handlers, whose errors would carry the bytes along.
    if reader.root is None:
        raise MalformedError("", rule)
    return reader.root


class _RefusedError(Exception):
    """The document is built to hurt; the message is a rule."""


class _Reader:
    """Builds the tree while expat reads."""

    def __init__(self, namespace: str) -> None:
        self._prefix = f"{namespace}}}" if namespace else ""
        self._open: list[_Element] = []
        self._count = 0
        self.root: _Element | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._count += 1
        if len(self._open) >= MAX_DEPTH or self._count > MAX_ELEMENTS or len(attributes) > MAX_ATTRIBUTES:
            raise _RefusedError("depth")
        ours = name.startswith(self._prefix) and "}" not in name[len(self._prefix) :]
        element = _Element(name[len(self._prefix) :] if ours else ITEM, dict(attributes))
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def characters(self, text: str) -> None:
        self._open[-1].text.append(text)

    def refuse_dtd(self, *_arguments: object) -> None:
        raise _RefusedError("dtd")


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
    if mapping.namespace:
        root.attributes["xmlns"] = mapping.namespace
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
