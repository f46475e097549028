"""Whether a schema keeps the rules of the house: asked before one is published, and never when one is read."""

import re
from collections.abc import Iterator

from schemas.documents import Document, Json
from schemas.errors import UnpublishableSchemaError
from schemas.leaves import ITEM, item, members, pointer
from schemas.vocabulary import DataCategory

_SAID_OF_ANY = {"$schema", "$id", "title", "description"}
_KEYWORDS = {
    "object": {"type", "additionalProperties", "required", "properties", "minProperties", "maxProperties"},
    "array": {"type", "items", "minItems", "maxItems", "uniqueItems", "x-where"},
    "leaf": {
        *("type", "enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum"),
        *("x-data-category", "x-granularity", "x-from"),
    },
}
_ESCAPE_OR_CLASS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]")
_UNBOUNDED = re.compile(r"[*+]|\{[0-9]*,\}")


def publishable(schema: Document) -> None:
    """Return if `schema` keeps the rules of the house, else raise UnpublishableSchemaError with every breach.

    Closed objects, bounded arrays, bounded leaves, a category at each, and no keyword beyond the few that say so: a
    reference or an alternative would hide a leaf from the walk.
    """
    breaches = sorted(set(_breaches(schema, ())))
    if breaches:
        raise UnpublishableSchemaError("; ".join(breaches))


def is_bounded(node: Document) -> bool:
    """Tell whether a leaf is an enum, const, boolean, ranged integer, or string with an anchored pattern and an end."""
    match node:
        case {"enum": [_, *_]} | {"const": _} | {"type": "boolean"}:
            return True
        case {"type": "integer", "minimum": int(), "maximum": int()}:
            return True
        case {"type": "string", "pattern": str(pattern)}:
            return _is_anchored(pattern) and ("maxLength" in node or is_token(pattern))
        case _:
            return False


def is_token(pattern: str) -> bool:
    """Tell whether an anchored pattern alone bounds the length of what it accepts."""
    return _is_anchored(pattern) and not _UNBOUNDED.search(_ESCAPE_OR_CLASS.sub("x", pattern))


def _is_anchored(pattern: str) -> bool:
    # An alternative at the top level would anchor only one of its sides.
    inside = _ESCAPE_OR_CLASS.sub("x", pattern)
    while "(" in inside:
        shorter = re.sub(r"\([^()]*\)", "x", inside)
        if shorter == inside:
            return False
        inside = shorter
    return pattern.startswith("^") and pattern.endswith("$") and "|" not in inside


def _breaches(node: Document, path: tuple[str, ...]) -> Iterator[str]:
    place = pointer(path) or "/"
    kind = "array" if "items" in node else "object" if _is_object(node) else "leaf"
    for keyword in node.keys() - _KEYWORDS[kind] - _SAID_OF_ANY:
        yield f"{place}: keyword {keyword} is not used here"
    match kind:
        case "object":
            yield from _object_breaches(node, path, place)
        case "array":
            yield from _array_breaches(node, path, place)
        case _:
            if not is_bounded(node):
                yield f"{place}: unbounded leaf"
            if not isinstance(node.get("x-data-category"), str) or node["x-data-category"] not in set(DataCategory):
                yield f"{place}: leaf without a data category"


def _is_object(node: Document) -> bool:
    return "properties" in node or node.get("type") == "object"


def _object_breaches(node: Document, path: tuple[str, ...], place: str) -> Iterator[str]:
    if node.get("type") != "object" or node.get("additionalProperties") is not False:
        yield f"{place}: open object"
    known = members(node)
    if not known:
        yield f"{place}: object without members"
    if not _strings(node.get("required", [])) <= known.keys():
        yield f"{place}: requires a member it does not describe"
    for key, child in known.items():
        yield from _breaches(child, (*path, key))


def _array_breaches(node: Document, path: tuple[str, ...], place: str) -> Iterator[str]:
    if node.get("type") != "array" or "maxItems" not in node:
        yield f"{place}: open array"
    inner = item(node)
    if inner is not None:
        yield from _breaches(inner, (*path, ITEM))


def _strings(value: Json) -> set[str]:
    return {str(entry) for entry in value} if isinstance(value, list | tuple) else set()
