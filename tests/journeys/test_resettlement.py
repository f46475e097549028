"""A resettlement office to a clinic: one woman of a household is referred, and the others are nobody's business."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from journeys.in_process import Line, a_line
from journeys.onward import agreed, fetched, joined, system

from gateway.clock import SystemClock
from gateway.core.access.scopes import Scope
from gateway.core.errors import RegistrationRefusedError
from gateway.demo.agencies import CLINIC, Member
from gateway.demo.client import Answer, System
from gateway.demo.messages import Wish, consent, routing, written
from schemas.documents import Json
from schemas.vocabulary import DataCategory, FunctionClass, Purpose

FORM = (Path(__file__).parents[1] / "adapters" / "errf" / "fixtures" / "alone.in.xml").read_text("utf-8")
MIRA, HIM = "812-00C04711", "812-00C04799"
OFFICE = "field-office"
HEALTH = Purpose.HEALTH
HIS = f"<dataIndividual><IndividualID>{HIM}</IndividualID><FamilyName>Holunder</FamilyName></dataIndividual>"
ESTIMATED = FORM.replace("<dataIndividualProcessGroup>", f"{HIS}<dataIndividualProcessGroup>", 1)
HOUSEHOLD = ESTIMATED.replace("<DateofBirthEstimate>true", "<DateofBirthEstimate>false")
FORBIDDEN = ("Holunder", HIM, "Ruben", "Alma", "iVBORw0KGgo", "Senafe", "Willow", "5550", "0000-4000-8000")


@pytest.fixture
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with a_line(tmp_path_factory.mktemp("journey") / ".demo") as opened:
        yield opened


@pytest.fixture
def member(line: Line) -> Member:
    made = joined(line, OFFICE, FunctionClass.IMMIGRATION_PROTECTION, "errf")
    agreed(line, made, line.world.members[CLINIC], HEALTH)
    return made


@pytest.fixture
def office(line: Line, member: Member) -> System:
    return system(line, member.id, *Scope)


def received(line: Line) -> list[Json]:
    reader = system(line, CLINIC, Scope.READ_INBOX, Scope.ACKNOWLEDGE_INBOX)
    return [document for _, document in fetched(line, reader, line.world.members[CLINIC])]


def agrees(office: System) -> None:
    about = (DataCategory.NEED, DataCategory.LANGUAGE, DataCategory.HEALTH_ACCESS)
    said = consent(Wish(MIRA, OFFICE, CLINIC, HEALTH, about), SystemClock().now())
    assert office.post("/v1/consents", written(said)).status == 201


def refer(office: System, named: str | None = MIRA, form: str = HOUSEHOLD) -> Answer:
    subject = {} if named is None else {"GX-Subject": named}
    headers = {**routing(CLINIC, HEALTH), "Content-Type": "application/xml", **subject}
    return office.post("/v1/referrals", form.encode(), headers)


def test_the_clinic_gets_her_need_and_languages_and_nothing_of_the_household(line: Line, office: System) -> None:
    agrees(office)
    answer = refer(office)
    assert answer.status == 201, answer.body
    [document] = received(line)
    text = json.dumps(document)
    assert "health.general" in text
    assert not [one for one in (*FORBIDDEN, MIRA, "Mira", "Lindenblatt") if one in text]


def test_m_12_of_a_household_nobody_is_guessed_and_nothing_is_kept(line: Line, office: System) -> None:
    agrees(office)
    answer = refer(office, named=None)
    assert (answer.status, answer.body["errors"]) == (
        422,
        [{"pointer": "/UNHCR_RRF/CASE/dataIndividual", "rule": "subject_unclear"}],
    )
    assert received(line) == []


def test_c_01_her_word_is_hers_and_not_her_households(office: System) -> None:
    agrees(office)
    assert refer(office, named=HIM).status == 403


def test_k_01_an_estimated_day_of_birth_makes_nobody_an_adult(office: System) -> None:
    agrees(office)
    assert refer(office, form=ESTIMATED).status == 403


def test_whose_system_only_writes_this_form_cannot_be_sent_anything(line: Line, member: Member) -> None:
    other = joined(line, "second-office", FunctionClass.HEALTH, "errf")
    with pytest.raises(RegistrationRefusedError, match="recipient_only_sends"):
        agreed(line, member, other, HEALTH)
