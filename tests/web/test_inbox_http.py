"""The inbox over HTTP: lease, acknowledge, answer; and the checkpoint, and whether it is alive."""

import base64
import json
from datetime import timedelta

import pytest
from builders import POLICE, SHELTER, a_referral
from line import HILL, KEYS
from web_door import ORIGIN, Answer, Web

from consent.checkpoint import VerifierKey, opened
from gateway.core.errors import OperatorError
from schemas.documents import Json

STATUS_TYPE = "application/json"
KEYED = {"Idempotency-Key": "key-0000001"}


@pytest.fixture
def web() -> Web:
    """An application in whose outbox one referral waits for the shelter."""
    made = Web()
    made.line.says()
    made.line.accept()
    return made


def lease(web: Web, query: str = "", agency: str = SHELTER) -> Answer:
    """Fetch messages."""
    return web.ask("POST", "/v1/inbox/lease", agency=agency, query=query)


def message(web: Web) -> str:
    """Fetch the one message; return its id."""
    [found] = lease(web).json["messages"]
    return str(found["message"])


def acknowledge(web: Web, name: str, agency: str = SHELTER, key: str = "key-0000001") -> Answer:
    """Say that a message arrived."""
    return web.ask("POST", f"/v1/inbox/{name}/acknowledgement", headers={"Idempotency-Key": key}, agency=agency)


def tell(web: Web, name: str, state: str, key: str = "key-0000002", **more: Json) -> Answer:
    """Say what became of a referral."""
    headers = {"Idempotency-Key": key, "Content-Type": STATUS_TYPE}
    document: dict[str, Json] = {"schema": "status/1.0", "state": state, **more}
    return web.ask("POST", f"/v1/inbox/{name}/status", document, headers, SHELTER)


def test_a_recipient_fetches_its_own_messages_only(web: Web) -> None:
    assert lease(web, agency=HILL).json == {"messages": []}
    assert lease(web, agency=POLICE).json == {"messages": []}
    [found] = lease(web).json["messages"]
    assert found.keys() == {"message", "media_type", "body", "lease_until"}
    assert found["lease_until"] == "2031-03-14T12:05:00Z"
    body = json.loads(base64.b64decode(found["body"]))
    assert "Linnet" in str(body)
    assert a_referral()["sender_reference"] not in str(body)


def test_a_message_is_leased_once_and_again_when_the_lease_ran_out(web: Web) -> None:
    name = message(web)
    assert lease(web).json == {"messages": []}
    web.moved(timedelta(minutes=5, seconds=1))
    assert message(web) == name


@pytest.mark.parametrize("query", ["limit=1", "limit=20", "limit=07"])
def test_so_many_messages_may_be_asked_for(web: Web, query: str) -> None:
    assert lease(web, query).status == 200


@pytest.mark.parametrize(
    "number",
    ["0", "00", "21", "-1", "+1", "1.0", "", "%20", "abc", "002099999", "99999999999999999999", "%D9%A3", "1e1", "0x1"],
)
def test_no_other_number_of_messages_may_be(web: Web, number: str) -> None:
    """Also none whose first digits look harmless."""
    answer = lease(web, f"limit={number}")
    assert (answer.status, answer.faults) == (400, [("limit", "range")])
    assert len(lease(web).json["messages"]) == 1


@pytest.mark.parametrize("query", ["limit=1&limit=2", "limit=2&limit=2", "limit=abc&limit=1"])
def test_a_number_of_messages_that_is_said_twice_is_refused(web: Web, query: str) -> None:
    answer = lease(web, query)
    assert (answer.status, answer.faults) == (400, [("limit", "repeated")])
    assert len(lease(web).json["messages"]) == 1


def test_an_acknowledged_message_is_received_and_answered_in_codes(web: Web) -> None:
    name = message(web)
    assert (acknowledge(web, name).status, acknowledge(web, name, key="key-0000009").status) == (200, 200)
    answer = tell(web, name, "accepted")
    assert (answer.status, answer.json) == (200, {"outcome": "recorded"})
    assert [row.state for row in web.line.book.referrals.values()] == ["accepted"]


def test_a_repeated_acknowledgement_and_answer_get_the_first_answer(web: Web) -> None:
    name = message(web)
    assert acknowledge(web, name).body == acknowledge(web, name).body == b'{"outcome":"recorded"}'
    assert tell(web, name, "rejected").body == tell(web, name, "rejected").body == b'{"outcome":"recorded"}'
    other = tell(web, name, "accepted")
    assert (other.status, other.code) == (422, "idempotency_key_reused")


def test_anothers_a_queued_and_an_invented_message_are_not_found_alike(web: Web) -> None:
    [queued] = web.line.book.parcels
    answers = [acknowledge(web, queued), acknowledge(web, "0123456789ABCDEFGHJKMNPQRS")]
    message(web)
    answers += [acknowledge(web, queued, HILL), acknowledge(web, queued, POLICE), tell(web, queued, "accepted")]
    assert {(answer.status, answer.body) for answer in answers} == {(404, answers[0].body)}


@pytest.mark.parametrize("state", ["submitted", "received", "revoked", "draft"])
def test_a_recipient_cannot_say_what_is_not_its_to_say(web: Web, state: str) -> None:
    name = message(web)
    acknowledge(web, name)
    answer = tell(web, name, state)
    assert answer.status == 422
    assert [row.state for row in web.line.book.referrals.values()] == ["received"]


def test_a_referral_is_not_an_answer(web: Web) -> None:
    name = message(web)
    media_type = "application/vnd.referral-gateway.referral+json"
    headers = {**KEYED, "Content-Type": media_type}
    answer = web.ask("POST", f"/v1/inbox/{name}/status", a_referral(), headers, SHELTER)
    assert (answer.status, answer.faults) == (422, [("", "not_a_status")])


@pytest.mark.parametrize("path", ["acknowledgement", "status"])
def test_saying_something_without_a_key_is_refused(web: Web, path: str) -> None:
    answer = web.ask("POST", f"/v1/inbox/{message(web)}/{path}", agency=SHELTER)
    assert (answer.status, answer.faults) == (400, [("Idempotency-Key", "required")])


def test_the_checkpoint_is_that_of_the_log_and_signed(web: Web) -> None:
    text = web.ask("GET", "/v1/ledger/checkpoint").json["checkpoint"]
    checkpoint = opened(str(text), VerifierKey(ORIGIN, KEYS.checkpoint_public_key()))
    assert checkpoint.head == web.door.tracking.log.head()
    assert checkpoint.head.size == len(web.line.book.leaves) > 0


def test_it_says_that_it_lives_and_whether_it_is_ready_and_nothing_else(web: Web) -> None:
    assert web.ask("GET", "/livez", agency=None).json == {"status": "live"}
    assert web.ask("GET", "/readyz", agency=None).json == {"status": "ready"}
    web.ready = OperatorError("the schema of /var/lib/secret-place is old")
    answer = web.ask("GET", "/readyz", agency=None)
    assert (answer.status, answer.code, answer.header("retry-after")) == (503, "not_ready", "5")
    assert b"secret-place" not in answer.body
    assert web.ask("GET", "/livez", agency=None).status == 200
