"""Who may knock: the OAuth door over the store, with the keys its tokens are signed with."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import ECKey

from gateway.core.client_modes import ClientMode
from gateway.core.keys import KeyRing, Ring
from gateway.oauth.algorithms import SMART, USUAL
from gateway.oauth.endpoints import Parts
from gateway.oauth.gate import Gate
from gateway.oauth.keys import SigningKeys
from gateway.oauth.nonces import Nonces
from gateway.oauth.ports import RegisteredClient
from gateway.oauth.profile import Profile
from gateway.oauth.server import World
from gateway.oauth.smart import FhirVerifier
from gateway.oauth.verifier import Verifier
from gateway.store.clients import ClientReader
from gateway.wiring.foundation import Foundation


@dataclass(frozen=True, slots=True)
class Identity:
    """The routes of the OAuth door, who verifies requests to the API and to its FHIR endpoint, and what is revoked."""

    parts: Parts
    verifier: Verifier
    fhir_verifier: FhirVerifier
    clients: ClientReader
    revoked: set[str]


def identity(base: Foundation) -> Identity:
    """Connect it."""
    url = base.settings.public_url
    profile, clients = Profile(issuer=url, resource=f"{url}/v1"), ClientReader(base.reading)
    keys, nonces = _token_keys(base.ring), Nonces(base.ring, base.clock)
    disabled, tokens = clients.revoked()
    revoked = {f"client:{client}" for client in disabled} | {f"token:{jti}" for jti in tokens}
    gate = Gate(base.writer, base.clock, base.entropy, revoked)
    world = World(_Clients(clients), keys, base.clock, base.entropy)
    bound = Verifier(profile, keys, gate, nonces, base.clock)
    parts = Parts(profile, world, nonces, gate, gate)
    return Identity(parts, bound, FhirVerifier(bound, world, profile, gate), clients, revoked)


def _token_keys(ring: KeyRing) -> SigningKeys:
    current, *older = (_token_key(ring, epoch) for epoch in reversed(ring.epochs(Ring.TOKENS)))
    return SigningKeys(current, tuple(older[:1]))


def _token_key(ring: KeyRing, epoch: int) -> ECKey:
    pem = ring.token_signing_key(epoch)
    load_pem_private_key(pem, None)  # A ring that gives out something else is refused here, not at the first token.
    key = ECKey.import_key(pem)
    return ECKey.import_key({**key.as_dict(private=True), "kid": key.thumbprint()})


@dataclass(frozen=True, slots=True)
class _Clients:
    """`gateway.oauth.ports.ClientDirectory` over the store."""

    reader: ClientReader

    def client(self, client_id: str) -> RegisteredClient | None:
        found = self.reader.client(client_id)
        if found is None:
            return None
        algorithms = SMART if found.mode is ClientMode.SMART else USUAL
        return RegisteredClient(
            found.client_id, found.agency, found.jwks, found.scopes, found.enabled, algorithms, found.mode, found.rights
        )
