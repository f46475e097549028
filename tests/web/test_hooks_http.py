"""Primero says that a case changed: the case is fetched, walks the line, and whoever called is told nothing of it."""

import base64
import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from http.server import ThreadingHTTPServer

import pytest
from adapter_fakes import raising
from builders import POLICE, SHELTER
from fake_primero import (
    ANOTHER,
    CANARY,
    CREDENTIAL,
    KEY,
    PATH,
    RECORD,
    SECRET,
    FakePrimero,
    HookedWeb,
)
from line import a_line
from structlog.testing import capture_logs

from adapters.sdk.errors import MalformedError
from gateway.core.access.client_rights import ClientRights
from gateway.core.access.scopes import Scope
from gateway.core.access.token_details import Act, Detail
from gateway.core.delivery.hooks import MOST
from gateway.courier import primero_hooks
from gateway.courier.fetching import Bounds
from gateway.web.hooks import LARGEST_HINT
from schemas.vocabulary import ReferralState

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def idle(server: ThreadingHTTPServer) -> HookedWeb:
    """One application for all that gets no further than the door."""
    HookedWeb.port = server.server_port
    return HookedWeb(line=a_line())


# ------------------------------------------------------------------------------------------------------- the good path


def test_a_hint_makes_a_referral_of_the_case_that_is_fetched(web: HookedWeb, primero: FakePrimero) -> None:
    answer = web.hint()
    assert (answer.status, answer.body) == (202, b"")
    assert primero.asked == [f"/api/v2/cases/{RECORD}"]
    web.moved(timedelta(hours=1))  # Nobody can tell from its delivery when the case was saved.
    [got] = web.line.fetch()
    assert json.loads(got.body)["document"]["needs"]
    [row] = web.line.book.referrals.values()
    assert row.sender == POLICE
    assert row.reference is not None, "the sender's own number is kept for the way back"
    assert CANARY.encode() not in got.body
    assert RECORD.encode() not in got.body


def test_basic_authentication_serves_as_well(web: HookedWeb) -> None:
    assert web.hint(authorization=f"Basic {base64.b64encode(SECRET).decode()}").status == 202
    assert len(web.line.book.parcels) == 1


def test_c_01_a_refusal_is_answered_like_a_permit_and_is_on_record(web: HookedWeb, primero: FakePrimero) -> None:
    permitted = web.hint()
    primero.case["id"] = ANOTHER
    refused = web.hint(body={"data": {"record_id": ANOTHER}})
    assert (refused.status, refused.body, refused.headers) == (permitted.status, permitted.body, permitted.headers)
    assert len(web.line.book.parcels) == 1
    assert len(web.line.leaves("decision.refused")) == 1


def test_the_same_revision_is_sent_once(web: HookedWeb, primero: FakePrimero) -> None:
    assert [web.hint().status for _ in range(2)] == [202, 202]
    assert len(primero.asked) == 2
    assert len(web.line.book.parcels) == 1


def test_a_03_a_case_that_changed_corrects_what_was_sent_of_it_before(web: HookedWeb, primero: FakePrimero) -> None:
    web.hint()
    primero.case["sex"] = "male"
    web.hint()
    first, second = web.line.book.referrals.values()
    assert first.reference is not None
    assert second.reference is not None
    assert first.reference.blind == second.reference.blind
    [replacement] = web.line.book.replacements.values()
    assert (replacement.referral, replacement.replaces, replacement.version) == (second.id, first.id, 2)
    web.moved(timedelta(hours=1))
    assert len(web.line.fetch()) == 1, "what still waited of the first is stopped"


def test_a_03_what_is_over_is_not_corrected_but_sent_anew(web: HookedWeb, primero: FakePrimero) -> None:
    web.hint()
    [first] = web.line.book.referrals.values()
    web.line.book.referrals[first.id] = replace(first, state=ReferralState.COMPLETED)
    primero.case["sex"] = "male"
    web.hint()
    assert (len(web.line.book.referrals), web.line.book.replacements) == (2, {})


def test_another_case_corrects_nothing_of_hers(web: HookedWeb, primero: FakePrimero) -> None:
    web.line.says(person_ref=ANOTHER)
    web.hint()
    primero.case["id"] = ANOTHER
    web.hint(body={"data": {"record_id": ANOTHER}})
    assert (len(web.line.book.referrals), web.line.book.replacements) == (2, {})


# ------------------------------------------------------------------------------------------------------- who may knock


STRANGERS: dict[str, dict[str, str | Sequence[str]]] = {
    "a wrong secret": {"x-api-key": "what Primero shows them"},
    "the beginning of the secret": {"x-api-key": SECRET.decode()[:-1]},
    "no secret": {"x-other": "1"},
    "an empty secret": {"x-api-key": ""},
    "two secrets": {"x-api-key": ["wrong", SECRET.decode()]},
    "both ways at once": {**KEY, "authorization": f"Basic {base64.b64encode(SECRET).decode()}"},
    "Basic that is not base64": {"authorization": "Basic ***"},
    "a token": {"authorization": f"Bearer {SECRET.decode()}"},
}


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_and_an_unknown_hook_are_answered_alike(idle: HookedWeb, primero: FakePrimero, who: str) -> None:
    stranger = idle.hint(**STRANGERS[who])
    unknown = idle.hint(path="/hooks/primero/from-nobody")
    assert (stranger.status, stranger.code) == (401, "invalid_credentials")
    assert (stranger.headers, stranger.body) == (unknown.headers, unknown.body)
    assert primero.asked == []


def test_so_many_hints_a_minute_and_no_more(web: HookedWeb, primero: FakePrimero) -> None:
    for _ in range(MOST):
        assert web.hint(body=b"{}").status == 400
    late = web.hint()
    assert (late.status, late.code, late.header("retry-after")) == (429, "too_many_hints", "60")
    assert web.hint(**STRANGERS["a wrong secret"]).status == 401
    assert primero.asked == []
    web.moved(timedelta(minutes=1))
    assert web.hint().status == 202


# ------------------------------------------------------------------------------------------------------- what a hint is

NOT_HINTS: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "not UTF-8": b"\xff\xfe{",
    "deep": b"[" * 30_000,
    "a list": b"[]",
    "no data": b"{}",
    "data that is text": b'{"data": "x"}',
    "no record": b'{"data": {}}',
    "a number": b'{"data": {"record_id": 7}}',
    "a path": b'{"data": {"record_id": "../../users"}}',
    "a line more": json.dumps({"data": {"record_id": RECORD + "\n"}}).encode(),
    "capitals": json.dumps({"data": {"record_id": RECORD.upper()}}).encode(),
}


@pytest.mark.parametrize("what", NOT_HINTS)
def test_what_names_no_record_makes_the_gateway_fetch_nothing(idle: HookedWeb, primero: FakePrimero, what: str) -> None:
    answer = idle.hint(body=NOT_HINTS[what])
    assert (answer.status, answer.code) == (400, "bad_request")
    assert primero.asked == []


def test_a_hint_that_is_too_long_is_not_read(idle: HookedWeb) -> None:
    assert idle.hint(body=b" " * (LARGEST_HINT + 1)).status == 413
    assert idle.ask("POST", PATH, [b" " * LARGEST_HINT, b" "], KEY, None, sized=False).status == 413


def test_a_query_is_refused(idle: HookedWeb, primero: FakePrimero) -> None:
    assert idle.hint(query="person_ref=P-1").faults == [("query", "unknown_parameter")]
    assert primero.asked == []


# --------------------------------------------------------------------------------------- what is not had, or is no case


NOT_HAD: dict[str, dict[str, object]] = {
    "a redirect": {"status": 302, "headers": {"Location": "http://127.0.0.1/"}},
    "no such case": {"status": 404},
    "an error": {"status": 500},
    "too much": {"raw": b" " * 70_000},
    "packed": {"headers": {"Content-Encoding": "gzip"}},
}


@pytest.mark.parametrize("what", NOT_HAD)
def test_a_case_that_is_not_had_is_asked_for_again(
    web: HookedWeb, primero: FakePrimero, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(primero_hooks, "_BOUNDS", Bounds(size=65_536, seconds=5.0))
    for name, value in NOT_HAD[what].items():
        setattr(primero, name, value)
    answer = web.hint()
    assert (answer.status, answer.code, answer.header("retry-after")) == (503, "unavailable", "5")
    assert (web.line.book.referrals, web.line.leaves("decision")) == ({}, [])
    assert len(web.line.book.hints) == 1


def test_a_silent_primero_is_not_waited_for(
    web: HookedWeb, primero: FakePrimero, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(primero_hooks, "_BOUNDS", Bounds(size=65_536, seconds=0.1))
    primero.silent = threading.Event()
    try:
        assert web.hint().status == 503
    finally:
        primero.silent.set()


NO_CASES: dict[str, bytes] = {
    "another case": json.dumps({"data": {"id": ANOTHER, "name": CANARY}}).encode(),
    "no JSON": CANARY.encode(),
    "a hint": json.dumps({"data": {"id": RECORD, "record_id": RECORD}}).encode(),
    "an error": json.dumps({"errors": [{"message": CANARY}]}).encode(),
}


@pytest.mark.parametrize("what", NO_CASES)
def test_a_document_that_is_no_referral_is_told_to_the_operator_only(
    web: HookedWeb, primero: FakePrimero, what: str
) -> None:
    taken = web.hint()
    primero.raw = NO_CASES[what]
    with capture_logs() as logged:
        answer = web.hint()
    assert (answer.status, answer.body, answer.headers) == (taken.status, taken.body, taken.headers)
    assert len(web.line.book.referrals) == 1
    [line] = logged
    assert line["event"] == "hook_not_a_referral"
    assert not any(word in str(logged) for word in (CANARY, RECORD, ANOTHER, SECRET.decode()))


def test_an_adapter_that_cannot_be_asked_is_asked_again(web: HookedWeb) -> None:
    web.line.adapters.known["primero"] = raising(MalformedError("", "worker_busy"))
    assert web.hint().status == 503


def test_nothing_of_a_hint_is_logged_or_kept(web: HookedWeb, primero: FakePrimero) -> None:
    with capture_logs() as logged:
        web.hint()
        primero.status = 500
        web.hint()
    assert [line["code"] for line in logged] == ["not_given"]
    for word in (CANARY, RECORD, SECRET.decode(), CREDENTIAL.decode()):
        assert word not in str(logged)
        assert word.encode() not in b"".join(leaf.content for leaf in web.line.book.leaves)
        assert word not in str([row.answer for row in web.line.book.referrals.values()])


# ---------------------------------------------------------------------------------------------------- in whose name


@pytest.mark.parametrize(
    "change",
    [
        {"agency": SHELTER},
        {"scopes": frozenset({Scope.READ_REFERRALS})},
        {"enabled": False},
        {"rights": ClientRights(Detail(frozenset({Act.PREVIEW})))},
        {"rights": ClientRights(Detail(frozenset(Act), frozenset({"somebody-else"})))},
    ],
)
def test_a_client_that_may_not_send_fetches_nothing(
    web: HookedWeb, primero: FakePrimero, change: dict[str, object]
) -> None:
    web.client.__dict__.update(change)
    assert web.hint().status == 503
    assert primero.asked == []


def test_a_client_that_is_switched_off_meanwhile_is_stopped_in_the_transaction(web: HookedWeb) -> None:
    web.line.book.disabled.add(f"{POLICE}-client")
    answer = web.hint()
    assert (answer.status, answer.header("retry-after")) == (503, "5")
    assert web.line.book.parcels == {}
    web.line.book.disabled.clear()
    assert web.hint().status == 202
    assert len(web.line.book.parcels) == 1
