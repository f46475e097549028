"""The start page: what an officer may do, in groups, and no link to a page that would not let him or her in."""

import re

import pytest
from browsing import Browser, House
from builders import POLICE, SHELTER
from papers import ADVISERS

from gateway.core.officers import Role

WAY = re.compile(r'<li><a href="(/people/[a-z/-]+)">')
EVERYBODY = [
    *((role, None) for role in (Role.DPO, Role.SECOND_APPROVER, Role.ADVOCATE, Role.OPERATOR)),
    *((role, ADVISERS) for role in (Role.DPO, Role.SECOND_APPROVER, Role.CASEWORKER, Role.OPERATOR)),
]


def ways(browser: Browser) -> list[str]:
    return WAY.findall(browser.get("/people").text)


@pytest.mark.parametrize(("role", "agency"), EVERYBODY)
def test_every_link_of_the_start_page_lets_in_whom_it_is_shown_to(house: House, role: Role, agency: str | None) -> None:
    browser = house.somebody(role, agency=agency)
    shown = ways(browser)
    assert len(shown) == len(set(shown)) > 0
    assert {way: browser.get(way).status_code for way in shown} == dict.fromkeys(shown, 200)


def test_nobody_is_shown_what_is_anothers(house: House) -> None:
    shown = {one: set(ways(house.somebody(one[0], agency=one[1]))) for one in EVERYBODY}
    assert {"/people/histories", "/people/log", "/people/probing"} <= shown[Role.DPO, None]
    assert not {"/people/histories", "/people/log", "/people/probing"} & shown[Role.DPO, ADVISERS]
    assert "/people/consents/record" in shown[Role.CASEWORKER, ADVISERS]
    assert "/people/consents/record" not in shown[Role.ADVOCATE, None]
    assert "/people/consents/withdraw" in shown[Role.ADVOCATE, None]
    assert "/people/erasures" not in shown[Role.SECOND_APPROVER, None]


def test_a_group_without_a_link_has_no_heading(house: House) -> None:
    advocate = house.somebody(Role.ADVOCATE).get("/people").text
    assert "For a person" in advocate
    assert "Look, and prove" not in advocate


def offered(browser: Browser, path: str) -> set[str]:
    found = re.search(r'<datalist id="agencies">(.*?)</datalist>', browser.get(path).text)
    return set(re.findall(r'value="([^"]*)"', found.group(1))) if found else set()


def test_an_officer_of_none_is_offered_every_agency_by_name(house: House) -> None:
    dpo = house.somebody(Role.DPO)
    for path in ("/people", "/people/histories", "/people/probing", "/people/erasures", "/people/officers"):
        assert {POLICE, SHELTER} <= offered(dpo, path), path
        assert 'list="agencies"' in dpo.get(path).text


def test_m_04_an_agencys_officer_is_offered_those_it_has_an_agreement_to_send_to_and_an_advocate_nobody(
    house: House,
) -> None:
    assert offered(house.somebody(Role.CASEWORKER, agency=POLICE), "/people/consents/record") == {SHELTER}
    assert offered(house.somebody(Role.CASEWORKER, agency=ADVISERS), "/people/consents/record") == set()
    assert offered(house.somebody(Role.DPO, agency=ADVISERS), "/people/erasures") == set()
    assert offered(house.somebody(Role.ADVOCATE), "/people") == set()
