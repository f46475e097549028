"""Recording, confirming and withdrawing on the pages: who may, who is the second person, and what is never said."""

import re

import pytest
from browsing import Browser, House
from builders import POLICE, SHELTER
from papers import ADVISERS, MARK

from consent.records import Consent
from gateway.core.officers import Role
from gateway.people.sentences import sentence

FORM = {
    "key": "0123456789abcdef",
    "recipient": SHELTER,
    "state": "given",
    "decision": "support",
    "purpose": ["assistance.accommodation"],
    "category": ["pseudonym", "need", "alias"],
    "text_version": "2031-01",
    "text_sha256": "5f" * 32,
    "text_language": "ro",
    "person_languages": "ro ru",
    "interpreter": "",
    "information_confirmed": "yes",
    "mechanism": "oral",
    "given_by": "self",
    "taker": MARK,
    "taken_at": "2031-03-14T09:30",
    "withdrawal_method": "any_agency",
}


def record(browser: Browser, reference: str, **changes: object) -> str:
    """Write a consent down; its id."""
    answer = browser.submits("/people/consents/record", {**FORM, "person_ref": reference, **changes})
    assert answer.status_code == 200, answer.text
    [consent] = re.findall(r"Consent ([0-9A-Z]{26}),", answer.text)
    return str(consent)


def stands(house: House, consent: str) -> Consent:
    found = house.gateway.people.desk.shown_one(consent)
    assert isinstance(found, Consent)
    return found


@pytest.fixture
def waiting(house: House) -> tuple[Browser, str]:
    """A police officer, and a consent he took for the police that waits for a second person (C-19)."""
    author = house.somebody(Role.CASEWORKER, Role.SECOND_APPROVER, agency=POLICE)
    return author, record(author, f"P-{house.clock.now().date()}")


class TestRecording:
    def test_a_caseworker_writes_a_consent_down_for_the_own_agency(self, house: House) -> None:
        caseworker = house.somebody(Role.CASEWORKER, agency=ADVISERS)
        consent = stands(house, record(caseworker, "P-1"))
        assert (consent.discloser, consent.recipient, consent.confirmed) == (ADVISERS, SHELTER, True)
        [leaf] = house.leaves("consent.recorded")
        assert leaf["officer"] == caseworker.id

    def test_the_same_form_sent_twice_is_one_consent(self, house: House) -> None:
        caseworker = house.somebody(Role.CASEWORKER, agency=ADVISERS)
        assert record(caseworker, "P-2") == record(caseworker, "P-2")

    def test_another_form_under_the_same_key_is_refused(self, house: House) -> None:
        caseworker = house.somebody(Role.CASEWORKER, agency=ADVISERS)
        record(caseworker, "P-3")
        answer = caseworker.submits("/people/consents/record", {**FORM, "person_ref": "P-4"})
        assert answer.status_code == 400

    @pytest.mark.parametrize("role", [Role.DPO, Role.SECOND_APPROVER, Role.OPERATOR, Role.GUARDIAN])
    def test_other_roles_write_nothing_down(self, house: House, role: Role) -> None:
        browser = house.somebody(role, agency=POLICE)
        answer = browser.submits("/people/consents/record", {**FORM, "person_ref": "P-5"})
        assert (answer.status_code, sentence("role_missing") in answer.text) == (403, True)
        assert browser.get("/people/consents/record").status_code == 403

    def test_an_advocate_of_no_agency_has_no_reference_to_write_under(self, house: House) -> None:
        advocate = house.somebody(Role.ADVOCATE)
        assert advocate.get("/people/consents/record").status_code == 403

    @pytest.mark.parametrize(
        "wrong",
        [
            {"recipient": "all-agencies"},
            {"recipient": MARK},
            {"purpose": []},
            {"decision": "cooperation"},
            {"information_confirmed": "no"},
            {"text_language": "fr"},
            {"person_ref": f"{MARK} of ours"},
            {"taken_at": "2099-01-01T00:00"},
        ],
    )
    def test_what_may_not_be_recorded_is_refused_without_a_value(self, house: House, wrong: dict[str, object]) -> None:
        caseworker = house.somebody(Role.CASEWORKER, agency=ADVISERS)
        answer = caseworker.submits("/people/consents/record", {**FORM, "person_ref": "P-6", **wrong})
        assert answer.status_code == 422
        assert MARK not in answer.text
        assert house.leaves("consent.recorded") == []

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"text_sha256": "short"}, "Hash of the text: it is not of the right form (pattern)"),
            ({"purpose": []}, "For what: choose at least one (minItems)"),
            ({"text_language": "fr"}, "Interpreter: she does not speak the language it was read in"),
            ({"recipient": "all-agencies"}, "Agency that would receive: no agency of that id receives here (C-03)"),
            ({"taken_at": "2099-01-01T00:00"}, "When: it cannot be in the future"),
        ],
    )
    def test_what_is_wrong_is_said_in_the_words_of_the_form(
        self, house: House, wrong: dict[str, object], says: str
    ) -> None:
        caseworker = house.somebody(Role.CASEWORKER, agency=ADVISERS)
        answer = caseworker.submits("/people/consents/record", {**FORM, "person_ref": "P-7", **wrong})
        assert answer.status_code == 422
        assert says in answer.text


class TestConfirming:
    def test_c_19_somebody_of_another_side_confirms_with_the_passkey(
        self, house: House, waiting: tuple[Browser, str]
    ) -> None:
        _, consent = waiting
        assert not stands(house, consent).confirmed
        dpo = house.somebody(Role.DPO)
        assert consent in dpo.get("/people/approvals").text
        assert dpo.acts("confirm", consent=consent).status_code == 200
        assert stands(house, consent).confirmed
        assert consent not in dpo.get("/people/approvals").text
        [approved] = house.leaves("officer.approved")
        assert (approved["officer"], approved["action"]) == (dpo.id, "consent.confirm")
        [confirmed] = house.leaves("consent.confirmed")
        assert confirmed["officer"] == dpo.id
        assert house.leaves("officer.looked_up")

    def test_c_19_nobody_confirms_what_he_wrote_down(self, house: House, waiting: tuple[Browser, str]) -> None:
        author, consent = waiting
        answer = author.acts("confirm", consent=consent)
        assert (answer.status_code, sentence("second_person_needed") in answer.text) == (403, True)
        assert consent not in author.get("/people/approvals").text

    @pytest.mark.parametrize("agency", [POLICE, SHELTER], ids=["who took it", "who would receive"])
    def test_c_19_nobody_of_a_side_that_gains_confirms(
        self, house: House, waiting: tuple[Browser, str], agency: str
    ) -> None:
        _, consent = waiting
        browser = house.somebody(Role.SECOND_APPROVER, agency=agency)
        answer = browser.acts("confirm", consent=consent)
        assert (answer.status_code, sentence("same_side") in answer.text) == (403, True)
        assert not stands(house, consent).confirmed

    def test_c_19_nobody_whom_the_author_let_in_confirms(self, house: House) -> None:
        author, sham = house.somebody(Role.CASEWORKER, Role.DPO, agency=POLICE), house.browser()
        consent = record(author, f"S-{house.clock.now().date()}")
        page = author.acts("invite", role="dpo", label="sham", agency=POLICE)
        sham.enrols(re.findall(r"enrol#([^\"]{43})", page.text)[0])
        sham.signs_in()
        assert sentence("second_person_needed") in sham.acts("confirm", consent=consent).text
        assert not stands(house, consent).confirmed

    @pytest.mark.parametrize("role", [Role.CASEWORKER, Role.GUARDIAN, Role.OPERATOR])
    def test_other_roles_confirm_nothing(self, house: House, waiting: tuple[Browser, str], role: Role) -> None:
        _, consent = waiting
        browser = house.somebody(role, agency=ADVISERS)
        assert browser.acts("confirm", consent=consent).status_code == 403
        assert browser.get("/people/approvals").status_code == 403

    def test_a_consent_that_waits_for_nobody_and_one_that_never_was_are_answered_alike(self, house: House) -> None:
        counted = record(house.somebody(Role.CASEWORKER, agency=ADVISERS), "P-9")
        dpo = house.somebody(Role.DPO)
        answers = [dpo.acts("confirm", consent=consent) for consent in (counted, "0" * 26)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].text == answers[1].text

    def test_a_consent_that_was_withdrawn_waits_for_nobody(self, house: House, waiting: tuple[Browser, str]) -> None:
        author, consent = waiting
        reference = f"P-{house.clock.now().date()}"
        assert author.submits("/people/consents/withdraw", {"person_ref": reference}).status_code == 200
        dpo = house.somebody(Role.DPO)
        assert dpo.acts("confirm", consent=consent).status_code == 404
        assert consent not in dpo.get("/people/approvals").text

    def test_another_officers_passkey_confirms_nothing(self, house: House, waiting: tuple[Browser, str]) -> None:
        _, consent = waiting
        dpo, other = house.somebody(Role.DPO), house.somebody(Role.DPO)
        assert dpo.acts("confirm", key=other.key, consent=consent).status_code == 403
        assert not stands(house, consent).confirmed


class TestWithdrawing:
    def test_c_09_a_caseworker_stops_everything_of_the_own_reference(self, house: House) -> None:
        caseworker = house.somebody(Role.CASEWORKER, agency=ADVISERS)
        consent = record(caseworker, "P-20")
        answer = caseworker.submits("/people/consents/withdraw", {"person_ref": "P-20"})
        assert answer.status_code == 200
        assert stands(house, consent).state.value == "withdrawn"

    def test_the_same_form_sent_twice_withdraws_once_and_is_answered_alike(self, house: House) -> None:
        caseworker = house.somebody(Role.CASEWORKER, agency=ADVISERS)
        record(caseworker, "P-19")
        form = {"person_ref": "P-19", "key": "a-key-of-the-form"}
        first, again = (caseworker.submits("/people/consents/withdraw", form) for _ in range(2))
        assert (first.status_code, again.status_code) == (200, 200)
        assert first.text == again.text
        assert len(house.leaves("consent.withdrawn")) == 1
        assert 'name="key"' in caseworker.get("/people/consents/withdraw").text

    def test_c_09_an_advocate_stops_it_at_any_agency(self, house: House) -> None:
        consent = record(house.somebody(Role.CASEWORKER, agency=ADVISERS), "P-21")
        advocate = house.somebody(Role.ADVOCATE)
        answer = advocate.submits("/people/consents/withdraw", {"person_ref": "P-21", "agency": ADVISERS})
        assert answer.status_code == 200
        assert stands(house, consent).state.value == "withdrawn"

    def test_a_caseworker_reaches_no_other_agencys_reference(self, house: House) -> None:
        consent = record(house.somebody(Role.CASEWORKER, agency=ADVISERS), "P-22")
        other = house.somebody(Role.CASEWORKER, agency=SHELTER)
        answer = other.submits("/people/consents/withdraw", {"person_ref": "P-22", "agency": ADVISERS})
        assert answer.status_code == 404
        assert stands(house, consent).state.value == "given"

    @pytest.mark.parametrize("role", [Role.DPO, Role.SECOND_APPROVER, Role.GUARDIAN, Role.OPERATOR])
    def test_other_roles_withdraw_nothing(self, house: House, role: Role) -> None:
        browser = house.somebody(role)
        assert (
            browser.submits("/people/consents/withdraw", {"person_ref": "P-20", "agency": ADVISERS}).status_code == 403
        )

    def test_every_look_for_a_reference_is_in_the_log_found_or_not(self, house: House) -> None:
        advocate = house.somebody(Role.ADVOCATE)
        answer = advocate.submits("/people/consents/withdraw", {"person_ref": MARK, "agency": ADVISERS})
        assert (answer.status_code, MARK in answer.text) == (404, False)
        [leaf] = house.leaves("officer.looked_up")
        assert leaf["officer"] == advocate.id
