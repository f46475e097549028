"""Registers agencies' own systems. A person does, with the file of the endpoint and what opens it; each is a leaf.

The firewall is drawn here too: nothing is brought to immigration enforcement, nor to a machine that it shares (F-01).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from gateway.core.crypto.keys import KeyRing
from gateway.core.delivery.credentials import opened_credential, sealed_credential
from gateway.core.delivery.hinting import SECRET_BYTES, written_secret
from gateway.core.encoding import base64url
from gateway.core.endpoints import Brings, Endpoint, EndpointRow, Showing
from gateway.core.errors import Defect, OperatorError, RegistrationRefusedError
from gateway.core.heads import Head, agency_head
from gateway.core.lanes import LaneBook
from gateway.core.log.leaves import sealed_leaf
from gateway.core.parties.registry import Registry
from gateway.core.parties.registry_items import Register
from gateway.core.same_key import enforces
from schemas.documents import Document, Json
from schemas.validation import validate
from schemas.vocabulary import DeliveryMode

_COORDINATE: Final = 32
_SHORTEST_CREDENTIAL: Final = 3


@dataclass(frozen=True, slots=True)
class EndpointRegistry:
    """Registers endpoints. `unfit` says by a code why an address may not be connected to; None where it may."""

    registry: Registry
    keys: KeyRing
    book: LaneBook
    unfit: Callable[[str, bool], str | None]

    async def add(self, document: Document, credential: bytes = b"", *, new_key: bool = False) -> Document:
        """Register an endpoint, or replace it; return what its agency has to be told: a public key, or a secret.

        Both are made here, once, and kept when the endpoint is registered again, unless a `new_key` is asked for; of
        secrets, the one before stays good beside the new one. Raises SchemaViolationError, RegistrationRefusedError,
        OperatorError.
        """
        filed, beside = validate(document, "endpoint/1.0").document, self.registry.books.head()
        agency = str(filed["agency"])
        self._refuse(filed)
        before = self.book.endpoint(agency)
        if filed["brings"] == Brings.HINTS:
            return await self._add_hints(filed, before, beside, new_key=new_key)
        showing, plain = _showing(filed), credential
        if (showing is Showing.BASIC) is not bool(credential):
            raise RegistrationRefusedError("credential_missing" if showing is Showing.BASIC else "credential_not_used")
        if showing is Showing.PRIVATE_KEY_JWT:
            plain = self._kept(before, new_key=new_key) or _new_key()
        elif credential and (b":" not in credential or len(credential) < _SHORTEST_CREDENTIAL):
            raise RegistrationRefusedError("credential_form")
        await self._file(
            EndpointRow(agency, filed, self._sealed(agency, plain), before.secret if before else 1), beside
        )
        public: dict[str, Json] = {"jwks": {"keys": [public_jwk(plain)]}} if showing is Showing.PRIVATE_KEY_JWT else {}
        return {"agency": agency, **public}

    async def _add_hints(self, filed: Document, before: Endpoint | None, beside: Head, *, new_key: bool) -> Document:
        """Hints are signed by a secret of their own and hold nothing: no other authentication is taken for them."""
        if _showing(filed) is not Showing.NONE:
            raise RegistrationRefusedError("hints_are_signed")
        agency, kept = str(filed["agency"]), b""
        if before is not None and before.brings is Brings.HINTS:
            kept = opened_credential(self.keys, before)
        number, told = before.secret if before else 1, dict[str, Json]()
        if new_key or not kept:
            secret = self.registry.entropy.bytes(SECRET_BYTES)
            number, told = (number + 1 if kept else 1), {"secret": written_secret(secret)}
            kept = secret + kept[:SECRET_BYTES]
        await self._file(EndpointRow(agency, filed, self._sealed(agency, kept), number), beside)
        return {"agency": agency, **told}

    async def _file(self, row: EndpointRow, beside: Head) -> None:
        now = self.registry.clock.now()
        leaf = sealed_leaf(self.registry.entropy, "endpoint.registered", now, {"recipient": row.agency})
        if await self.registry.recorder.record(Register(row, agency_head(row.agency), leaf, beside)):
            raise OperatorError("something else was registered at the same moment; ask again")

    def _sealed(self, agency: str, plain: bytes) -> bytes:
        return sealed_credential(self.keys, self.registry.entropy, agency, plain) if plain else b""

    def _kept(self, before: Endpoint | None, *, new_key: bool) -> bytes:
        if before is None or new_key or before.showing is not Showing.PRIVATE_KEY_JWT:
            return b""
        return opened_credential(self.keys, before)

    def _refuse(self, filed: Document) -> None:
        agencies = {str(entry["id"]): entry for entry in self.registry.books.agency_documents()}
        own = agencies.get(str(filed["agency"]))
        if own is None:
            raise RegistrationRefusedError("agency_unknown")
        if enforces(own):
            raise RegistrationRefusedError("enforcement_never_receives")  # F-01
        pushed = own["delivery_mode"] == DeliveryMode.NATIVE_PUSH
        if (filed["brings"] == Brings.REFERRALS) is not pushed:
            raise RegistrationRefusedError("brings_against_delivery_mode")
        said = own.get("delivery_endpoint")
        if isinstance(said, str) and pushed and _host(said) != _host(str(filed["url"])):
            raise RegistrationRefusedError("endpoint_differs")
        addresses = _addresses(filed)
        for address in addresses:
            if code := self.unfit(address, filed.get("loopback") is True):
                raise RegistrationRefusedError(code)
        theirs = {_host(str(entry["delivery_endpoint"])) for entry in agencies.values() if _has_endpoint(entry)}
        if theirs & set(map(_host, addresses)):
            raise RegistrationRefusedError("shared_across_firewall")  # F-01


def public_jwk(pem: bytes) -> dict[str, Json]:
    """Return the public half of a P-256 key as a JWK, named by its thumbprint (RFC 7638)."""
    private = load_pem_private_key(pem, None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise Defect("an endpoint's key is of another kind than was made")
    numbers = private.public_key().public_numbers()
    x, y = (base64url(number.to_bytes(_COORDINATE)) for number in (numbers.x, numbers.y))
    named = {"crv": "P-256", "kty": "EC", "x": x, "y": y}
    kid = base64url(sha256(json.dumps(named, separators=(",", ":")).encode()).digest())
    return {**named, "alg": "ES256", "kid": kid, "use": "sig"}


def _new_key() -> bytes:
    """Make a key. It comes from the library's own generator, like the ephemeral keys of sealing."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _showing(filed: Document) -> Showing:
    shows = _shows(filed)
    showing = Showing(str(shows["method"]))
    if showing is Showing.PRIVATE_KEY_JWT and not {"token_url", "client_id"} <= shows.keys():
        raise RegistrationRefusedError("authentication_incomplete")
    return showing


def _shows(filed: Document) -> Mapping[str, Json]:
    shows = filed["authentication"]
    return shows if isinstance(shows, Mapping) else {}


def _addresses(filed: Document) -> tuple[str, ...]:
    token = _shows(filed).get("token_url")
    return (str(filed["url"]), *([token] if isinstance(token, str) else []))


def _has_endpoint(entry: Document) -> bool:
    return enforces(entry) and "delivery_endpoint" in entry


def _host(url: str) -> str:
    """Return the machine an address is on; two services on one machine share it."""
    return (urlsplit(url).hostname or "").rstrip(".")
