"""A small, seeded part of `make evidence` (schemathesis): requests made up from the description, and their answers."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.responses import JSONResponse
from trials.fuzzed_api import _config, fuzzed, tried

from gateway.reference.operations import OPERATIONS
from schemas.documents import Json

PLAIN = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning")
DESCRIBED: dict[str, Json] = {
    "openapi": "3.1.0",
    "info": {"title": "A small thing", "version": "1"},
    "paths": {
        "/thing": {
            "get": {
                "operationId": "readThing",
                "responses": {
                    "200": {
                        "description": "It.",
                        "content": {"application/json": {"schema": {"type": "object", "required": ["name"]}}},
                    }
                },
            }
        }
    },
}


def lying(status: int, body: Json) -> FastAPI:
    """An application that answers otherwise than it says."""
    app = FastAPI(openapi_url=None)
    app.add_api_route("/openapi.json", lambda: JSONResponse(DESCRIBED))
    app.add_api_route("/thing", lambda: JSONResponse(body, status))
    return app


@PLAIN
@pytest.mark.slow
def test_every_answer_to_what_was_made_up_is_described(tmp_path: Path) -> None:
    found = fuzzed(tmp_path, 1, 20_260_115, coverage=False)
    assert found.held, (found.failures, found.broken)
    assert len(found.operations) >= len(OPERATIONS) - 1  # The full run asks every one of them.
    assert found.requests > 100


@PLAIN
@pytest.mark.parametrize(("status", "body"), [(500, {"name": "x"}), (418, {"name": "x"}), (200, {})])
def test_an_answer_that_is_not_described_is_found(status: int, body: Json) -> None:
    found = tried(lying(status, body), None, _config(1, 1, coverage=False))
    assert not found.held
    assert found.failures or found.server_errors


@PLAIN
def test_and_one_that_is_described_is_not() -> None:
    assert tried(lying(200, {"name": "x"}), None, _config(1, 1, coverage=False)).held
