"""A gateway with its OAuth door over fakes: the real routes, driven through ASGI without a socket to anywhere."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import urlencode

import httpx
from fastapi import FastAPI
from oauth.fakes_oauth import CountedEntropy, FakeClients, FakeOnceStore, FakeRevocations, SetClock
from oauth.systems_oauth import API_PATH, API_URL, ISSUER, RESOURCE, System
from rings import a_key_ring

from gateway.core.access.certificates import NOBODY, Authorities
from gateway.core.callers import Caller
from gateway.core.limits import Limits, TooManyRequestsError
from gateway.oauth.endpoints import Parts, router
from gateway.oauth.keys import SigningKeys, signing_key
from gateway.oauth.nonces import Nonces
from gateway.oauth.profile import Profile
from gateway.oauth.server import World
from gateway.oauth.verifier import Verifier
from gateway.watching.requests import Answered, Watched
from gateway.web import problems

Result = TypeVar("Result")
FORM_TYPE: Final = "application/x-www-form-urlencoded"


@dataclass
class Gateway:
    """What survives a restart (clock, stores, keys), and the doors that do not: `restart` makes those anew."""

    clock: SetClock = field(default_factory=SetClock)
    clients: FakeClients = field(default_factory=FakeClients)
    once: FakeOnceStore = field(default_factory=FakeOnceStore)
    revocations: FakeRevocations = field(default_factory=FakeRevocations)
    profile: Profile = field(default_factory=lambda: Profile(ISSUER, RESOURCE))
    authorities: Authorities = NOBODY
    told: list[Answered] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.limits = Limits(self.clock)
        self.entropy = CountedEntropy()
        self.keys = SigningKeys(signing_key(a_key_ring().token_signing_key()))
        self.restart()

    def restart(self) -> None:
        self.nonces = Nonces(a_key_ring(), self.clock)
        world = World(self.clients, self.keys, self.clock, self.entropy, self.authorities)
        self.app = FastAPI()
        self.app.add_exception_handler(TooManyRequestsError, problems.on_too_many)
        parts = Parts(self.profile, world, self.nonces, self.once, self.revocations, self.limits)
        self.app.include_router(router(parts))
        self.verifier = Verifier(self.profile, self.keys, self.revocations, self.nonces, self.clock, self.entropy)

    def join(self, system: System, **registration: object) -> System:
        """Register a system."""
        self.clients.registered[system.client_id] = system.registration(**registration)
        return system

    def a_system(self, client_id: str = "shelter-one", algorithm: str = "ES256", **registration: object) -> System:
        """Return a registered system."""
        return self.join(System(self.clock, client_id, algorithm), **registration)

    def serve(self, talk: Callable[[httpx.AsyncClient], Awaitable[Result]]) -> Result:
        """Run one conversation with the app."""

        async def run() -> Result:
            transport = httpx.ASGITransport(app=Watched(self.app, self.told.append))
            async with httpx.AsyncClient(transport=transport, base_url=ISSUER) as client:
                return await talk(client)

        return asyncio.run(run())

    def post(self, path: str, form: dict[str, str] | str, dpop: Sequence[str] = (), **headers: str) -> httpx.Response:
        """Post a form; text is sent as it is."""
        body = form if isinstance(form, str) else urlencode(form)
        lines = [("content-type", FORM_TYPE), *(("dpop", proof) for proof in dpop)]
        lines += [(name.replace("_", "-"), value) for name, value in headers.items()]
        return self.serve(lambda client: client.post(path, content=body.encode(), headers=lines))

    def get(self, path: str) -> httpx.Response:
        return self.serve(lambda client: client.get(path))

    def ask(self, system: System, proof: str | None = None, **fields: str) -> httpx.Response:
        """Ask for a token, rightly but for the fields and the proof given."""
        proof = proof or system.proof(nonce=self.nonces.fresh())
        return self.post("/oauth/token", system.form(**fields), [proof])

    def token(self, system: System, **fields: str) -> str:
        """Get a token that must be granted."""
        answer = self.ask(system, **fields)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def call(self, system: System, token: str, method: str = "POST", path: str = API_PATH, **proof: object) -> Caller:
        """Make an API request as far as the verifier, with a proof right but for the changes."""
        changes = {"nonce": self.nonces.fresh(), "token": token, **proof}
        made = system.proof(str(changes.pop("url", API_URL)), method, **changes)
        return self.verifier.verify([f"DPoP {token}"], [made], method, path)
