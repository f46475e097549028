"""NIEM JSON as the same message in XML, so that one schema and one set of guards hold for both.

NIEM JSON is JSON-LD: `@context` says which namespace a prefix means. It must be written out and mean by our prefixes
what NIEM 6.0 means; an address of a context is refused, because nothing is fetched. Members stand in any order, so they
are put into that of the schema. Pointers lead back to the JSON.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from adapters.sdk import MalformedError, UnsupportedError, decode_json
from adapters.sdk.codes import Document, Json, Loss
from adapters.sdk.xml.schema import Schema
from adapters.sdk.xml.vocabulary import UNKNOWN
from adapters.sdk.xml.writing import Tag, write_xml
from adapters.systems.niem.names import DECLARED, MESSAGE, NAMESPACES, STRUCTURES

_ID = re.compile(r"#([A-Za-z_][A-Za-z0-9._-]{0,79})")
_XML = re.compile("[\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
_STEP = re.compile(r"(?P<name>[^\[]+)(?:\[(?P<position>[0-9]+)\])?")


@dataclass(frozen=True, slots=True)
class JsonMessage:
    """A message as it came, and as XML."""

    document: Document
    xml: bytes

    def pointer(self, path: str) -> str:
        """Return the JSON pointer of a path of the XML, as far as it leads."""
        return _pointer(self.document, path, any_item=False)

    def losses(self, losses: tuple[Loss, ...]) -> tuple[Loss, ...]:
        """Return a report about the XML as one about the JSON; `*` is any item of an array."""
        found = {Loss(_pointer(self.document, loss.path, any_item=True), loss.kind) for loss in losses}
        return tuple(sorted(found, key=lambda loss: (loss.path, loss.kind)))


def read_json(body: bytes, schema: Schema) -> JsonMessage:
    """Return the message. Raises MalformedError or UnsupportedError at the member that is wrong."""
    document = decode_json(body)
    if document.keys() - {"@context"} != {MESSAGE}:
        raise UnsupportedError("", "root")
    _check_context(document)
    roots = list(_elements(MESSAGE, document[MESSAGE], f"/{MESSAGE}", schema))
    if len(roots) != 1:
        raise MalformedError(f"/{MESSAGE}", "type")
    return JsonMessage(document, write_xml(roots[0], DECLARED, STRUCTURES))


def _check_context(document: Document) -> None:
    context = document.get("@context")
    if not isinstance(context, Mapping):
        raise UnsupportedError("/@context", "context")
    if any(context.get(prefix, namespace) != namespace for prefix, namespace in NAMESPACES.items()):
        raise UnsupportedError("/@context", "context")
    if any(prefix not in context for prefix in _prefixes(document[MESSAGE])):
        raise UnsupportedError("/@context", "context")


def _prefixes(value: Json) -> Iterator[str]:
    """Yield the prefixes in use that we know; names under any other are refused by the schema."""
    yield "gx"
    if isinstance(value, Mapping):
        for key, member in value.items():
            prefix = key.partition(":")[0]
            if prefix in NAMESPACES:
                yield prefix
            yield from _prefixes(member)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for member in value:
            yield from _prefixes(member)


def _elements(name: str, value: Json, at: str, schema: Schema) -> Iterator[Tag]:
    """Yield the elements that a member stands for: one, or one for each item of its array."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            if isinstance(item, Sequence) and not isinstance(item, str):
                raise MalformedError(f"{at}/{index}", "type")
            yield from _elements(name, item, f"{at}/{index}", schema)
    elif isinstance(value, Mapping):
        yield _object(name, value, at, schema)
    else:
        yield Tag(name, _text(name, value, at, schema))


def _object(name: str, value: Document, at: str, schema: Schema) -> Tag:
    tag = Tag(name)
    members = schema.members[name]
    known = [key for key in value if key in members]
    if set(value) - set(known) - {"@id"}:
        raise MalformedError(f"{at}/{UNKNOWN}", "schema:element_content")
    for key in sorted(known, key=lambda key: members[key].position):
        tag.add(*_elements(key, value[key], f"{at}/{key}", schema))
    if "@id" in value:
        identifier = _ID.fullmatch(value["@id"]) if isinstance(value["@id"], str) else None
        if identifier is None:
            raise MalformedError(f"{at}/@id", "id")
        if tag.children:
            tag.identifier = identifier[1]
        else:
            tag.reference = identifier[1]
    return tag


def _text(name: str, value: Json, at: str, schema: Schema) -> str:
    """Return a leaf as XML writes it. What JSON has a kind of its own for must be of that kind."""
    if isinstance(value, bool) and schema.is_boolean(name):
        return "true" if value else "false"
    if isinstance(value, int) and not isinstance(value, bool) and schema.is_integer(name):
        return str(value)
    if not isinstance(value, str) or schema.is_boolean(name) or schema.is_integer(name):
        raise MalformedError(at, "type")
    if _XML.fullmatch(value) is None:
        raise MalformedError(at, "not_xml")
    return value


def _pointer(document: Json, path: str, *, any_item: bool) -> str:
    """Follow a path of the XML through the JSON, whose arrays are the XML's repeated elements."""
    pointer, here = "", [document]
    for step in path.split("/")[1:]:
        match = _STEP.fullmatch(step)
        name, position = (UNKNOWN, None) if match is None else (match["name"], match["position"])
        below = [each[name] for each in here if isinstance(each, Mapping) and name in each]
        if not below:
            return pointer
        pointer += f"/{name}"
        arrays = [each for each in below if isinstance(each, Sequence) and not isinstance(each, str)]
        if not arrays:
            here = below
        elif any_item:
            pointer += "/*"
            here = [item for array in arrays for item in array]
        else:
            index = int(position or 1) - 1
            pointer += f"/{index}"
            here = list(arrays[0][index : index + 1])
    return pointer
