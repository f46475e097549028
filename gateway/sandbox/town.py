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

from gateway.core.scopes import Scope
from gateway.demo.agencies import CLINIC, ENFORCEMENT, NGO, POLICE, ROUTES, SHELTER, Member
from gateway.demo.folder import emptied
from gateway.demo.messages import Wish
from gateway.demo.world import World, opened
from gateway.sandbox.place import Place, Resident
from schemas.vocabulary import DataCategory, Purpose

PEOPLE: Final = 5
"""So many invented people agreed on each of the routes below, one after the other to be tried on."""

_AGREED: Final = (
    (CLINIC, SHELTER, Purpose.ACCOMMODATION, (DataCategory.NEED, DataCategory.AGE_BAND, DataCategory.LANGUAGE)),
    (POLICE, SHELTER, Purpose.ACCOMMODATION, (DataCategory.NEED, DataCategory.AGE_BAND, DataCategory.LANGUAGE)),
    (POLICE, NGO, Purpose.PSYCHOLOGICAL, (DataCategory.NEED, DataCategory.ALIAS, DataCategory.LANGUAGE)),
)
"""Who may tell whom about them, for what, and what. Others never said yes, to see what a refusal looks like."""


@contextmanager
def open_sandbox(root: Path) -> Iterator[tuple[Place, World]]:
    """Open one until the block ends. Raises OperatorError where the folder is not a sandbox's, or is in use."""
    with emptied(root) as folder, opened(folder, _profile_without_delays(root)) as world:
        residents = {member.id: _settled(world, member) for member in world.members.values()}
        for discloser, recipient, purpose, categories in _AGREED:
            for person in residents[discloser].people:
                consent, active = world.record(Wish(person, discloser, recipient, purpose, categories))
                if not active:
                    world.confirm(consent)
        found = Place(root, world.url, world.gateway.base.ring.message_public_key().hex(), residents)
        found.keep()
        yield found, world


def _profile_without_delays(root: Path) -> Path:
    """Write the shipped country profile with nothing held back: whoever tries something wants to see it at once."""
    shipped = json.loads((files("consent") / "protective.json").read_bytes())
    file = root / "country-profile.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps({**shipped, "delivery_jitter_minutes": 0}))
    return file


def _settled(world: World, member: Member) -> Resident:
    """Give an agency a system of its own that may do whatever such an agency may."""
    key, client = ECKey.generate_key("P-256", auto_kid=True), f"sandbox-{member.id}"
    public = key.as_dict(private=False)
    asyncio.run(world.gateway.registry.add_client(client, member.id, [public], scopes_of(member.id)))
    file = world.folder.clients / f"{client}.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(key.as_dict(private=True)))
    discloses = any(discloser == member.id for discloser, *_ in _AGREED)
    people = [f"TEST-{member.id[0].upper()}-{number}" for number in range(1, PEOPLE + 1)] if discloses else []
    return Resident(
        id=member.id,
        title=member.title,
        function=member.function.value,
        adapter=member.adapter,
        client=client,
        sealing=member.sealing.private_bytes_raw().hex() if member.sealing else "",
        people=tuple(people),
        sends=tuple((recipient, purpose.value) for sender, recipient, purpose in ROUTES if sender == member.id),
    )


def scopes_of(agency: str) -> frozenset[Scope]:
    """Return what the system of that agency may ask for; enforcement may send and nothing else (F-01)."""
    return frozenset({Scope.SEND_REFERRALS}) if agency == ENFORCEMENT else frozenset(Scope)
