"""People at their browsers, before the pages of a real gateway: no socket, a clock that stands still until moved."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape

import httpx
from fakes import FakeClock
from fastapi import FastAPI
from operators import SECRET, Operator
from passkeys import Authenticator

from gateway.app import create_app
from gateway.core.officer.granting import Wanted
from gateway.core.officers import Role
from gateway.settings import Settings
from gateway.wiring import Gateway, build
from schemas.documents import Json

HERE = "https://gateway.example"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
_STEP_UP = re.compile(r'data-action="([^"]*)" data-subject="([^"]*)"')


@dataclass
class House:
    """A gateway that people reach at `url`."""

    gateway: Gateway
    clock: FakeClock
    app: FastAPI
    url: str = HERE
    since: int = 0

    @classmethod
    def of(cls, operator: Operator, url: str = HERE) -> "House":
        clock = FakeClock(datetime(2031, 3, 14, 12, tzinfo=UTC))
        gateway = build(Settings(data=operator.data, secret=SECRET, url=url), clock)
        gateway.start()
        return cls(gateway, clock, create_app(gateway), url)

    def browser(self, **key: object) -> "Browser":
        return Browser(self, Authenticator(origin=self.url, **key))

    def link(self, *roles: Role, agency: str | None = None, label: str = "Account") -> str:
        """A link as the operator at the socket prints it, without what stands before the code."""
        wanted = Wanted(frozenset(roles), agency, label)

        async def invited() -> str:
            return await self.gateway.people.granting.invite(wanted, None)

        return asyncio.run(invited())

    def somebody(self, *roles: Role, agency: str | None = None, label: str = "Account") -> "Browser":
        """An officer whom the operator invited, signed in."""
        browser = self.browser()
        assert browser.enrols(self.link(*roles, agency=agency, label=label)).status_code == 200
        assert browser.signs_in().status_code == 200
        return browser

    def leaves(self, kind: str = "") -> list[dict[str, Json]]:
        """What this test put in the log."""
        log = self.gateway.log
        found = [json.loads(leaf) for leaf in log.leaves(log.head().size, self.since)]
        return [leaf for leaf in found if kind in {"", leaf["type"]}]


@dataclass
class Browser:
    """One person at one browser with one passkey."""

    house: House
    key: Authenticator
    address: str = "127.0.0.1"
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    @property
    def id(self) -> str:
        return self.key.handle.decode()

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def submits(self, path: str, fields: Mapping[str, object], **headers: str) -> httpx.Response:
        """Send a form as a page of ours does."""
        ours = {"Origin": self.house.url, "Sec-Fetch-Site": "same-origin"}
        return self.ask("POST", path, data=fields, headers={**ours, **headers})

    def fetches(self, path: str, document: object, **headers: str) -> httpx.Response:
        """Send JSON as our script does."""
        ours = {"Origin": self.house.url, "Sec-Fetch-Site": "same-origin"}
        return self.ask("POST", path, json=document, headers={**ours, **headers})

    def ask(self, method: str, path: str, **more: object) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(self.house.app, raise_app_exceptions=False, client=(self.address, 123))
            async with httpx.AsyncClient(
                transport=transport, base_url=self.house.url, cookies=self.cookies, follow_redirects=False
            ) as client:
                response = await client.request(method, path, **more)
                self.cookies = client.cookies
                return response

        return asyncio.run(once())

    def enrols(self, link: str, **wrong: object) -> httpx.Response:
        options = self.fetches("/people/enrol/options", {"link": link})
        if options.status_code != 200:
            return options
        return self.fetches("/people/enrol", {"link": link, "passkey": self.key.make(options.json(), **wrong)})

    def signs_in(self, **wrong: object) -> httpx.Response:
        return self.fetches("/people/sign-in", {"passkey": self.shows_to_sign_in(**wrong)})

    def shows_to_sign_in(self, **wrong: object) -> dict[str, object]:
        return self.key.show(self.fetches("/people/sign-in/options", {}).json(), **wrong)

    def acts(self, name: str, key: Authenticator | None = None, **fields: object) -> httpx.Response:
        """Do what a page asks a passkey for: check, show the passkey, send the form."""
        checked = self.submits(f"/people/check/{name}", fields)
        if checked.status_code != 200:
            return checked
        hidden, action, subject = read_check(checked.text)
        options = self.fetches("/people/step-up", {"action": action, "subject": subject}).json()
        shown = (key or self.key).show(options)
        return self.submits(f"/people/do/{name}", {**hidden, "passkey": json.dumps(shown)})


def read_check(text: str) -> tuple[dict[str, list[str]], str, str]:
    """The hidden fields of a page that asks for a passkey, and for which action on which subject it asks."""
    hidden: dict[str, list[str]] = {}
    for name, value in _HIDDEN.findall(text):
        hidden.setdefault(unescape(name), []).append(unescape(value))
    hidden.pop("passkey")
    [(action, subject)] = _STEP_UP.findall(text)
    return hidden, unescape(action), unescape(subject)
