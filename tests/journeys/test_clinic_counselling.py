"""Clinic to a small counselling service: the clinic's diagnosis stays, and so does everything she did not agree to."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from journeys.in_process import Line, a_line
from journeys.onward import agreed, fetched, values

from gateway.demo import messages
from gateway.demo.agencies import CLINIC, CLINIC_SYSTEM, NGO, NGO_SYSTEM
from gateway.demo.client import Answer
from gateway.demo.messages import Wish, routing, written
from schemas.documents import Json
from schemas.validation import satisfies
from schemas.vocabulary import DataCategory, Need, Purpose

PATIENT = "C-9004"
CANARY = "Quillwort-5512"
COUNSELLING = Purpose.PSYCHOLOGICAL
AGREED = (DataCategory.NEED, DataCategory.ALIAS, DataCategory.LANGUAGE, DataCategory.CONTACT)


@pytest.fixture
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with a_line(tmp_path_factory.mktemp("journey") / ".demo") as opened:
        agreed(opened, opened.world.members[CLINIC], opened.world.members[NGO], COUNSELLING)
        yield opened


def agrees(line: Line, *about: DataCategory) -> str:
    consent, active = line.world.record(Wish(PATIENT, CLINIC, NGO, COUNSELLING, about or AGREED))
    assert active
    return consent


def referral() -> dict[str, Json]:
    """A referral as a clinic would write it: health, names and an unsafe telephone stand beside what is needed."""
    return {
        "schema": "referral/1.0",
        "sender_reference": f"{CANARY[:8]}-77",
        "subject": {
            "person_ref": PATIENT,
            "names": [{"use": "official", "given": CANARY, "family": CANARY}],
            "alias": "Wren",
            "minor_status": "adult",
            "languages": [{"code": "vi", "preferred": True}],
            "contacts": [
                {"channel": "message", "value": "+00 555 0101", "safe": "yes"},
                {"channel": "phone", "value": "+00 555 0102", "safe": "no"},
            ],
        },
        "needs": [{"code": Need.MENTAL_HEALTH}],
        "health": {"notes": [{"text": CANARY}]},
    }


def refer(line: Line, **changes: Json) -> Answer:
    document = {name: member for name, member in {**referral(), **changes}.items() if member is not None}
    return line.world.systems[CLINIC_SYSTEM].post("/v1/referrals", written(document), routing(NGO, COUNSELLING))


def received(line: Line) -> list[Json]:
    return [document for _, document in fetched(line, line.world.systems[NGO_SYSTEM], line.world.members[NGO])]


def test_the_service_gets_what_she_agreed_to_and_no_field_more(line: Line) -> None:
    agrees(line)
    answer = refer(line, health=None)
    assert answer.status == 201, answer.body
    [message] = received(line)
    assert satisfies(message["document"], "profile/psychosocial/assistance.psychological/1.0")
    assert set(message["document"]["subject"]) == {"pseudonym", "alias", "languages", "contacts"}
    assert CANARY not in json.dumps(message)
    assert "names" in answer.body["not_sent"] or "name" in answer.body["not_sent"]


def test_m_07_a_telephone_that_is_not_safe_is_never_given_on(line: Line) -> None:
    agrees(line)
    refer(line, health=None)
    [message] = received(line)
    assert "+00 555 0101" in values(message["document"])
    assert "+00 555 0102" not in values(message["document"])


def test_c_01_what_she_did_not_agree_to_stays(line: Line) -> None:
    agrees(line, DataCategory.NEED)
    refer(line, health=None)
    [message] = received(line)
    assert set(message["document"]["subject"]) == {"pseudonym"}


def test_c_04_nothing_reaches_the_service_before_she_agreed(line: Line) -> None:
    assert refer(line, health=None).status == 403
    assert received(line) == []


def test_c_08_when_her_word_has_run_out_nothing_goes(line: Line) -> None:
    agrees(line)
    line.clock.ahead = timedelta(days=91)
    for system in line.world.systems.values():
        system.sign_in()
    assert refer(line, health=None).status == 403
    assert received(line) == []


def test_c_09_what_waits_is_stopped_when_she_takes_it_back(line: Line) -> None:
    agrees(line)
    assert refer(line, health=None).status == 201
    told = line.world.systems[CLINIC_SYSTEM].post("/v1/withdrawals", written({"person_ref": PATIENT}))
    assert (told.body["withdrawn"], told.body["stopped"]) == (1, 1)
    assert received(line) == []


def test_what_the_clinic_writes_beside_the_schema_is_refused_with_its_place(line: Line) -> None:
    agrees(line)
    refused = refer(line)
    assert refused.status == 422
    assert CANARY not in json.dumps(refused.body)
    assert messages.FIRST not in json.dumps(refused.body)
