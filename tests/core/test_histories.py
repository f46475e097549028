"""A person's whole history comes out of one look, every entry proven under one checkpoint, and the look is in it."""

import json
from dataclasses import replace

import pytest
from builders import PERSON_REF, POLICE, SHELTER, a_referral, a_subject
from fakes import run
from line import BAY, HILL, KEYS, NORTH, Line, a_line
from web_door import ORIGIN, FakeLog

from consent.checkpoint import VerifierKey
from consent.errors import ConsentError
from consent.export import proven_history
from gateway.core.histories import Histories, Nobody
from gateway.core.tracking import Tracking
from schemas.documents import Json
from schemas.validation import satisfies
from schemas.vocabulary import ReferralState, RejectionReason

KEY = VerifierKey(ORIGIN, KEYS.checkpoint_public_key())


@pytest.fixture
def line() -> Line:
    return a_line()


def histories(line: Line) -> Histories:
    log = FakeLog(line.book)
    tracking = Tracking(log, log, KEYS, line.person_keys, ORIGIN)
    return Histories(line.people, log, tracking, KEYS, line.clock, line.exchange.entropy, line.recorder)


def history(line: Line, person_ref: str = PERSON_REF) -> list[dict[str, Json]]:
    """The entries of her history, proven; each with the referral it is about."""
    told = run(histories(line).of_reference(POLICE, person_ref))
    assert not isinstance(told, Nobody)
    lines = [json.dumps({**entry, "checkpoint": told["checkpoint"]}) for entry in told["entries"]]
    proven = proven_history(lines, KEY)
    return [
        {**json.loads(leaf), "referral": entry.get("referral")}
        for leaf, entry in zip(proven.leaves, told["entries"], strict=True)
    ]


def kinds(line: Line) -> list[str]:
    return [str(leaf["type"]) for leaf in history(line)]


def delivered(line: Line) -> str:
    [message] = [one.message for one in line.fetch()]
    run(line.answering.acknowledge(line.caller(SHELTER), message, line.key()))
    return message


def test_a_02_who_received_what_and_what_became_of_it_is_one_story(line: Line) -> None:
    line.says()
    referral = line.told()["decision_id"]
    told = (ReferralState.REJECTED, RejectionReason.NO_CAPACITY)
    run(line.answering.answer(line.caller(SHELTER), delivered(line), *told, line.key()))
    line.takes_back()
    found = history(line)
    assert [leaf["type"] for leaf in found] == [
        "consent.recorded", "decision.permitted", "disclosure.sending", "disclosure.delivered", "disclosure.answered",
        "consent.withdrawn", "notice.queued", "history.read",
    ]  # fmt: skip
    assert [leaf["referral"] for leaf in found] == [None, *[referral] * 4, None, referral, None]
    assert (found[1]["recipient"], found[1]["ground"], found[3]["recipient"]) == (SHELTER, "consent", SHELTER)


def test_a_01_what_was_refused_looked_at_and_locked_is_in_it(line: Line) -> None:
    line.says()
    for recipient in (HILL, BAY, NORTH, SHELTER):
        line.told(recipient=recipient)
    assert kinds(line) == ["consent.recorded", *["decision.refused"] * 4, "probe.locked", "history.read"]


def test_what_was_taken_back_is_in_it(line: Line) -> None:
    line.says()
    line.told()
    line.told({"schema": "revocation/1.0", "reference": "CASE-2031/114"})
    assert kinds(line)[-4:] == ["decision.permitted", "disclosure.stopped", "referral.revoked", "history.read"]


def test_a_referral_number_that_stands_for_two_people_is_in_the_history_of_both(line: Line) -> None:
    other = a_referral(subject=a_subject(person_ref="P-2"))
    line.says()
    line.says(person_ref="P-2")
    line.told()
    line.told(other)
    line.told({"schema": "revocation/1.0", "reference": "CASE-2031/114"})
    for reference in (PERSON_REF, "P-2"):
        assert "referral.revoked" in [leaf["type"] for leaf in history(line, reference)]


def test_nothing_of_another_person_is_in_it(line: Line) -> None:
    line.says()
    line.says(person_ref="P-2")
    line.told(a_referral(subject=a_subject(person_ref="P-2")))
    assert kinds(line) == ["consent.recorded", "history.read"]


def test_the_operators_look_is_a_leaf_that_names_no_agency_and_fits_the_schema(line: Line) -> None:
    line.says()
    history(line)
    [leaf] = line.leaves("history.")
    assert leaf == {"v": 1, "type": "history.read", "at": leaf["at"], "event": leaf["event"], "by": "operator"}
    assert satisfies(leaf, "ledger/1.0")


def test_a_look_for_nobody_is_a_leaf_too(line: Line) -> None:
    assert run(histories(line).of_reference(POLICE, "P-9")) == Nobody()
    assert run(histories(line).of_consent("no-such-consent")) == Nobody()
    assert len(line.leaves("history.read")) == 2


def test_by_a_consent_of_hers_it_is_the_same_history(line: Line) -> None:
    consent = line.says()
    told = run(histories(line).of_consent(consent))
    assert not isinstance(told, Nobody)
    assert [json.loads(entry["leaf"])["type"] for entry in told["entries"]] == kinds(line)[:-1]


def test_an_entry_that_was_changed_does_not_verify(line: Line) -> None:
    line.says()
    told = run(histories(line).of_reference(POLICE, PERSON_REF))
    entry = told["entries"][0]
    for changed in ({"leaf": entry["leaf"].replace("given", "refused")}, {"index": entry["index"] + 1}, {"proof": []}):
        with pytest.raises(ConsentError):
            proven_history([json.dumps({**entry, **changed, "checkpoint": told["checkpoint"]})], KEY)


def test_every_leaf_of_the_line_is_about_somebody_unless_nobody_is_known(line: Line) -> None:
    """Whatever happens to one person must be found again: a leaf about her that is not hers would be lost."""
    line.says()
    line.told()
    run(line.answering.acknowledge(line.caller(SHELTER), delivered(line), line.key()))
    assert all(leaf.person for leaf in line.book.leaves)
    line.told(a_referral(subject=a_subject(person_ref="P-9")))
    assert line.book.leaves[-1].person is None
    assert replace(line.book.leaves[-1], person=None) == line.book.leaves[-1]
