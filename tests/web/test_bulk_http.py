"""Many referrals on the lines of one request: each alone, in order, told as if it had come alone."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest
from builders import SHELTER, a_referral
from fakes import FakeClock
from hypothesis import given
from hypothesis import strategies as st
from line import MEDIA_TYPE
from web_door import Answer, Web

from gateway.core.limits import Buckets, Limits
from gateway.web.bulk import MOST_LINES, lines
from schemas.documents import Json

NDJSON = {"Content-Type": "application/x-ndjson"}
HOW = {"GX-Recipient": SHELTER, "GX-Purpose": "assistance.accommodation", "Content-Type": MEDIA_TYPE}
CANARY = "Anamaria-Canary"
A_STRANGER = a_referral(subject={**a_referral()["subject"], "person_ref": "P-0999"})


@pytest.fixture
def web() -> Web:
    """A shelter to which she agreed."""
    made = Web()
    made.line.says()
    return made


def line(key: str, document: Json = None, **headers: str) -> dict[str, Json]:
    """One line that is in order."""
    named = {**HOW, "Idempotency-Key": key, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return {"headers": named, "document": a_referral() if document is None else document}


def sent(web: Web, said: Sequence[Mapping[str, Json] | bytes], **more: object) -> Answer:
    """Send these lines."""
    written = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in said]
    return web.ask("POST", "/v1/referrals/bulk", b"\n".join(written), headers=NDJSON, **more)


def told(answer: Answer) -> list[tuple[int, int, dict[str, Json]]]:
    """(line, status, answer) of each line."""
    assert answer.status == 200
    assert answer.header("content-type") == "application/x-ndjson"
    each = [json.loads(one) for one in answer.body.splitlines()]
    return [(one["line"], one["status"], one["answer"]) for one in each]


def test_each_line_is_a_referral_of_its_own_told_in_order(web: Web) -> None:
    nobody = A_STRANGER
    answers = told(sent(web, [line("key-0000001"), line("key-0000002", nobody), line("key-0000003")]))
    assert [(number, status) for number, status, _ in answers] == [(1, 201), (2, 403), (3, 201)]
    assert answers[0][2]["decision_id"] != answers[2][2]["decision_id"]
    assert len(web.line.book.parcels) == 2


def test_a_line_is_told_exactly_what_a_request_that_comes_alone_is_told(web: Web) -> None:
    alone = Web()
    alone.line.says()
    headers = {**HOW, "Idempotency-Key": "key-0000001"}
    for document in (a_referral(), A_STRANGER):
        single = alone.ask("POST", "/v1/referrals", document, headers)
        [(_, status, answer)] = told(sent(web, [line("key-0000001", document)]))
        assert (status, answer.keys()) == (single.status, single.json.keys())
        headers["Idempotency-Key"] = "key-0000002"
        web = Web()
        web.line.says()


BAD = {
    "no json": (b"{", 400, "document_invalid"),
    "no object": (b"[]", 422, "document_invalid"),
    "no headers": ({"document": {}}, 422, "bad_request"),
    "headers that are no text": ({"headers": {"GX-Recipient": 1}, "document": {}}, 422, "bad_request"),
    "a header there is not": ({**line("key-0000009"), "headers": {**HOW, "X-Name": CANARY}}, 422, "bad_request"),
    "a member there is not": ({**line("key-0000009"), "more": CANARY}, 422, "bad_request"),
    "no document": ({"headers": {**HOW, "Idempotency-Key": "key-0000009"}}, 422, "bad_request"),
    "two documents": ({**line("key-0000009"), "body": "e30="}, 422, "bad_request"),
    "a body that is no base64": (
        {"headers": {**HOW, "Idempotency-Key": "key-0000009"}, "body": f"?{CANARY}"},
        422,
        "bad_request",
    ),
    "a name beyond ASCII, which has no canonical bytes": (line("key-0000009", {"né": CANARY}), 422, "bad_request"),
    "no key": ({"headers": HOW, "document": a_referral()}, 400, "bad_request"),
    "a header twice": ({**line("key-0000009"), "headers": {**HOW, "gx-purpose": "x"}}, 400, "bad_request"),
    "an unknown purpose": (line("key-0000009", GX_Purpose=CANARY), 400, "bad_request"),
    "a document that is wrong": (line("key-0000009", {"schema": CANARY}), 422, "document_unreadable"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_line_spoils_no_other_and_is_not_repeated(web: Web, case: str) -> None:
    bad, status, code = BAD[case]
    answer = sent(web, [line("key-0000001"), bad, line("key-0000002")])
    first, wrong, last = told(answer)
    assert (first[1], last[1]) == (201, 201)
    assert (wrong[1], wrong[2]["code"]) == (status, code)
    assert CANARY not in answer.body.decode()


def test_the_same_again_is_told_again_and_done_once(web: Web) -> None:
    said = [line("key-0000001"), line("key-0000002")]
    first, again = told(sent(web, said)), told(sent(web, said))
    assert [one[2]["decision_id"] for one in first] == [one[2]["decision_id"] for one in again]
    assert len(web.line.book.parcels) == 2


def test_one_key_for_two_documents_is_refused_for_the_second(web: Web) -> None:
    other = {**a_referral(), "sender_reference": "CASE-9"}
    _, second = told(sent(web, [line("key-0000001"), line("key-0000001", other)]))
    assert (second[1], second[2]["code"]) == (422, "idempotency_key_reused")


def test_a_document_of_any_format_goes_as_base64(web: Web) -> None:
    body = b64encode(json.dumps(a_referral()).encode()).decode()
    said = {"headers": {**HOW, "Idempotency-Key": "key-0000001"}, "body": body}
    assert told(sent(web, [said]))[0][1] == 201


def test_blank_lines_are_none(web: Web) -> None:
    assert [one[1] for one in told(sent(web, [b"", line("key-0000001"), b"  \r", b""]))] == [201]
    assert told(sent(web, [])) == []


def test_a_line_that_is_too_long_is_not_held_and_spoils_no_other() -> None:
    web = Web(largest_body=4096)
    web.line.says()
    answers = told(sent(web, [b"x" * 50_000, line("key-0000001")]))
    assert [(one[1], one[2]["code"] if one[1] != 201 else None) for one in answers] == [(413, "too_large"), (201, None)]


def test_no_more_lines_are_looked_at_than_allowed(web: Web) -> None:
    answers = told(sent(web, [b"{}"] * (MOST_LINES + 5)))
    assert len(answers) == MOST_LINES + 1
    assert (answers[-1][1], answers[-1][2]["code"]) == (413, "too_large")


def test_refusals_about_one_person_are_counted_as_if_each_had_come_alone(web: Web) -> None:
    """The attack: try every shelter in turn, all in one request (DESIGN section 5)."""
    tried = [
        line(f"key-000000{at}", A_STRANGER, GX_Recipient=one)
        for at, one in enumerate((SHELTER, "hill-shelter", "no-shelter-1", "no-shelter-2"))
    ]
    assert {one[1] for one in told(sent(web, tried))} == {403}
    assert len(web.line.book.strikes) >= 2


def test_every_line_counts_against_what_a_client_may_ask() -> None:
    web = Web(limits=Limits(FakeClock(), clients=Buckets(0.001, 3)))
    web.line.says()
    statuses = [one[1] for one in told(sent(web, [line(f"key-000000{at}") for at in range(4)]))]
    assert statuses == [201, 201, 429, 429]


def test_the_request_s_own_proof_is_used_up_once(web: Web) -> None:
    proof = {**NDJSON, "DPoP": "the one proof"}
    body = json.dumps(line("key-0000001")).encode()
    assert web.ask("POST", "/v1/referrals/bulk", body, proof).status == 200
    assert web.ask("POST", "/v1/referrals/bulk", body, proof).code == "invalid_dpop_proof"


def test_a_client_that_is_switched_off_sends_no_line(web: Web) -> None:
    web.line.book.disabled.add("harbour-police-client")
    assert sent(web, [line("key-0000001")]).status == 401
    assert not web.line.book.parcels


def test_other_media_types_are_not_read(web: Web) -> None:
    answer = web.ask("POST", "/v1/referrals/bulk", line("key-0000001"), {"Content-Type": "application/json"})
    assert (answer.status, answer.code) == (415, "unsupported_media_type")


async def _chunks(body: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(body), size):
        yield body[at : at + size]


def gathered(body: bytes, size: int, longest: int) -> list[bytes | None]:
    """Return the lines of a body that comes in chunks of that size."""

    async def run() -> list[bytes | None]:
        return [one async for one in lines(_chunks(body, size), longest)]

    return asyncio.run(run())


@given(st.lists(st.binary(max_size=30).map(lambda one: one.replace(b"\n", b""))), st.integers(1, 20), st.booleans())
def test_lines_are_the_same_however_they_arrive(said: list[bytes], size: int, ended: bool) -> None:  # noqa: FBT001 - made up
    body = b"\n".join(said) + (b"\n" if ended else b"")
    wanted = [None if len(one) > 20 else one for one in said if one.strip() or len(one) > 20]
    assert gathered(body, size, 20) == wanted


def test_a_media_type_that_cannot_be_read_spoils_no_other_line(web: Web) -> None:
    hostile = line("key-0000002", Content_Type=f"multipart/related; boundary*{'9' * 5000}=x")
    answers = told(sent(web, [line("key-0000001"), hostile, line("key-0000003")]))
    assert [(status, answer.get("code")) for _, status, answer in answers] == [
        *((201, None), (400, "bad_request"), (201, None))
    ]


def test_no_more_blank_lines_are_passed_over_than_allowed(web: Web) -> None:
    """Nothing else would bound them: one request of blank lines could keep the gateway busy for as long as it likes."""
    blank = [b""] * MOST_LINES
    assert [one[1] for one in told(sent(web, [*blank, line("key-0000001")]))] == [201]
    answers = told(sent(web, [*blank, b"", line("key-0000002")]))
    assert [(one[1], one[2]["code"]) for one in answers] == [(413, "too_large")]
