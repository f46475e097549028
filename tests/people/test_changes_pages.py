"""What happens to a consent, written down on the pages by the agency that recorded it."""

import pytest
from browsing import Browser, House
from builders import POLICE
from papers import ADVISERS, MARK
from people.test_consents_pages import FORM, record, stands

from gateway.core.officers import Role
from gateway.people.sentences import sentence

WHO = {"mechanism": "oral", "taker": MARK, "taken_at": "2031-03-14T09:45"}
INFORMED = {
    **{name: FORM[name] for name in ("text_version", "text_sha256", "text_language", "person_languages")},
    "interpreter": "",
    "information_confirmed": "yes",
    "given_by": "self",
}


@pytest.fixture
def caseworker(house: House) -> Browser:
    return house.somebody(Role.CASEWORKER, agency=ADVISERS)


def happens(browser: Browser, consent: str, kind: str, key: str = "", **fields: object) -> int:
    form = {"consent": consent, "type": kind, "key": key or f"a-key-for-{kind}-{consent}", **fields}
    return browser.submits("/people/consents/change", form).status_code


def test_c_16_she_agrees_to_less(house: House, caseworker: Browser) -> None:
    consent = record(caseworker, "P-less")
    assert happens(caseworker, consent, "narrowed", **WHO, category=["need"]) == 200
    assert stands(house, consent).categories == {"need"}
    [leaf] = house.leaves("consent.narrowed")
    assert leaf["officer"] == caseworker.id


def test_c_12_what_was_asked_is_given_refused_or_deferred(house: House, caseworker: Browser) -> None:
    for kind, more in (("given", INFORMED), ("refused", INFORMED), ("deferred", {})):
        consent = record(caseworker, f"P-{kind}", state="requested", key=f"first-key-{kind}")
        assert happens(caseworker, consent, kind, **WHO, **more) == 200
        assert stands(house, consent).state.value == kind


def test_c_08_she_says_yes_again(house: House, caseworker: Browser) -> None:
    consent = record(caseworker, "P-again")
    assert happens(caseworker, consent, "renewed", **WHO, **INFORMED, valid_until="2031-09-01T00:00") == 200
    assert (stands(house, consent).state.value, stands(house, consent).ends.month) == ("renewed", 9)


def test_somebody_else_ends_it_or_it_never_was(house: House, caseworker: Browser) -> None:
    for kind, more in (("revoked", {"revoked_by": "guardian"}), ("invalidated", {"reason": "wrong_person"})):
        consent = record(caseworker, f"P-{kind}", key=f"first-key-{kind}")
        assert happens(caseworker, consent, kind, **more) == 200
        assert stands(house, consent).state.value == kind


def test_the_same_form_sent_twice_happens_once(house: House, caseworker: Browser) -> None:
    consent = record(caseworker, "P-twice-changed")
    assert [happens(caseworker, consent, "narrowed", **WHO, category=["need"]) for _ in range(2)] == [200, 200]
    assert len(house.leaves("consent.narrowed")) == 1


def test_c_16_nothing_is_widened_and_no_value_is_repeated(house: House, caseworker: Browser) -> None:
    consent = record(caseworker, "P-wide")
    form = {"consent": consent, "type": "narrowed", "key": "a-key-for-more", **WHO, "category": ["narrative"]}
    answer = caseworker.submits("/people/consents/change", form)
    assert (answer.status_code, "C-16" in answer.text, MARK in answer.text) == (422, True, False)
    assert stands(house, consent).state.value == "given"


@pytest.mark.parametrize("kind", ["recorded", "confirmed", "withdrawn", MARK])
def test_what_is_no_change_of_this_page_is_refused(caseworker: Browser, kind: str) -> None:
    assert happens(caseworker, "0" * 26, kind, key="a-key-for-nothing") == 400
    assert caseworker.get(f"/people/consents/change?type={kind}").status_code == 400


def test_another_agencys_consent_is_not_found(house: House, caseworker: Browser) -> None:
    consent = record(caseworker, "P-not-theirs")
    other = house.somebody(Role.CASEWORKER, agency=POLICE)
    assert happens(other, consent, "invalidated", reason="wrong_person") == 404
    assert stands(house, consent).state.value == "given"


def test_other_roles_change_nothing(house: House) -> None:
    dpo = house.somebody(Role.DPO, agency=ADVISERS)
    assert happens(dpo, "0" * 26, "revoked", revoked_by="court") == 403
    assert sentence("role_missing") in dpo.get("/people/consents/change").text


@pytest.mark.parametrize("kind", ["given", "refused", "deferred", "narrowed", "renewed", "revoked", "invalidated"])
def test_each_change_has_a_form(caseworker: Browser, kind: str) -> None:
    page = caseworker.get(f"/people/consents/change?type={kind}")
    assert (page.status_code, f'name="type" value="{kind}"' in page.text) == (200, True)


def test_c_06_c_07_an_interpreter_is_named_with_what_he_or_she_is_to_her(house: House, caseworker: Browser) -> None:
    told = {"text_language": "fr", "interpreter": "int-7", "interpreter_relation": "professional"}
    assert stands(house, record(caseworker, "P-interpreted", **told)).state.value == "given"
    refused = caseworker.submits(
        "/people/consents/record", {**FORM, **told, "person_ref": "P-friend", "interpreter_relation": "friend"}
    )
    assert (refused.status_code, "C-07" in refused.text) == (422, True)
