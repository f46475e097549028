"""One run's world: a gateway in the demonstration's folder, its agencies, its people, and a server before it.

Everything is as an operator would have it: key ring, databases, signed agreements, OAuth clients; nothing is faked. No
setting comes from the environment, so that a demonstration can never open the data of a real installation.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import httpx
from joserfc.jwk import ECKey

from gateway.clock import SystemClock, SystemEntropy
from gateway.core.access.scopes import Scope
from gateway.core.officer.granting import Wanted
from gateway.core.officers import Role
from gateway.demo import messages
from gateway.demo.agencies import CLIENTS, ROUTES, Member, agreement, cast
from gateway.demo.client import System, UnexpectedAnswerError
from gateway.demo.folder import DemoFolder
from gateway.demo.officers import InventedOfficer, invented
from gateway.demo.server import LOOPBACK, listening, serving
from gateway.installation.folder import exclusive
from gateway.installation.preparing import prepare
from gateway.serving.process import unasked
from gateway.settings import Settings
from gateway.wiring import Gateway, build
from schemas.documents import Document
from schemas.vocabulary import Need

ORIGIN: Final = "referral-gateway/demonstration"
_CREATED: Final = 201
_PATIENCE: Final = 10.0
_HERE: Final = "localhost"
"""How a browser names this machine: it makes passkeys for names and for no address (WebAuthn Level 2, 5.1.2)."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything the story plays with.

    `incident` is the police's document, `supplement` what they add to it; `advocate` is the second person beside what
    the police record; `ended` is set when no server is left.
    """

    folder: DemoFolder
    gateway: Gateway
    members: Mapping[str, Member]
    systems: Mapping[str, System]
    http: httpx.Client
    incident: bytes
    advocate: InventedOfficer
    supplement: Callable[[str, Need], Document] = messages.supplement
    ended: threading.Event | None = None

    @property
    def url(self) -> str:
        """Where the gateway answers."""
        return self.gateway.settings.public_url

    def record(self, wish: messages.Wish) -> tuple[str, bool]:
        """Let the discloser record a consent over HTTP; its id, and whether it is active."""
        document = messages.consent(wish, SystemClock().now())
        answer = self.systems[_recording(wish.discloser)].post("/v1/consents", messages.written(document))
        if answer.status != _CREATED:
            raise UnexpectedAnswerError(f"{answer.status}: a consent was not recorded")
        return answer.text("consent"), answer.body["active"] is True

    def confirm(self, consent: str) -> bool:
        """Let the advocate confirm a consent, with her passkey shown for it (C-19)."""
        return asyncio.run(self.advocate.confirm(consent))

    async def invites_an_officer(self) -> str:
        """Return the secret part of a link that makes somebody a data-protection officer of no agency, once."""
        return await self.gateway.people.granting.invite(Wanted(frozenset({Role.DPO}), None, "Data protection"), None)


def settings_of(folder: DemoFolder) -> Settings:
    """Return the settings of a demonstration: every one is given here, so that none is read from the environment."""
    defaults = {name: setting.default for name, setting in Settings.model_fields.items()}
    own = {"data": folder.data, "secret_file": folder.secret, "host": LOOPBACK, "origin": ORIGIN, "demo": True}
    return Settings.model_validate({**defaults, **own})


def installed(folder: DemoFolder, settings: Settings) -> Gateway:
    """Make keys and databases, as `init` does, and connect a gateway to them."""
    folder.secret.touch(mode=0o600)
    folder.secret.write_text(SystemEntropy().bytes(32).hex())
    prepare(settings, SystemEntropy(), SystemClock().now().date())
    return build(settings)


async def register(gateway: Gateway, members: Mapping[str, Member], keys: Mapping[str, ECKey]) -> None:
    """Register agencies, signed agreements and clients, as the operator does."""
    registry, today = gateway.registry, SystemClock().now().date()
    for member in members.values():
        await registry.add_agency(member.registration())
    for sender, recipient, purpose in ROUTES:
        await registry.add_agreement(agreement(members[sender], members[recipient], purpose, today))
    for plan in CLIENTS:
        await registry.add_client(plan.id, plan.agency, [keys[plan.id].as_dict(private=False)], plan.scopes)


def systems(url: str, http: httpx.Client, keys: Mapping[str, ECKey]) -> dict[str, System]:
    """Return the agencies' systems, not yet signed in."""
    made = partial(System, url=url, http=http, clock=SystemClock(), entropy=SystemEntropy())
    return {plan.id: made(plan.id, keys[plan.id], plan.scopes) for plan in CLIENTS}


@contextmanager
def opened(folder: DemoFolder, profile: Path | None = None, *, keeps_house: bool = False) -> Iterator[World]:
    """Open a world in an empty folder and serve it on loopback until the block ends; `profile` is the country's.

    Where it `keeps_house` the duties of a gateway are done meanwhile; the story's log is to be the same each time.
    """
    settings = settings_of(folder).model_copy(update={"country_profile": profile})
    with closing(listening(settings)) as bound:
        port = bound.getsockname()[1]
        gateway = installed(folder, settings.model_copy(update={"port": port, "url": f"http://{_HERE}:{port}"}))
        # Not by way of a proxy, whatever the environment says: this machine only.
        local = httpx.Client(trust_env=False, timeout=_PATIENCE)
        duties = unasked(gateway) if keeps_house else {}
        with exclusive(folder.data), serving(gateway, bound, duties) as ended, local as http:
            yield peopled(folder, gateway, http, ended)


def peopled(folder: DemoFolder, gateway: Gateway, http: httpx.Client, ended: threading.Event | None = None) -> World:
    """Register everybody, sign every system in, and record what the people beside the story agreed to."""
    members = cast()
    keys = {plan.id: ECKey.generate_key("P-256", auto_kid=True) for plan in CLIENTS}
    asyncio.run(register(gateway, members, keys))
    _keep(folder, keys)
    world = World(
        folder,
        gateway,
        members,
        systems(gateway.settings.public_url, http, keys),
        http,
        messages.police_incident(),
        asyncio.run(invented(gateway.people, Role.ADVOCATE, "Invented advocate")),
        ended=ended,
    )
    for system in world.systems.values():
        system.sign_in()
    for wish in messages.OTHERS:
        consent, active = world.record(wish)
        if not active:
            world.confirm(consent)
    return world


def _recording(agency: str) -> str:
    return next(plan.id for plan in CLIENTS if plan.agency == agency and Scope.RECORD_CONSENTS in plan.scopes)


def _keep(folder: DemoFolder, keys: Mapping[str, ECKey]) -> None:
    """Lay the systems' private keys where the reader of the demonstration can try them."""
    for client, key in keys.items():
        file = folder.clients / f"{client}.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(key.as_dict(private=True), indent=1))
