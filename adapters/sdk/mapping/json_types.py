"""What a field of a JSON document is written as. In JSON "false" is a text, and many systems take any text for true."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from adapters.sdk.mapping.model import Codec, Scalar
from adapters.sdk.mapping.values import fits
from schemas.documents import Document

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})", re.ASCII)
"""As JSON writes one, and no longer than every reader keeps whole (RFC 8259 section 6)."""

_BOOLEANS: Mapping[str, bool] = MappingProxyType({"true": True, "false": False})


class JsonType(StrEnum):
    """What the values of a field are, in the words of JSON Schema."""

    STRING = "string"
    BOOLEAN = "boolean"
    INTEGER = "integer"


def written_as(codec: Codec, form: JsonType) -> Codec:
    """Return the codec that writes this type. What is none of its values has no place in the field: it is lost."""
    return Codec(codec.read, lambda value: typed(codec.write(value), form))


def typed(value: Scalar | None, form: JsonType) -> Scalar | None:
    """Return a value, or a word of the system's own, as this type; None where it is none of its values."""
    if value is None:
        return None
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    match form:
        case JsonType.STRING:
            return text
        case JsonType.BOOLEAN:
            return _BOOLEANS.get(text)
        case JsonType.INTEGER:
            return int(text) if _INTEGER.fullmatch(text) is not None else None


def can_hold(form: JsonType, leaf: Document) -> bool:
    """Whether a field of this type can say something that may stand at a canonical leaf as it is."""
    examples: Mapping[JsonType, Scalar] = {JsonType.BOOLEAN: True, JsonType.INTEGER: 7 if _counts(leaf) else "7"}
    return form is JsonType.STRING or fits(examples[form], leaf)


def _counts(leaf: Document) -> bool:
    return leaf.get("type") == "integer"


def type_of(value: object) -> JsonType:
    """Return what a value in a JSON document is; whatever no field can be called is a text here."""
    if isinstance(value, bool):
        return JsonType.BOOLEAN
    return JsonType.INTEGER if isinstance(value, int) else JsonType.STRING
