"""FHIR's XML of a document in JSON, for tests: what a sender would write who has the same to say (R4, json and xml)."""

import json
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import quoteattr

from schemas.documents import Json

_RESOURCES = frozenset({"contained", "resource"})


def in_xml(body: bytes) -> bytes:
    """Return the same resource as XML."""
    document = json.loads(body.removeprefix(b"\xef\xbb\xbf"))
    inner = "".join(_members(document))
    kind = document["resourceType"]
    return f'<{kind} xmlns="http://hl7.org/fhir">{inner}</{kind}>'.encode()


def _members(node: Mapping[str, Json]) -> Iterator[str]:
    for name in dict.fromkeys(key.removeprefix("_") for key in node if key != "resourceType"):
        values, beside = _listed(node.get(name)), _listed(node.get(f"_{name}"))
        for at in range(max(len(values), len(beside))):
            value = values[at] if at < len(values) else None
            other = beside[at] if at < len(beside) else None
            yield _element(name, value, other if isinstance(other, Mapping) else {})


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _element(name: str, value: Json, beside: Mapping[str, Json]) -> str:
    if isinstance(value, Mapping) and name in _RESOURCES:
        kind = value["resourceType"]
        return f"<{name}><{kind}>{''.join(_members(value))}</{kind}></{name}>"
    node = value if isinstance(value, Mapping) else beside
    attributes = {key: node[key] for key in ("id", "url") if key in node and (key == "id" or "xtension" in name)}
    if value is not None and not isinstance(value, Mapping):
        attributes["value"] = ("true" if value else "false") if isinstance(value, bool) else str(value)
    said = "".join(f" {key}={quoteattr(str(one))}" for key, one in attributes.items())
    div = '<div xmlns="http://www.w3.org/1999/xhtml">prose</div>'
    inner = {key: one for key, one in node.items() if key not in attributes and key != "div"}
    return f"<{name}{said}>{''.join(_members(inner))}{div if 'div' in node else ''}</{name}>"
