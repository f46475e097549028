"""A country profile counts once two officers, of whom neither let in the other, approved its digest with a passkey."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from browsing import Browser, House
from builders import POLICE
from operators import SECRET, Operator, moved

from consent.policy import Policy
from gateway.app import create_app
from gateway.core.errors import OperatorError
from gateway.core.officers import Role
from gateway.core.oversight.national import policy_in
from gateway.core.oversight.policy_approval import PolicyApprovals, Proposal
from gateway.people.sentences import sentence
from gateway.settings import Settings
from gateway.wiring import build
from schemas.documents import Json

SHIPPED: dict[str, Json] = json.loads(files("consent").joinpath("protective.json").read_text("ascii"))
REPLAY = {"decided_again": 12, "left_out": 1, "would_newly_stop": [{"sender": "a", "decisions": 3}]}


def profile(days: int) -> dict[str, Json]:
    """A profile like the one that ships, but for how long a consent lasts where nothing is said."""
    return {**SHIPPED, "default_consent_days": days}


def policy(days: int) -> Policy:
    return policy_in(json.dumps(profile(days)).encode(), "XX")


def proposed(house: House, days: int) -> str:
    """Let the operator propose a profile, and return its digest."""
    approvals = house.gateway.people.policies
    return asyncio.run(approvals.propose(policy(days), profile(days), REPLAY)).digest


def waiting(house: House, digest: str) -> Proposal:
    return house.gateway.people.policies.standing().proposals[digest]


@pytest.fixture
def two(house: House) -> tuple[Browser, Browser]:
    """Two officers whom the operator invited."""
    return house.somebody(Role.DPO), house.somebody(Role.SECOND_APPROVER)


def test_two_officers_approve_what_they_read(house: House, two: tuple[Browser, Browser]) -> None:
    digest = proposed(house, 30)
    page = two[0].get("/people/policies")
    for shown in (
        digest,
        "default consent days: 90 becomes 30",
        "Past decisions looked at",
        "<dd>12</dd>",
        "<dd>3</dd>",
    ):
        assert shown in page.text
    for officer in two:
        assert officer.acts("approve-policy", policy=digest).status_code == 200
    assert waiting(house, digest).approved_by == tuple(officer.id for officer in two)
    found = [(leaf["policy"], leaf["officer"]) for leaf in house.leaves("policy.approved")]
    assert found == [(digest, officer.id) for officer in two]
    assert [leaf["policy"] for leaf in house.leaves("policy.proposed")] == [digest]


def test_nobody_approves_twice(house: House, two: tuple[Browser, Browser]) -> None:
    digest = proposed(house, 31)
    assert two[0].acts("approve-policy", policy=digest).status_code == 200
    again = two[0].acts("approve-policy", policy=digest)
    assert again.status_code == 409
    assert sentence("policy_approved_already") in again.text
    assert len(waiting(house, digest).approved_by) == 1
    assert "It waits for somebody else than you." in two[0].get("/people/policies").text


def test_whom_the_first_invited_is_no_second_person_in_either_order(house: House) -> None:
    dpo, invited = house.somebody(Role.DPO), house.browser()
    page = dpo.acts("invite", role=["second_approver"], label="Second")
    link = page.text.split("/people/enrol#", 1)[1][:43]
    assert invited.enrols(link).status_code == 200
    assert invited.signs_in().status_code == 200
    for days, (first, second) in ((32, (dpo, invited)), (33, (invited, dpo))):
        digest = proposed(house, days)
        assert first.acts("approve-policy", policy=digest).status_code == 200
        answer = second.acts("approve-policy", policy=digest)
        assert answer.status_code == 403
        assert sentence("second_person_needed") in answer.text


@pytest.mark.parametrize("role", [Role.ADVOCATE, Role.GUARDIAN, Role.OPERATOR])
def test_other_roles_see_and_approve_nothing(house: House, role: Role) -> None:
    digest, browser = proposed(house, 34), house.somebody(role)
    for answer in (browser.get("/people/policies"), browser.acts("approve-policy", policy=digest)):
        assert answer.status_code == 403
        assert sentence("role_missing") in answer.text
    assert "/people/policies" not in browser.get("/people").text


def test_without_the_passkey_or_with_anothers_nothing_is_approved(house: House, two: tuple[Browser, Browser]) -> None:
    digest = proposed(house, 35)
    assert two[0].submits("/people/do/approve-policy", {"policy": digest, "passkey": "{}"}).status_code == 403
    assert two[0].acts("approve-policy", key=two[1].key, policy=digest).status_code == 403
    assert two[0].acts("approve-policy", policy="0" * 64).status_code == 404
    assert waiting(house, digest).approved_by == ()


def test_a_caseworkers_second_role_is_enough_and_her_agency_changes_nothing(house: House) -> None:
    digest = proposed(house, 36)
    browser = house.somebody(Role.CASEWORKER, Role.SECOND_APPROVER, agency=POLICE)
    assert browser.acts("approve-policy", policy=digest).status_code == 200


def test_what_waits_is_not_proposed_again_and_keeps_its_approvals(house: House, two: tuple[Browser, Browser]) -> None:
    digest = proposed(house, 37)
    assert two[0].acts("approve-policy", policy=digest).status_code == 200
    assert proposed(house, 37) == digest
    assert len(waiting(house, digest).approved_by) == 1
    assert len(house.leaves("policy.proposed")) == 1


class TestTheStart:
    """What `serve` may begin with; each is a gateway of its own."""

    @pytest.fixture
    def own(self, template: Operator, tmp_path: Path) -> Iterator[House]:
        found = House.of(moved(template, tmp_path / "o"))
        yield found
        found.gateway.close()

    def test_only_what_two_approved_counts_and_each_coming_into_force_uses_them_up(self, own: House) -> None:
        first, second = own.somebody(Role.DPO), own.somebody(Role.DPO)
        digest = proposed(own, 30)
        assert_refused(own, 30)
        first.acts("approve-policy", policy=digest)
        assert_refused(own, 30)
        second.acts("approve-policy", policy=digest)
        begins(own, 30)
        begins(own, 30)
        assert [leaf["policy"] for leaf in own.leaves("policy.loaded")] == [digest]
        assert own.gateway.people.policies.standing().approved
        assert_refused(own, None, shipped=True)
        assert_refused(own, 31)

    def test_the_approval_of_who_was_revoked_since_does_not_count(self, own: House) -> None:
        first, second = own.somebody(Role.DPO), own.somebody(Role.DPO)
        digest = proposed(own, 30)
        for officer in (first, second):
            officer.acts("approve-policy", policy=digest)
        asyncio.run(own.gateway.people.granting.revoke(first.id, None))
        assert_refused(own, 30)
        third = own.somebody(Role.SECOND_APPROVER)
        assert third.acts("approve-policy", policy=digest).status_code == 200
        begins(own, 30)

    def test_what_was_approved_beside_one_that_began_is_approved_anew(self, own: House) -> None:
        """They approved what it changed against the profile before; going on with it now would undo the other."""
        officers = own.somebody(Role.DPO), own.somebody(Role.DPO)
        for digest in (proposed(own, 30), proposed(own, 31)):
            for officer in officers:
                officer.acts("approve-policy", policy=digest)
        begins(own, 30)
        assert_refused(own, 31)
        assert officers[0].acts("approve-policy", policy=policy(31).digest).status_code == 404
        assert waiting(own, proposed(own, 31)).approved_by == ()

    def test_going_on_with_the_same_one_leaves_what_waits(self, own: House) -> None:
        officers = own.somebody(Role.DPO), own.somebody(Role.DPO)
        digest, other = proposed(own, 30), proposed(own, 31)
        for officer in officers:
            officer.acts("approve-policy", policy=digest)
        begins(own, 30)
        for approved in (proposed(own, 30), proposed(own, 31)):
            officers[0].acts("approve-policy", policy=approved)
        officers[1].acts("approve-policy", policy=digest)
        begins(own, 30)
        assert waiting(own, other).approved_by == (officers[0].id,)

    def test_while_nobody_was_ever_enrolled_any_begins_and_what_ships_goes_on(self, own: House) -> None:
        begins(own, 30)
        officer = own.somebody(Role.DPO)
        assert_refused(own, 30)
        for _ in range(2):
            begins(own, None, shipped=True)
        assert len(own.leaves("policy.loaded")) == 2
        asyncio.run(own.gateway.people.granting.revoke(officer.id, None))
        assert_refused(own, 30)

    def test_a_gateway_does_not_serve_with_one_that_nobody_approved(self, template: Operator, tmp_path: Path) -> None:
        operator = moved(template, tmp_path / "o")
        house = House.of(operator)
        house.somebody(Role.DPO)
        house.gateway.close()
        file = operator.paper("profile.json", profile(30))
        with pytest.raises(OperatorError, match="policy propose"):
            asyncio.run(served(Settings(data=operator.data, secret=SECRET, country_profile=file)))


async def served(settings: Settings) -> None:
    """Begin to serve and end."""
    app = create_app(build(settings))
    async with app.router.lifespan_context(app):
        pass


def beginning(house: House, days: int | None) -> PolicyApprovals:
    found = house.gateway.people.policies
    return found if days is None else replace(found, policy=policy(days))


def begins(house: House, days: int | None, *, shipped: bool = False) -> None:
    asyncio.run(beginning(house, days).begin(shipped=shipped))


def assert_refused(house: House, days: int | None, *, shipped: bool = False) -> None:
    with pytest.raises(OperatorError, match="two officers have not approved"):
        asyncio.run(beginning(house, days).begin(shipped=shipped))
