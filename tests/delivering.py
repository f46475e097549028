"""A whole gateway in this process that brings referrals to agencies' own systems (tests/agency_server.py)."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from agency_server import AgencySystem
from furnished import (
    POLICE,
    SENDING,
    SHELTER,
    Installation,
    agency_document,
    agreement_document,
    consented,
    install,
    signing_key,
)
from joserfc.jwk import ECKey
from referral_documents import canonical_bodies
from trials.in_process import a_caller, permitted

from adapters.sdk.contract import Inbound
from gateway.core.delivery.endpoint_registry import EndpointRegistry
from gateway.core.stages import Authenticated, Routing
from gateway.courier.rounds import Rounds
from gateway.wiring import Gateway, build, courier
from schemas.documents import Document, Json
from schemas.vocabulary import Ground, Purpose, Urgency

QUICK: dict[str, Json] = {"first_seconds": 1, "longest_seconds": 2, "give_up_hours": 1}


@dataclass
class Node:
    """One gateway, and the agencies it brings something to."""

    gateway: Gateway
    keys: "count[int]" = field(default_factory=count)

    def rounds(self, pause: float = 0.01) -> Rounds:
        """Return a courier of this node."""
        made = courier.rounds(self.gateway)
        return replace(made, pause=pause)

    async def brought_to(
        self,
        system: AgencySystem,
        agency: str,
        method: str = "none",
        adapter: str = "canonical",
        *,
        new_key: bool = False,
        **more: Json,
    ) -> Document:
        """Register an agency whose own system that is, with an agreement with the police."""
        registry, mode = self.gateway.registry, "plain-pull" if more.get("brings") == "hints" else "native-push"
        document = {**agency_document(agency, "shelter", adapter, signing_key(agency)), "delivery_mode": mode}
        await registry.add_agency(document)
        await registry.add_agreement(agreement_document(POLICE, agency))
        shows: dict[str, Json] = {"method": method}
        if method == "private_key_jwt":
            shows |= {"token_url": system.token_url, "client_id": "gateway", "dpop": system.dpop}
        made = await self.endpoints().add(
            {
                "schema": "endpoint/1.0",
                "agency": agency,
                "brings": "referrals",
                "url": system.url,
                "loopback": True,
                "authentication": shows,
                "patience": QUICK,
                **more,
            },
            b"gateway:a password" if method == "basic" else b"",
            new_key=new_key,
        )
        jwks = made.get("jwks")
        if isinstance(jwks, dict):
            system.keys.extend(ECKey.import_key(key) for key in jwks["keys"])
        return made

    def endpoints(self) -> EndpointRegistry:
        """Return where endpoints are registered."""
        return courier.endpoints(self.gateway)

    async def agrees(self, number: int, agency: str = SHELTER) -> str:
        """Record that this person agrees to that agency being told."""
        return await consented(self.gateway, POLICE, number, f"agrees-{number}-{agency}", agency)

    async def takes_back(self, consent: str) -> object:
        """Record that she took it back."""
        return await self.gateway.door.desk.withdraw_one(consent)

    async def sent(self, number: int, agency: str = SHELTER, urgency: Urgency = Urgency.URGENT) -> str:
        """Have the police refer this person; the referral's id."""
        body = next(canonical_bodies(1, first=number))
        routing = Routing(agency, Purpose.ACCOMMODATION, urgency, Ground.CONSENT, f"sent-{next(self.keys):08d}")
        asked = Authenticated(a_caller(SENDING, POLICE), routing, Inbound(body, "application/json", None), None)
        outcome = await self.gateway.door.exchange.accept(asked)
        assert permitted(outcome), "a referral was refused"
        return str(outcome.answer["decision_id"])

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Ask the database."""
        with self.gateway.base.reading.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def states(self, agency: str) -> dict[str, int]:
        """Count an agency's parcels by their state."""
        found = self.rows("select recipient, state from parcel")
        return dict(Counter(str(state) for recipient, state in found if recipient == agency))


async def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something holds."""
    for _ in range(int(seconds / 0.01)):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to hold")


@contextmanager
def a_node(installed: Installation) -> Iterator[Node]:
    """Open a gateway on this installation."""
    gateway = build(installed.settings())
    gateway.start()
    try:
        yield Node(gateway)
    finally:
        gateway.close()


def installed_in(folder: Path, database_url: str = "") -> Installation:
    """Make an installation in which nobody agreed to anything yet."""
    return install(folder / "data", persons=0, database_url=database_url)
