"""The pages in a real browser: Chromium makes and shows a virtual passkey over CDP, and our script carries it."""

import asyncio
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
import uvicorn
from browsing import House
from builders import POLICE, SHELTER
from operators import Operator, moved, template
from papers import ADVISERS
from served import free_port
from told import told

from consent.__main__ import Exit, main
from gateway.core.officer.signing import IDLE
from gateway.core.officers import Role

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["template"]

CHROMIUM = shutil.which("chromium") or ""
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
absent = pytest.mark.skipif(
    not CHROMIUM or find_spec("playwright") is None, reason="no browser: Debian's chromium and playwright are needed"
)


@pytest.fixture
def at_home(template: Operator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A gateway that listens on this machine, under a name, as passkeys need."""
    port = free_port()
    house = House.of(moved(template, tmp_path_factory.mktemp("browser") / "o"), f"http://localhost:{port}")
    server = uvicorn.Server(uvicorn.Config(house.app, host="127.0.0.1", port=port, log_config=None, lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield house
    server.should_exit = True
    thread.join()
    house.gateway.close()


ALWAYS = ("/people", "/people/passkeys")
READ_TO_HER = b"May we tell the shelter about you?"
CHOSEN = {
    "state": "given",
    "decision": "support",
    "mechanism": "oral",
    "given_by": "self",
    "withdrawal_method": "any_agency",
}


@contextmanager
def browsing(house: House, link: str) -> Iterator[tuple["Page", list[str]]]:
    """Somebody who followed that link, made a passkey and signed in; and what the browser complained of."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a browser that is absent skips these tests only

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context().new_page()
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        page.goto(f"{house.url}/people/enrol#{link}")
        page.get_by_role("button", name="Make a passkey").click()
        page.wait_for_url("**/people/sign-in")
        page.get_by_role("button", name="Sign in with your passkey").click()
        page.wait_for_url("**/people")
        yield page, faults
        browser.close()


@absent
@pytest.mark.enable_socket
@pytest.mark.slow
def test_a_person_enrols_signs_in_and_invites_in_a_browser(at_home: House) -> None:
    at_home.somebody(Role.ADVOCATE, label="Somebody to revoke")
    with browsing(at_home, at_home.link(Role.DPO, label="First DPO")) as (page, faults):
        page.get_by_role("link", name="Officers").click()
        page.wait_for_url("**/people/officers")  # With its styles: without them a page is as wide as its table.
        page.set_viewport_size({"width": 320, "height": 256})  # As at 400 % (WCAG 1.4.10): only the table scrolls.
        page.wait_for_function("document.documentElement.scrollWidth === 320")
        page.get_by_label("Name of the account").fill("Second DPO")
        page.locator("#role-dpo").check()
        page.locator("form[action='/people/check/invite'] button").click()
        page.get_by_role("button", name="Invite an officer with your passkey").click()
        page.get_by_label("The link").wait_for()
        assert page.get_by_label("The link").input_value().startswith(f"{at_home.url}/people/enrol#")
    assert faults == []


@absent
@pytest.mark.enable_socket
@pytest.mark.slow
def test_a_02_who_has_seen_her_data_is_two_pages_away_and_its_proof_is_kept_as_a_file(
    at_home: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(at_home, "P-in-a-browser")
    with browsing(at_home, at_home.link(Role.DPO)) as (page, faults):
        loaded: list[str] = []
        page.on("framenavigated", lambda frame: loaded.append(frame.url))
        page.get_by_label("Agency that knows her").fill(POLICE)
        page.get_by_label("Its reference of the person").fill("P-in-a-browser")
        page.get_by_role("button", name="See who has seen her data").click()
        page.get_by_role("button", name="See who has seen her data with your passkey").click()
        page.get_by_role("heading", name="What left, and to whom").wait_for()
        assert len(loaded) == 1, "the page that asks for the passkey takes the place of the form"
        assert not any("P-in-a-browser" in url for url in loaded)
        page.set_viewport_size({"width": 320, "height": 256})
        page.wait_for_function("document.documentElement.scrollWidth === 320")
        with page.expect_download() as keeping:
            page.get_by_role("button", name="Keep these").click()
        keeping.value.save_as(file := tmp_path / keeping.value.suggested_filename)
        key = page.locator(".id").inner_text().rsplit(" ", 1)[-1]
        page.get_by_role("button", name="Explain").first.click()
        page.get_by_role("heading", name="It was allowed").wait_for()
        page.get_by_role("button", name="Back to her history").click()
        page.get_by_label("What became of it").select_option("refused")
        page.get_by_role("button", name="Show these").click()
        page.get_by_text("No entry is like that.").wait_for()
        assert not any("?" in url or "P-in-a-browser" in url for url in loaded)
    assert faults == []
    assert main(["verify-history", str(file), "--key", key]) == Exit.PROVEN
    capsys.readouterr()


@absent
@pytest.mark.enable_socket
@pytest.mark.slow
def test_a_02_nothing_about_her_stays_on_a_screen_that_somebody_left(at_home: House) -> None:
    told(at_home, "P-left-open")
    with browsing(at_home, at_home.link(Role.DPO)) as (page, faults):
        for leave, said in ((_waits, "left open for too long"), (_signs_out, "signed out on another page")):
            page.clock.install()
            page.goto(f"{at_home.url}/people")
            page.get_by_label("Agency that knows her").fill(POLICE)
            page.get_by_label("Its reference of the person").fill("P-left-open")
            page.get_by_role("button", name="See who has seen her data").click()
            page.get_by_role("button", name="See who has seen her data with your passkey").click()
            page.get_by_role("heading", name="What left, and to whom").wait_for()
            leave(page)
            page.get_by_text(said).wait_for()
            assert page.locator("#main table").count() == 0
        page.get_by_role("link", name="Begin again").click()
        page.wait_for_url("**/people/sign-in")
    assert faults == []


def _waits(page: "Page") -> None:
    page.clock.fast_forward(int(IDLE.total_seconds() - 1) * 1000)
    assert page.locator("#main table").count() > 0
    page.clock.fast_forward(2000)


def _signs_out(page: "Page") -> None:
    other = page.context.new_page()
    other.goto(urljoin(page.url, "/people"))
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/people/sign-in")


@absent
@pytest.mark.enable_socket
@pytest.mark.slow
def test_what_took_long_to_type_outlives_a_refusal_a_broken_line_and_the_end_of_the_session(at_home: House) -> None:
    typed = {
        "Your agency's reference for the person": "P-kept",
        "Agency that would receive": SHELTER,
        "Version of the text": "2031-01",
        "Hash of the text (SHA-256)": "not a hash",
        "Language it was read in": "ro",
        "Languages she speaks": "ro",
        "Who took it": "Invented Worker",
        "When (UTC)": "2031-03-14T09:30",
    }
    with browsing(at_home, at_home.link(Role.CASEWORKER, agency=ADVISERS)) as (page, _):
        page.get_by_role("link", name="Record").first.click()
        for label, text in typed.items():
            page.get_by_label(label, exact=True).fill(text)
        for field in (choices := page.locator("select[required]")).all():
            assert not field.input_value(), "nothing is answered before somebody answered it"
        assert choices.count() == len(CHOSEN)
        for name, value in CHOSEN.items():
            page.locator(f"#{name}").select_option(value)
        for box in ("purpose-assistance.accommodation", "category-need", "information_confirmed"):
            page.locator(f"[id='{box}']").check()
        send, problem = page.get_by_role("button", name="Write it down"), page.locator("#problem")

        send.click()
        problem.get_by_text("Hash of the text: it is not of the right form").wait_for()
        assert "What you typed is still here." in problem.inner_text()
        assert page.get_by_label("Who took it").input_value() == "Invented Worker"

        page.get_by_label("Or the text as a file").set_input_files(
            {"name": "text.txt", "mimeType": "text/plain", "buffer": READ_TO_HER}
        )
        hashed = sha256(READ_TO_HER).hexdigest()
        page.wait_for_function(f"document.getElementById('text_sha256').value === '{hashed}'")
        page.route("**/people/consents/record", lambda route: route.abort())
        send.click()
        problem.get_by_text("The gateway did not answer.").wait_for()
        page.unroute_all()

        at_home.clock.advance(IDLE)
        send.click()
        problem.get_by_text("your session is over").wait_for()
        at_home.clock.advance(-IDLE)
        send.click()
        page.get_by_role("heading", name="It is written down").wait_for()
    assert len(at_home.leaves("consent.recorded")) == 1


@absent
@pytest.mark.enable_socket
@pytest.mark.slow
def test_a_05_what_was_typed_about_a_breach_outlives_a_refusal_and_is_written_down_after_it(at_home: House) -> None:
    decision = told(at_home, "P-breached")
    with browsing(at_home, at_home.link(Role.DPO)) as (page, faults):
        page.get_by_role("link", name="Breaches").click()
        page.get_by_label("What happened").select_option(index=1)
        page.get_by_label("When it was noticed").fill(at_home.clock.now().strftime("%Y-%m-%dT%H:%M"))
        page.get_by_label("Agencies it concerns").fill(SHELTER)
        typed = page.get_by_label("Referrals it concerns")
        typed.fill(f"{decision} 0123456789ABCDEFGHJKMNPQRS")
        check, problem = page.get_by_role("button", name="Check what would be written down"), page.locator("#problem")
        check.click()
        problem.get_by_text("No referral has one of these numbers.").wait_for()
        assert typed.input_value().startswith(decision)
        assert page.get_by_label("Agencies it concerns").input_value() == SHELTER
        typed.fill(decision)
        check.click()
        page.get_by_role("button", name="Write a breach down with your passkey").click()
        page.get_by_role("heading", name="It is written down").wait_for()
    assert [fault for fault in faults if "404" not in fault] == []
    assert len(at_home.leaves("breach.recorded")) == 1


NARROW = """() => [
  ...(document.documentElement.scrollWidth > innerWidth ? ["wider than the screen"] : []),
  ...[...document.querySelectorAll("table")]
    .map((table) => table.parentElement)
    .filter((box) => box.tabIndex !== 0 || !document.getElementById(box.getAttribute("aria-labelledby")))
    .map(() => "a table that no keyboard scrolls"),
  ...[...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
    .filter((field) => !field.labels.length || parseFloat(getComputedStyle(field).fontSize) < 30)
    .map((field) => `small or without a label: ${field.id}`),
]"""


@absent
@pytest.mark.enable_socket
@pytest.mark.slow
@pytest.mark.parametrize(("role", "agency"), [(Role.DPO, None), (Role.DPO, ADVISERS), (Role.CASEWORKER, ADVISERS)])
def test_every_page_fits_a_narrow_screen_with_text_twice_as_large(at_home: House, role: Role, agency: str) -> None:
    with browsing(at_home, at_home.link(role, agency=agency)) as (page, _):
        page.set_viewport_size({"width": 320, "height": 640})
        listed = page.locator("main a").evaluate_all("links => links.map((one) => one.getAttribute('href'))")
        assert len(listed) > len(ALWAYS)
        for path in dict.fromkeys((*ALWAYS, *listed)):
            page.goto(f"{at_home.url}{path}")
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert (path, page.evaluate(NARROW)) == (path, [])
