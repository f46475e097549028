"""Tasks that move on: an answer to the sender in its own terms, an answer of a recipient, an item taken back."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fhir.resources.R4B.task import Task

from adapters.sdk import MalformedError, ParsedReferral, ParsedRevocation, ParsedStatus, StatusUpdate, UnsupportedError
from adapters.sdk.codes import AnswerCode, Loss, ReferralState, RejectionReason, ServiceOutcome
from adapters.sdk.guard import Guard
from adapters.systems.fhir.adapter import Fhir
from adapters.systems.fhir.shape import check
from adapters.systems.fhir.tables import read_tables

Read = Callable[..., Any]
BSER = "http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS"
OURS = {"system": "urn:referral-gateway:message", "value": "m-1"}


def task(status: str, **more: object) -> dict[str, Any]:
    return {"resourceType": "Task", "id": "t1", "status": status, "intent": "order", **more}


def concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


# ------------------------------------------------------------------------------------------------------------- writing


ANSWERS = [
    *((ReferralState.COMPLETED, outcome) for outcome in ServiceOutcome),
    *(
        (state, reason)
        for state in set(ReferralState) - {ReferralState.COMPLETED}
        for reason in [None, *RejectionReason]
    ),
]


@pytest.mark.parametrize(("state", "reason"), sorted(ANSWERS, key=str))
def test_every_state_and_reason_is_a_valid_task_and_is_read_again(
    adapter: Fhir, read: Read, state: ReferralState, reason: AnswerCode | None
) -> None:
    outbound = Guard(adapter).render_status(StatusUpdate("T-2031-77", state, reason, "2031-05-07"))
    assert Task.model_validate_json(outbound.body)
    written = json.loads(outbound.body)
    check(written, "Task", "", read_tables())
    if state in {ReferralState.SUBMITTED, ReferralState.CANCELLED, ReferralState.REVOKED}:
        return  # Read, these are no answers: a request, and an item taken back.
    parsed = read(written)
    assert (parsed.reference, parsed.state, parsed.reason) == ("T-2031-77", state, reason)


def test_a_reason_is_its_code_and_the_sentence_of_its_code(adapter: Fhir) -> None:
    update = StatusUpdate("T-1", ReferralState.REJECTED, RejectionReason.NO_CAPACITY, "2031-05-07")
    written = json.loads(adapter.render_status(update).body)
    assert written["statusReason"] == {
        "coding": [{"system": "urn:referral-gateway:fhir:status-reason", "code": "lack_of_capacity"}],
        "text": "There is no place.",
    }


# ------------------------------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("received", ReferralState.RECEIVED),
        ("accepted", ReferralState.ACCEPTED),
        ("ready", ReferralState.ACCEPTED),
        ("rejected", ReferralState.REJECTED),
        ("in-progress", ReferralState.IN_PROGRESS),
        ("on-hold", ReferralState.INFO_REQUESTED),
        ("completed", ReferralState.COMPLETED),
        ("failed", ReferralState.FAILED),
        ("cancelled", ReferralState.CANCELLED),
        ("entered-in-error", ReferralState.CANCELLED),
    ],
)
def test_a_recipient_says_what_became_of_our_task(read: Read, status: str, state: ReferralState) -> None:
    parsed = read(task(status, identifier=[OURS]))
    assert isinstance(parsed, ParsedStatus)
    assert (parsed.reference, parsed.state) == ("m-1", state)


def test_m_06_what_came_of_it_is_a_code_of_ours_or_unknown(read: Read) -> None:
    parsed = read(task("completed", identifier=[OURS]))
    assert parsed.reason is ServiceOutcome.UNKNOWN
    other = {"type": concept("urn:x", "report"), "valueCodeableConcept": concept("urn:x", "she-was-treated")}
    parsed = read(task("completed", identifier=[OURS], output=[other]))
    assert parsed.reason is ServiceOutcome.UNKNOWN
    ours = {
        "type": concept("urn:x", "outcome"),
        "valueCodeableConcept": concept("urn:referral-gateway:fhir:service-outcome", "invented"),
    }
    refused = read(task("completed", identifier=[OURS], output=[ours]))
    assert str(refused) == "unknown_code:service-outcome at /output/0/valueCodeableConcept/coding/0/code"


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_sender_takes_its_own_task_back(read: Read, status: str) -> None:
    assert read(task(status)).sender_reference == "t1"
    assert isinstance(read(task(status)), ParsedRevocation)


def test_what_is_taken_back_is_named_as_it_was_when_it_was_sent(read: Read, load: Callable[[str], Any]) -> None:
    full = load("full")
    sent = read(full)
    assert isinstance(sent, ParsedReferral)
    (own,) = [entry["resource"] for entry in full["entry"] if entry["resource"]["resourceType"] == "Task"]
    own["status"] = "cancelled"
    for document in (own, full):
        assert read(document).sender_reference == sent.document["sender_reference"]


@pytest.mark.parametrize("status", ["revoked", "entered-in-error"])
def test_a_request_alone_is_taken_back(read: Read, load: Callable[[str], Any], status: str) -> None:
    assert read(load("contained") | {"status": status}).sender_reference == "sr-9"


def test_a_message_takes_a_referral_back(read: Read, load: Callable[[str], Any]) -> None:
    message = load("message")
    message["entry"][0]["resource"]["eventCoding"]["code"] = "I14"
    assert read(message).sender_reference == "t1"


def test_an_end_is_never_refused_for_an_older_business_status(read: Read) -> None:
    assert isinstance(read(task("cancelled", businessStatus=concept(BSER, "3.0"))), ParsedRevocation)
    parsed = read(task("cancelled", identifier=[OURS], businessStatus=concept(BSER, "3.0")))
    assert parsed.state is ReferralState.CANCELLED


def test_a_task_nobody_numbered_cannot_be_taken_back(read: Read) -> None:
    nameless = task("cancelled")
    del nameless["id"]
    assert isinstance(read(nameless), MalformedError)


def test_two_requests_taken_back_at_once_are_refused(read: Read) -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": task("cancelled")}, {"resource": task("cancelled", id="t2")}],
    }
    assert str(read(bundle)) == "several_requests at "


@pytest.mark.parametrize(("code", "status"), [("3.0", "accepted"), ("4.0", "rejected"), ("7.0", "completed")])
def test_a_business_status_may_agree(read: Read, code: str, status: str) -> None:
    assert isinstance(read(task(status, businessStatus=concept(BSER, code))), ParsedStatus)


def test_a_business_status_that_contradicts_is_refused(read: Read) -> None:
    refused = read(task("accepted", businessStatus=concept(BSER, "7.0")))
    assert isinstance(refused, UnsupportedError)
    assert str(refused) == "contradiction at /businessStatus/coding/0/code"


@pytest.mark.parametrize(
    ("reason", "expected", "loss"),
    [
        (concept("urn:referral-gateway:fhir:status-reason", "lack_of_capacity"), RejectionReason.NO_CAPACITY, None),
        ({"text": "She has HIV"}, RejectionReason.OTHER, "coarsened"),
        ({"text": "lack_of_capacity"}, RejectionReason.OTHER, "coarsened"),
        (concept("http://example.org", "lack_of_capacity"), RejectionReason.OTHER, "coarsened"),
    ],
)
def test_a_reason_is_a_code_or_another(
    read: Read, reason: dict[str, Any], expected: RejectionReason, loss: str | None
) -> None:
    parsed = read(task("rejected", statusReason=reason))
    assert parsed.reason is expected
    assert (Loss("/statusReason", "coarsened") in parsed.losses) is (loss is not None)


def test_a_text_beside_another_status_is_lost(read: Read) -> None:
    parsed = read(task("on-hold", statusReason={"text": "Ask her brother"}))
    assert parsed.reason is None
    assert Loss("/statusReason", "dropped") in parsed.losses


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"statusReason": concept("urn:referral-gateway:fhir:status-reason", "zzz")}, "unknown_code:status-reason"),
        ({"businessStatus": concept("urn:referral-gateway:fhir:state", "zzz")}, "unknown_code:state"),
        ({"code": {"text": "Fulfill"}}, "unknown_code:task-code"),
        ({"code": concept("http://hl7.org/fhir/CodeSystem/task-code", "approve")}, "unknown_code:task-code"),
    ],
)
def test_an_unknown_code_in_an_answer_is_refused(read: Read, more: dict[str, Any], rule: str) -> None:
    refused = read(task("rejected", **more))
    assert isinstance(refused, UnsupportedError)
    assert refused.rule == rule


def test_a_task_not_yet_sent_and_one_that_asks_for_nothing_here_are_refused(read: Read) -> None:
    assert str(read(task("draft"))) == "not_active at /status"
    assert str(read(task("requested"))) == "focus at /focus"


def test_tasks_that_disagree_are_refused(read: Read) -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": task("accepted")}, {"resource": task("rejected", id="t2")}],
    }
    assert str(read(bundle)) == "several_tasks at "
