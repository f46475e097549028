"""What is said about an operation beside what its route says itself: data, joined in `gateway.reference.document`.

Path, method, operation id, tags, summary and description (the endpoint's docstring) come from the route, so they cannot
differ from it. Everything else stands in `gateway.reference.operations`, and every answer in the tests is held against
it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import TypeAlias

from gateway.core.access.scopes import Scope
from gateway.web.problem_types import ProblemType
from schemas.documents import Json

Schema: TypeAlias = dict[str, Json]


@unique
class Speaks(Enum):
    """In which words errors are told."""

    PROBLEMS = "RFC 9457"
    OAUTH = "RFC 6749 section 5.2"
    FHIR = "OperationOutcome"


@dataclass(frozen=True, slots=True)
class Body:
    """A body in one media type. Each example is valid under the schema."""

    schema: Schema
    examples: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is no error. `headers` are names in `gateway.reference.headers`, beside those of every answer."""

    sentence: str
    bodies: Mapping[str, Body] = field(default_factory=dict)
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    Of several `scopes` one will do; none means that no token is asked for. `parameters` are names in
    `gateway.reference.parameters`. `problems` are those that only some operations have, by status.
    """

    answers: Mapping[int, Answer]
    scopes: tuple[Scope, ...] = ()
    parameters: tuple[str, ...] = ()
    takes: Mapping[str, Body] = field(default_factory=dict)
    problems: Mapping[int, tuple[ProblemType, ...]] = field(default_factory=dict)
    speaks: Speaks = Speaks.PROBLEMS
    limited: bool = True
    """Whether an address that asks too often is told to wait; only whoever watches the process never is."""
    may_be_empty: bool = False
    """Whether the body may be left out."""
