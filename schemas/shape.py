"""Whether a value is JSON of a sane size at all, before any schema looks at it."""

from collections.abc import Mapping
from typing import Final

from schemas.documents import Document, Json
from schemas.errors import Fault, SchemaViolationError

MAX_DEPTH = 32
"""How many objects and arrays may stand inside each other."""

MAX_MEMBERS = 20_000
"""How many members and items a document may have in all."""

_SCALARS: Final[frozenset[type]] = frozenset({str, int, bool, type(None)})
_CONTAINERS = frozenset({dict, list})


def plain(document: Document, schema: str) -> dict[str, Json]:
    """Return `document` as plain dicts, lists, strings, integers and booleans: itself where it is so already.

    Raises SchemaViolationError for `schema`: rule `type`, `number`, `depth` or `members`.
    """
    if type(document) is dict and measure(document, schema):
        return document
    value = _copied(document, 1, schema)
    if not isinstance(value, dict):
        raise SchemaViolationError(schema, (Fault("", "type"),))
    measure(value, schema)
    return value


def measure(document: dict[str, Json], schema: str, scalars: frozenset[type] = _SCALARS) -> bool:
    """Count depth and members, level by level, and tell whether every value is of a plain type.

    What is none of the `scalars` and no plain container ends the count: the answer is then False.

    Raises SchemaViolationError for `schema` with rule `depth` or `members`.
    """
    level: list[dict[str, Json] | list[Json]] = [document]
    count = 0
    for _ in range(MAX_DEPTH):
        members: list[Json] = []
        for node in level:
            members += node.values() if type(node) is dict else node
        count += len(members)
        if count > MAX_MEMBERS:
            raise SchemaViolationError(schema, (Fault("", "members"),))
        level = [member for member in members if type(member) not in scalars]  # type: ignore[misc]  # a set of types is asked for any type
        if not level:
            return True
        if not _CONTAINERS.issuperset(map(type, level)):
            return False
    raise SchemaViolationError(schema, (Fault("", "depth"),))


def _copied(value: object, depth: int, schema: str) -> Json:
    match value:
        case Mapping() | list() | tuple() if depth > MAX_DEPTH:
            raise SchemaViolationError(schema, (Fault("", "depth"),))
        case None | bool():
            return value
        case str():
            # The plain string inside a StrEnum member.
            return str.__str__(value)
        case int():
            return int(value)
        case float():
            raise SchemaViolationError(schema, (Fault("", "number"),))
        case Mapping():
            return {_key(key, schema): _copied(member, depth + 1, schema) for key, member in value.items()}
        case list() | tuple():
            return [_copied(member, depth + 1, schema) for member in value]
        case _:
            raise SchemaViolationError(schema, (Fault("", "type"),))


def _key(key: object, schema: str) -> str:
    if not isinstance(key, str):
        raise SchemaViolationError(schema, (Fault("", "type"),))
    return str.__str__(key)
