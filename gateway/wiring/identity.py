"""Who may knock: the OAuth door over the store, with the keys its tokens are signed with."""

import asyncio
from dataclasses import dataclass
from typing import Final

from gateway.core.access.certificates import NOBODY, read_authorities
from gateway.core.access.client_modes import ClientMode
from gateway.core.limits import AT_ONCE, Buckets, Limits, plain
from gateway.core.ports import Clock
from gateway.core.rotation.signing_keys import SigningKeyDesk, SigningState
from gateway.oauth.algorithms import SMART, USUAL
from gateway.oauth.endpoints import Parts
from gateway.oauth.gate import Gate
from gateway.oauth.nonces import Nonces
from gateway.oauth.ports import RegisteredClient
from gateway.oauth.profile import Profile
from gateway.oauth.rotation import RotatingKeys
from gateway.oauth.server import World
from gateway.oauth.smart import FhirVerifier
from gateway.oauth.verifier import Verifier
from gateway.settings import Settings
from gateway.store.reading.clients import ClientReader
from gateway.store.reading.signing_states import SigningReader
from gateway.wiring.foundation import Foundation

WATCH: Final = 5.0
"""Seconds between two looks at what other nodes changed."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The routes of the OAuth door, who verifies requests to the API and to its FHIR endpoint, and what is revoked."""

    parts: Parts
    verifier: Verifier
    fhir_verifier: FhirVerifier
    clients: ClientReader
    revoked: set[str]
    keys: RotatingKeys
    signing: SigningKeyDesk

    async def rotate(self, *, leaked: bool) -> SigningState:
        """Change the signing key, here at once and on every node within `WATCH` seconds."""
        state = await self.signing.rotate(leaked=leaked)
        await asyncio.to_thread(self.refresh)
        return state

    def refresh(self) -> None:
        """Take up what other nodes changed: which keys sign, and what was taken back."""
        self.keys.refresh()
        known, found = self.revoked, _revoked(self.clients)
        known |= found  # In place: the gate looks into this very set.
        known &= found  # What has run out is forgotten.

    async def refreshed(self) -> bool:
        """Do that beside the event loop; a duty of every process (`gateway.courier.housekeeping`)."""
        await asyncio.to_thread(self.refresh)
        return False


def identity(base: Foundation) -> Identity:
    """Connect it."""
    url = base.settings.public_url
    profile, clients = Profile(url, f"{url}/v1", mutual_tls=base.settings.mutual_tls), ClientReader(base.reading)
    authorities, signing = base.settings.authorities(), SigningReader(base.reading)
    vouching = NOBODY if authorities is None else read_authorities(authorities)
    keys, nonces, revoked = RotatingKeys(base.ring, signing.state), Nonces(base.ring, base.clock), _revoked(clients)
    gate = Gate(base.writer, base.clock, base.entropy, revoked, clients)
    world = World(_Clients(clients), keys, base.clock, base.entropy, vouching)
    bound = Verifier(profile, keys, gate, nonces, base.clock, base.entropy)
    parts = Parts(profile, world, nonces, gate, gate, _limits(base.settings, base.clock))
    fhir, desk = (
        FhirVerifier(bound, world, profile, gate),
        SigningKeyDesk(signing, base.clock, base.entropy, base.writer),
    )
    return Identity(parts, bound, fhir, clients, revoked, keys, desk)


def _limits(settings: Settings, clock: Clock) -> Limits:
    """Return this process's part of what a node lets pass."""
    share = settings.processes
    client, address = settings.rate_client / share, settings.rate_address / share
    failures = settings.rate_failures / share
    return Limits(
        clock,
        Buckets(client, client * AT_ONCE),
        Buckets(address, address * AT_ONCE),
        Buckets(failures / 60, failures),
        frozenset(filter(None, map(plain, settings.trusted_proxies))),
    )


def _revoked(clients: ClientReader) -> set[str]:
    disabled, tokens = clients.revoked()
    return {f"client:{client}" for client in disabled} | {f"token:{jti}" for jti in tokens}


@dataclass(frozen=True, slots=True)
class _Clients:
    """`gateway.oauth.ports.ClientDirectory` over the store."""

    reader: ClientReader

    def client(self, client_id: str) -> RegisteredClient | None:
        found = self.reader.client(client_id)
        if found is None:
            return None
        algorithms = SMART if found.mode is ClientMode.SMART else USUAL
        about = (found.client_id, found.agency, found.jwks, found.scopes, found.enabled)
        return RegisteredClient(*about, algorithms, found.mode, found.rights, found.names)
