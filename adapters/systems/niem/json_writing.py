"""The message as NIEM JSON: the same elements, arrays where the schema allows several, and the context written out."""

from collections.abc import Iterator

from adapters.sdk import write_json
from adapters.sdk.codes import Json
from adapters.sdk.xml.schema import Schema
from adapters.sdk.xml.writing import Tag
from adapters.systems.niem.names import NAMESPACES, STRUCTURES


def write_message(root: Tag, schema: Schema) -> bytes:
    """Return canonical bytes: equal messages are equal."""
    context: dict[str, Json] = {
        prefix: namespace for prefix, namespace in NAMESPACES.items() if prefix != STRUCTURES and prefix in _used(root)
    }
    return write_json({"@context": context, root.name: _value(root, schema)})


def _used(tag: Tag) -> set[str]:
    return {name.partition(":")[0] for name in _names(tag)}


def _names(tag: Tag) -> Iterator[str]:
    yield tag.name
    for child in tag.children:
        yield from _names(child)


def _value(tag: Tag, schema: Schema) -> Json:
    if tag.text is not None:
        if schema.is_boolean(tag.name):
            return tag.text == "true"
        return int(tag.text) if schema.is_integer(tag.name) else tag.text
    members: dict[str, Json] = {}
    named = tag.identifier or tag.reference
    if named is not None:
        members["@id"] = f"#{named}"
    for name in dict.fromkeys(child.name for child in tag.children):
        values = [_value(child, schema) for child in tag.children if child.name == name]
        members[name] = values if schema.members[tag.name][name].many else values[0]
    return members
