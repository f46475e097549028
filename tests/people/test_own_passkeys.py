"""A second passkey: made by a link of one's own, removed by oneself, and never the last."""

import re
from datetime import timedelta

import pytest
from browsing import Browser, House

from gateway.core.encoding import base64url
from gateway.core.officers import Role
from gateway.people.sentences import sentence


def link(browser: Browser) -> str:
    page = browser.acts("add-passkey", officer=browser.id)
    assert page.status_code == 200, page.text
    [found] = re.findall(r'enrol#([^"]{43})"', page.text)
    return str(found)


@pytest.fixture
def officer(house: House) -> Browser:
    return house.somebody(Role.DPO)


@pytest.fixture
def second(house: House, officer: Browser) -> Browser:
    """The same officer at another device."""
    other = house.browser()
    assert other.enrols(link(officer)).status_code == 200
    return other


def test_both_passkeys_are_one_officer(house: House, officer: Browser, second: Browser) -> None:
    assert second.signs_in().status_code == 200
    assert officer.id in second.get("/people").text
    assert second.get("/people/passkeys").text.count("<section") == 2
    [leaf] = house.leaves("officer.passkey_added")
    assert leaf["officer"] == officer.id


def test_a_link_makes_one_passkey(house: House, officer: Browser) -> None:
    found = link(officer)
    assert house.browser().enrols(found).status_code == 200
    assert house.browser().enrols(found).status_code == 403


def test_a_link_ends_after_minutes_and_with_the_officer(house: House, officer: Browser) -> None:
    late, other = link(officer), house.somebody(Role.DPO)
    house.clock.advance(timedelta(minutes=15))
    assert house.browser().enrols(late).status_code == 403
    officer.signs_in()
    ended = link(officer)
    other.signs_in()
    assert other.acts("revoke", officer=officer.id).status_code == 200
    assert house.browser().enrols(ended).status_code == 403


def test_the_last_one_is_never_removed(officer: Browser) -> None:
    answer = officer.acts("remove-passkey", credential=base64url(officer.key.id))
    assert (answer.status_code, sentence("last_passkey") in answer.text) == (409, True)
    assert "remove-passkey" not in officer.get("/people/passkeys").text


def test_a_removed_one_opens_nothing_and_every_session_is_over(officer: Browser, second: Browser) -> None:
    second.signs_in()
    assert second.acts("remove-passkey", credential=base64url(officer.key.id)).status_code == 200
    assert [one.get("/people").status_code for one in (officer, second)] == [303, 303]
    assert officer.signs_in().status_code == 403
    assert second.signs_in().status_code == 200


def test_nobody_removes_anothers(house: House, officer: Browser, second: Browser) -> None:
    other = house.somebody(Role.DPO)
    assert other.acts("remove-passkey", credential=base64url(second.key.id)).status_code == 404
    assert officer.acts("remove-passkey", key=other.key, credential=base64url(second.key.id)).status_code == 403
    assert second.signs_in().status_code == 200


def test_what_is_no_passkey_is_unknown(officer: Browser) -> None:
    assert officer.acts("remove-passkey", credential="!").status_code == 404


def test_a_link_ends_with_any_passkey_that_is_removed(house: House, officer: Browser, second: Browser) -> None:
    """Whoever stole the passkey that goes may have written it, for a passkey of its own or for an officer made up."""
    own = link(officer)
    page = officer.acts("invite", role=["second_approver"], agency="", label="Made up")
    [made_up] = re.findall(r'enrol#([^"]{43})"', page.text)
    second.signs_in()
    assert second.acts("remove-passkey", credential=base64url(officer.key.id)).status_code == 200
    assert [house.browser().enrols(one).status_code for one in (own, made_up)] == [403, 403]
