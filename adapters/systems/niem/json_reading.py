"""NIEM JSON as the same message in XML, so that one schema and one set of guards hold for both.

NIEM JSON is JSON-LD: `@context` says which namespace a prefix means. It must be written out, with prefixes of the
sender's choice; an address of a context is refused, because nothing is fetched. Members stand in any order, so they are
put into that of the schema. Pointers lead back to the JSON.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.sdk import MalformedError, UnsupportedError, decode_json
from adapters.sdk.codes import Document, Json, Loss
from adapters.sdk.xml.schema import Schema
from adapters.sdk.xml.vocabulary import UNKNOWN
from adapters.sdk.xml.writing import Tag, write_xml
from adapters.systems.niem.names import DECLARED, MESSAGE, NAMESPACES, STRUCTURES

_ID = re.compile(r"#([A-Za-z_][A-Za-z0-9._-]{0,79})")
_XML = re.compile("[\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
_PREFIXES = {namespace: prefix for prefix, namespace in NAMESPACES.items()}
_HINT = "$schema"
_ABOUT_IT = frozenset({"@context", _HINT})
"""What a document says of itself; where its schema lies is for editors, and is not followed."""
_STEP = re.compile(r"(?P<name>[^\[]+)(?:\[(?P<position>[0-9]+)\])?")


@dataclass(frozen=True, slots=True)
class JsonMessage:
    """A message as it came but for its prefixes, which are ours here, and as XML; `theirs` is each prefix it wrote."""

    document: Document
    xml: bytes
    theirs: Mapping[str, str]

    def pointer(self, path: str) -> str:
        """Return the JSON pointer of a path of the XML, as far as it leads."""
        return _written(_pointer(self.document, path, any_item=False), self.theirs)

    def losses(self, losses: tuple[Loss, ...]) -> tuple[Loss, ...]:
        """Return a report about the XML as one about the JSON; `*` is any item of an array."""
        found = {
            Loss(_written(_pointer(self.document, loss.path, any_item=True), self.theirs), loss.kind) for loss in losses
        }
        if _HINT in self.document:
            found.add(Loss("/*", "dropped"))
        return tuple(sorted(found, key=lambda loss: (loss.path, loss.kind)))


def read_json(body: bytes, schema: Schema) -> JsonMessage:
    """Return the message. Raises MalformedError or UnsupportedError at the member that is wrong."""
    said = decode_json(body, fractions=True)
    if MESSAGE.partition(":")[2] not in {name.rpartition(":")[2] for name in said}:
        raise UnsupportedError("", "root")
    ours = _ours(said.get("@context"))
    document = _renamed(said, ours) if any(theirs != prefix for theirs, prefix in ours.items()) else said
    if not isinstance(document, Mapping) or document.keys() - _ABOUT_IT != {MESSAGE}:
        raise UnsupportedError("", "root")
    if not _prefixes(document[MESSAGE]) <= {*ours.values()}:
        raise UnsupportedError("/@context", "context")
    theirs = {prefix: written for written, prefix in ours.items()}
    roots: list[Tag] = []
    try:
        _elements(MESSAGE, document[MESSAGE], f"/{MESSAGE}", schema, roots)
    except MalformedError as fault:
        raise MalformedError(_written(fault.pointer, theirs), fault.rule) from None
    if len(roots) != 1:
        raise MalformedError(_written(f"/{MESSAGE}", theirs), "type")
    return JsonMessage(document, write_xml(roots[0], DECLARED, STRUCTURES), theirs)


def _ours(context: Json) -> Mapping[str, str]:
    """Return our prefix for each of theirs that means a namespace of NIEM's; a list of contexts counts as one.

    A namespace may end with the `#` that the examples of the standard put there.

    Raises UnsupportedError where one of ours means something else, two mean the same, or a context lies elsewhere.
    """
    parts = context if isinstance(context, Sequence) and not isinstance(context, str) else [context]
    meant: dict[str, Json] = {}
    for part in parts:
        if not isinstance(part, Mapping):
            raise UnsupportedError("/@context", "context")
        meant |= part
    ours = {
        theirs: _PREFIXES[namespace.removesuffix("#")]
        for theirs, namespace in meant.items()
        if isinstance(namespace, str) and namespace.removesuffix("#") in _PREFIXES and not theirs.startswith("@")
    }
    if len({*ours.values()}) != len(ours) or not NAMESPACES.keys().isdisjoint(meant.keys() - ours.keys()):
        raise UnsupportedError("/@context", "context")
    return ours


def _renamed(value: Json, ours: Mapping[str, str]) -> Json:
    """Return the members under our prefixes. Raises MalformedError where two of them become one."""
    if isinstance(value, Mapping):
        made = {_name(name, ours): _renamed(member, ours) for name, member in value.items()}
        if len(made) != len(value):
            raise MalformedError("", "duplicate-key")
        return made
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_renamed(member, ours) for member in value]
    return value


def _name(name: str, ours: Mapping[str, str]) -> str:
    """Return a name under our prefix; one that is under ours and means nothing by it is no name of NIEM's."""
    prefix, colon, rest = name.partition(":")
    if prefix in ours:
        return f"{ours[prefix]}{colon}{rest}"
    return f"{UNKNOWN}{colon}{rest}" if prefix in NAMESPACES else name


def _written(pointer: str, theirs: Mapping[str, str]) -> str:
    """Return a pointer in the sender's own prefixes."""
    return "/".join(_name(step, theirs) if step.partition(":")[0] in theirs else step for step in pointer.split("/"))


def _prefixes(value: Json) -> set[str]:
    """Return the prefixes in use that we know; names under any other are refused by the schema."""
    found = {"gx"}
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            found.update(key.partition(":")[0] for key in here)
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)
    return found & NAMESPACES.keys()


def _elements(name: str, value: Json, at: str, schema: Schema, into: list[Tag]) -> None:
    """Append the elements that a member stands for: one, or one for each item of its array."""
    if isinstance(value, dict):
        into.append(_object(name, value, at, schema))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, list):
                raise MalformedError(f"{at}/{index}", "type")
            _elements(name, item, f"{at}/{index}", schema, into)
    else:
        into.append(Tag(name, _text(name, value, at, schema)))


def _object(name: str, value: Document, at: str, schema: Schema) -> Tag:
    tag = Tag(name)
    members = schema.members[name]
    known = [key for key in value if key in members]
    if len(known) + ("@id" in value) != len(value):
        raise MalformedError(f"{at}/{UNKNOWN}", "schema:element_content")
    for key in sorted(known, key=lambda key: members[key].position):
        _elements(key, value[key], f"{at}/{key}", schema, tag.children)
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
