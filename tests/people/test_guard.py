"""What stands before every page: where a change comes from, what an answer carries, what is never said."""

import pytest
from browsing import HERE, House
from papers import MARK

from gateway.core.officers import Role
from gateway.people.sentences import SENTENCES, sentence

CHANGES = ["/people/sign-out", "/people/check/invite", "/people/do/confirm", "/people/consents/withdraw"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": HERE.replace("https", "http")},
        {"Origin": f"{HERE}:8443"},
        {"Origin": HERE, "Sec-Fetch-Site": "cross-site"},
        {"Origin": HERE, "Sec-Fetch-Site": "same-site"},
        {"Origin": HERE, "Sec-Fetch-Site": "none"},
    ],
    ids=["none", "other", "null", "without tls", "other port", "cross site", "same site", "by hand"],
)
@pytest.mark.parametrize("path", CHANGES)
def test_a_change_from_anywhere_else_is_refused(house: House, path: str, headers: dict[str, str]) -> None:
    browser = house.somebody(Role.DPO)
    answer = browser.ask("POST", path, data={"role": "dpo"}, headers=headers)
    assert answer.status_code == 403
    assert sentence("other_origin") in answer.text
    assert browser.get("/people").status_code == 200


def test_a_change_from_our_own_page_is_made(house: House) -> None:
    browser = house.somebody(Role.DPO)
    assert browser.submits("/people/sign-out", {}).status_code == 303
    assert browser.get("/people").status_code == 303


def test_every_page_has_a_strict_policy_and_is_kept_by_nobody(house: House) -> None:
    browser = house.somebody(Role.DPO, Role.OPERATOR)
    for path in ("/people", "/people/sign-in", "/people/enrol", "/people/officers", "/people/approvals"):
        answer = browser.get(path)
        [policy] = answer.headers.get_list("content-security-policy")
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in policy
        assert "<script>" not in answer.text
        assert " on" + "click" not in answer.text
        assert " style=" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers.get_list("referrer-policy") == ["same-origin"]


def test_a_browser_at_the_front_is_led_to_the_pages_and_nothing_else_is(house: House) -> None:
    browser = house.browser()
    led = browser.ask("GET", "/", headers={"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"})
    assert (led.status_code, led.headers["location"]) == (303, "/people")
    for accept in ("*/*", "application/json"):
        answer = browser.ask("GET", "/", headers={"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_the_api_keeps_its_own_headers(house: House) -> None:
    answer = house.browser().get("/livez")
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/people/people.js", "/people/people.css"])
def test_script_and_style_are_our_own_files(house: House, path: str) -> None:
    answer = house.browser().get(path)
    assert answer.status_code == 200
    assert "http" not in answer.text.replace("http://www.w3.org", "")


def test_the_script_puts_no_text_into_a_page_as_markup(house: House) -> None:
    script = house.browser().get("/people/people.js").text
    for dangerous in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "new Function"):
        assert dangerous not in script


@pytest.mark.parametrize("path", ["/people", "/people/officers", "/people/approvals", "/people/consents/record"])
def test_who_is_not_signed_in_is_sent_to_sign_in(house: House, path: str) -> None:
    answer = house.browser().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/people/sign-in")


@pytest.mark.parametrize("path", ["/people/check/invite", "/people/do/invite", "/people/consents/record"])
def test_who_is_not_signed_in_changes_nothing(house: House, path: str) -> None:
    assert house.browser().submits(path, {"role": "dpo", "label": "x"}).status_code == 401
    assert house.leaves() == []


def test_a_form_that_is_too_large_or_unreadable_is_refused(house: House) -> None:
    browser = house.somebody(Role.DPO)
    assert browser.submits("/people/check/invite", {"label": "x" * 70_000}).status_code == 400
    assert browser.submits("/people/check/invite", {"label": ["a", "b"], "role": "dpo"}).status_code == 400
    assert browser.fetches("/people/check/invite", {"label": "x"}).status_code == 400
    assert browser.submits("/people/check/invite", {str(at): "x" for at in range(300)}).status_code == 400


def test_what_was_typed_is_never_repeated_in_a_refusal(house: House) -> None:
    browser = house.somebody(Role.DPO, Role.ADVOCATE)
    for path in ("/people/check/revoke", "/people/check/confirm", "/people/consents/withdraw", f"/people/check/{MARK}"):
        answer = browser.submits(path, {"officer": MARK, "consent": MARK, "person_ref": MARK, "agency": MARK})
        assert MARK not in answer.text.replace(f"<dd>{MARK}</dd>", "").replace(f'value="{MARK}"', "").replace(
            f'data-subject="{MARK}"', ""
        )


def test_markup_in_a_label_is_text_on_the_page(house: House) -> None:
    label = "<script>alert(1)</script>"
    browser = house.somebody(Role.DPO, label=label)
    text = browser.get("/people/officers").text + browser.get("/people").text
    assert label not in text
    assert "&lt;script&gt;alert(1)" in text


def test_every_code_has_a_sentence_for_people() -> None:
    with pytest.raises(KeyError):
        sentence("invented")
    assert all(words.endswith(".") for words in SENTENCES.values())
