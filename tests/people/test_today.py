"""What waits today: numbers on the start page, each with the page where it is done, and nothing for whom it is not."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from browsing import House
from builders import POLICE, SHELTER
from operators import Operator, moved
from papers import ADVISERS
from stores import Doing
from told import overridden, recorded, told

from consent.policy import Policy
from gateway.core.answers import Recorded
from gateway.core.consents.desk import Actor
from gateway.core.consents.desk_items import Changed
from gateway.core.crypto.blind import blind_pair
from gateway.core.officers import Officer, OfficerRefusedError, Role
from gateway.core.rows import LockRow
from gateway.courier.duties import escalate
from gateway.people.sentences import sentence
from gateway.people.today import waiting
from schemas.breach_codes import WhyNotTold
from schemas.documents import Json

NOBODY = WhyNotTold.NO_SAFE_WAY.value
NOTHING = "Nothing is waiting."
APART = Officer("0FF1CERD0000000000000000A1", None, frozenset({Role.DPO}))


@pytest.fixture
def house(template: Operator, tmp_path: Path) -> Iterator[House]:
    """A gateway of each test's own: what waits is counted over everybody."""
    found = House.of(moved(template, tmp_path / "o"))
    found.clock.advance(timedelta(days=1))
    yield found
    found.gateway.close()


def counts(house: House, officer: Officer = APART) -> dict[str, tuple[int, int]]:
    """How much waits for an officer on each page, and how much of it is late."""
    return {one.page.removeprefix("/people/"): (one.count, one.late) for one in waiting(house.gateway.people, officer)}


def a_day_later(house: House, days: int = 1) -> None:
    house.clock.advance(timedelta(days=days))


def case(house: House, reference: str, event: dict[str, Json]) -> None:
    document: dict[str, Json] = {"schema": "case_event/1.0", "person_ref": reference, "event": event}
    said = asyncio.run(house.gateway.door.cases.record(Actor(POLICE, None), document, f"case of {reference}"))
    assert isinstance(said, Recorded)


def test_a_day_on_which_nothing_waits_says_so_and_other_roles_are_told_nothing(house: House) -> None:
    assert counts(house) == {}
    assert NOTHING in house.somebody(Role.DPO).get("/people").text
    assert "What waits today" not in house.somebody(Role.CASEWORKER, agency=ADVISERS).get("/people").text


def test_e_01_broken_glass_waits_until_somebody_judges_it_also_after_it_was_told_to_be_late(house: House) -> None:
    dpo, second = house.somebody(Role.DPO), house.somebody(Role.SECOND_APPROVER)
    name = overridden(house, "P-today-1")
    assert counts(house) == {}, "nobody approved it yet"
    assert second.acts("approve-override", override=name).status_code == 200
    assert counts(house)["overrides"] == (1, 0)
    page = dpo.get("/people/overrides").text
    assert name in page
    assert SHELTER not in page
    a_day_later(house, 1 + Policy().clocks.override_review_hours // 24)
    asyncio.run(house.gateway.door.overrides.watch())
    asyncio.run(house.gateway.door.overrides.watch())
    assert counts(house)["overrides"] == (1, 1)
    assert dpo.signs_in().status_code == 200
    assert "(1 late)" in dpo.get("/people").text
    assert "which is over" in dpo.get("/people/overrides").text
    assert dpo.acts("review-override", override=name, finding="justified").status_code == 200
    assert counts(house) == {}
    assert name not in dpo.get("/people/overrides").text


def test_c_10_a_recipient_that_has_to_answer_waits_and_is_late_after_its_time(house: House) -> None:
    decision, dpo = told(house, "P-today-2"), house.somebody(Role.DPO)
    assert "Every recipient has answered." in dpo.get("/people/deadlines").text
    door = house.gateway.door
    stopped = asyncio.run(door.desk.withdraw(Actor(POLICE, None), "P-today-2", None))
    assert isinstance(stopped, Changed)
    assert counts(house) == {"deadlines": (1, 0)}
    page = dpo.get("/people/deadlines").text
    assert decision in page
    assert "This is over." not in page
    a_day_later(house, 60)
    assert asyncio.run(escalate(house.gateway.writer, house.gateway.base.entropy)) is False
    assert counts(house) == {"deadlines": (1, 1)}
    assert dpo.signs_in().status_code == 200
    assert "This is over." in dpo.get("/people/deadlines").text
    assert "P-today-2" not in dpo.get("/people/deadlines").text


def test_k_07_a_child_of_whom_nobody_was_told_stands_beside_it_without_a_name(house: House) -> None:
    case(house, "P-today-3", {"child_heard": {"informed": "yes", "views": "agrees"}})
    page = unescape(house.somebody(Role.DPO).get("/people/deadlines").text)
    _, children = page.split("Children of whom")
    assert POLICE in children
    assert "P-today-3" not in page
    a_day_later(house, 30)
    assert "This is over." in house.somebody(Role.DPO).get("/people/deadlines").text.split("Children of whom")[1]


def test_c_19_a_consent_that_waits_is_counted_for_whoever_may_confirm_it_and_for_nobody_else(house: House) -> None:
    taken: Json = {"agency": POLICE, "name": "Invented Worker"}
    recorded(house, "P-today-4", taken_by=taken)
    second = Officer("0FF1CERD0000000000000000A2", None, frozenset({Role.SECOND_APPROVER}))
    assert counts(house, second) == {"approvals": (1, 0)}
    assert counts(house, Officer("0FF1CERD0000000000000000A3", POLICE, frozenset({Role.DPO}))) == {}
    assert "second person: 1<" in house.somebody(Role.SECOND_APPROVER).get("/people").text


def test_a_05_a_breach_is_counted_until_it_is_closed_and_late_after_its_time(house: House) -> None:
    dpo = house.somebody(Role.DPO)
    noticed = house.clock.now().strftime("%Y-%m-%dT%H:%M")
    asked = {"kind": "wrong_recipient", "noticed": noticed, "agencies": POLICE, "referrals": ""}
    assert dpo.acts("record-breach", **asked).status_code == 200
    assert counts(house)["breaches"] == (1, 0)
    a_day_later(house, 4)
    assert counts(house)["breaches"] == (1, 1)
    [breach] = house.gateway.people.breaches.book.breaches()
    assert dpo.signs_in().status_code == 200
    for step, said in (("authority_told", ""), ("agency_told", POLICE), ("persons_not_needed", NOBODY), ("closed", "")):
        assert dpo.acts("follow-breach", breach=breach.id, step=step, said=said).status_code == 200
    assert "breaches" not in counts(house)


def test_a_01_a_lock_that_nobody_lifted_is_counted(house: House) -> None:
    pair = blind_pair(house.gateway.base.ring, f"operator:{POLICE}", "P-today-5")

    async def locks() -> None:
        await house.gateway.writer.record(
            Doing(lambda transaction: transaction.add(LockRow(pair, POLICE, transaction.now)))
        )

    asyncio.run(locks())
    assert counts(house)["probing"] == (1, 0)
    asked = {"agency": POLICE, "person_ref": "P-today-5", "reason": "looked_into"}
    assert house.somebody(Role.DPO).acts("release-probing", **asked).status_code == 200
    assert "probing" not in counts(house)


@pytest.mark.parametrize(
    ("role", "agency", "code"),
    [(Role.DPO, POLICE, "no_agencys_officer"), (Role.ADVOCATE, None, "role_missing")],
)
def test_m_04_who_still_has_to_answer_is_for_officers_of_no_agency(
    house: House, role: Role, agency: str | None, code: str
) -> None:
    other = house.somebody(role, agency=agency)
    answer = other.get("/people/deadlines")
    assert (answer.status_code, sentence(code) in unescape(answer.text)) == (403, True)
    with pytest.raises(OfficerRefusedError) as refused:
        house.gateway.door.overrides.unjudged(Officer("0FF1CERD0000000000000000A4", agency, frozenset({role})))
    assert refused.value.code == code
