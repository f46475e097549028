"""Two registrations at one moment: each is checked beside the other, whichever comes first."""

import asyncio
from collections.abc import Iterator

import pytest
from furnished import POLICE, SHELTER, Installation, agency_document, signing_key
from joserfc.jwk import ECKey

from gateway.core.access.scopes import Scope
from gateway.core.errors import RegistrationRefusedError
from gateway.wiring import Gateway, build


@pytest.fixture
def gateway(installed: Installation) -> Iterator[Gateway]:
    """A gateway that works, with agencies and clients."""
    made = build(installed.settings())
    made.start()
    yield made
    made.close()


def at_once(gateway: Gateway, *names: tuple[str, str]) -> list[object]:
    """Register clients of these names and agencies, all with one key, at one moment."""
    key = ECKey.generate_key("P-256").as_dict(private=False)

    async def both() -> list[object]:
        adding = (gateway.registry.add_client(name, agency, [key], frozenset(Scope)) for name, agency in names)
        return list(await asyncio.gather(*adding, return_exceptions=True))

    return asyncio.run(both())


@pytest.mark.parametrize(
    "names", [(("one", POLICE), ("other", SHELTER)), (("one", POLICE), ("one", SHELTER))], ids=["key", "name"]
)
def test_f_01_of_two_clients_with_one_key_or_name_one_is_registered(
    gateway: Gateway, names: tuple[tuple[str, str], ...]
) -> None:
    outcomes = at_once(gateway, *names)
    assert sorted(map(type, outcomes), key=str) == [type(None), RegistrationRefusedError]
    held = [agency for name, agency, _ in gateway.registry.books.client_keys() if name in {"one", "other"}]
    assert held == [agency for (_, agency), outcome in zip(names, outcomes, strict=True) if outcome is None]


def test_f_01_of_two_agencies_run_by_the_same_hands_across_the_wall_one_is_registered(gateway: Gateway) -> None:
    """Both in the register, and the gateway would not start again."""
    wall, other = (
        {**agency_document(name, kind, "canonical", signing_key(name)), "operator": "same-hands"}
        for name, kind in (("border-command", "immigration_enforcement"), ("hill-shelter", "shelter"))
    )

    async def both() -> list[object]:
        adding = (gateway.registry.add_agency(document) for document in (wall, other))
        return list(await asyncio.gather(*adding, return_exceptions=True))

    outcomes = asyncio.run(both())
    assert sorted(map(type, outcomes), key=str) == [RegistrationRefusedError, str]
