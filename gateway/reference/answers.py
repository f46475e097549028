"""Makes what operations say of bodies and answers, in few words."""

from collections.abc import Mapping
from typing import Final

from gateway.reference.model import Answer, Body, Schema
from gateway.reference.shapes import part
from schemas.documents import Json

JSON: Final = "application/json"
FHIR: Final = "application/fhir+json"
FHIR_WRITTEN: Final = "application/fhir+json;charset=utf-8"


def told(sentence: str, component: str | Schema, example: Json, *headers: str) -> Answer:
    """An answer in JSON with one example."""
    schema = part(component) if isinstance(component, str) else component
    return Answer(sentence, {JSON: Body(schema, {"usual": example})}, headers)


def taken(component: str | Schema, examples: Mapping[str, Json]) -> dict[str, Body]:
    """A body in JSON."""
    return {JSON: Body(part(component) if isinstance(component, str) else component, examples)}
