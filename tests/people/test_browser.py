"""The pages in a real browser: Chromium makes and shows a virtual passkey over CDP, and our script carries it."""

import asyncio
import shutil
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
import uvicorn
from browsing import House
from operators import Operator, moved, template
from served import free_port

from gateway.core.officers import Role

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
    server = uvicorn.Server(uvicorn.Config(house.app, host="127.0.0.1", port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield house
    server.should_exit = True
    thread.join()
    house.gateway.close()


@absent
@pytest.mark.enable_socket
@pytest.mark.slow
def test_a_person_enrols_signs_in_and_invites_in_a_browser(at_home: House) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a browser that is absent skips this test only

    link = at_home.link(Role.DPO, label="First DPO")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
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
        page.goto(f"{at_home.url}/people/enrol#{link}")
        page.get_by_role("button", name="Make a passkey").click()
        page.wait_for_url("**/people/sign-in")
        page.get_by_role("button", name="Sign in with your passkey").click()
        page.wait_for_url("**/people")
        page.get_by_role("link", name="Officers").click()
        page.get_by_label("Name of the account").fill("Second DPO")
        page.locator("#role-dpo").check()
        page.locator("form[action='/people/check/invite'] button").click()
        page.get_by_role("button", name="Invite an officer with your passkey").click()
        page.get_by_label("The link").wait_for()
        assert page.get_by_label("The link").input_value().startswith(f"{at_home.url}/people/enrol#")
        browser.close()
    assert faults == []
