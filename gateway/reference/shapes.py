"""Makes JSON Schemas of the answers, in few words."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from gateway.reference.model import Schema
from schemas.documents import Json

ID: Final[Schema] = {"type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z]{26}$"}
AGENCY: Final[Schema] = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,38}[a-z0-9]$"}
DAY: Final[Schema] = {"type": "string", "format": "date"}
MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
TEXT: Final[Schema] = {"type": "string"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
YES_OR_NO: Final[Schema] = {"type": "boolean"}
BASE64: Final[Schema] = {"type": "string", "contentEncoding": "base64"}
OBJECT: Final[Schema] = {"type": "object"}
REFERENCE: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 80}
"""An agency's own reference for a person."""
CODE: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 32}
"""A code that is handed over or stands on a receipt."""


def said(schema: Schema, sentence: str) -> Schema:
    """Return the schema with a sentence about it."""
    return {**schema, "description": sentence}


def one_of(codes: type[StrEnum] | Iterable[str]) -> Schema:
    """Return the schema of a closed list of codes."""
    return {"type": "string", "enum": [str(code) for code in codes]}


def const(value: Json) -> Schema:
    """Return the schema of one value."""
    return {"const": value}


def many(schema: Schema, most: int | None = None) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": schema, **({} if most is None else {"maxItems": most})}


def part(name: str) -> Schema:
    """Refer to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(
    required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None, sentence: str | None = None
) -> Schema:
    """Return the schema of an answer's object. It is open: members may be added without breaking anybody."""
    members: dict[str, Json] = {**required, **(optional or {})}
    described: Schema = {} if sentence is None else {"description": sentence}
    return {"type": "object", **described, "required": [*required], "properties": members}


def closed(
    required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None, sentence: str | None = None
) -> Schema:
    """Return the schema of a request's object: what is not named is refused."""
    return {**record(required, optional, sentence), "additionalProperties": False}
