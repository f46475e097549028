"""The demonstration's second person: invented, a passkey in software, and held to every rule that holds anybody."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from journeys.in_process import a_line

from gateway.core.officers import OfficerRefusedError
from gateway.demo.messages import MIRELA, TO_NGO, TO_SHELTER
from gateway.demo.passkeys import SoftwarePasskey
from gateway.demo.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_line(tmp_path_factory.mktemp("demo")) as line:
        yield line.world


def test_c_19_the_advocate_confirms_what_the_police_recorded_with_her_passkey_shown_for_it(world: World) -> None:
    consent, active = world.record(TO_SHELTER)
    assert not active
    assert world.confirm(consent)
    found = world.gateway.people.desk.shown_one(consent)
    assert found.confirmed


def test_c_19_what_waits_for_nobody_is_confirmed_by_nobody(world: World) -> None:
    consent, _ = world.record(TO_NGO)
    assert world.confirm(consent)
    with pytest.raises(OfficerRefusedError):
        world.confirm(consent)


def test_c_19_another_passkey_than_the_advocates_confirms_nothing(world: World) -> None:
    """The canary: what the demonstration's key signs is verified, not believed."""
    consent, _ = world.record(replace(TO_SHELTER, person_ref=f"{MIRELA}-2"))
    hers = world.advocate.passkey
    forged = replace(world.advocate, passkey=SoftwarePasskey(hers.origin, hers.id, uses=hers.uses, handle=hers.handle))
    with pytest.raises(OfficerRefusedError):
        asyncio.run(forged.confirm(consent))
    found = world.gateway.people.desk.shown_one(consent)
    assert not found.confirmed
