"""What a court orders and what a statute demands: a record with a reference, one recipient, listed categories (E-03).

She agreed to nothing here. Neither opens her account of what happened, and neither opens enforcement.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import pytest
from journeys.facts import fact, reasons, refer
from journeys.in_process import Line, a_line
from journeys.onward import agreed, fetched, joined, system

from gateway.core.access.scopes import Scope
from gateway.demo.agencies import CLINIC, ENFORCEMENT, Member
from gateway.demo.client import Answer, System
from schemas.documents import Document, Json
from schemas.validation import satisfies
from schemas.vocabulary import FunctionClass, Need, Purpose

COURT_POLICE, CANARY = "court-police", "Quillwort-3317"
INVESTIGATION, KINDS = Purpose.INVESTIGATION, ("court_order", "statutory_duty")
COLLAPSED = {("not_permitted", "C-01")}
ORDERED = ["age_band", "exploitation", "event"]


@dataclass
class Journey:
    """The clinic knows her; the police may be told of a crime where the law says so."""

    line: Line
    clinic: System
    police: System
    member: Member
    her: str

    def records(self, kind: str, **changes: Json) -> Answer:
        terms: dict[str, Json] = {
            "kind": kind,
            "recipient": COURT_POLICE,
            "categories": [*ORDERED],
            "person_told": "yes",
            "reference": f"{CANARY}, order 12",
        }
        return fact(self.clinic, self.her, "instrument_recorded", {**terms, **changes})

    def sends(self, ground: str, to: str = COURT_POLICE) -> Answer:
        return refer(self.clinic, document(self.her), to, INVESTIGATION, ground)

    def received(self) -> list[Json]:
        return [told for _, told in fetched(self.line, self.police, self.member)]

    def log(self) -> str:
        log = self.line.world.gateway.log
        return b"\n".join(log.leaves(log.head().size)).decode()


def document(reference: str) -> Document:
    return {
        "schema": "referral/1.0",
        "subject": {
            "person_ref": reference,
            "names": [{"use": "official", "given": CANARY, "family": CANARY}],
            "minor_status": "adult",
        },
        "needs": [{"code": Need.POLICE_INVESTIGATION}],
        "situation": {
            "exploitation": [{"type": "forced_labour", "country": "IT"}],
            "narrative": [{"text": f"{CANARY} told us at length what was done to her."}],
        },
    }


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Line, System, System, Member]]:
    """One world for all of them; each is about somebody else."""
    with a_line(tmp_path_factory.mktemp("journey") / ".demo") as line:
        member = joined(line, COURT_POLICE, FunctionClass.POLICE)
        agreed(line, line.world.members[CLINIC], member, INVESTIGATION)
        clinic = system(line, CLINIC, Scope.RECORD_CASES, Scope.SEND_REFERRALS)
        yield line, clinic, system(line, COURT_POLICE, Scope.READ_INBOX, Scope.ACKNOWLEDGE_INBOX), member


_NUMBERS = count(9300)


@pytest.fixture
def journey(known: tuple[Line, System, System, Member]) -> Journey:
    return Journey(*known, f"C-{next(_NUMBERS)}")


@pytest.mark.parametrize("kind", KINDS)
def test_e_03_an_instrument_opens_what_it_lists_and_nothing_else(journey: Journey, kind: str) -> None:
    assert journey.records(kind).status == 201
    answer = journey.sends(kind)
    assert answer.status == 201, answer.body
    [message] = journey.received()
    told = message["document"]
    assert satisfies(told, "profile/police/investigation/1.0")
    assert told["situation"] == {"exploitation": [{"type": "forced_labour", "country": "IT"}]}
    assert CANARY not in json.dumps(message) + journey.log()


@pytest.mark.parametrize("kind", KINDS)
def test_m_09_no_instrument_opens_her_account(journey: Journey, kind: str) -> None:
    journey.records(kind, categories=[*ORDERED, "name", "narrative", "free_text"])
    answer = journey.sends(kind)
    assert answer.status == 201, answer.body
    assert "narrative" in answer.body["not_sent"], "and the sender is told"
    [message] = journey.received()
    assert message["document"]["subject"]["names"], "what is listed goes"
    assert "narrative" not in message["document"]["situation"]
    assert "at length" not in json.dumps(message) + journey.log()


@pytest.mark.parametrize("kind", KINDS)
def test_e_03_without_a_record_nothing_goes(journey: Journey, kind: str) -> None:
    assert reasons(journey.sends(kind)) == COLLAPSED
    assert journey.received() == []


@pytest.mark.parametrize("kind", KINDS)
def test_e_03_one_kind_is_not_the_other(journey: Journey, kind: str) -> None:
    [other] = {*KINDS} - {kind}
    journey.records(other)
    for ground in (kind, "", "break_glass"):
        assert journey.sends(ground).status == 403
    assert journey.received() == []


def test_e_03_a_record_needs_its_reference_and_whether_she_was_told(journey: Journey) -> None:
    for changes in ({"reference": ""}, {"person_told": "perhaps"}, {"categories": []}):
        assert journey.records("court_order", **changes).status == 422
    assert journey.sends("court_order").status == 403


def test_e_03_nobody_records_an_order_for_itself(journey: Journey) -> None:
    refused = journey.records("court_order", recipient=CLINIC)
    assert (refused.status, refused.body["code"]) == (422, "case_event_not_recordable")


@pytest.mark.parametrize("kind", KINDS)
def test_f_01_no_instrument_opens_enforcement(journey: Journey, kind: str) -> None:
    refused = journey.records(kind, recipient=ENFORCEMENT)
    assert (refused.status, refused.body["code"]) == (422, "case_event_not_recordable")
    journey.records(kind)
    assert journey.sends(kind, to=ENFORCEMENT).status == 403
