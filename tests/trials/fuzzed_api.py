"""Requests made up from the description of the API (schemathesis), against the real application and real files.

Right ones, wrong ones and chains of them. Every answer has to be described and none may be a defect; what is wrong has
to be refused, and so has whatever shows no token.
"""

import asyncio
import json
import re
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import schemathesis
from fastapi import FastAPI
from joserfc.jwk import ECKey
from journeys.in_process import Line, a_line
from journeys.onward import agreed, joined
from schemathesis.config import (
    ChecksConfig,
    CoveragePhaseConfig,
    FuzzingPhaseConfig,
    GenerationConfig,
    PhasesConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
    StatefulPhaseConfig,
)
from schemathesis.engine import events, from_schema

from gateway.app import create_app
from gateway.clock import SystemEntropy
from gateway.core.access.scopes import Scope
from gateway.demo.agencies import CLINIC, SHELTER
from gateway.demo.client import System
from schemas.vocabulary import FunctionClass, Purpose

HOSPITAL = "hillside-hospital"
_EVERY = 300
"""Requests before a system signs in again: a token lives for five minutes."""
_LINES = "application/x-ndjson"
_OF_WRONG_DATA = "negative_data_rejection"
_OF_METHODS = frozenset({"unsupported_method", "allow_header_conformance"})
"""Checks of an address that take no notice of another operation's at the same address (`_shared`)."""


@schemathesis.serializer(_LINES)
def _line(_context: object, value: object) -> bytes:
    """Write what was made up as one line."""
    return json.dumps(value).encode()


@dataclass(slots=True)
class Tried:
    """What came of it. `failures` are counted by operation and what was wrong."""

    requests: int = 0
    checks: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)
    failures: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    """Whatever kept a request from being made or judged."""

    @property
    def server_errors(self) -> int:
        """Answers that say that something is the gateway's fault."""
        return sum(count for status, count in self.statuses.items() if status >= 500)

    @property
    def counts(self) -> dict[str, int | dict[str, int]]:
        """Everything as numbers."""
        return {
            "operations": len(self.operations),
            "requests": self.requests,
            "checks": self.checks,
            "server_errors": self.server_errors,
            "violations": self.failures.total(),
            "broken": len(self.broken),
            "statuses": {str(status): self.statuses[status] for status in sorted(self.statuses)},
        }

    @property
    def held(self) -> bool:
        """Whether nothing was wrong, and something was tried."""
        return self.requests > 0 and not (self.failures or self.broken or self.server_errors)


@dataclass
class Proven:
    """Signs a DPoP proof for every request, and signs in again before the token runs out."""

    api: System
    fhir: System
    signed: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, case: schemathesis.Case, _context: object) -> dict[str, str]:
        """Sign for the address that is asked."""
        path = unquote(case.formatted_path).partition("?")[0]
        system = self.fhir if path.startswith("/fhir") else self.api
        with self.lock:
            if self.signed[system.client] % _EVERY == 0:
                system.sign_in()
            self.signed[system.client] += 1
            return {"Authorization": f"DPoP {system.token}", "DPoP": system.proof(case.method, path)}

    def set(self, case: schemathesis.Case, data: dict[str, str], _context: object) -> None:
        """Show it."""
        case.headers = {**(case.headers or {}), **data}


def fuzzed(folder: Path, examples: int, seed: int, *, coverage: bool) -> Tried:
    """Try about `examples` requests of each kind on every operation; with `coverage`, all boundaries of all schemas."""
    with world(folder) as (app, proven):
        return tried(app, proven, config(examples, seed, coverage=coverage))


@contextmanager
def world(folder: Path) -> Iterator[tuple[FastAPI, Proven]]:
    """Open a gateway, and two systems that may do everything: one sends canonical JSON, one speaks FHIR."""
    with a_line(folder / ".demo") as line:
        hospital = joined(line, HOSPITAL, FunctionClass.HEALTH, "fhir")
        agreed(line, hospital, line.world.members[SHELTER], Purpose.ACCOMMODATION)
        app = create_app(line.world.gateway)
        app.router.lifespan_context = _nothing  # It is open already, and stays so between two requests.
        yield app, Proven(_system(line, CLINIC), _system(line, HOSPITAL))


@asynccontextmanager
async def _nothing(_app: FastAPI) -> AsyncIterator[None]:
    yield


def _system(line: Line, agency: str) -> System:
    key, name, world = ECKey.generate_key("P-256", auto_kid=True), f"{agency}-fuzz", line.world
    asyncio.run(world.gateway.registry.add_client(name, agency, [key.as_dict(private=False)], frozenset(Scope)))
    return System(name, key, frozenset(Scope), world.url, world.http, line.clock, SystemEntropy())


def config(examples: int, seed: int, *, coverage: bool) -> SchemathesisConfig:
    generation = GenerationConfig(max_examples=examples, no_shrink=True, database="none")
    project = ProjectConfig(
        generation=generation,
        continue_on_failure=True,
        # A document that fits its schema may be refused for all that a schema cannot say.
        checks=ChecksConfig(positive_data_acceptance=PositiveDataAcceptanceConfig(enabled=False)),
        phases=PhasesConfig(
            coverage=CoveragePhaseConfig(enabled=coverage),
            fuzzing=FuzzingPhaseConfig(generation=generation),
            stateful=StatefulPhaseConfig(generation=generation),
        ),
    )
    return SchemathesisConfig(seed=seed, projects=ProjectsConfig(default=project))


def tried(app: FastAPI, proven: Proven | None, config: SchemathesisConfig, only: Sequence[str] = ()) -> Tried:
    """Make the requests of these operations, or of all, and judge the answers."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
    if only:
        schema = schema.include(operation_id=[*only])
    if proven is not None:

        @schema.auth(refresh_interval=None)
        class _Signing:
            """The class schemathesis asks for; it makes one of it."""

            get = staticmethod(proven.get)
            set = staticmethod(proven.set)

    found, shared = Tried(), _shared(schema.raw_schema["paths"])
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _count(found, event, shared)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            found.broken.append(
                f"{event.label}: {event.info.title}" if isinstance(event, events.NonFatalError) else str(event)
            )
    return found


def _shared(paths: dict[str, object]) -> set[str]:
    """Addresses that another operation's parameter reads as a value: `/consents/search` as `/consents/{consent}`."""
    shapes = [re.compile(re.sub(r"\\\{[a-z]+\\\}", "[^/]+", re.escape(path))) for path in paths if "{" in path]
    return {path for path in paths if "{" not in path and any(shape.fullmatch(path) for shape in shapes)}


def _count(found: Tried, event: events.ScenarioFinished, shared: set[str]) -> None:
    recorder = event.recorder
    found.requests += len(recorder.interactions)
    for name, interaction in recorder.interactions.items():
        if interaction.response is not None:
            found.statuses[int(interaction.response.status_code)] += 1
        if name in recorder.cases:
            found.operations.add(recorder.cases[name].value.operation.label)
    for name, checks in recorder.checks.items():
        operation = recorder.cases[name].value.operation
        found.checks += len(checks)
        for check in checks:
            wrong = check.failure_info
            if wrong is None or (check.name in _OF_METHODS and operation.path in shared):
                continue
            answered = recorder.interactions[name].response if name in recorder.interactions else None
            if check.name == _OF_WRONG_DATA and answered is not None and refused_by_line(answered):
                continue
            found.failures[f"{operation.label}: {check.name}: {wrong.failure.title}"] += 1


def refused_by_line(answered: schemathesis.Response) -> bool:
    """Say whether every line of an answer in lines is a refusal.

    Many referrals are answered with 200, and what is wrong with one is said in its own line: whoever looks at the
    status of the whole sees nothing of it. So the lines are looked at, each as strictly as an answer that comes alone.
    """
    if answered.headers.get("content-type", [""])[0] != _LINES or answered.status_code != 200:
        return False
    told = [json.loads(line)["status"] for line in answered.content.splitlines()]
    return bool(told) and all(400 <= status < 500 for status in told)
