"""A small, seeded part of `make evidence` (schemathesis): requests made up from the description, and their answers."""

from pathlib import Path

import pytest
import requests
from fastapi import FastAPI
from schemathesis import Response
from starlette.responses import JSONResponse
from trials.fuzzed_api import config, refused_by_line, tried, world

from gateway.reference.operations import OPERATIONS
from schemas.documents import Json

PLAIN = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning")
SEED = 20_260_115
ONCE_WRONG = ("getCapabilityStatement", "readReference", "readAboutProblem", "searchConsents")
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


def answer(content: bytes, media_type: str, status: int = 200) -> Response:
    request = requests.Request("POST", "http://127.0.0.1/").prepare()
    return Response(status, {"content-type": [media_type]}, content, request, 0.0, verify=False)


@PLAIN
@pytest.mark.slow
def test_every_answer_to_what_was_made_up_is_described(tmp_path: Path) -> None:
    """All of it a little; and once, at all boundaries, those of which the full run had something to say."""
    with world(tmp_path) as (app, proven):
        found = tried(app, proven, config(1, SEED, coverage=False))
        closely = tried(app, proven, config(1, SEED, coverage=True), ONCE_WRONG)
        lines = tried(app, proven, config(3, SEED, coverage=False), ("sendReferrals",))
    assert found.held, (found.failures, found.broken)
    assert len(found.operations) >= len(OPERATIONS) - 1  # The full run asks every one of them.
    assert found.requests > 100
    assert closely.held, (closely.failures, closely.broken)
    assert len(closely.operations) == len(ONCE_WRONG)
    assert lines.held, (lines.failures, lines.broken)


LINE = '{"line": 1, "status": %d, "answer": {}}\n'


@pytest.mark.parametrize(
    ("statuses", "refused"), [((422,), True), ((422, 403), True), ((201,), False), ((422, 201), False), ((500,), False)]
)
def test_what_is_wrong_in_a_line_has_to_be_refused_in_its_line(statuses: tuple[int, ...], *, refused: bool) -> None:
    lines = "".join(LINE % status for status in statuses).encode()
    assert refused_by_line(answer(lines, "application/x-ndjson")) is refused


def test_no_line_and_no_lines_refuse_nothing() -> None:
    assert not refused_by_line(answer(b"", "application/x-ndjson"))
    assert not refused_by_line(answer((LINE % 422).encode(), "application/json"))
    assert not refused_by_line(answer((LINE % 422).encode(), "application/x-ndjson", 201))


@PLAIN
@pytest.mark.parametrize(("status", "body"), [(500, {"name": "x"}), (418, {"name": "x"}), (200, {})])
def test_an_answer_that_is_not_described_is_found(status: int, body: Json) -> None:
    found = tried(lying(status, body), None, config(1, 1, coverage=False))
    assert not found.held
    assert found.failures or found.server_errors


@PLAIN
def test_and_one_that_is_described_is_not() -> None:
    assert tried(lying(200, {"name": "x"}), None, config(1, 1, coverage=False)).held
