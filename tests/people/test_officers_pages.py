"""Inviting, granting and revoking on the pages: by another officer, with the passkey shown for exactly that."""

import asyncio
import re
from html import unescape

import pytest
from browsing import House
from builders import POLICE, SHELTER
from papers import BORDER

from gateway.core.officers import Action, Approval, OfficerRefusedError, Role
from gateway.people.sentences import sentence

INVITED = {"role": ["second_approver", "caseworker"], "agency": POLICE, "label": "Police second"}


def test_an_officer_invites_another_with_the_passkey(house: House) -> None:
    dpo, other = house.somebody(Role.DPO), house.browser()
    page = dpo.acts("invite", **INVITED)
    assert page.status_code == 200
    [link] = re.findall(r'value="https://gateway.example/people/enrol#([^"]{43})"', page.text)
    assert other.enrols(link).status_code == 200
    assert other.signs_in().status_code == 200
    [leaf] = house.leaves("officer.enrolled")[1:]
    assert (leaf["officer"], leaf["by"], leaf["roles"]) == (other.id, dpo.id, ["caseworker", "second_approver"])


def test_the_link_stands_on_one_page_once_and_is_not_kept(house: House) -> None:
    dpo = house.somebody(Role.DPO)
    [link] = re.findall(r"enrol#([^\"]{43})", dpo.acts("invite", **INVITED).text)
    assert link not in dpo.get("/people/officers").text


@pytest.mark.parametrize("role", [Role.SECOND_APPROVER, Role.ADVOCATE, Role.GUARDIAN])
def test_who_may_not_invite_sees_and_does_nothing(house: House, role: Role) -> None:
    browser = house.somebody(role)
    for answer in (browser.get("/people/officers"), browser.acts("invite", **INVITED)):
        assert answer.status_code == 403
        assert sentence("role_missing") in answer.text
    assert "/people/officers" not in browser.get("/people").text
    assert len(house.leaves("officer.invited")) == 1


def test_another_officers_passkey_invites_nobody(house: House) -> None:
    dpo, other = house.somebody(Role.DPO), house.somebody(Role.DPO)
    before = len(house.leaves("officer.invited"))
    assert dpo.acts("invite", key=other.key, **INVITED).status_code == 403
    assert len(house.leaves("officer.invited")) == before


@pytest.mark.parametrize("passkey", ["", "{}", "null", "[]", '{"rawId":"AAAA"}'])
def test_without_the_passkey_nothing_is_done(house: House, passkey: str) -> None:
    dpo = house.somebody(Role.DPO)
    assert dpo.submits("/people/do/invite", {**INVITED, "passkey": passkey}).status_code == 403
    assert len(house.leaves("officer.invited")) == 1


def test_nobody_grants_to_himself(house: House) -> None:
    dpo = house.somebody(Role.DPO)
    answer = dpo.acts("grant", officer=dpo.id, role=["dpo", "second_approver"])
    assert answer.status_code == 403
    assert sentence("granted_to_oneself") in answer.text
    assert house.leaves("officer.role_granted") == []


def test_roles_are_granted_by_another(house: House) -> None:
    dpo, other = house.somebody(Role.DPO), house.somebody(Role.GUARDIAN)
    assert dpo.acts("grant", officer=other.id, role=["advocate"]).status_code == 200
    assert "/people/approvals" in other.get("/people").text
    [leaf] = house.leaves("officer.role_granted")
    assert (leaf["officer"], leaf["by"], leaf["roles"]) == (other.id, dpo.id, ["advocate"])


def test_a_revoked_officer_is_out_at_once(house: House) -> None:
    dpo, other = house.somebody(Role.DPO), house.somebody(Role.DPO)
    assert dpo.acts("revoke", officer=other.id).status_code == 200
    assert other.get("/people").status_code == 303
    assert other.signs_in().status_code == 403


def test_nobody_invites_for_immigration_enforcement_or_for_an_agency_nobody_knows(house: House) -> None:
    """F-01: who may never receive has no officers here; one answer for both."""
    dpo = house.somebody(Role.DPO)
    answers = [dpo.acts("invite", **{**INVITED, "agency": agency}) for agency in (BORDER, "nobody")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].text == answers[1].text


def test_a_role_that_is_none_is_refused(house: House) -> None:
    assert house.somebody(Role.DPO).acts("invite", **{**INVITED, "role": "chief"}).status_code == 400


@pytest.mark.parametrize("act", ["grant", "revoke"])
def test_whose_account_it_is_stands_there_before_the_passkey_and_of_nobody_else_anything(
    house: House, act: str
) -> None:
    """Nobody knows a number by heart; and an agency's officer learns of no number whether it is another agency's."""
    dpo, theirs, gone = (house.somebody(Role.DPO, agency=agency) for agency in (POLICE, SHELTER, POLICE))
    colleague = house.somebody(Role.GUARDIAN, agency=POLICE, label="Night desk")
    assert dpo.acts("revoke", officer=gone.id).status_code == 200
    checked = dpo.submits(f"/people/check/{act}", {"officer": colleague.id, "role": "guardian"})
    assert [said in checked.text for said in ("Night desk", colleague.id, POLICE)] == [True] * 3
    answers = [
        dpo.submits(f"/people/check/{act}", {"officer": number, "role": "guardian"})
        for number in (theirs.id, gone.id, "0123456789ABCDEFGHJKMNPQRS")
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(403, answers[0].text)}
    assert sentence("officer_unknown") in answers[0].text


def test_an_agencys_officer_decides_about_that_agencys_officers_only(house: House) -> None:
    """Else it would make itself an officer of no agency, who judges what agencies did, or end one who does."""
    dpo, apart, theirs = (house.somebody(Role.DPO, agency=agency) for agency in (POLICE, None, SHELTER))
    refused = [dpo.acts("invite", role=["dpo"], label="Apart", **more) for more in ({}, {"agency": SHELTER})]
    assert {(answer.status_code, sentence("same_agency_only") in unescape(answer.text)) for answer in refused} == {
        (403, True)
    }
    granting, known = house.gateway.people.granting, house.gateway.people.signing.book.officer(dpo.id)
    assert known is not None
    for other in (apart, theirs):
        approval = Approval(known.officer, Action.REVOKE_OFFICER, other.id, house.clock.now(), known.head)
        with pytest.raises(OfficerRefusedError, match="same_agency_only"):
            asyncio.run(granting.revoke(other.id, approval))
    assert [other.get("/people").status_code for other in (apart, theirs)] == [200, 200]
    colleague = house.somebody(Role.GUARDIAN, agency=POLICE)
    listed = dpo.get("/people/officers").text
    assert [other.id in listed for other in (colleague, apart, theirs)] == [True, False, False]
    assert dpo.acts("grant", officer=colleague.id, role=["caseworker"]).status_code == 200
    assert dpo.acts("revoke", officer=colleague.id).status_code == 200
    assert dpo.acts("invite", **INVITED).status_code == 200
