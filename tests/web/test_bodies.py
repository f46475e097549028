"""How much may be sent, what becomes of a defect, and a supplement on the way in."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from builders import POLICE, SHELTER, a_referral
from fastapi.exceptions import RequestValidationError
from line import MEDIA_TYPE
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from structlog.testing import capture_logs
from web_door import Answer, Web

from gateway.core.errors import Defect, OperatorError, RecipientError
from gateway.core.log.anchors import HELD_HERE
from gateway.web.multipart import SUPPLEMENT

CANARY = "Anamaria-Canary"
LIMIT = 4_096
ROUTE = {
    "GX-Recipient": SHELTER,
    "GX-Purpose": "assistance.accommodation",
    "GX-Urgency": "urgent",
    "Content-Type": MEDIA_TYPE,
    "Idempotency-Key": "key-0000001",
}


@pytest.fixture
def web() -> Web:
    """An application that takes four kilobytes, in whose world she has said yes."""
    made = Web(largest_body=LIMIT)
    made.line.says()
    return made


def padded(size: int) -> bytes:
    """Return a referral of exactly that many bytes; white space does not change it."""
    return json.dumps(a_referral()).encode().ljust(size)


def send(web: Web, body: bytes | list[bytes], *, sized: bool = True, **headers: str) -> Answer:
    """Send a referral."""
    return web.ask("POST", "/v1/referrals", body, {**ROUTE, **headers}, sized=sized)


def test_as_much_as_is_allowed_is_read(web: Web) -> None:
    assert send(web, padded(LIMIT)).status == 201


@pytest.mark.parametrize("pieces", [1, 2, 7, LIMIT])
def test_it_is_read_in_whatever_pieces_it_comes(web: Web, pieces: int) -> None:
    body, step = padded(LIMIT), -(-LIMIT // pieces)
    chunks = [body[at : at + step] for at in range(0, LIMIT, step)]
    assert send(web, [*chunks, b""], sized=False).status == 201


@pytest.mark.parametrize("sized", [True, False], ids=["with its length", "without"])
def test_one_byte_more_is_too_large(web: Web, sized: bool) -> None:  # noqa: FBT001 - a parameter of the test
    answer = send(web, [padded(LIMIT), b" "], sized=sized)
    assert (answer.status, answer.code) == (413, "too_large")
    assert answer.faults == [("Content-Length" if sized else "body", "too_large")]


def test_what_is_too_large_is_not_read_to_its_end(web: Web) -> None:
    endless = [bytes(1_000)] * 1_000
    assert send(web, endless, sized=False).status == 413
    assert send(web, [b"never read"], **{"Content-Length": str(10**9)}).status == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "", "0x10", "\xb2", "9" * 5_000, "12 34", CANARY], ids=ascii)
def test_a_length_that_is_none_is_refused_and_not_repeated(web: Web, length: str) -> None:
    answer = send(web, padded(2_000), **{"Content-Length": length})
    assert answer.status == 413
    assert CANARY.encode() not in answer.body


def test_a_length_that_lies_does_not_let_more_in(web: Web) -> None:
    answer = send(web, [padded(LIMIT), b" "], **{"Content-Length": "10"})
    assert answer.faults == [("body", "too_large")]


@pytest.mark.parametrize("path", ["/v1/consents", "/v1/consents/search", "/v1/withdrawals", "/v1/inbox/{}/status"])
def test_every_body_has_the_limit(web: Web, path: str) -> None:
    where = path.format("0123456789ABCDEFGHJKMNPQRS")
    answer = web.ask("POST", where, bytes(LIMIT + 1), {"Idempotency-Key": "key-0000001"}, POLICE)
    assert answer.status == 413


@pytest.mark.parametrize("path", ["/v1/referrals", "/v1/referrals/bulk", "/v1/consents/search"])
@pytest.mark.parametrize("coding", ["gzip", "Br", "identity, deflate", ["identity", "zstd"]])
def test_a_body_that_is_compressed_is_refused_and_not_taken_for_damaged(
    web: Web, path: str, coding: str | list[str]
) -> None:
    kind = "application/x-ndjson" if path.endswith("bulk") else MEDIA_TYPE
    headers = {**ROUTE, "Content-Type": kind, "Content-Encoding": coding}
    answer = web.ask("POST", path, b"\x1f\x8b", headers)
    assert (answer.status, answer.faults) == (415, [("Content-Encoding", "content_encoding")])


def test_a_body_that_says_it_is_as_it_is_is_read(web: Web) -> None:
    assert web.ask("POST", "/v1/referrals", padded(LIMIT), {**ROUTE, "Content-Encoding": "identity"}).status == 201


def test_a_supplement_says_what_the_document_does_not(web: Web) -> None:
    """The native document leaves her reference out; the supplement brings it."""
    referral = a_referral()
    referral["subject"] = {name: value for name, value in referral["subject"].items() if name != "person_ref"}
    assert send(web, json.dumps(referral).encode()).status == 422
    parts = (
        b"--b\r\nContent-Type: " + MEDIA_TYPE.encode() + b"\r\n\r\n" + json.dumps(referral).encode() + b"\r\n"
        b"--b\r\nContent-Type: " + SUPPLEMENT.encode() + b"\r\n\r\n"
        b'{"schema":"supplement/1.0","subject":{"person_ref":"P-0114"}}\r\n--b--\r\n'
    )
    answer = send(web, parts, **{"Content-Type": "multipart/related; boundary=b"})
    assert answer.status == 201
    broken = parts.replace(b'"person_ref":', b'"person":"' + CANARY.encode() + b'","person_ref":')
    answer = send(web, broken, **{"Content-Type": "multipart/related; boundary=b", "Idempotency-Key": "key-0000002"})
    assert answer.status == 422
    assert CANARY.encode() not in answer.body


# what goes wrong on our side


class _Broken:
    """A line that fails as it is told."""

    outside = HELD_HERE

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def accept(self, _asked: object) -> None:
        raise self.error


def breaking(error: Exception) -> tuple[Answer, list[dict[str, object]]]:
    """Ask an application whose line raises that; return the answer and what was logged."""
    web = Web()
    web.use(replace(web.door, exchange=_Broken(error)))
    with capture_logs() as logged:
        answer = send(web, padded(2_000))
    return answer, [dict(entry) for entry in logged]


@pytest.mark.parametrize(
    "error",
    [KeyError(CANARY), ValueError(CANARY), RecursionError(CANARY), Defect(CANARY), MemoryError(CANARY)],
    ids=lambda error: type(error).__name__,
)
def test_a_defect_is_500_and_says_nothing_of_itself(error: Exception) -> None:
    answer, logged = breaking(error)
    assert (answer.status, answer.code) == (500, "defect")
    assert answer.json.keys() == {"type", "title", "status", "code"}
    for told in (answer.body.decode(), str(answer.headers), str(logged)):
        assert CANARY not in told
        assert "Traceback" not in told
        assert str(Path(__file__).parent) not in told
    [entry] = logged
    assert (entry["event"], entry["code"]) == ("defect", type(error).__name__)
    assert str(entry["logger"]).split(":")[1].isdecimal()
    assert answer.header("cache-control") == "no-store"


@pytest.mark.parametrize("error", [OperatorError(CANARY), RecipientError(CANARY)], ids=["operator", "recipient"])
def test_a_fault_of_the_installation_is_503_and_may_pass(error: Exception) -> None:
    answer, logged = breaking(error)
    assert (answer.status, answer.code, answer.header("retry-after")) == (503, "unavailable", "5")
    assert CANARY not in answer.body.decode() + str(logged)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RequestValidationError([{"loc": ("query", CANARY), "msg": CANARY, "type": "x", "input": CANARY}]), 400),
        (HTTPException(418, CANARY), 418),
    ],
    ids=["validation", "framework"],
)
def test_what_the_framework_raises_is_a_problem_without_its_words(error: Exception, status: int) -> None:
    answer, _ = breaking(error)
    assert answer.status == status
    assert answer.code
    assert CANARY not in answer.body.decode()


def test_somebody_who_hangs_up_is_no_defect() -> None:
    with pytest.raises(ValueError, match="unpack"):  # Nothing was sent at all.
        breaking(ClientDisconnect())


def test_the_canary_without_the_wall_an_error_leaves_the_application() -> None:
    web = Web()
    web.use(replace(web.door, exchange=_Broken(KeyError(CANARY))))
    web.apart().app.user_middleware = []
    structlog.reset_defaults()
    with pytest.raises(KeyError, match=CANARY):
        send(web, padded(2_000))
