"""Police to shelter to legal aid: a police report becomes a shelter's case, and the shelter refers her on.

Each leg speaks the sender's own format and gives the recipient a number of its own; each has its refusals.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from journeys.in_process import Line, a_line
from journeys.onward import agreed, fetched, joined, system, values

from gateway.core.access.scopes import Scope
from gateway.demo import messages
from gateway.demo.agencies import POLICE, RECORDS, SHELTER, SHELTER_SYSTEM, Member
from gateway.demo.client import Answer, System
from gateway.demo.messages import Wish, related, routing, written
from schemas.documents import Json
from schemas.validation import satisfies
from schemas.vocabulary import DataCategory, FunctionClass, Need, Purpose

LAW = "river-law-centre"
PRIMERO = "application/json"


@dataclass
class Journey:
    """Where she is: known at the shelter by a number of its own."""

    line: Line
    shelter: System
    law: Member
    lawyers: System
    case: Json
    number: str

    def agrees(self) -> str:
        """At the shelter she agrees that the law centre may know what she needs, an alias and her language."""
        about = (DataCategory.NEED, DataCategory.ALIAS, DataCategory.LANGUAGE)
        consent = messages.consent(Wish(self.number, SHELTER, LAW, Purpose.LEGAL, about), self.line.clock.now())
        answer = self.shelter.post("/v1/consents", written(consent))
        assert (answer.status, answer.body["active"]) == (201, True)
        return answer.text("consent")

    def refers_on(self, purpose: Purpose = Purpose.LEGAL, sender: System | None = None) -> Answer:
        """Post the case as the shelter's system keeps it, with what Primero has no place for."""
        case = {"data": {"name": "Lark", "sex": "female", "language": ["albanian"]}}
        subject = {"person_ref": self.number, "minor_status": "adult", "alias": "Lark"}
        addition = {"schema": "supplement/1.0", "subject": subject, "needs": [{"code": Need.LEGAL_IMMIGRATION}]}
        body, announced = related(json.dumps(case).encode(), PRIMERO, addition)
        return (sender or self.shelter).post("/v1/referrals", body, {**routing(LAW, purpose), **announced})

    def received(self) -> list[Json]:
        """Return what the law centre fetches."""
        return [document for _, document in fetched(self.line, self.lawyers, self.law)]


@pytest.fixture
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    with a_line(tmp_path_factory.mktemp("journey") / ".demo") as line:
        world, law = line.world, joined(line, LAW, FunctionClass.LEGAL_AID)
        agreed(line, world.members[SHELTER], law, Purpose.LEGAL)
        consent, _ = world.record(messages.TO_SHELTER)
        assert world.confirm(consent)
        addition = world.supplement(messages.MIRELA, Need.ACCOMMODATION_EMERGENCY)
        body, announced = related(world.incident, messages.NDEX, addition)
        routed = routing(SHELTER, Purpose.ACCOMMODATION)
        assert world.systems[RECORDS].post("/v1/referrals", body, {**routed, **announced}).status == 201
        [(_, case)] = fetched(line, world.systems[SHELTER_SYSTEM], world.members[SHELTER])
        number = case[0]["body"]["data"]["other_id_no"]
        sends = system(line, SHELTER, Scope.SEND_REFERRALS, Scope.RECORD_CONSENTS, Scope.WITHDRAW_CONSENTS)
        reads = system(line, LAW, Scope.READ_INBOX, Scope.ACKNOWLEDGE_INBOX)
        yield Journey(line, sends, law, reads, case, number)


def test_she_is_referred_on_and_the_law_centre_gets_what_she_agreed_to(journey: Journey) -> None:
    journey.agrees()
    answer = journey.refers_on()
    assert (answer.status, answer.body["outcome"]) == (201, "permitted")
    [received] = journey.received()
    document = received["document"]
    assert satisfies(document, "profile/legal_aid/assistance.legal/1.0")
    assert set(document) == {"schema", "subject", "needs"}
    assert set(document["subject"]) == {"pseudonym", "alias", "languages"}
    assert document["subject"]["alias"] == "Lark"
    assert document["needs"] == [{"code": Need.LEGAL_IMMIGRATION}]


def test_p_01_shelter_and_law_centre_hold_nothing_about_her_that_is_equal(journey: Journey) -> None:
    journey.agrees()
    journey.refers_on()
    [received] = journey.received()
    in_both = values(journey.case) & values(received)
    assert in_both <= {SHELTER, "sq"}
    assert journey.number not in values(received)


def test_c_03_her_word_to_the_police_is_no_word_to_the_law_centre(journey: Journey) -> None:
    refused = journey.refers_on()
    assert (refused.status, journey.received()) == (403, [])
    assert {reason["code"] for reason in refused.objects("reasons")} == {"not_permitted"}


def test_m_02_without_an_agreement_for_that_purpose_nothing_goes(journey: Journey) -> None:
    journey.agrees()
    refused = journey.refers_on(Purpose.HEALTH)
    assert {reason["rule"] for reason in refused.objects("reasons")} == {"M-02"}
    assert journey.received() == []


def test_p_01_the_police_cannot_use_the_number_the_shelter_holds(journey: Journey) -> None:
    journey.agrees()
    agreed(journey.line, journey.line.world.members[POLICE], journey.law, Purpose.LEGAL)
    subject = {"person_ref": journey.number, "minor_status": "adult"}
    addition = {"schema": "supplement/1.0", "subject": subject, "needs": [{"code": Need.LEGAL_IMMIGRATION}]}
    body, announced = related(journey.line.world.incident, messages.NDEX, addition)
    refused = journey.line.world.systems[RECORDS].post(
        "/v1/referrals", body, {**routing(LAW, Purpose.LEGAL), **announced}
    )
    assert (refused.status, journey.received()) == (403, [])


def test_c_09_taken_back_at_the_shelter_what_waits_for_the_law_centre_never_leaves(journey: Journey) -> None:
    journey.agrees()
    assert journey.refers_on().status == 201
    told = journey.shelter.post("/v1/withdrawals", json.dumps({"person_ref": journey.number}).encode())
    assert (told.body["withdrawn"], told.body["stopped"]) == (2, 1)
    assert journey.received() == []
    assert journey.refers_on().status == 403
