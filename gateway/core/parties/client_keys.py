"""The public keys of a client (RFC 7517): registered by a person, for a while, two at a time when one follows another.

A new key is added while the old one still counts; the client changes over when it likes, and the old one is retired.
What is kept of a key is what verifies, its id, and when it counts: `iat` and `exp`, as OpenID Federation writes them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, Protocol, TypeAlias

from gateway.core.access.certificates import THUMBPRINT, Certificate, public_jwk
from gateway.core.access.client_modes import ClientMode
from gateway.core.answers import ROUNDS, Stale
from gateway.core.encoding import base64url
from gateway.core.errors import OperatorError, RegistrationRefusedError
from gateway.core.heads import Head
from gateway.core.log.leaves import sealed_leaf
from gateway.core.parties.agency_keys import Ending
from gateway.core.ports import Clock, Entropy, Recorder
from gateway.core.rotation.key_items import ChangeKeys
from gateway.core.rows import ClientRow
from gateway.core.same_key import across, of_jwk
from schemas.documents import Document, Json

Jwk: TypeAlias = Mapping[str, Json]

LASTS: Final = timedelta(days=365)
"""How long a key counts where nobody says otherwise."""

LONGEST: Final = timedelta(days=730)

MOST: Final = 4
"""Keys of one client: two that overlap, of at most two kinds."""

_VERIFIES: Final = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}
_KEPT: Final = frozenset({"kty", "crv", "x", "y", "n", "e", "kid", "use", "alg", "key_ops", THUMBPRINT})
_LONGEST_ID: Final = 128


class Registrations(Protocol):
    """Clients as they stand, read afresh."""

    def head(self) -> Head:
        """Return the version of the whole register: read before anything that a registration is checked against."""
        ...

    def client_row(self, client: str) -> tuple[ClientRow, Head] | None:
        """Return a client that is not switched off, and the version it was read at."""
        ...

    def client_keys(self) -> Sequence[tuple[str, str, Sequence[Mapping[str, object]]]]:
        """Return (client, agency, public keys) of every client."""
        ...

    def agency_documents(self) -> Sequence[Document]:
        """Return every agency's registration."""
        ...


@dataclass(frozen=True, slots=True)
class ClientKeys:
    """Where a person adds and retires the keys of a client."""

    registrations: Registrations
    clock: Clock
    entropy: Entropy
    recorder: Recorder

    async def add(self, client: str, jwks: Sequence[Jwk], expires: datetime | None) -> tuple[Jwk, ...]:
        """Add keys beside those there are, and return all of them. Raises RegistrationRefusedError."""
        return await self._add(client, registered(jwks, self.clock.now(), expires))

    async def add_certificates(self, client: str, certificates: Sequence[Certificate]) -> tuple[Jwk, ...]:
        """Add certificates of a client of mutual TLS, as `add` does keys."""
        return await self._add(client, registered_certificates(certificates, self.clock.now()))

    async def _add(self, client: str, new: tuple[Jwk, ...]) -> tuple[Jwk, ...]:
        for _ in range(ROUNDS):
            beside = self.registrations.head()
            row, head = self._found(client)
            if any((THUMBPRINT in key) is not (row.mode is ClientMode.MTLS) for key in new):
                raise RegistrationRefusedError("key_of_another_mode")
            self._require_own(new, row.agency)
            keys = (*row.jwks, *new)
            _require_distinct(keys)
            if not isinstance(await self._changed(replace(row, jwks=keys), (head, beside), "client.key_added"), Stale):
                return keys
        raise OperatorError("a client's registration keeps changing")

    async def retire(self, client: str, kid: str) -> tuple[Jwk, ...]:
        """Take one key away from this commit on, and return those that are left. Raises RegistrationRefusedError."""
        for _ in range(ROUNDS):
            row, head = self._found(client)
            keys = tuple(key for key in row.jwks if key.get("kid") != kid)
            if len(keys) == len(row.jwks):
                raise RegistrationRefusedError("key_unknown")
            if not keys:
                raise RegistrationRefusedError("last_key")
            if not isinstance(await self._changed(replace(row, jwks=keys), (head,), "client.key_retired"), Stale):
                return keys
        raise OperatorError("a client's registration keeps changing")

    async def _changed(self, row: ClientRow, heads: tuple[Head, ...], action: str) -> Stale | None:
        leaf = sealed_leaf(
            self.entropy, "key.changed", self.clock.now(), {"sender": row.agency, "action": action, "by": "operator"}
        )
        return await self.recorder.record(ChangeKeys(row, heads, leaf))

    def _found(self, client: str) -> tuple[ClientRow, Head]:
        found = self.registrations.client_row(client)
        if found is None:
            raise RegistrationRefusedError("client_unknown")
        return found

    def _require_own(self, keys: Sequence[Jwk], agency: str) -> None:
        """Refuse a key that any client has, this one too: nobody stands in for another (F-01)."""
        mine = frozenset(map(of_jwk, keys))
        for _, _, held in self.registrations.client_keys():
            if mine & frozenset(map(of_jwk, held)):
                raise RegistrationRefusedError("key_shared")
        if mine & across(agency, self.registrations.agency_documents()):
            raise RegistrationRefusedError("shared_across_firewall")


def registered(jwks: Sequence[Jwk], now: datetime, expires: datetime | None = None) -> tuple[Jwk, ...]:
    """Return keys as they are kept.

    Raises RegistrationRefusedError for an end that is past or too far away, and for one id twice.
    """
    ends = now + LASTS if expires is None else expires
    if not now < ends <= now + LONGEST:
        raise RegistrationRefusedError("key_lifetime")
    times: dict[str, Json] = {"iat": int(now.timestamp()), "exp": int(ends.timestamp())}
    kept = tuple(
        {"kid": thumbprint(key), **{name: value for name, value in key.items() if name in _KEPT}, **times}
        for key in jwks
    )
    _require_distinct(kept)
    return kept


def registered_certificates(certificates: Sequence[Certificate], now: datetime) -> tuple[Jwk, ...]:
    """Return the keys that stand for certificates, as they are kept: until each ends, and never for longer than a key.

    Raises RegistrationRefusedError like `registered`, and for a certificate that is not in force.
    """
    if not all(certificate.is_in_force(now) for certificate in certificates):
        raise RegistrationRefusedError("certificate_not_in_force")
    ends = (min(certificate.parsed.not_valid_after_utc, now + LONGEST) for certificate in certificates)
    pairs = zip(certificates, ends, strict=True)
    kept = tuple(key for one, end in pairs for key in registered([public_jwk(one)], now, end))
    _require_distinct(kept)
    return kept


def client_endings(clients: Iterable[tuple[str, Sequence[Mapping[str, object]]]]) -> Iterator[Ending]:
    """Yield every key of these clients that has an end, with the last day on which it counts, the soonest first."""
    found = (
        Ending(client, str(key.get("kid")), datetime.fromtimestamp(ends, UTC).date())
        for client, keys in clients
        for key in keys
        if isinstance(ends := key.get("exp"), int)
    )
    yield from sorted(found, key=lambda ending: (ending.last_day, ending.agency, ending.key))


def thumbprint(key: Mapping[str, object]) -> str:
    """Name a public key by its own digest (RFC 7638)."""
    members = {name: key.get(name) for name in _VERIFIES.get(str(key.get("kty")), ())}
    return base64url(sha256(json.dumps(members, separators=(",", ":"), sort_keys=True).encode()).digest())


def _require_distinct(keys: Sequence[Jwk]) -> None:
    ids = [key["kid"] for key in keys]
    if not all(isinstance(kid, str) and 0 < len(kid) <= _LONGEST_ID and kid.isprintable() for kid in ids):
        raise RegistrationRefusedError("key_id_form")
    if len(set(ids)) != len(ids):
        raise RegistrationRefusedError("key_id_reused")
    if len(keys) > MOST:
        raise RegistrationRefusedError("too_many_keys")
