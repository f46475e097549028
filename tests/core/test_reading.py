"""From bytes to a valid referral about one named person: parsed, supplemented, validated, in this order."""

import json
from dataclasses import dataclass, replace

import pytest
from adapter_fakes import FakeAdapters
from builders import PERSON_REF, a_caller, a_referral, a_subject
from line import MEDIA_TYPE, a_line

from adapters.sdk.contract import (
    Inbound,
    Outbound,
    Outgoing,
    Parsed,
    ParsedReferral,
    ParsedRevocation,
    ParsedStatus,
    StatusUpdate,
)
from adapters.sdk.errors import AdapterError, UnsupportedError
from gateway.core.reading import Read, read
from gateway.core.stages import Authenticated, Routing
from schemas.documents import Json
from schemas.errors import Fault, SchemaViolationError
from schemas.vocabulary import Ground, Purpose, ReferralState, Urgency

ROUTING = Routing("river-shelter", Purpose.ACCOMMODATION, Urgency.ROUTINE, Ground.CONSENT, "K")


@dataclass
class Says:
    """An adapter that reads every document alike."""

    parsed: Parsed

    def parse(self, inbound: Inbound) -> Parsed:
        return self.parsed

    def render(self, outgoing: Outgoing) -> Outbound:
        raise NotImplementedError

    def render_status(self, update: StatusUpdate) -> Outbound:
        raise NotImplementedError


def asked(supplement: dict[str, Json] | None = None, body: bytes = b"{}") -> Authenticated:
    extra = None if supplement is None else json.dumps({"schema": "supplement/1.0", **supplement}).encode()
    return Authenticated(a_caller(), ROUTING, Inbound(body, MEDIA_TYPE), extra)


def read_as(document: dict[str, Json], supplement: dict[str, Json] | None = None) -> Read:
    found = read(asked(supplement), Says(ParsedReferral(document)))
    assert isinstance(found, Read)
    return found


def faults(document: dict[str, Json], supplement: dict[str, Json] | None = None) -> tuple[Fault, ...]:
    with pytest.raises(SchemaViolationError) as caught:
        read_as(document, supplement)
    return caught.value.faults


def test_a_valid_document_is_read_with_the_two_names_that_never_leave() -> None:
    found = read_as(a_referral())
    assert found.valid.document == a_referral()
    assert (found.person_ref, found.sender_reference) == (PERSON_REF, "CASE-2031/114")


def test_the_senders_own_number_may_be_missing() -> None:
    document = a_referral()
    del document["sender_reference"]
    assert read_as(document).sender_reference is None


@pytest.mark.parametrize("subject", [{}, {"alias": "Linnet"}])
def test_c_01_without_a_reference_for_her_nobody_knows_whose_consent_to_look_for(subject: dict[str, Json]) -> None:
    assert faults(a_referral(subject=subject)) == (Fault("/subject/person_ref", "required"),)


def test_a_supplement_adds_what_the_format_has_no_place_for() -> None:
    native = a_referral(subject=a_subject(person_ref=None))
    found = read_as(native, {"subject": {"person_ref": "P-7"}})
    assert found.person_ref == "P-7"
    assert found.valid.document["needs"] == native["needs"]


def test_a_supplement_that_contradicts_the_document_is_refused_with_a_pointer() -> None:
    assert faults(a_referral(), {"subject": {"person_ref": "P-7"}}) == (Fault("/subject/person_ref", "conflict"),)


def test_a_supplement_is_checked_by_its_own_closed_schema() -> None:
    assert faults(a_referral(), {"subject": {"person_ref": PERSON_REF, "credibility": "x"}}) == (
        Fault("/subject/*", "additionalProperties"),
    )


def test_what_is_read_is_validated_after_the_supplement_was_added() -> None:
    assert faults({"schema": "referral/1.0"}, {"needs": [{"code": "other"}]}) == (Fault("/subject", "required"),)


@pytest.mark.parametrize("supplement", [b"", b"[]", b"\xff", b'{"schema":"supplement/1.0"', b"null"])
def test_a_supplement_that_is_no_document_raises(supplement: bytes) -> None:
    with pytest.raises(SchemaViolationError):
        read(replace(asked(), supplement=supplement), Says(ParsedReferral(a_referral())))


def test_a_revocation_is_given_back_as_it_is() -> None:
    revocation = ParsedRevocation("CASE-1")
    assert read(asked(), Says(revocation)) == revocation


def test_m_06_an_answer_is_no_referral() -> None:
    with pytest.raises(UnsupportedError) as caught:
        read(asked(), Says(ParsedStatus("CASE-1", ReferralState.ACCEPTED)))
    assert caught.value.rule == "not_a_referral"


def test_what_the_real_adapter_reads_is_read() -> None:
    canonical = FakeAdapters().of("canonical")
    found = read(asked(body=json.dumps(a_referral()).encode()), canonical)
    assert isinstance(found, Read)
    with pytest.raises(AdapterError):
        read(asked(body=b"not a document"), canonical)


@pytest.mark.parametrize("subject", [[], [{"person_ref": "P-1"}, {"person_ref": "P-2"}], "P-1"])
def test_m_12_a_document_about_several_people_at_once_is_refused(subject: Json) -> None:
    """Her family are cases of their own; what joins them is a reference and no second subject."""
    line = a_line()
    with pytest.raises(SchemaViolationError):
        line.accept({**a_referral(), "subject": subject})
