"""The line from the sender's bytes to a sealed parcel and a leaf: what a yes carries, and to whom it says what."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import (
    DAY,
    NOON,
    POLICE,
    SHELTER,
    a_profile,
    a_referral,
    an_agency,
    an_agreement,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from fakes import run
from line import ENFORCERS, HILL, KEYS, Line, a_line, opened, with_sealing
from marked import a_marked_referral, her_reference, scalars

from consent.merkle import leaf_hash, verify_inclusion
from gateway.core.answers import Recorded
from gateway.core.crypto.keys import Ring
from gateway.core.crypto.pseudonyms import Domain, pseudonym
from gateway.core.crypto.sealing import Place, open_at_rest
from gateway.core.errors import OperatorError, RecipientError
from gateway.core.packing import unpacked
from schemas.validation import satisfies
from schemas.vocabulary import DataCategory, FunctionClass, Purpose, Urgency

NUMBERS = {"message_id", "pseudonym", "recipient"}
"""Where two recipients' messages must differ; everything else in them is a code, a day or what both may know."""


@pytest.fixture
def line() -> Line:
    return a_line()


def test_m_01_the_recipient_gets_exactly_what_its_profile_lists(line: Line) -> None:
    line.says(person_ref=her_reference())
    assert line.told(a_marked_referral())["outcome"] == "permitted"
    document = opened(*line.fetch())["document"]
    assert {path for path, _ in scalars(document)} == {leaf.target for leaf in a_profile().leaves}
    assert satisfies(document, a_profile().name)


def test_c_01_of_that_only_what_she_agreed_to(line: Line) -> None:
    line.says(person_ref=her_reference(), categories=["need", "alias"])
    line.told(a_marked_referral())
    document = opened(*line.fetch())["document"]
    assert {path[-1] for path, _ in scalars(document)} == {"schema", "pseudonym", "alias", "code"}


def test_p_01_a_person_has_one_pseudonym_with_each_recipient_and_another_with_each(line: Line) -> None:
    for shelter in (SHELTER, HILL):
        line.says(recipient=shelter)
        line.told(recipient=shelter)
        line.told(recipient=shelter)
    numbers = {
        shelter: {opened(got)["document"]["subject"]["pseudonym"] for got in line.fetch(shelter)}
        for shelter in (SHELTER, HILL)
    }
    [person] = line.book.people
    epoch = KEYS.epoch(Ring.PERSON)
    assert numbers == {shelter: {pseudonym(KEYS, Domain(shelter, epoch), person)} for shelter in numbers}
    assert numbers[SHELTER] != numbers[HILL]


def test_p_01_nothing_two_recipients_hold_is_equal_but_codes_and_days(line: Line) -> None:
    got = {}
    for shelter in (SHELTER, HILL):
        line.says(recipient=shelter)
        line.told(recipient=shelter)
        [delivered] = line.fetch(shelter)
        got[shelter] = (delivered, opened(delivered))
    (one, first), (other, second) = got.values()
    assert one.message != other.message
    assert one.body != other.body
    values = [{value for path, value in scalars(message) if path[-1] in NUMBERS} for message in (first, second)]
    assert len(values[0]) == len(values[1]) == 3
    assert not values[0] & values[1]
    parcels = [kept.parcel for kept in line.book.parcels.values()]
    for name in ("id", "referral", "rests_on", "payload"):
        assert len({getattr(parcel, name) for parcel in parcels}) == 2
    assert not {parcel.referral for parcel in parcels} & {value for found in values for value in found}


def test_the_parcel_says_what_a_second_decision_needs(line: Line) -> None:
    consent = line.says(person_ref=her_reference())
    answer = line.told(a_marked_referral())
    parcel = line.parcel
    assert (parcel.sender, parcel.recipient, parcel.purpose) == (POLICE, SHELTER, Purpose.ACCOMMODATION)
    assert (parcel.rests_on, parcel.referral) == (consent, answer["decision_id"])
    assert parcel.stated.carries >= set(DataCategory) - {DataCategory.PSEUDONYM}
    assert parcel.sends == a_profile().categories
    assert parcel.use_until == NOON + 30 * DAY


def test_a_sealed_pull_recipient_opens_it_with_its_own_key_and_nobody_else_does(line: Line) -> None:
    private = with_sealing(line)
    line.says()
    line.told()
    [delivered] = line.fetch()
    assert opened(delivered, private)["envelope"]["recipient"] == SHELTER
    assert b"Linnet" not in delivered.body
    with pytest.raises(RecipientError):
        opened(delivered, X25519PrivateKey.from_private_bytes(b"\x07" * 32))
    with pytest.raises(RecipientError):
        opened(delivered, private, recipient=HILL)


def test_at_rest_a_parcel_opens_with_her_data_key_only(line: Line) -> None:
    line.says()
    line.told()
    parcel = line.parcel
    assert b"Linnet" in unpacked(parcel, line.person_keys.of(parcel.person))
    with pytest.raises(OperatorError):
        unpacked(parcel, b"\x01" * 32)
    with pytest.raises(OperatorError):
        unpacked(replace(parcel, id="another"), line.person_keys.of(parcel.person))


def test_m_11_the_envelope_carries_purpose_days_and_obligations_and_no_exact_time(line: Line) -> None:
    line.says()
    line.told()
    envelope = opened(*line.fetch())["envelope"]
    assert isinstance(envelope, dict)
    assert (envelope["sent_on"], envelope["use_until"]) == ("2031-03-14", "2031-04-13")
    assert "no_onward_transfer" in envelope["obligations"]
    assert "T" not in f"{envelope['sent_on']}{envelope['use_until']}"


def test_the_senders_own_number_is_kept_sealed_for_the_way_back(line: Line) -> None:
    line.says()
    referral = str(line.told()["decision_id"])
    row = line.book.referrals[referral]
    assert row.reference is not None
    assert row.person is not None
    place = Place("referral", "sender_reference", referral.encode(), 1)
    assert open_at_rest(line.person_keys.of(row.person), place, row.reference.sealed) == b"CASE-2031/114"


def test_a_referral_without_a_number_of_its_own_has_none_to_keep(line: Line) -> None:
    line.says()
    document = a_referral()
    del document["sender_reference"]
    referral = str(line.told(document)["decision_id"])
    assert line.book.referrals[referral].reference is None


def test_the_answer_is_committed_with_a_proof_that_verifies(line: Line) -> None:
    line.says()
    outcome = line.accept()
    assert isinstance(outcome, Recorded)
    assert outcome.slot is not None
    assert outcome.slot.proof is not None
    proof = outcome.slot.proof
    verify_inclusion(leaf_hash(proof.leaf), proof.index, proof.path, proof.head)


def test_a_recipient_whose_profile_has_no_place_for_a_pseudonym_gets_none(line: Line) -> None:
    profile = a_profile(FunctionClass.INTERPRETER, Purpose.INTERPRETATION)
    line.directory.put(an_agency("plain-words", FunctionClass.INTERPRETER))
    line.directory.agree(
        an_agreement(id="i", recipient="plain-words", purpose=Purpose.INTERPRETATION, categories=profile.categories)
    )
    line.says(recipient="plain-words", purposes=["interpretation"], categories=sorted(profile.categories))
    answer = line.told(recipient="plain-words", purpose=Purpose.INTERPRETATION)
    assert answer["outcome"] == "permitted"
    document = opened(*line.fetch("plain-words"))["document"]
    assert document == {"schema": profile.name, "subject": {"alias": "Linnet", "languages": ["ro"]}}


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.EMERGENCY])
def test_what_is_urgent_is_due_at_once(line: Line, urgency: Urgency) -> None:
    line.says()
    line.told(urgency=urgency)
    assert line.parcel.due == NOON


def test_what_is_routine_is_held_back_by_a_random_time_within_the_jitter(line: Line) -> None:
    line.says()
    for _ in range(12):
        line.told(urgency=Urgency.ROUTINE)
    due = {kept.parcel.due for kept in line.book.parcels.values()}
    assert len(due) == 12
    assert all(NOON <= moment < NOON + timedelta(minutes=30) for moment in due)


def test_an_enforcement_agency_may_send(line: Line) -> None:
    """F-01 is about receiving: whoever meets her first must be able to refer her."""
    line.directory.agree(an_agreement(id="e", sender=ENFORCERS))
    line.says(ENFORCERS, discloser=ENFORCERS)
    asked = line.asked()
    outcome = run(line.exchange.accept(replace(asked, caller=line.caller(ENFORCERS))))
    assert isinstance(outcome, Recorded)
    assert outcome.answer["outcome"] == "permitted"


def test_the_adapter_of_a_caller_is_that_of_its_agency(line: Line) -> None:
    assert line.exchange.adapter_of(line.caller()) is line.adapters.of("canonical")
