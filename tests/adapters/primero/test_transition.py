"""A referral's status in Primero's words and ours; text is a code or lost, and what Primero cannot say is refused."""

import json

import pytest

from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, ParsedStatus, StatusUpdate
from adapters.sdk.errors import UnsupportedError
from adapters.sdk.guard import Guard
from adapters.systems.primero.adapter import Primero
from schemas.answer_codes import AnswerCode, ServiceOutcome
from schemas.vocabulary import ReferralState, RejectionReason

REFERRAL = {"type": "Referral", "record_id": "0d9f6a52", "record_type": "Child"}


def outcome(**fields: object) -> object:
    return parse_outcome(Primero(), Inbound(json.dumps({"data": fields}).encode(), "application/json"))


def status(**fields: object) -> tuple[ReferralState, AnswerCode | None]:
    parsed = outcome(**REFERRAL, **fields)
    assert isinstance(parsed, ParsedStatus), parsed
    assert parsed.reference == "0d9f6a52"
    return parsed.state, parsed.reason


@pytest.mark.parametrize(
    ("fields", "state", "reason"),
    [
        ({"status": "in_progress"}, ReferralState.RECEIVED, None),
        ({"status": "inprogress"}, ReferralState.RECEIVED, None),
        ({"status": "accepted"}, ReferralState.ACCEPTED, None),
        ({"status": "accepted", "rejected_reason": "other"}, ReferralState.ACCEPTED, None),
        ({"status": "rejected"}, ReferralState.REJECTED, None),
        (
            {"status": "rejected", "rejected_reason": "lack_of_capacity"},
            ReferralState.REJECTED,
            RejectionReason.NO_CAPACITY,
        ),
        ({"status": "rejected", "rejected_reason": "she is unwell"}, ReferralState.REJECTED, RejectionReason.OTHER),
        ({"status": "done"}, ReferralState.COMPLETED, ServiceOutcome.UNKNOWN),
        ({"status": "done", "success_status": "successful"}, ReferralState.COMPLETED, ServiceOutcome.PROVIDED),
        ({"status": "done", "success_status": "not_successful"}, ReferralState.CANCELLED, None),
        (
            {
                "status": "done",
                "success_status": "not_successful",
                "reason_not_successful": "unable_to_contact_client",
            },
            ReferralState.CANCELLED,
            RejectionReason.CANNOT_CONTACT_CLIENT,
        ),
        ({"status": "revoked"}, ReferralState.REVOKED, None),
    ],
)
def test_a_status_is_read(fields: dict[str, object], state: ReferralState, reason: AnswerCode | None) -> None:
    assert status(**fields) == (state, reason)


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({**REFERRAL}, "required at /data/status"),
        ({**REFERRAL, "status": "pending"}, "unknown_code:transition-status at /data/status"),
        (
            {**REFERRAL, "status": "done", "success_status": "so so"},
            "unknown_code:success-status at /data/success_status",
        ),
        (
            {**REFERRAL, "status": "done", "success_status": "not_successful", "reason_not_successful": "no time"},
            "unknown_code:lookup-reasons-referral-failure at /data/reason_not_successful",
        ),
        ({**REFERRAL, "type": "Transfer", "status": "accepted"}, "unknown_code:transition-type at /data/type"),
        ({**REFERRAL, "type": "Assign", "status": "accepted"}, "unknown_code:transition-type at /data/type"),
        ({"status": "closed"}, "unknown_code:transition-status at /data/status"),
    ],
)
def test_what_does_not_say_a_referrals_status_is_refused(fields: dict[str, object], refused: str) -> None:
    assert str(outcome(**fields)) == refused


def test_the_body_of_an_answer_needs_no_reference() -> None:
    parsed = outcome(status="rejected", rejected_reason="lack_of_capacity")
    assert parsed == ParsedStatus(None, ReferralState.REJECTED, RejectionReason.NO_CAPACITY)


def test_text_beside_a_status_is_reported_as_lost() -> None:
    parsed = outcome(**REFERRAL, status="rejected", rejected_reason="she is unwell", rejection_note="x", notes="y")
    assert isinstance(parsed, ParsedStatus)
    assert {loss.path: loss.kind for loss in parsed.losses} == {
        "/data/notes": "dropped",
        "/data/record_type": "dropped",
        "/data/rejected_reason": "coarsened",
        "/data/rejection_note": "dropped",
    }


# ----------------------------------------------------------------------------------------------------------- writing

WRITTEN = {
    ReferralState.SUBMITTED: {"status": "in_progress"},
    ReferralState.RECEIVED: {"status": "in_progress"},
    ReferralState.ACCEPTED: {"status": "accepted"},
    ReferralState.IN_PROGRESS: {"status": "accepted"},
    ReferralState.REJECTED: {"status": "rejected", "rejected_reason": "lack_of_capacity"},
    ReferralState.COMPLETED: {"status": "done", "success_status": "successful"},
    ReferralState.CANCELLED: {
        "status": "done",
        "success_status": "not_successful",
        "reason_not_successful": "lack_of_capacity",
    },
    ReferralState.REVOKED: {"status": "revoked"},
}


@pytest.mark.parametrize("state", list(ReferralState))
def test_every_state_is_written_or_refused(state: ReferralState) -> None:
    update = StatusUpdate("0d9f6a52", state, RejectionReason.NO_CAPACITY, "2031-05-06")
    if state not in WRITTEN:
        with pytest.raises(UnsupportedError, match="no_status at /state"):
            Guard(Primero()).render_status(update)
        return
    outbound = Guard(Primero()).render_status(update)
    assert json.loads(outbound.body) == {"data": {"type": "Referral", "record_id": "0d9f6a52", **WRITTEN[state]}}
    lost = {loss.path: loss.kind for loss in outbound.losses}
    assert lost.pop("/on") == "dropped"
    assert ("/state" in lost) == (state in {ReferralState.SUBMITTED, ReferralState.IN_PROGRESS})
    assert ("/reason" in lost) == (state not in {ReferralState.REJECTED, ReferralState.CANCELLED})


def test_an_end_without_a_reason_gets_none_made_up() -> None:
    rejected = Guard(Primero()).render_status(StatusUpdate("c", ReferralState.REJECTED, None, "2031-05-06"))
    assert "rejected_reason" not in json.loads(rejected.body)["data"]
    # Primero demands a reason here; `other` says no more than that there is one.
    cancelled = Guard(Primero()).render_status(StatusUpdate("c", ReferralState.CANCELLED, None, "2031-05-06"))
    assert json.loads(cancelled.body)["data"]["reason_not_successful"] == "other"


@pytest.mark.parametrize("state", sorted(set(WRITTEN) - {ReferralState.SUBMITTED, ReferralState.IN_PROGRESS}))
def test_a_status_written_is_read_back(state: ReferralState) -> None:
    reasoned = state in {ReferralState.REJECTED, ReferralState.CANCELLED}
    reason: AnswerCode | None = RejectionReason.CLIENT_REFUSED if reasoned else None
    reason = ServiceOutcome.PROVIDED if state is ReferralState.COMPLETED else reason
    outbound = Guard(Primero()).render_status(StatusUpdate("0d9f6a52", state, reason, "2031-05-06"))
    parsed = parse_outcome(Primero(), Inbound(outbound.body, outbound.media_type))
    assert parsed == ParsedStatus("0d9f6a52", state, reason)
