"""HEAD is answered wherever anybody may GET, and nowhere where somebody's looking is counted."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from described import description_of
from fastapi import FastAPI
from operators import SECRET, Operator, moved, template

from gateway.app import create_app
from gateway.settings import Settings
from gateway.wiring import build

__all__ = ["template"]

FOR_BROWSERS = ("/", "/people/sign-in", "/people/enrol", "/people/people.js", "/people/people.css")
WITH_A_SESSION = ("/people", "/people/log", "/people/approvals")
OWN = {"date", "request-id", "dpop-nonce"}


@pytest.fixture(scope="module")
def app(template: Operator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    operator = moved(template, tmp_path_factory.mktemp("heads") / "o")
    gateway = build(Settings(data=operator.data, secret=SECRET, url="https://gateway.example"))
    yield create_app(gateway)
    gateway.close()


def asked(app: FastAPI, method: str, path: str) -> httpx.Response:
    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="https://gateway.example") as client:
            return await client.request(method, path, headers={"Accept": "*/*"})

    return asyncio.run(once())


def head(answer: httpx.Response) -> tuple[int, list[tuple[str, str]]]:
    return answer.status_code, [one for one in answer.headers.multi_items() if one[0] not in OWN]


def test_whatever_anybody_may_get_answers_head_alike_and_nothing_else_does(app: FastAPI) -> None:
    paths = description_of(app.routes).document["paths"]
    got = {path: one["get"]["security"] for path, one in paths.items() if "get" in one}
    tokens = {path for path, security in got.items() if security}
    assert {"/livez", "/readyz", "/oauth/jwks", "/fhir/metadata", "/openapi.json"} <= got.keys() - tokens
    assert {"/v1/referrals/{referral}/explanation", "/v1/inbox/{message}/attachments/{number}"} <= tokens
    for path in (*got.keys() - tokens, *FOR_BROWSERS):
        wanted = path.replace("{code}", "refused")
        assert head(asked(app, "HEAD", wanted)) == head(asked(app, "GET", wanted)), path
    for path in (*tokens, *WITH_A_SESSION):
        answer = asked(app, "HEAD", path)
        assert (answer.status_code, "HEAD" in answer.headers["allow"]) == (405, False), path


def test_another_method_is_told_that_head_is_one(app: FastAPI) -> None:
    assert asked(app, "OPTIONS", "/livez").headers["allow"] == "GET, HEAD"


def test_what_is_not_there_is_not_there_for_head(app: FastAPI) -> None:
    assert asked(app, "HEAD", "/reference/problems/none").status_code == 404
