"""Lifting a lock on probing on the pages: a data-protection officer of no agency, with the passkey for exactly that."""

import asyncio
from datetime import datetime, timedelta

import pytest
from browsing import House, read_check
from builders import NOON, POLICE, SHELTER

from gateway.core.crypto.blind import blind_pair
from gateway.core.officers import Role
from gateway.core.ports import Needs
from gateway.core.rows import LockRow, StrikeRow
from gateway.people.sentences import sentence

WHY = "looked_into"


class Locking:
    """What the line writes when a system tried too many."""

    def __init__(self, pair: bytes, at: datetime) -> None:
        self.pair, self.at = pair, at
        self.needs = Needs()

    def apply(self, transaction: object) -> None:
        transaction.add(StrikeRow(self.pair, SHELTER, self.at))
        transaction.add(LockRow(self.pair, POLICE, self.at))


def locked(house: House, reference: str, at: datetime = NOON) -> dict[str, str]:
    """Lock what the police's operator previewed under a reference; return what the form says."""
    pair = blind_pair(house.gateway.base.ring, f"operator:{POLICE}", reference)

    async def lock() -> None:
        await house.gateway.writer.record(Locking(pair, at))

    asyncio.run(lock())
    return {"agency": POLICE, "person_ref": reference, "reason": WHY}


def test_a_01_what_is_locked_is_read_then_lifted_once(house: House) -> None:
    asked, dpo = locked(house, "P-locked-1"), house.somebody(Role.DPO)
    assert "/people/probing" in dpo.get("/people").text
    assert dpo.get("/people/probing").status_code == 200
    checked = dpo.submits("/people/check/release-probing", asked)
    _, _, subject = read_check(checked.text)
    assert asked["person_ref"] not in subject
    assert subject.endswith(WHY)
    assert len(house.leaves("officer.looked_up")) == 1
    assert dpo.acts("release-probing", **asked).status_code == 200
    [leaf] = house.leaves("probe.released")
    assert (leaf["sender"], leaf["officer"], leaf["reasons"]) == (POLICE, dpo.id, [WHY])
    again = dpo.acts("release-probing", **asked)
    assert (again.status_code, sentence("not_locked") in again.text) == (404, True)


def test_without_the_passkey_or_with_anothers_or_without_a_reason_nothing_is_lifted(house: House) -> None:
    asked, dpo, other = locked(house, "P-locked-2"), house.somebody(Role.DPO), house.somebody(Role.DPO)
    assert dpo.submits("/people/do/release-probing", {**asked, "passkey": "{}"}).status_code == 403
    assert dpo.acts("release-probing", key=other.key, **asked).status_code == 403
    for wrong in ({"reason": "she is nice"}, {"reason": ""}, {"person_ref": ""}, {"agency": ""}):
        assert dpo.acts("release-probing", **{**asked, **wrong}).status_code == 400
    assert house.leaves("probe.released") == []


@pytest.mark.parametrize(
    ("role", "agency", "code"),
    [
        (Role.SECOND_APPROVER, None, "role_missing"),
        (Role.OPERATOR, None, "role_missing"),
        (Role.DPO, POLICE, "no_agencys_officer"),
        (Role.DPO, SHELTER, "no_agencys_officer"),
    ],
)
def test_nobody_else_lifts_it(house: House, role: Role, agency: str | None, code: str) -> None:
    asked, browser = locked(house, f"P-locked-{role}-{agency}"), house.somebody(role, agency=agency)
    answer = browser.acts("release-probing", **asked)
    assert (answer.status_code, sentence(code) in answer.text) == (403, True)
    assert "/people/probing" not in browser.get("/people").text
    assert house.leaves("probe.released") == []


def test_who_is_locked_at_the_gateways_own_socket_does_not_lift_it(house: House) -> None:
    asked, both = locked(house, "P-locked-3"), house.somebody(Role.DPO, Role.OPERATOR)
    answer = both.acts("release-probing", **asked)
    assert (answer.status_code, sentence("second_person_needed") in answer.text) == (403, True)
    assert house.leaves("probe.released") == []


def test_an_officer_of_none_reads_which_agency_is_locked_and_since_when_until_it_is_lifted(house: House) -> None:
    since = NOON - timedelta(days=3)
    asked, dpo = locked(house, "P-locked-4", since), house.somebody(Role.DPO)
    row = f'({POLICE})</th><td class="when">{since:%Y-%m-%d %H:%M}</td>'
    listed = dpo.get("/people/probing").text
    assert row in listed
    assert "P-locked-4" not in listed, "the reference is the agency's to say (P-02)"
    assert dpo.acts("release-probing", **asked).status_code == 200
    assert row not in dpo.get("/people/probing").text


@pytest.mark.parametrize(("role", "agency"), [(Role.DPO, POLICE), (Role.OPERATOR, None), (Role.ADVOCATE, None)])
def test_which_agency_is_locked_is_for_officers_of_none(house: House, role: Role, agency: str | None) -> None:
    locked(house, f"P-locked-5-{role}")
    answer = house.somebody(role, agency=agency).get("/people/probing")
    assert (answer.status_code, "Since (UTC)" in answer.text) == (403, False)
