"""A child of unknown age: the authority is told without anybody's consent, everybody else only by who speaks for her.

And the day she turns 18, all of that is over.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from journeys.facts import fact, later, reasons, recorded, refer, says
from journeys.in_process import Line, a_line
from journeys.onward import agreed, fetched, joined, system

from gateway.core.access.scopes import Scope
from gateway.demo.agencies import CLINIC, Member
from gateway.demo.client import Answer, System
from gateway.demo.messages import Wish
from schemas.documents import Document, Json
from schemas.validation import satisfies
from schemas.vocabulary import DataCategory, FunctionClass, Need, Purpose

CHILDREN, GUARDIANS, BEDS = "city-children", "north-guardians", "quay-shelter"
GIRL, CANARY = "C-9101", "Quillwort-7731"
BED = Purpose.ACCOMMODATION
COLLAPSED = {("not_permitted", "C-01")}


@dataclass
class Journey:
    """She is at the clinic; nobody knows how old she is."""

    line: Line
    clinic: System
    authority: System
    shelter: System
    members: dict[str, Member]

    def tells_the_authority(self) -> Answer:
        return refer(self.clinic, document(), CHILDREN, Purpose.CHILD_PROTECTION)

    def asks_for_a_bed(self, **subject: Json) -> Answer:
        return refer(self.clinic, document(**subject), BEDS, BED)

    def at(self, agency: str, reader: System) -> list[Json]:
        return [told for _, told in fetched(self.line, reader, self.members[agency])]

    def number(self) -> str:
        """Let the authority know her; the number it holds for her."""
        recorded(self.clinic, GIRL, "local_contact_recorded", {"agency": CHILDREN})
        assert self.tells_the_authority().status == 201
        [message] = self.at(CHILDREN, self.authority)
        return str(message["document"]["subject"]["pseudonym"])

    def spoken_for(self, adult_in: timedelta = timedelta(days=900)) -> str:
        """Let the authority find that she is a child, name a guardian who says yes, and say why; its number for her."""
        number = self.number()
        birthday = (self.line.clock.now() + adult_in).date().isoformat()
        recorded(self.authority, number, "age_determined", {"status": "child", "adult_on": birthday})
        recorded(self.authority, number, "guardian_recorded", {"guardian": GUARDIANS, "conflict": "none"})
        terms: Json = {"recipient": BEDS, "purpose": BED, "basis": "safety"}
        recorded(self.authority, number, "best_interests_recorded", terms)
        later(self.line, timedelta(minutes=2), self.clinic, self.authority, self.shelter)
        says(self.line, self.clinic, WISH, given_by="guardian")
        return number


WISH = Wish(GIRL, CLINIC, BEDS, BED, (DataCategory.NEED, DataCategory.ALIAS))


def document(**subject: Json) -> Document:
    """A referral of somebody whose age nobody knows, with more in it than anybody may get."""
    told: dict[str, Json] = {
        "person_ref": GIRL,
        "names": [{"use": "official", "given": CANARY, "family": CANARY}],
        "alias": "Wren",
        "minor_status": "unknown",
        **subject,
    }
    return {"schema": "referral/1.0", "subject": told, "needs": [{"code": Need.ACCOMMODATION_EMERGENCY}]}


@pytest.fixture
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    with a_line(tmp_path_factory.mktemp("journey") / ".demo") as line:
        functions = {
            CHILDREN: FunctionClass.CHILD_PROTECTION,
            GUARDIANS: FunctionClass.GUARDIAN_SERVICE,
            BEDS: FunctionClass.SHELTER,
        }
        members = {name: joined(line, name, function) for name, function in functions.items()}
        clinic = line.world.members[CLINIC]
        agreed(line, clinic, members[CHILDREN], Purpose.CHILD_PROTECTION)
        agreed(line, clinic, members[BEDS], BED)
        writes = (Scope.RECORD_CASES, Scope.RECORD_CONSENTS, Scope.SEND_REFERRALS)
        reads = (Scope.READ_INBOX, Scope.ACKNOWLEDGE_INBOX)
        yield Journey(
            line,
            system(line, CLINIC, *writes),
            system(line, CHILDREN, Scope.RECORD_CASES, *reads),
            system(line, BEDS, *reads),
            members,
        )


def test_k_02_the_authority_is_told_without_consent_and_gets_its_profile_only(journey: Journey) -> None:
    recorded(journey.clinic, GIRL, "local_contact_recorded", {"agency": CHILDREN})
    answer = journey.tells_the_authority()
    assert (answer.status, answer.body["outcome"]) == (201, "permitted")
    [message] = journey.at(CHILDREN, journey.authority)
    assert satisfies(message["document"], "profile/child_protection/child_protection/1.0")
    assert GIRL not in json.dumps(message)


def test_k_04_without_a_local_contact_nothing_goes(journey: Journey) -> None:
    recorded(journey.clinic, GIRL, "child_heard", {"informed": "yes", "views": "agrees"})
    assert reasons(journey.tells_the_authority()) == COLLAPSED
    assert journey.at(CHILDREN, journey.authority) == []


def test_k_01_of_unknown_age_her_own_yes_opens_no_shelter(journey: Journey) -> None:
    recorded(journey.clinic, GIRL, "local_contact_recorded", {"agency": CHILDREN})
    says(journey.line, journey.clinic, WISH)
    assert reasons(journey.asks_for_a_bed()) == COLLAPSED
    assert journey.at(BEDS, journey.shelter) == []


def test_k_03_with_guardian_and_best_interests_the_shelter_gets_what_was_agreed(journey: Journey) -> None:
    journey.spoken_for()
    answer = journey.asks_for_a_bed()
    assert answer.status == 201, answer.body
    [message] = journey.at(BEDS, journey.shelter)
    assert satisfies(message["document"], "profile/shelter/assistance.accommodation/1.0")
    assert set(message["document"]["subject"]) == {"pseudonym", "alias"}
    assert CANARY not in json.dumps(message)


def test_k_05_a_guardian_who_is_barred_speaks_for_nobody_and_what_waits_stops(journey: Journey) -> None:
    number = journey.spoken_for()
    assert journey.asks_for_a_bed().status == 201
    answer = recorded(journey.authority, number, "guardian_barred", {"guardian": GUARDIANS})
    assert (answer.body["stopped"], answer.body["may_have_left_to"]) == (0, []), "the clinic sent it, not the authority"
    assert journey.at(BEDS, journey.shelter) == []
    assert reasons(journey.asks_for_a_bed()) == COLLAPSED


def test_k_01_who_sends_her_cannot_make_her_an_adult(journey: Journey) -> None:
    journey.spoken_for()
    refused = fact(journey.clinic, GIRL, "age_determined", {"status": "adult"})
    assert (refused.status, refused.body["code"]) == (422, "case_event_not_recordable")
    assert journey.asks_for_a_bed(minor_status="adult").status == 403


def test_k_06_what_waits_on_her_18th_birthday_is_not_handed_out_and_her_own_word_counts_from_then(
    journey: Journey,
) -> None:
    journey.spoken_for(adult_in=timedelta(days=2))
    assert journey.asks_for_a_bed().status == 201
    later(journey.line, timedelta(days=3), journey.clinic, journey.authority, journey.shelter)
    assert journey.at(BEDS, journey.shelter) == []
    assert reasons(journey.asks_for_a_bed(minor_status="adult")) == COLLAPSED
    says(journey.line, journey.clinic, WISH)
    assert journey.asks_for_a_bed(minor_status="adult").status == 201
    assert len(journey.at(BEDS, journey.shelter)) == 1


def test_k_06_the_day_before_it_is_handed_out(journey: Journey) -> None:
    journey.spoken_for(adult_in=timedelta(days=2))
    assert journey.asks_for_a_bed().status == 201
    later(journey.line, timedelta(days=1), journey.clinic, journey.authority, journey.shelter)
    assert len(journey.at(BEDS, journey.shelter)) == 1
