"""Several references for one person give no more tries than one, and no lock tells that they are one person (A-01).

Who knows one woman by several references probes with all of them. What is counted under her records counts for each;
what a sender is told of it is what it is told of any no that rests on her record (docs/adr/0131).
"""

import json
import random
from dataclasses import replace

import pytest
from builders import DAY, HOUR, PERSON_REF, POLICE, SHELTER, a_referral, a_subject, an_agency, an_agreement
from code_showing import THEIR_REF, linked
from fakes import run
from line import BAY, HILL, NORTH, Line, a_line

from gateway.core.answers import Recorded
from gateway.core.consents.desk import Actor
from gateway.core.erasure.items import Erased
from gateway.core.previewing import Previewed, Previews
from schemas.documents import Document
from schemas.vocabulary import FunctionClass

EAST = "east-shelter"
REFERENCES = (PERSON_REF, "P-2", "P-3", "P-4")
WRONG = (HILL, BAY, NORTH, EAST)
LOCKED, REFUSED, PERMITTED = "probing_locked", "not_permitted", "permitted"


def a_world(*, one_person: bool, yes: str | None = None, remembers: bool = False) -> Line:
    """Police who know four women, or one woman by four references; `yes` is under which of them she agreed, if at all.

    That they are one person the police were never told: each of their records was linked to one of the hill shelter's.
    """
    line = a_line(remembers=remembers)
    line.directory.put(an_agency(EAST, FunctionClass.SHELTER))
    line.directory.agree(an_agreement(id="with-east", recipient=EAST))
    line.says(HILL, discloser=HILL, recipient=BAY, person_ref=THEIR_REF)
    for reference in REFERENCES:
        line.says(person_ref=reference, recipient=SHELTER if reference == yes else "open-door")
        if one_person:
            linked(line, near=(POLICE, reference), far=(HILL, THEIR_REF))
    return line


def asks(line: Line, reference: str, recipient: str) -> Document:
    return line.told(a_referral(subject=a_subject(person_ref=reference)), recipient=recipient)


def code(answer: Document) -> str:
    reasons = answer.get("reasons")
    return str(reasons[0]["code"]) if isinstance(reasons, list) else str(answer["outcome"])


def tried(line: Line, *tries: tuple[str, str]) -> list[str]:
    return [code(asks(line, reference, recipient)) for reference, recipient in tries]


def a_wrong_one_each() -> list[tuple[str, str]]:
    """One wrong shelter under each of three references: no reference is anywhere near its own lock."""
    return [*zip(REFERENCES[:3], WRONG, strict=False)]


@pytest.fixture(params=[False, True], ids=["same node", "another node"])
def remembers(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_a_01_four_references_for_one_person_have_the_tries_of_one(*, remembers: bool) -> None:
    line = a_world(one_person=True, yes="P-4", remembers=remembers)
    assert tried(line, *a_wrong_one_each(), ("P-4", SHELTER)) == [REFUSED] * 4
    assert not line.book.parcels


def test_four_people_have_their_own_tries() -> None:
    """The canary: unlinked, the same requests end with the yes that she gave."""
    line = a_world(one_person=False, yes="P-4")
    assert tried(line, *a_wrong_one_each(), ("P-4", SHELTER)) == [REFUSED] * 3 + [PERMITTED]


def test_a_01_a_reference_that_is_locked_lends_no_tries_to_another_one_of_hers() -> None:
    line = a_world(one_person=True, yes="P-2")
    openly = [(PERSON_REF, one) for one in WRONG]
    assert tried(line, *openly) == [REFUSED] * 3 + [LOCKED]
    line.clock.advance(30 * DAY)
    assert tried(line, ("P-2", SHELTER)) == [REFUSED]


def test_a_01_however_many_references_three_recipients_are_looked_at() -> None:
    """Every shelter under every reference, in any order: had any of them been the right one, it was among the first."""
    line = a_world(one_person=True)
    tries = [(reference, recipient) for recipient in (*WRONG, SHELTER) for reference in REFERENCES]
    random.Random(7).shuffle(tries)  # noqa: S311 - any order will do
    tried(line, *tries)
    looked_at = {
        str(leaf["recipient"])
        for leaf in line.leaves("decision.refused")
        if not {"tried_too_often", "probing_locked"} & {*json.loads(json.dumps(leaf["reasons"]))}
    }
    assert len(looked_at) <= 3


@pytest.mark.parametrize("seed", range(6))
def test_no_answer_about_someone_who_agreed_to_nothing_tells_whether_they_are_one_person(seed: int) -> None:
    """The same requests in both worlds, in any order, are answered alike: word for word, and locked at the same one."""
    chance = random.Random(seed)  # noqa: S311 - any order will do
    tries = [(chance.choice(REFERENCES), chance.choice((*WRONG, SHELTER))) for _ in range(24)]
    told = [[answered(a_world(one_person=one), tries)] for one in (True, False)]
    assert told[0] == told[1]
    assert LOCKED in str(told), "the canary: some of it was locked"


def answered(line: Line, tries: list[tuple[str, str]]) -> list[Document]:
    answers = [asks(line, reference, recipient) for reference, recipient in tries]
    return [{name: value for name, value in answer.items() if name != "decision_id"} for answer in answers]


def test_whom_she_was_referred_to_before_still_hears_of_her(*, remembers: bool) -> None:
    """Somebody's probing neither ends the help she has, nor tells by that end that two references are one person."""
    for one_person in (True, False):
        line = a_world(one_person=one_person, yes="P-4", remembers=remembers)
        assert tried(line, ("P-4", SHELTER)) == [PERMITTED]
        assert tried(line, *a_wrong_one_each(), ("P-4", SHELTER)) == [REFUSED] * 3 + [PERMITTED]


def test_another_client_of_the_agency_was_not_referring_her_before() -> None:
    line = a_world(one_person=True, yes="P-4")
    tried(line, ("P-4", SHELTER))
    for (reference, recipient), nobody in zip((*a_wrong_one_each(), ("P-4", SHELTER)), "abcd", strict=True):
        subject = a_subject(person_ref=reference)
        asked = line.asked(a_referral(subject=subject), recipient=recipient)
        caller = replace(line.caller(), client_id="the second client of the police")
        outcome = run(line.exchange.accept(replace(asked, caller=caller)))
        assert isinstance(outcome, Recorded), nobody
        assert code(outcome.answer) == REFUSED


def test_the_log_says_why_once_and_the_sender_never() -> None:
    line = a_world(one_person=True, yes="P-4")
    tried(line, *a_wrong_one_each())
    answer = asks(line, "P-4", SHELTER)
    assert "tried" not in json.dumps(answer)
    assert line.leaves("decision.refused")[-1]["reasons"] == ["tried_too_often"]
    asks(line, "P-4", SHELTER)
    assert len(line.leaves("probe.locked")) == 1


def test_a_preview_counts_and_is_counted_like_a_referral() -> None:
    line = a_world(one_person=True, yes="P-4")
    for reference, recipient in (*a_wrong_one_each(), ("P-4", SHELTER)):
        asked = line.asked(a_referral(subject=a_subject(person_ref=reference)), recipient=recipient)
        outcome = run(Previews(line.exchange).preview(asked))
        assert isinstance(outcome, Previewed)
        assert code(outcome.answer) == REFUSED


def test_a_day_later_what_was_refused_under_another_reference_is_forgotten() -> None:
    line = a_world(one_person=True, yes="P-4")
    tried(line, *a_wrong_one_each())
    line.clock.advance(DAY + HOUR)
    assert tried(line, ("P-4", SHELTER)) == [PERMITTED]


def test_a_04_an_erasure_forgets_what_was_counted_under_her_records_too() -> None:
    line = a_world(one_person=True, yes="P-4")
    tried(line, *a_wrong_one_each(), ("P-4", SHELTER))
    assert line.book.strikes
    assert line.book.locks
    assert isinstance(run(line.erasures.erase(Actor(POLICE, line.caller()), PERSON_REF)), Erased)
    assert not line.book.strikes
    assert not line.book.locks
