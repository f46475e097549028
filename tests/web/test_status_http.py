"""A sender reads what became of a referral: state and coded reason, as JSON and in its own format (M-06)."""

import json

import pytest
from builders import POLICE, SHELTER, a_referral, an_agency
from line import HILL
from web_door import Answer, Web

from adapters.sdk.guard import Guard
from adapters.systems.ndex.adapter import NDEx
from schemas.documents import Json


@pytest.fixture
def web() -> Web:
    """An application in which the shelter has one referral."""
    made = Web()
    made.line.says()
    made.line.accept()
    [got] = made.line.fetch()
    made.ask("POST", f"/v1/inbox/{got.message}/acknowledgement", b"", {"Idempotency-Key": "key-acknowledged"}, SHELTER)
    return made


def referral(web: Web) -> str:
    [found] = web.line.book.referrals
    return found


def tell(web: Web, state: str, **more: Json) -> Answer:
    [message] = web.line.book.parcels
    headers = {"Idempotency-Key": f"key-of-{state}", "Content-Type": "application/json"}
    came: dict[str, Json] = {"service_outcome": "service_provided"} if state == "completed" else {}
    document: dict[str, Json] = {"schema": "status/1.0", "state": state, **came, **more}
    return web.ask("POST", f"/v1/inbox/{message}/status", document, headers, SHELTER)


def status(web: Web, agency: str = POLICE) -> Answer:
    return web.ask("GET", f"/v1/referrals/{referral(web)}/status", agency=agency)


def test_state_and_reason_come_back(web: Web) -> None:
    assert tell(web, "rejected", reason="lack_of_capacity").status == 200
    found = web.ask("GET", f"/v1/referrals/{referral(web)}").json
    assert (found["state"], found["reason"]) == ("rejected", "lack_of_capacity")
    answer = status(web)
    assert answer.header("content-type") == "application/vnd.referral-gateway.status+json"
    assert answer.json == {
        "schema": "status/1.0",
        "reference": a_referral()["sender_reference"],
        "state": "rejected",
        "reason": "lack_of_capacity",
        "on": "2031-03-14",
    }


def test_m_06_what_came_of_it_is_told_to_the_sender_and_bare_completion_is_refused(web: Web) -> None:
    tell(web, "accepted")
    [message] = web.line.book.parcels
    headers = {"Idempotency-Key": "key-of-a-bare-end", "Content-Type": "application/json"}
    bare: dict[str, Json] = {"schema": "status/1.0", "state": "completed"}
    refused = web.ask("POST", f"/v1/inbox/{message}/status", bare, headers, SHELTER)
    assert (refused.status, refused.json["errors"]) == (400, [{"pointer": "/service_outcome", "rule": "required"}])
    assert tell(web, "completed", service_outcome="referred_on").status == 200
    found = web.ask("GET", f"/v1/referrals/{referral(web)}").json
    assert (found["state"], found["service_outcome"]) == ("completed", "referred_on")
    assert "reason" not in found
    assert status(web).json["service_outcome"] == "referred_on"


def test_a_step_that_is_not_allowed_conflicts_and_changes_nothing(web: Web) -> None:
    answer = tell(web, "completed")
    assert (answer.status, answer.code) == (409, "state_conflict")
    assert status(web).json["state"] == "received"


def test_m_03_after_the_end_nothing_more_is_said_or_read(web: Web) -> None:
    tell(web, "rejected")
    assert tell(web, "accepted").status == 409
    [kept] = web.line.book.parcels.values()
    assert kept.parcel.payload == b""
    assert web.line.fetch() == ()


@pytest.mark.parametrize("agency", [SHELTER, HILL])
def test_m_04_nobody_else_reads_it(web: Web, agency: str) -> None:
    assert status(web, agency).status == 404


def test_a_format_without_a_word_for_it_says_so(web: Web) -> None:
    web.line.adapters.known["ndex"] = Guard(NDEx())
    web.line.directory.put(an_agency(adapter="ndex"))
    answer = status(web)
    assert (answer.status, answer.code) == (406, "no_such_status")
    web.line.takes_back()
    answer = status(web)
    assert (answer.status, answer.header("content-type")) == (200, "application/xml")


def test_each_step_of_the_way_is_read(web: Web) -> None:
    for state in ("info_requested", "accepted", "in_progress", "completed"):
        assert tell(web, state).status == 200
        assert json.loads(status(web).body)["state"] == state
