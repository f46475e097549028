"""Opens a sandbox: the gateway and agencies of the demonstration, one system for each agency, people who agreed.

It is the same code as live, in a folder of its own that is emptied at each start, on loopback only.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final

from joserfc.jwk import ECKey

from gateway.clock import SystemClock
from gateway.core.access.client_modes import FHIR, ClientMode
from gateway.core.access.scopes import Scope
from gateway.core.answers import Recorded
from gateway.core.consents.desk import Actor
from gateway.core.errors import Defect
from gateway.demo.agencies import CLINIC, ENFORCEMENT, NGO, POLICE, ROUTES, SHELTER, Member, agreement
from gateway.demo.folder import emptied
from gateway.demo.messages import Wish, consent
from gateway.demo.world import World, opened
from gateway.sandbox import hospital
from gateway.sandbox.hospital import HOSPITAL, SENDS
from gateway.sandbox.place import Place, Resident
from schemas.vocabulary import DataCategory, Purpose

PEOPLE: Final = 5
"""So many invented people agreed on each of the routes below, one after the other to be tried on."""

_AGREED: Final = (
    (CLINIC, SHELTER, Purpose.ACCOMMODATION, (DataCategory.NEED, DataCategory.AGE_BAND, DataCategory.LANGUAGE)),
    (POLICE, SHELTER, Purpose.ACCOMMODATION, (DataCategory.NEED, DataCategory.AGE_BAND, DataCategory.LANGUAGE)),
    (POLICE, NGO, Purpose.PSYCHOLOGICAL, (DataCategory.NEED, DataCategory.ALIAS, DataCategory.LANGUAGE)),
    (HOSPITAL, SHELTER, Purpose.ACCOMMODATION, (DataCategory.NEED, DataCategory.AGE_BAND, DataCategory.LANGUAGE)),
    (CLINIC, HOSPITAL, Purpose.HEALTH, (DataCategory.NEED, DataCategory.AGE_BAND, DataCategory.LANGUAGE)),
)
"""Who may tell whom about them, for what, and what. Others never said yes, to see what a refusal looks like."""


@contextmanager
def open_sandbox(root: Path) -> Iterator[tuple[Place, World]]:
    """Open one until the block ends. Raises OperatorError where the folder is not a sandbox's, or is in use."""
    with emptied(root) as folder, opened(folder, _profile_without_delays(root), keeps_house=True) as world:
        everybody = {**world.members, HOSPITAL: asyncio.run(_joined(world))}
        residents = {member.id: _settled(world, member) for member in everybody.values()}
        for discloser, recipient, purpose, categories in _AGREED:
            for person in residents[discloser].people:
                _agrees(world, Wish(person, discloser, recipient, purpose, categories))
        found = Place(root, world.url, world.gateway.base.ring.message_public_key().hex(), residents)
        found.keep()
        yield found, world


async def _joined(world: World) -> Member:
    """Register the hospital and the agreements about it."""
    registry, today, joining = world.gateway.registry, SystemClock().now().date(), hospital.member()
    await registry.add_agency(joining.registration())
    everybody = {**world.members, HOSPITAL: joining}
    for sender, recipient, purpose in SENDS:
        await registry.add_agreement(agreement(everybody[sender], everybody[recipient], purpose, today))
    return joining


def _agrees(world: World, wish: Wish) -> None:
    """Record that she agreed: at the desk, as the agency's own system would say it."""
    document = consent(wish, SystemClock().now())
    recorded = asyncio.run(world.gateway.door.desk.record(Actor(wish.discloser, None), document, _key(wish)))
    if not isinstance(recorded, Recorded):
        raise Defect("a consent of the sandbox was not recorded")
    if recorded.answer["active"] is not True:
        world.confirm(str(recorded.answer["consent"]))


def _key(wish: Wish) -> str:
    return f"{wish.person_ref}:{wish.discloser}:{wish.recipient}"


def _profile_without_delays(root: Path) -> Path:
    """Write the shipped country profile with nothing held back: whoever tries something wants to see it at once."""
    shipped = json.loads((files("consent") / "protective.json").read_bytes())
    file = root / "country-profile.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps({**shipped, "delivery_jitter_minutes": 0}))
    return file


def _settled(world: World, member: Member) -> Resident:
    """Give an agency a system of its own that may do whatever such an agency may; a SMART client beside it for FHIR."""
    client = _client(world, member, f"sandbox-{member.id}", ClientMode.DPOP)
    smart = _client(world, member, f"sandbox-{member.id}-smart", ClientMode.SMART) if member.adapter == FHIR else ""
    discloses = any(discloser == member.id for discloser, *_ in _AGREED)
    people = [f"TEST-{member.id[0].upper()}-{number}" for number in range(1, PEOPLE + 1)] if discloses else []
    return Resident(
        id=member.id,
        title=member.title,
        function=member.function.value,
        adapter=member.adapter,
        client=client,
        smart=smart,
        sealing=member.sealing.private_bytes_raw().hex() if member.sealing else "",
        people=tuple(people),
        sends=tuple((to, purpose.value) for sender, to, purpose in (*ROUTES, *SENDS) if sender == member.id),
    )


def _client(world: World, member: Member, client: str, mode: ClientMode) -> str:
    """Register a system and lay its private key where an integrator finds it; its id."""
    key = ECKey.generate_key("P-384" if mode is ClientMode.SMART else "P-256", auto_kid=True)
    public = key.as_dict(private=False)
    asyncio.run(world.gateway.registry.add_client(client, member.id, [public], scopes_of(member.id), mode))
    file = world.folder.clients / f"{client}.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(key.as_dict(private=True)))
    return client


def scopes_of(agency: str) -> frozenset[Scope]:
    """Return what the system of that agency may ask for; enforcement may send and nothing else (F-01)."""
    return frozenset({Scope.SEND_REFERRALS}) if agency == ENFORCEMENT else frozenset(Scope)
