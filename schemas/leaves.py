"""Walks a schema of the house and names its leaves: the one reader of schema structure that the other modules share.

Schemas of the house are closed objects, arrays and scalars, without references or alternatives
(a test holds each of them to it), so a walk needs no resolver.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas.documents import Document, Json
from schemas.errors import UnpublishableSchemaError

ITEM = "*"
"""What stands for an array index in a path."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar a schema describes."""

    path: tuple[str, ...]
    node: Document
    required: bool
    """Required by every object above it, and every array above it holds at least one item."""

    required_in_item: bool
    """Inside an array item, and required by every object between the item and the leaf."""

    where: tuple[str, str] | None
    """The `x-where` of the nearest array above."""


def leaves(schema: Document) -> Iterator[Leaf]:
    """Yield the leaves of `schema` in the order they are written."""
    return _below(schema, Leaf((), schema, required=True, required_in_item=False, where=None))


def pointer(path: tuple[str, ...]) -> str:
    """Return `path` as a JSON pointer (RFC 6901)."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)


def members(node: Document) -> Mapping[str, Document]:
    """Return what an object schema says about its members; empty for a leaf or an array."""
    properties = node.get("properties", {})
    return {key: _node(child) for key, child in properties.items()} if isinstance(properties, Mapping) else {}


def item(node: Document) -> Document | None:
    """Return what an array schema says about its items, or None where `node` is no array."""
    return _node(node["items"]) if "items" in node else None


def required_members(node: Document) -> frozenset[str]:
    """Return the member names an object schema requires."""
    names = node.get("required", ())
    return frozenset(str(name) for name in names) if isinstance(names, list | tuple) else frozenset()


def _node(value: Json) -> Document:
    if not isinstance(value, Mapping):
        raise UnpublishableSchemaError("a schema that is not an object")
    return value


def _below(node: Document, here: Leaf) -> Iterator[Leaf]:
    inner = item(node)
    if inner is not None:
        filled = here.required and node.get("minItems", 0) != 0
        where = _where(node)
        yield from _below(inner, Leaf((*here.path, ITEM), inner, filled, required_in_item=True, where=where))
    elif "properties" in node:
        required = required_members(node)
        for key, child in members(node).items():
            is_required = key in required
            yield from _below(
                child,
                Leaf(
                    (*here.path, key),
                    child,
                    here.required and is_required,
                    here.required_in_item and is_required,
                    here.where,
                ),
            )
    else:
        yield here


def _where(node: Document) -> tuple[str, str] | None:
    condition = node.get("x-where")
    if not isinstance(condition, Mapping):
        return None
    [(key, value)] = condition.items()
    return key, str(value)
