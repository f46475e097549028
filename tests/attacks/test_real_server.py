"""The limits on the server as `serve` runs it: size, pace and number of requests, each with what passes beside it."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from operators import Operator, Served, moved
from served import NO_TLS

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FAILURES = 5


@pytest.fixture(scope="module")
def server(template: Operator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    operator = moved(template, tmp_path_factory.mktemp("limited") / "o")
    with operator.serves(GATEWAY_RATE_FAILURES=str(FAILURES)) as served:
        yield served


def post(server: Served, body: bytes | Iterator[bytes], **headers: str) -> httpx.Response:
    kept = {"headers": {**FORM, **headers}, "timeout": 30, "verify": NO_TLS}
    return httpx.post(f"{server.url}/oauth/token", content=body, **kept)


def test_a_form_has_a_largest_size_whether_it_says_so_or_not(server: Served) -> None:
    assert post(server, b"a=" + b"x" * 16_000).json() == {"error": "invalid_request"}
    assert post(server, b"a=" + b"x" * 17_000).status_code == 413
    assert post(server, iter([b"a=", *[b"x" * 1_000] * 17])).status_code == 413


def test_a_head_has_a_largest_size(server: Served) -> None:
    assert post(server, b"a=b", **{"X-Long": "x" * 20_000}).status_code == 400
    assert post(server, b"a=b", **{"X-Long": "x" * 40_000}).text == "Invalid HTTP request received."


def test_two_lengths_and_two_framings_are_refused(server: Served) -> None:
    parts = urlsplit(server.url)
    for framing in (
        b"Content-Length: 3\r\nContent-Length: 4\r\n",
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
    ):
        with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=10) as connection:
            connection.sendall(b"POST /oauth/token HTTP/1.1\r\nHost: h\r\n" + framing + b"\r\na=b")
            assert connection.recv(4096).startswith(b"HTTP/1.1 400")


def test_who_fails_too_often_waits_and_who_asks_for_something_public_does_not(server: Served) -> None:
    wrong = b"grant_type=client_credentials&client_id=nobody"
    answers = [post(server, wrong) for _ in range(FAILURES + 1)]
    assert [one.status_code for one in answers] == [401] * FAILURES + [429]
    last = answers[-1]
    assert last.headers["content-type"] == "application/problem+json"
    assert (last.json()["code"], int(last.headers["retry-after"]) >= 1) == ("too_many_requests", True)
    assert httpx.get(f"{server.url}/oauth/jwks", verify=NO_TLS).status_code == 200
    assert httpx.get(f"{server.url}/livez", verify=NO_TLS).status_code == 200
