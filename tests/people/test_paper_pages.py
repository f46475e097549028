"""Her receipt on the pages: for who cares for her, without a name of ours on it."""

from browsing import House
from builders import POLICE
from papers import ADVISERS
from people.test_consents_pages import record

from gateway.core.officers import Role
from gateway.people.sentences import sentence


def test_c_18_a_caseworker_shows_her_what_was_recorded(house: House) -> None:
    caseworker = house.somebody(Role.CASEWORKER, agency=ADVISERS)
    consent = record(caseworker, "P-paper")
    answer = caseworker.submits("/people/paper", {"consent": consent})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert "We may tell a housing service." in answer.text
    assert "Gateway" not in answer.text
    assert "paper" in caseworker.get("/people/paper").text


def test_c_18_it_is_not_handed_out_where_nobody_recorded_that_it_is_safe(house: House) -> None:
    caseworker = house.somebody(Role.CASEWORKER, agency=ADVISERS)
    answer = caseworker.submits("/people/paper", {"consent": record(caseworker, "P-unsafe"), "taken": "yes"})
    assert (answer.status_code, sentence("not_safe_to_give") in answer.text) == (409, True)


def test_c_18_she_takes_it_with_her_where_it_was_recorded_as_safe(house: House) -> None:
    caseworker = house.somebody(Role.CASEWORKER, agency=ADVISERS)
    consent = record(caseworker, "P-safe", safe_to_give="yes")
    answer = caseworker.submits("/people/paper", {"consent": consent, "taken": "yes"})
    assert answer.status_code == 200
    assert "Or give this code" in answer.text
    assert house.leaves("receipt.given")


def test_nobody_sees_another_agencys(house: House) -> None:
    consent = record(house.somebody(Role.CASEWORKER, agency=ADVISERS), "P-theirs")
    other = house.somebody(Role.CASEWORKER, agency=POLICE)
    assert other.submits("/people/paper", {"consent": consent}).status_code == 404


def test_other_roles_make_none(house: House) -> None:
    dpo = house.somebody(Role.DPO)
    assert dpo.get("/people/paper").status_code == 403
    assert dpo.submits("/people/paper", {"consent": "0" * 26, "agency": ADVISERS}).status_code == 403
