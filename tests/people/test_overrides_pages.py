"""Breaking the glass on the pages: a second person, with the passkey shown for exactly that (E-01)."""

import asyncio
import re
from datetime import timedelta
from itertools import count as count_from

import pytest
from browsing import House
from builders import POLICE, SHELTER

from gateway.core.answers import Recorded
from gateway.core.consents.desk import Actor
from gateway.core.officers import Role
from gateway.people.sentences import sentence

NECESSITY = "Marigold-7731 is in danger."
NUMBERS = count_from(1)


def asked(house: House) -> str:
    """Let the police's system ask to break the glass for somebody, and return the override's number."""
    ends = (house.clock.now() + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    terms = {
        "ground": "danger_to_life",
        "recipient": SHELTER,
        "purpose": "emergency",
        "ends": ends,
        "necessity": NECESSITY,
    }
    reference = f"P-override-{next(NUMBERS)}"
    document = {"schema": "case_event/1.0", "person_ref": reference, "event": {"override_requested": terms}}
    outcome = asyncio.run(house.gateway.door.cases.record(Actor(POLICE, None), document, f"key-of-{reference}"))
    assert isinstance(outcome, Recorded)
    return str(outcome.answer["event"])


def count(house: House, done: str) -> int:
    """How often the log says that this was done to an override today."""
    return len(house.leaves(f"case.override_{done}"))


def test_e_01_a_second_person_approves_stops_and_another_reviews(house: House) -> None:
    name = asked(house)
    second, dpo = house.somebody(Role.SECOND_APPROVER), house.somebody(Role.DPO)
    page = second.submits("/people/overrides", {"override": name})
    assert page.status_code == 200
    assert SHELTER in page.text
    assert NECESSITY not in page.text
    assert second.acts("approve-override", override=name).status_code == 200
    assert second.acts("stop-override", override=name).status_code == 200
    assert dpo.acts("review-override", override=name, finding="justified").status_code == 200
    assert [count(house, done) for done in ("requested", "approved", "stopped", "reviewed")] == [1, 1, 1, 1]


def test_e_01_who_is_no_second_person_approves_nothing(house: House) -> None:
    name = asked(house)
    caseworker = house.somebody(Role.CASEWORKER, agency=POLICE)
    for answer in (
        caseworker.submits("/people/overrides", {"override": name}),
        caseworker.acts("approve-override", override=name),
    ):
        assert answer.status_code == 403
        assert sentence("role_missing") in answer.text
    assert count(house, "approved") == 0


def test_e_01_without_the_passkey_or_with_anothers_nothing_is_approved(house: House) -> None:
    name = asked(house)
    second, other = house.somebody(Role.SECOND_APPROVER), house.somebody(Role.SECOND_APPROVER)
    assert second.submits("/people/do/approve-override", {"override": name, "passkey": "{}"}).status_code == 403
    assert second.acts("approve-override", key=other.key, override=name).status_code == 403
    assert count(house, "approved") == 0


@pytest.mark.parametrize("act", ["approve-override", "stop-override"])
def test_what_was_never_asked_for_is_not_there(house: House, act: str) -> None:
    answer = house.somebody(Role.SECOND_APPROVER).acts(act, override="0V000000000000000000009999")
    assert answer.status_code == 404
    assert sentence("override_unknown") in answer.text


def test_e_01_nobody_judges_what_they_approved_and_no_finding_is_invented(house: House) -> None:
    name = asked(house)
    dpo = house.somebody(Role.DPO)
    assert dpo.acts("approve-override", override=name).status_code == 200
    assert dpo.acts("review-override", override=name, finding="justified").status_code == 403
    assert dpo.acts("review-override", override=name, finding="splendid").status_code == 400


@pytest.mark.parametrize("apart", [{}, {"agency": POLICE}], ids=["of no agency", "of its own"])
def test_e_01_an_agency_makes_up_no_second_person_for_what_its_own_system_asks(
    house: House, apart: dict[str, str]
) -> None:
    name, dpo, made_up = asked(house), house.somebody(Role.DPO, agency=POLICE), house.browser()
    page = dpo.acts("invite", role=["second_approver"], label="Made up", **apart)
    for link in re.findall(r'enrol#([^"]{43})"', page.text):
        assert made_up.enrols(link).status_code == 200
        assert made_up.signs_in().status_code == 200
    assert made_up.acts("approve-override", override=name).status_code != 200
    assert count(house, "approved") == 0
