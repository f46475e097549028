"""An adult who refuses the NRM: a duty to notify tells what happens in the country, and nothing about her (P-05).

Her no stands: nothing about her is referred, and help she agreed to elsewhere goes on.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from journeys.facts import reasons, refer, says
from journeys.in_process import Line, a_line
from journeys.onward import agreed, fetched, joined, system, values

from gateway.core.access.scopes import Scope
from gateway.demo.agencies import CLINIC, Member
from gateway.demo.client import Answer, System
from gateway.demo.messages import Wish
from schemas.documents import Document, Json
from schemas.validation import satisfies
from schemas.vocabulary import DataCategory, FunctionClass, Need, Purpose

AUTHORITY, CANARY = "national-authority", "Quillwort-6614"
NOTICE, IDENTIFY = Purpose.LEGAL_OBLIGATION, Purpose.IDENTIFICATION
CROWD = 11
COLLAPSED = {("not_permitted", "C-01")}


@dataclass
class Journey:
    """Women at the clinic; each said no to being referred."""

    line: Line
    clinic: System
    authority: System
    member: Member

    def refuses(self, number: int) -> str:
        reference = f"C-94{number:02d}"
        wish = Wish(reference, CLINIC, AUTHORITY, IDENTIFY, (DataCategory.NEED,))
        says(self.line, self.clinic, wish, decision="referral", state="refused")
        return reference

    def notifies(self, reference: str, **changes: Json) -> Answer:
        return refer(self.clinic, document(reference, **changes), AUTHORITY, NOTICE, "duty_to_notify")

    def crowd(self) -> str:
        """Let ten be asked about, who fit; the reference of the eleventh."""
        for number in range(CROWD - 1):
            assert reasons(self.notifies(self.refuses(number))) == COLLAPSED
        return self.refuses(CROWD)

    def received(self) -> list[Json]:
        return [told for _, told in fetched(self.line, self.authority, self.member)]


def document(reference: str, **subject: Json) -> Document:
    told: dict[str, Json] = {
        "person_ref": reference,
        "names": [{"use": "official", "given": CANARY, "family": CANARY}],
        "birth": {"date": "1999-02-03"},
        "minor_status": "adult",
        **subject,
    }
    return {
        "schema": "referral/1.0",
        "sender_reference": f"{CANARY}-{reference}",
        "subject": told,
        "needs": [{"code": Need.LEGAL_IMMIGRATION}],
        "situation": {"exploitation": [{"type": "forced_labour", "country": "IT"}]},
    }


@pytest.fixture
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    with a_line(tmp_path_factory.mktemp("journey") / ".demo") as line:
        member, clinic = joined(line, AUTHORITY, FunctionClass.COMPETENT_AUTHORITY), line.world.members[CLINIC]
        agreed(line, clinic, member, NOTICE)
        agreed(line, clinic, member, IDENTIFY)
        writes = system(line, CLINIC, Scope.RECORD_CASES, Scope.RECORD_CONSENTS, Scope.SEND_REFERRALS)
        yield Journey(line, writes, system(line, AUTHORITY, Scope.READ_INBOX, Scope.ACKNOWLEDGE_INBOX), member)


def test_p_05_where_enough_fit_a_country_and_a_kind_are_told_and_nothing_else(journey: Journey) -> None:
    reference = journey.crowd()
    answer = journey.notifies(reference)
    assert answer.status == 201, answer.body
    [message] = journey.received()
    notice = message["document"]
    assert satisfies(notice, "profile/competent_authority/legal_obligation_notice/1.0")
    assert values(notice) == {notice["schema"], "forced_labour", "IT"}
    for told in (CANARY, reference, "1999", "pseudonym"):
        assert told not in json.dumps(message)


def test_p_05_of_one_alone_nothing_is_told(journey: Journey) -> None:
    reference = journey.refuses(1)
    assert reasons(journey.notifies(reference)) == COLLAPSED
    assert reasons(journey.notifies(reference)) == COLLAPSED
    assert journey.received() == []


def test_c_02_her_no_stands_whatever_the_ground(journey: Journey) -> None:
    reference = journey.refuses(1)
    for ground in ("", "court_order", "statutory_duty", "child_protection", "best_interests"):
        refused = refer(journey.clinic, document(reference), AUTHORITY, IDENTIFY, ground)
        assert reasons(refused) == COLLAPSED
    assert journey.received() == []


def test_p_05_the_notice_profile_serves_no_other_ground_and_the_duty_no_other_profile(journey: Journey) -> None:
    reference = journey.refuses(1)
    for purpose, ground in ((NOTICE, ""), (NOTICE, "court_order"), (IDENTIFY, "duty_to_notify")):
        refused = refer(journey.clinic, document(reference), AUTHORITY, purpose, ground)
        assert refused.status == 403
    assert journey.received() == []


def test_k_08_a_child_is_never_part_of_it(journey: Journey) -> None:
    reference = journey.crowd()
    child: dict[str, Json] = {"birth": {"date": "2020-02-03"}, "minor_status": "child"}
    assert journey.notifies(reference, **child).status == 403
    assert journey.received() == []
