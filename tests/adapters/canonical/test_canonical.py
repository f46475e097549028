"""The gateway's own format goes in and out unchanged, and only as strict JSON of a known schema."""

import json
from pathlib import Path

import pytest
from checkout import ROOT

from adapters.sdk.checks import parse_outcome, sample_outgoing
from adapters.sdk.contract import Inbound, ParsedReferral, ParsedRevocation, ParsedStatus, StatusUpdate
from adapters.sdk.guard import Guard
from adapters.systems.canonical.adapter import STATUS_MEDIA_TYPE, Canonical
from schemas.answer_codes import AnswerCode, ServiceOutcome
from schemas.documents import Loss
from schemas.vocabulary import ReferralState, RejectionReason

FIXTURES = Path(__file__).parent / "fixtures"
REFERRALS = sorted((ROOT / "schemas" / "referral" / "examples").glob("*.json"))


def outcome(body: bytes, subject: str | None = None) -> object:
    return parse_outcome(Canonical(), Inbound(body, "application/json", subject))


@pytest.mark.parametrize("path", REFERRALS, ids=lambda path: path.stem)
def test_a_referral_is_read_whole_and_loses_nothing(path: Path) -> None:
    assert outcome(path.read_bytes()) == ParsedReferral(json.loads(path.read_bytes()))


def test_there_are_referrals_to_read() -> None:
    assert REFERRALS


def test_events_about_earlier_items_are_read() -> None:
    assert outcome((FIXTURES / "revocation.in.json").read_bytes()) == ParsedRevocation("case/17")
    assert outcome((FIXTURES / "status.in.json").read_bytes()) == ParsedStatus(
        "m-2f6c1d5e8a90", ReferralState.REJECTED, RejectionReason.NO_CAPACITY, (Loss("/on", "dropped"),)
    )


@pytest.mark.parametrize(
    ("document", "refused"),
    [
        ({}, "required at /schema"),
        ({"schema": "referral/9.9"}, "schema at /schema"),
        ({"schema": ["referral/1.0"]}, "schema at /schema"),
        ({"schema": "revocation/1.0"}, "required at /reference"),
        ({"schema": "revocation/1.0", "reference": "a b"}, "pattern at /reference"),
        ({"schema": "revocation/1.0", "reference": "a", "why": "x"}, "additionalProperties at /*"),
        ({"schema": "status/1.0", "reference": "a"}, "required at /state"),
        ({"schema": "status/1.0", "state": "lost"}, "unknown_code:state at /state"),
        ({"schema": "status/1.0", "state": ["accepted"]}, "pattern at /state"),
        ({"schema": "status/1.0", "state": "rejected", "reason": "dislike"}, "unknown_code:reason at /reason"),
        ({"schema": "status/1.0", "state": "completed"}, "required at /service_outcome"),
        ({"schema": "status/1.0", "state": "completed", "reason": "other"}, "M-06 at /reason"),
        (
            {"schema": "status/1.0", "state": "completed", "service_outcome": "done"},
            "unknown_code:service_outcome at /service_outcome",
        ),
        ({"schema": "status/1.0", "state": "accepted", "service_outcome": "unknown"}, "M-06 at /service_outcome"),
        ({"schema": "status/1.0", "state": "rejected", "on": "today"}, "pattern at /on"),
        ({"schema": "status/1.0", "state": "rejected", "text": "x"}, "additionalProperties at /*"),
    ],
)
def test_what_is_not_of_a_known_schema_is_refused(document: object, refused: str) -> None:
    assert str(outcome(json.dumps(document).encode())) == refused


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (b'{"schema":"referral/1.0","schema":"referral/1.0"}', "duplicate-key at "),
        (b'{"schema":"referral/1.0","subject":{"age":1.0}}', "number at "),
        (b"[]", "type at "),
    ],
)
def test_json_is_read_strictly(body: bytes, refused: str) -> None:
    assert str(outcome(body)) == refused


def test_a_named_person_must_be_the_documents_own() -> None:
    body = b'{"schema":"referral/1.0","subject":{"person_ref":"p-7"}}'
    assert isinstance(outcome(body, "p-7"), ParsedReferral)
    assert str(outcome(body, "p-8")) == "subject_unclear at /subject/person_ref"
    assert str(outcome(b'{"schema":"referral/1.0"}', "p-7")) == "subject_unclear at /subject/person_ref"


def test_the_envelope_travels_beside_the_unchanged_document() -> None:
    document = {"schema": "profile/shelter/assistance.accommodation/1.0", "subject": {"alias": "Linnet é"}}
    outbound = Guard(Canonical()).render(sample_outgoing(document))
    written = json.loads(outbound.body)
    assert written["document"] == document
    assert written["envelope"] == {
        "message_id": "m-2f6c1d5e8a90",
        "sender": "agency-a",
        "sender_title": "Agency A",
        "recipient": "agency-b",
        "purpose": "assistance.accommodation",
        "urgency": "routine",
        "sent_on": "2031-05-06",
        "use_until": "2031-08-04",
        "obligations": ["no_enforcement_use", "no_onward_transfer"],
    }
    assert set(written) == {"document", "envelope"}
    assert outbound.losses == ()


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        *(
            (state, reason)
            for state in ReferralState
            if state != "completed"
            for reason in (None, RejectionReason.OTHER)
        ),
        *((ReferralState.COMPLETED, outcome) for outcome in ServiceOutcome),
    ],
)
def test_a_status_written_is_read_back(state: ReferralState, reason: AnswerCode | None) -> None:
    outbound = Guard(Canonical()).render_status(StatusUpdate("case/17", state, reason, "2031-05-06"))
    assert outbound.media_type == STATUS_MEDIA_TYPE
    assert outcome(outbound.body) == ParsedStatus("case/17", state, reason, (Loss("/on", "dropped"),))
