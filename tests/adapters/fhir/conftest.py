"""Documents of the format, and what the adapter makes of them."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, Parsed
from adapters.sdk.errors import AdapterError
from adapters.systems.fhir.adapter import Fhir
from schemas.documents import Json

FIXTURES = Path(__file__).parent / "fixtures"
Loaded: TypeAlias = dict[str, Json]
Read: TypeAlias = Callable[..., Parsed | AdapterError]


@pytest.fixture(scope="session")
def adapter() -> Fhir:
    return Fhir()


@pytest.fixture
def read(adapter: Fhir) -> Read:
    def parsed(document: object, subject: str | None = None) -> Parsed | AdapterError:
        return parse_outcome(adapter, Inbound(json.dumps(document).encode(), "application/fhir+json", subject))

    return parsed


@pytest.fixture
def load() -> Callable[[str], Loaded]:
    def loaded(name: str) -> Loaded:
        return copy.deepcopy(json.loads((FIXTURES / f"{name}.in.json").read_bytes()))

    return loaded


@pytest.fixture
def full(load: Callable[[str], Loaded]) -> Loaded:
    return load("full")


@pytest.fixture
def contained(load: Callable[[str], Loaded]) -> Loaded:
    return load("contained")
