"""What an operator is handed: registrations, signed agreements, consents and keys, as JSON; invented throughout."""

from builders import PERSON_REF, POLICE, SHELTER, a_consent_document
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rings import bytes_from

from gateway.core.encoding import base64url
from schemas.canonical import canonical
from schemas.documents import Json

ADVISERS, BORDER = "open-door", "border-force"
MARK = "Marigold-7731"
"""Stands in a consent's free fields: wherever it turns up in an output, a value of the data has leaked."""


def agency(name: str = "hill-shelter", function: str = "shelter", **changes: Json) -> dict[str, Json]:
    """Return a registration (agency/1.0) with a signing key of its own."""
    public = _signer(name).public_key().public_bytes_raw()
    return {
        "schema": "agency/1.0",
        "id": name,
        "title": name.replace("-", " ").title(),
        "function_class": function,
        "country": "XX",
        "adapter": "canonical",
        "delivery_mode": "plain-pull",
        "languages": ["en"],
        "operator": name,
        "keys": {"signing": [{"id": "sign-1", "alg": "EdDSA", "public_key": base64url(public)}]},
        **changes,
    }


def agreement(sender: str = POLICE, recipient: str = SHELTER, **changes: Json) -> dict[str, Json]:
    """Return an agreement (agreement/1.0) that both signed."""
    terms: dict[str, Json] = {
        "schema": "agreement/1.0",
        "id": f"{sender}.{recipient}",
        "sender": sender,
        "recipient": recipient,
        "purpose": "assistance.accommodation",
        "categories": ["alias", "need"],
        "legal_basis": ["A6-1-a", "A9-2-a"],
        "in_force": {"from": "2020-01-01", "to": "2099-12-31"},
        "retention_days": 30,
        "onward_transfer": "forbidden",
        "emergency_annex": False,
        "contacts": [{"role": "data_protection", "email": "dpo@invented.example"}],
        **changes,
    }
    signatures: list[Json] = [
        {"agency": side, "key_id": "sign-1", "alg": "EdDSA", "signature": _signed(side, terms)}
        for side in (sender, recipient)
    ]
    return {"agreement": terms, "signatures": signatures}


def consent(person_ref: str = PERSON_REF, **changes: Json) -> dict[str, Json]:
    """Return her yes (consent/1.0), taken by the advisers; a mark stands where names stand."""
    usual: dict[str, Json] = {
        "person_ref": person_ref,
        "taken_by": {"agency": ADVISERS, "name": MARK},
        "taken_at": "2026-01-02T10:00:00Z",
        "valid_from": "2026-01-02T10:00:00Z",
        "valid_until": "2099-01-01T00:00:00Z",
    }
    return a_consent_document(**{**usual, **changes})


def public_key(seed: str = "police-system") -> dict[str, Json]:
    """Return the public half of a client's key."""
    return {"kty": "OKP", "crv": "Ed25519", "kid": "1", "x": base64url(_signer(seed).public_key().public_bytes_raw())}


def private_key(seed: str = "police-system") -> dict[str, Json]:
    """Return a whole client's key, which must never be given away."""
    return {**public_key(seed), "d": base64url(_signer(seed).private_bytes_raw())}


def _signer(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes_from(f"signing key of {name}"))


def _signed(name: str, terms: Json) -> str:
    return base64url(_signer(name).sign(canonical(terms)))


def _signed(name: str, terms: Json) -> str:
    return base64url(_signer(name).sign(canonical(terms)))
