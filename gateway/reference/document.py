"""Puts the OpenAPI document (3.1) together: what the routes say of themselves, and what is said about them here.

It is made when it is first asked for, and names no machine: every address in it is relative to where it was fetched.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import cleandoc

from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute

from gateway.reference.components import components
from gateway.reference.headers import ANSWER_HEADERS, PARAMETERS, PATHS, Parameter
from gateway.reference.model import Operation, Schema
from gateway.reference.operations import OPERATIONS
from gateway.reference.problems import answers_of, going_to_go
from gateway.reference.security import required, schemes
from gateway.reference.words import INTRODUCTION, TAGS
from gateway.web.deprecation import DEPRECATED, Deprecated
from schemas.documents import Json

OPENAPI = "3.1.0"


@dataclass(frozen=True, slots=True)
class Route:
    """What a route says of itself."""

    id: str
    method: str
    path: str
    tags: tuple[str, ...]
    summary: str
    description: str


def routes_of(routes: Sequence[BaseRoute]) -> Iterator[Route]:
    """Yield every operation that is part of the description, in the order of the routes; a HEAD is said by its GET."""
    for one in iter_route_contexts(routes):
        if isinstance(one.original_route, APIRoute) and one.include_in_schema:
            for method in sorted({*(one.methods or ())} - {"HEAD"}):
                yield Route(
                    id=one.operation_id or "",
                    method=method.lower(),
                    path=one.path_format or "",
                    tags=tuple(str(tag) for tag in one.tags),
                    summary=one.summary or "",
                    description=cleandoc(one.endpoint.__doc__ or ""),
                )


def describe(routes: Iterable[Route], version: str, going: Mapping[str, Deprecated] = DEPRECATED) -> dict[str, Json]:
    """Return the document. Raises KeyError for an operation of which nothing is said."""
    paths: dict[str, dict[str, Json]] = {}
    used: dict[str, Schema] = {}
    tags: list[str] = []
    asked = set[str]()
    for route in routes:
        said = OPERATIONS[route.id]
        told, shared = answers_of(said)
        used |= shared
        asked |= {*said.parameters}
        tags += [tag for tag in route.tags if tag not in tags]
        told = going_to_go(told) if route.id in going else told
        paths.setdefault(route.path, {})[route.method] = _operation(route, said, told, deprecated=route.id in going)
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "Referral Gateway",
            "version": version,
            "description": INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag, "description": TAGS[tag]} for tag in tags],
        "paths": {**paths},
        "components": {
            "schemas": {**components()},
            "parameters": {name: _parameter(PARAMETERS[name]) for name in PARAMETERS if name in asked},
            "headers": {
                name: {"description": sentence, "schema": {**schema}}
                for name, (sentence, schema) in ANSWER_HEADERS.items()
            },
            "responses": {name: {**used[name]} for name in sorted(used)},
            "securitySchemes": {**schemes()},
        },
    }


def _operation(route: Route, said: Operation, told: Mapping[str, Json], *, deprecated: bool) -> Json:
    taken = _request_body(said)
    return {
        "operationId": route.id,
        "tags": [*route.tags],
        "summary": route.summary,
        "description": route.description,
        **({"deprecated": True} if deprecated else {}),
        "parameters": [*_parameters(route, said)],
        **({"requestBody": taken} if taken else {}),
        "responses": {**told},
        "security": required(said),
    }


def _parameters(route: Route, said: Operation) -> Iterator[Json]:
    for name in (part[1:-1] for part in route.path.split("/") if part.startswith("{")):
        sentence, schema, example = PATHS[name]
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": sentence,
            "schema": {**schema},
            "example": example,
        }
    for name in said.parameters:
        yield {"$ref": f"#/components/parameters/{name}"}


def _parameter(one: Parameter) -> Json:
    return {
        "name": one.name,
        "in": one.where,
        "required": one.required,
        "description": one.sentence,
        "schema": {**one.schema},
        "example": one.example,
    }


def _request_body(said: Operation) -> Mapping[str, Json]:
    if not said.takes:
        return {}
    contents: dict[str, Json] = {}
    for media_type, body in said.takes.items():
        examples: dict[str, Json] = {name: {"value": value} for name, value in body.examples.items()}
        contents[media_type] = {"schema": {**body.schema}, **({"examples": examples} if examples else {})}
    return {"required": not said.may_be_empty, "content": contents}
