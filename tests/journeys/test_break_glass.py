"""Breaking the glass: two persons, the emergency profile, a time box, a review; and never what was done to her."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from journeys.facts import fact, later, reasons, recorded, refer, shown, text
from journeys.in_process import Line, a_line
from journeys.onward import agreed, fetched, joined, system

from consent.policy import Policy
from gateway.core.access.scopes import Scope
from gateway.core.cases.overrides import judged
from gateway.core.officers import Action, OfficerRefusedError, Role
from gateway.demo.agencies import CLINIC, ENFORCEMENT, Member
from gateway.demo.client import Answer, System
from schemas.case_codes import OverrideFinding
from schemas.documents import Document, Json
from schemas.validation import satisfies
from schemas.vocabulary import FunctionClass, Need, Purpose

RESCUE, HER, CANARY = "rescue-police", "C-9201", "Quillwort-8812"
COLLAPSED = {("not_permitted", "C-01")}


@dataclass
class Journey:
    """She has said nothing, and is in danger now."""

    line: Line
    clinic: System
    police: System
    member: Member
    name: str = ""

    def asks(self, **changes: Json) -> Answer:
        ends = text(self.line.clock.now() + timedelta(hours=6))
        terms: dict[str, Json] = {
            "ground": "danger_to_life",
            "recipient": RESCUE,
            "purpose": Purpose.EMERGENCY,
            "ends": ends,
            "necessity": f"{CANARY}: she called and says that she will be killed tonight.",
        }
        answer = fact(self.clinic, HER, "override_requested", {**terms, **changes})
        self.name = str(answer.body.get("event", ""))
        return answer

    def approves(self, officer: str = "second", role: Role = Role.SECOND_APPROVER) -> None:
        shown_now = shown(self.line, Action.APPROVE_OVERRIDE, self.name, officer, role)
        asyncio.run(self.line.world.gateway.door.overrides.approve(shown_now))

    def sends(self, ground: str = "break_glass") -> Answer:
        return refer(self.clinic, document(), RESCUE, Purpose.EMERGENCY, ground)

    def received(self) -> list[Json]:
        return [told for _, told in fetched(self.line, self.police, self.member)]

    def log(self) -> str:
        log = self.line.world.gateway.log
        return b"\n".join(log.leaves(log.head().size)).decode()


def document() -> Document:
    return {
        "schema": "referral/1.0",
        "subject": {"person_ref": HER, "alias": "Wren", "minor_status": "adult"},
        "needs": [{"code": Need.POLICE_PROTECTION}],
        "risk": {"level": "high"},
        "situation": {"exploitation": [{"type": "sexual"}]},
    }


@pytest.fixture
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    with a_line(tmp_path_factory.mktemp("journey") / ".demo") as line:
        member = joined(line, RESCUE, FunctionClass.POLICE)
        agreed(line, line.world.members[CLINIC], member, Purpose.EMERGENCY)
        clinic = system(line, CLINIC, Scope.RECORD_CASES, Scope.RECORD_CONSENTS, Scope.SEND_REFERRALS)
        yield Journey(line, clinic, system(line, RESCUE, Scope.READ_INBOX, Scope.ACKNOWLEDGE_INBOX), member)


def test_e_01_e_02_two_persons_and_the_emergency_profile_only(journey: Journey) -> None:
    assert journey.asks().status == 201
    journey.approves()
    answer = journey.sends()
    assert answer.status == 201, answer.body
    assert "exploitation" in answer.body["not_sent"]
    [message] = journey.received()
    assert satisfies(message["document"], "profile/police/emergency/1.0")
    assert message["document"]["risk"]["level"] == "high"
    assert "situation" not in message["document"]
    assert CANARY not in json.dumps(message) + journey.log()


def test_e_01_asked_for_is_not_approved(journey: Journey) -> None:
    journey.asks()
    assert reasons(journey.sends()) == COLLAPSED
    assert journey.received() == []


def test_e_01_no_system_approves(journey: Journey) -> None:
    journey.asks()
    assert fact(journey.clinic, HER, "override_approved", {"override": journey.name}).status == 422
    assert journey.sends().status == 403


def test_e_01_the_glass_is_not_broken_by_asking_for_another_ground(journey: Journey) -> None:
    journey.asks()
    journey.approves()
    assert journey.sends("consent").status == 403
    assert journey.sends("court_order").status == 403
    assert journey.received() == []


def test_e_01_stopped_it_stops_what_waits(journey: Journey) -> None:
    journey.asks()
    journey.approves()
    assert journey.sends().status == 201
    answer = recorded(journey.clinic, HER, "override_stopped", {"override": journey.name})
    assert answer.body["stopped"] == 1
    assert journey.received() == []
    assert journey.sends().status == 403


def test_e_01_when_the_time_box_is_over_nothing_goes_and_the_log_says_so(journey: Journey) -> None:
    journey.asks()
    journey.approves()
    assert journey.sends().status == 201
    later(journey.line, timedelta(hours=7), journey.clinic, journey.police)
    assert journey.received() == []
    assert journey.sends().status == 403
    asyncio.run(journey.line.world.gateway.door.overrides.watch())
    assert '"override.ended"' in journey.log()


def test_e_01_it_is_reviewed_or_the_log_says_that_nobody_did(journey: Journey) -> None:
    journey.asks()
    journey.approves()
    overrides = journey.line.world.gateway.door.overrides
    finding = OverrideFinding.EXCESSIVE
    subject = judged(journey.name, finding)
    own = shown(journey.line, Action.REVIEW_OVERRIDE, subject, "second", Role.DPO)
    with pytest.raises(OfficerRefusedError):
        asyncio.run(overrides.review(own, journey.name, finding))
    later(journey.line, timedelta(hours=Policy().clocks.override_review_hours + 1), journey.clinic)
    assert asyncio.run(overrides.watch()) == (journey.name,)
    assert asyncio.run(overrides.watch()) == ()
    judging = shown(journey.line, Action.REVIEW_OVERRIDE, subject, "officer-of-data", Role.DPO)
    asyncio.run(overrides.review(judging, journey.name, finding))
    log = journey.log()
    assert log.count('"override.review_overdue"') == 1
    assert log.count('"case.override_reviewed"') == 1


def test_f_01_no_glass_is_broken_for_enforcement(journey: Journey) -> None:
    refused = journey.asks(recipient=ENFORCEMENT)
    assert (refused.status, refused.body["code"]) == (422, "case_event_not_recordable")


def test_a_03_restricting_all_processing_does_not_stop_a_rescue(journey: Journey) -> None:
    journey.asks()
    journey.approves()
    recorded(journey.clinic, HER, "processing_restricted")
    assert journey.sends().status == 201
