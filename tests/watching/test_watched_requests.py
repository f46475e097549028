"""A request is told by its route, never by a value of it; who was refused is a line, who was granted none."""

import asyncio

import pytest
from fastapi import FastAPI
from starlette.responses import JSONResponse
from starlette.types import Message, Scope
from structlog.testing import capture_logs

from gateway.logs import MOST, WHY
from gateway.watching.requests import Answered, Refusals, Watched, log_request

MARK = "a-canary-in-a-path"


def _answers(method: str, path: str) -> list[Answered]:
    """Ask an application of three routes; return what was told of the answer."""
    app = FastAPI()

    @app.get("/people/{name}")
    async def found(name: str) -> JSONResponse:
        return JSONResponse({"name": name})

    @app.get("/refused/{name}")
    async def refused(name: str) -> JSONResponse:
        return JSONResponse({"name": name}, 401)

    @app.get("/readyz")
    async def ready() -> JSONResponse:
        return JSONResponse({}, 503)

    told: list[Answered] = []
    watched = Watched(app, told.append)
    scope: Scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": MARK.encode(),
        "headers": [], "http_version": "1.1", "scheme": "http", "root_path": "", WHY: "replayed",
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message: Message) -> None:
        return

    asyncio.run(watched(scope, receive, send))
    return told


@pytest.mark.parametrize(
    ("method", "path", "route", "shown", "status"),
    [
        ("GET", f"/people/{MARK}", "/people/{name}", "GET", 200),
        ("GET", f"/refused/{MARK}", "/refused/{name}", "GET", 401),
        ("GET", f"/{MARK}", "none", "GET", 404),
        (MARK, f"/people/{MARK}", "/people/{name}", "none", 405),
    ],
    ids=["granted", "refused", "no such path", "no such method"],
)
def test_a_request_is_told_by_its_route_and_nothing_of_it(
    method: str, path: str, route: str, shown: str, status: int
) -> None:
    [told] = _answers(method, path)
    assert (told.status, told.method, told.why) == (status, shown, "replayed")
    assert told.route == route
    assert MARK not in repr(told)


def test_who_was_refused_is_a_line_with_the_reason() -> None:
    refusals = Refusals()
    with capture_logs() as logged:
        refusals.tell(Answered("/v1/referrals", "POST", 401, 0.012, "replayed"))
        refusals.tell(Answered("/v1/referrals", "POST", 500, 0.012, None))
    common = {"event": "request_refused", "route": "/v1/referrals", "method": "POST", "milliseconds": 12}
    assert logged == [
        {**common, "status": 401, "code": "replayed", "log_level": "warning"},
        {**common, "status": 500, "log_level": "error"},
    ]


def test_who_was_granted_is_none_and_neither_is_a_probe_of_health_nor_a_first_step() -> None:
    refusals = Refusals()
    with capture_logs() as logged:
        refusals.tell(Answered("/v1/referrals", "POST", 201, 0.012, None))
        refusals.tell(Answered("/readyz", "GET", 503, 0.001, None))
        refusals.tell(Answered("/oauth/token", "POST", 400, 0.001, "nonce"))
    assert logged == []


def test_an_access_log_says_what_was_granted_and_leaves_the_rest_to_the_other() -> None:
    with capture_logs() as logged:
        log_request(Answered("/v1/referrals", "POST", 201, 0.012, None))
        log_request(Answered("/v1/referrals", "POST", 401, 0.012, "replayed"))
    assert [(line["event"], line["status"]) for line in logged] == [("request", 201)]


def test_who_floods_the_gateway_fills_no_disk_and_is_counted() -> None:
    seconds = iter([*[7.0] * (MOST + 3), 8.5])
    refusals = Refusals(lambda: next(seconds))
    with capture_logs() as logged:
        for _ in range(MOST + 4):
            refusals.tell(Answered("none", "GET", 404, 0.0, None))
    assert len(logged) == MOST + 1
    assert [line.get("count") for line in logged] == [*[None] * MOST, 3]
