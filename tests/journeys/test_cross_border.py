"""Across a border: only from focal point to focal point's country, with her consent to it and a safeguard on record."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from journeys.facts import fact, reasons, recorded, refer, says
from journeys.in_process import Line, a_line
from journeys.onward import agreed, fetched, joined, system

from gateway.core.access.scopes import Scope
from gateway.demo.agencies import CLINIC, Member
from gateway.demo.client import Answer, System
from gateway.demo.messages import Wish
from schemas.documents import Document, Json
from schemas.validation import satisfies
from schemas.vocabulary import DataCategory, DeliveryMode, FunctionClass, Need, Purpose

HERE, THERE, OTHER, BEDS = "focal-point-xx", "focal-point-yy", "focal-point-zz", "shelter-yy"
HER, CANARY = "F-9301", "Quillwort-9913"
ABROAD = Purpose.CROSS_BORDER
COLLAPSED = {("not_permitted", "C-01")}
WISH = Wish(HER, HERE, THERE, ABROAD, (DataCategory.NEED, DataCategory.LANGUAGE))


@dataclass
class Journey:
    """She wants to be helped in another country; the focal point here knows her."""

    line: Line
    here: System
    there: System
    members: dict[str, Member]

    def safeguards(self, **changes: Json) -> Answer:
        terms: dict[str, Json] = {
            "country": "YY",
            "safeguard": "adequacy",
            "recipient": THERE,
            "priority": "urgent",
            "respond_by": "2099-01-31",
        }
        return fact(self.here, HER, "safeguard_recorded", {**terms, **changes})

    def sends(self, to: str = THERE, ground: str = "") -> Answer:
        return refer(self.here, document(), to, ABROAD, ground)

    def received(self) -> list[Json]:
        return [told for _, told in fetched(self.line, self.there, self.members[THERE])]


def document() -> Document:
    subject: dict[str, Json] = {
        "person_ref": HER,
        "names": [{"use": "official", "given": CANARY, "family": CANARY}],
        "minor_status": "adult",
        "languages": [{"code": "sq", "preferred": True}],
    }
    return {"schema": "referral/1.0", "subject": subject, "needs": [{"code": Need.ACCOMMODATION_EMERGENCY}]}


def abroad(line: Line, name: str, function: FunctionClass, country: str) -> Member:
    """Register an agency of another country."""
    member = Member(name, name, function, "canonical", DeliveryMode.PLAIN_PULL, Ed25519PrivateKey.generate(), None)
    asyncio.run(line.world.gateway.registry.add_agency({**member.registration(), "country": country}))
    return member


@pytest.fixture
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    with a_line(tmp_path_factory.mktemp("journey") / ".demo") as line:
        members = {
            HERE: joined(line, HERE, FunctionClass.FOCAL_POINT),
            THERE: abroad(line, THERE, FunctionClass.FOCAL_POINT, "YY"),
            OTHER: abroad(line, OTHER, FunctionClass.FOCAL_POINT, "ZZ"),
            BEDS: abroad(line, BEDS, FunctionClass.SHELTER, "YY"),
        }
        agreed(line, members[HERE], members[THERE], ABROAD)
        agreed(line, members[HERE], members[OTHER], ABROAD)
        agreed(line, members[HERE], members[BEDS], Purpose.ACCOMMODATION)
        here = system(line, HERE, Scope.RECORD_CASES, Scope.RECORD_CONSENTS, Scope.SEND_REFERRALS)
        reads = (Scope.READ_INBOX, Scope.ACKNOWLEDGE_INBOX)
        yield Journey(line, here, system(line, THERE, *reads), members)


def test_a_09_with_her_consent_and_a_safeguard_the_other_focal_point_gets_its_profile_only(journey: Journey) -> None:
    says(journey.line, journey.here, WISH, decision="referral")
    assert journey.safeguards().status == 201
    answer = journey.sends()
    assert answer.status == 201, answer.body
    [message] = journey.received()
    assert satisfies(message["document"], "profile/focal_point/cross_border_assistance/1.0")
    assert set(message["document"]["subject"]) == {"pseudonym", "languages"}
    assert CANARY not in json.dumps(message)
    assert HER not in json.dumps(message)


def test_a_09_without_a_safeguard_nothing_crosses(journey: Journey) -> None:
    says(journey.line, journey.here, WISH, decision="referral")
    assert reasons(journey.sends()) == COLLAPSED
    assert journey.received() == []


def test_a_09_without_her_consent_nothing_crosses(journey: Journey) -> None:
    says(journey.line, journey.here, replace(WISH, recipient=OTHER), decision="referral")
    assert journey.safeguards().status == 201
    assert reasons(journey.sends()) == COLLAPSED
    assert journey.received() == []


def test_a_09_consent_and_safeguard_for_one_country_are_none_for_another(journey: Journey) -> None:
    says(journey.line, journey.here, WISH, decision="referral")
    assert journey.safeguards().status == 201
    assert reasons(journey.sends(OTHER)) == COLLAPSED
    says(journey.line, journey.here, replace(WISH, recipient=OTHER), decision="referral")
    assert reasons(journey.sends(OTHER)) == COLLAPSED


def test_a_09_a_safeguard_names_a_focal_point_of_its_country(journey: Journey) -> None:
    says(journey.line, journey.here, WISH, decision="referral")
    for changes in ({"recipient": BEDS}, {"country": "ZZ"}, {"recipient": CLINIC, "country": "XX"}):
        refused = journey.safeguards(**changes)
        assert (refused.status, refused.body["code"]) == (422, "case_event_not_recordable")


def test_a_09_nobody_but_a_focal_point_abroad_receives(journey: Journey) -> None:
    bed = replace(WISH, recipient=BEDS, purpose=Purpose.ACCOMMODATION)
    says(journey.line, journey.here, bed)
    assert journey.safeguards().status == 201
    refused = refer(journey.here, document(), BEDS, Purpose.ACCOMMODATION)
    assert refused.status == 403
    assert reasons(refused) == {("no_agreement", "M-02")}  # An unknown and a forbidden recipient look the same.
    log = journey.line.world.gateway.log
    assert b'"not_a_focal_point"' in b"".join(log.leaves(log.head().size))


def test_e_03_no_order_of_a_court_reaches_over_the_border(journey: Journey) -> None:
    says(journey.line, journey.here, replace(WISH, recipient=OTHER), decision="referral")
    assert journey.safeguards().status == 201
    terms: Json = {
        "kind": "court_order",
        "recipient": THERE,
        "categories": ["need", "language"],
        "person_told": "yes",
        "reference": "Order 12",
    }
    recorded(journey.here, HER, "instrument_recorded", terms)
    assert reasons(journey.sends(ground="court_order")) == COLLAPSED
    assert journey.received() == []
