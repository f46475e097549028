"""Passkeys over HTTP: what signs in, and everything that does not."""

from datetime import timedelta

import pytest
from browsing import HERE, Browser, House
from builders import POLICE
from passkeys import Authenticator, read, text

from gateway.core.officer.granting import LINK_LIVES
from gateway.core.officer.signing import IDLE
from gateway.core.officers import Role

REFUSED = {
    "code": "passkey_refused",
    "sentence": "This passkey was not accepted. Try again. If it happens again, ask a data-protection officer.",
}


def signed_in(browser: Browser) -> bool:
    return browser.get("/people").status_code == 200


class TestEnrolling:
    def test_a_link_makes_a_passkey_that_signs_in(self, house: House) -> None:
        browser = house.browser()
        assert browser.enrols(house.link(Role.DPO)).json() == {"go": "/people/sign-in"}
        assert not signed_in(browser)
        assert browser.signs_in().json() == {"go": "/people"}
        assert signed_in(browser)

    def test_user_verification_and_a_discoverable_passkey_are_required_and_no_attestation(self, house: House) -> None:
        options = house.browser().fetches("/people/enrol/options", {"link": house.link(Role.DPO)}).json()
        assert options["authenticatorSelection"]["userVerification"] == "required"
        assert options["authenticatorSelection"]["residentKey"] == "required"
        assert options["attestation"] == "none"
        assert options["rp"]["id"] == "gateway.example"
        assert len(read(options["challenge"])) == 32

    @pytest.mark.parametrize(
        "key",
        [
            {"origin": "https://gateway.example.evil.example"},
            {"verifies": False},
            {"cross_origin": True},
            {"rp_id": "x"},
        ],
        ids=["wrong origin", "person not verified", "in a frame of others", "of another name"],
    )
    def test_a_passkey_that_is_not_made_for_us_by_a_person_is_refused(
        self, house: House, key: dict[str, object]
    ) -> None:
        browser = house.browser()
        for name, value in key.items():
            setattr(browser.key, name, value)
        answer = browser.enrols(house.link(Role.DPO))
        assert (answer.status_code, answer.json()) == (403, REFUSED)
        assert house.leaves("officer.enrolled") == []

    def test_a_passkey_for_another_challenge_is_refused(self, house: House) -> None:
        answer = house.browser().enrols(house.link(Role.DPO), challenge=text(bytes(32)))
        assert (answer.status_code, answer.json()) == (403, REFUSED)

    def test_a_challenge_of_one_link_is_good_for_no_other(self, house: House) -> None:
        browser, mine, other = house.browser(), house.link(Role.CASEWORKER, agency=POLICE), house.link(Role.DPO)
        made = browser.key.make(browser.fetches("/people/enrol/options", {"link": mine}).json())
        answer = browser.fetches("/people/enrol", {"link": other, "passkey": made})
        assert (answer.status_code, answer.json()) == (403, REFUSED)

    def test_a_link_that_was_used_or_is_late_or_was_never_written_is_answered_alike(self, house: House) -> None:
        used, late = house.link(Role.DPO), house.link(Role.DPO)
        assert house.browser().enrols(used).status_code == 200
        answers = [house.browser().enrols(link) for link in (used, "A" * 43)]
        house.clock.advance(LINK_LIVES)
        answers.append(house.browser().enrols(late))
        assert {(answer.status_code, answer.text) for answer in answers} == {(403, answers[0].text)}
        assert answers[0].json()["code"] == "link_unknown"

    @pytest.mark.parametrize("given", [{}, {"link": 3}, {"link": "x", "passkey": []}, {"passkey": {}}, []])
    def test_what_is_no_answer_of_a_browser_is_refused(self, house: House, given: object) -> None:
        answer = house.browser().fetches("/people/enrol", given)
        assert (answer.status_code, answer.json()["code"]) == (400, "form_unreadable")

    @pytest.mark.parametrize(
        "response", [[], {}, {"clientDataJSON": 3}, {"clientDataJSON": "!"}, {"clientDataJSON": ""}]
    )
    def test_a_credential_that_is_none_is_refused(self, house: House, response: object) -> None:
        key = house.somebody(Role.DPO).key
        shown = {"id": text(key.id), "rawId": text(key.id), "type": "public-key", "response": response}
        answer = house.browser().fetches("/people/sign-in", {"passkey": shown})
        assert (answer.status_code, answer.json()) == (403, REFUSED)


class TestSigningIn:
    def test_the_cookie_is_of_this_host_only_and_no_script_reads_it(self, house: House) -> None:
        browser = house.browser()
        browser.enrols(house.link(Role.DPO))
        cookie = browser.signs_in().headers["set-cookie"]
        name, _, rest = cookie.partition("=")
        assert name == "__Host-session"
        assert {"httponly", "secure", "samesite=strict", "path=/"} <= {part.strip().lower() for part in rest.split(";")}
        assert "domain" not in rest.lower()
        assert "max-age" not in rest.lower()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"origin": "https://evil.example"},
            {"challenge": text(bytes(32))},
            {"type": "webauthn.create"},
            {"crossOrigin": True},
        ],
        ids=["wrong origin", "wrong challenge", "wrong ceremony", "in a frame of others"],
    )
    def test_an_answer_to_something_else_is_refused(self, house: House, wrong: dict[str, object]) -> None:
        browser = house.browser()
        browser.enrols(house.link(Role.DPO))
        answer = browser.signs_in(**wrong)
        assert (answer.status_code, answer.json()) == (403, REFUSED)
        assert not signed_in(browser)

    def test_a_person_who_was_not_verified_is_refused(self, house: House) -> None:
        browser = house.browser()
        browser.enrols(house.link(Role.DPO))
        browser.key.verifies = False
        assert browser.signs_in().json() == REFUSED

    def test_an_answer_signs_in_once(self, house: House) -> None:
        browser = house.browser(counts=False)
        browser.enrols(house.link(Role.DPO))
        shown = browser.shows_to_sign_in()
        assert browser.fetches("/people/sign-in", {"passkey": shown}).status_code == 200
        assert house.browser().fetches("/people/sign-in", {"passkey": shown}).json() == REFUSED

    def test_a_passkey_with_somebody_elses_handle_is_refused(self, house: House) -> None:
        victim, browser = house.somebody(Role.DPO), house.browser()
        browser.enrols(house.link(Role.CASEWORKER, agency=POLICE))
        browser.key.handle = victim.key.handle
        assert browser.signs_in().json() == REFUSED

    def test_a_passkey_nobody_enrolled_is_refused(self, house: House) -> None:
        browser = house.browser()
        browser.key.handle = b"x"
        assert browser.signs_in().json() == REFUSED

    def test_another_key_under_the_same_id_is_refused(self, house: House) -> None:
        browser = house.somebody(Role.DPO)
        forged = house.browser()
        forged.key = Authenticator(origin=HERE, id=browser.key.id, handle=browser.key.handle, uses=9)
        assert forged.signs_in().json() == REFUSED

    def test_a_session_somebody_planted_before_is_not_the_one_after(self, house: House) -> None:
        """Session fixation: the id is made at sign-in, and the one that was there is over."""
        attacker, victim = house.somebody(Role.DPO), house.browser()
        planted = attacker.cookies["__Host-session"]
        victim.enrols(house.link(Role.DPO))
        victim.cookies.set("__Host-session", planted, domain="gateway.example", path="/")
        assert victim.signs_in().status_code == 200
        assert planted not in [cookie.value for cookie in victim.cookies.jar]
        assert not signed_in(attacker)

    def test_a_session_ends_when_nobody_is_there(self, house: House) -> None:
        browser = house.somebody(Role.DPO)
        house.clock.advance(IDLE - timedelta(seconds=1))
        assert signed_in(browser)
        house.clock.advance(IDLE)
        answer = browser.get("/people")
        assert (answer.status_code, answer.headers["location"]) == (303, "/people/sign-in")

    def test_signing_out_ends_the_session_and_not_only_the_cookie(self, house: House) -> None:
        browser = house.somebody(Role.DPO)
        token = browser.cookies["__Host-session"]
        assert browser.submits("/people/sign-out", {}).headers["location"] == "/people/sign-in"
        thief = house.browser()
        thief.cookies.set("__Host-session", token, domain="gateway.example", path="/")
        assert not signed_in(thief)

    @pytest.mark.parametrize("token", ["", "x", "A" * 43, "ä", "A" * 5000])
    def test_a_cookie_nobody_was_given_is_nobodys(self, house: House, token: str) -> None:
        header = {"Cookie": f"__Host-session={token}".encode()}
        assert house.browser().ask("GET", "/people", headers=header).status_code == 303

    def test_many_who_begin_at_once_wait(self, house: House) -> None:
        browser = house.browser()
        answers = [browser.fetches("/people/sign-in/options", {}).status_code for _ in range(121)]
        assert (set(answers[:120]), answers[120]) == ({200}, 429)
        house.clock.advance(timedelta(minutes=1))
        assert browser.fetches("/people/sign-in/options", {}).status_code == 200

    def test_e_01_who_begins_without_end_keeps_no_officer_away(self, house: House) -> None:
        officer, stranger = house.somebody(Role.DPO), house.browser()
        officer.address = "192.0.2.7"
        while stranger.fetches("/people/sign-in/options", {}).status_code == 200:
            pass
        assert officer.signs_in().status_code == 200
