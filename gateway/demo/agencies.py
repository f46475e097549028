"""The agencies of the demonstration, all invented: keys made for one run, and the agreements they sign."""

from dataclasses import dataclass
from datetime import date, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from consent.route import STRUCTURE
from gateway.core.access.scopes import Scope
from gateway.core.encoding import base64url
from gateway.core.errors import Defect
from schemas.canonical import canonical
from schemas.catalogue import profile_name
from schemas.documents import Document, Json
from schemas.profiles import compiled
from schemas.vocabulary import DeliveryMode, FunctionClass, LegalBasis, Purpose

POLICE = "city-police"
CLINIC = "riverside-clinic"
PROTECTION = "protection-office"
ENFORCEMENT = "return-enforcement"
SHELTER = "harbour-shelter"
NGO = "open-door"
RAPPORTEUR = "national-rapporteur"
OTHER_SHELTERS = ("hill-shelter", "lake-shelter", "meadow-shelter")
NOBODY = "no-such-agency"
"""An id that nobody registered."""

_SIGNING_KEY, _SEALING_KEY = "s1", "k1"
_IN_FORCE = timedelta(days=365)
_RETENTION_DAYS = 30
_SENDS = frozenset({Scope.SEND_REFERRALS, Scope.READ_REFERRALS})
_KEEPS_CONSENTS = frozenset({Scope.RECORD_CONSENTS, Scope.READ_CONSENTS, Scope.WITHDRAW_CONSENTS})
_FETCHES = frozenset({Scope.READ_INBOX, Scope.ACKNOWLEDGE_INBOX})


@dataclass(frozen=True, slots=True)
class Member:
    """An agency: what it is, and the private keys that only it would hold."""

    id: str
    title: str
    function: FunctionClass
    adapter: str
    delivery: DeliveryMode
    signing: Ed25519PrivateKey
    sealing: X25519PrivateKey | None

    def registration(self) -> Document:
        """Return the registration (schema agency/1.0)."""
        public = self.signing.public_key().public_bytes_raw()
        keys: dict[str, Json] = {"signing": [{"id": _SIGNING_KEY, "alg": "EdDSA", "public_key": base64url(public)}]}
        if self.sealing is not None:
            keys["sealing"] = [{"id": _SEALING_KEY, "use": "hpke-x25519", "public_key": _public(self.sealing)}]
        return {
            "schema": "agency/1.0",
            "id": self.id,
            "title": self.title,
            "function_class": self.function,
            "country": "XX",
            "adapter": self.adapter,
            "delivery_mode": self.delivery,
            "languages": ["en"],
            "operator": self.id,
            "keys": keys,
        }

    def signature(self, message: bytes) -> Json:
        """Return this agency's detached signature, as agreements carry it."""
        signature = base64url(self.signing.sign(message))
        return {"agency": self.id, "key_id": _SIGNING_KEY, "alg": "EdDSA", "signature": signature}


def cast() -> dict[str, Member]:
    """Make every agency with fresh keys: the seven of the story first, then three more shelters."""
    return {one.id: one for one in (*_seven(), *(_shelter(other) for other in OTHER_SHELTERS))}


def _seven() -> tuple[Member, ...]:
    return (
        _member(POLICE, "City Police", FunctionClass.POLICE, "ndex"),
        _member(CLINIC, "Riverside Clinic", FunctionClass.HEALTH),
        _member(PROTECTION, "Protection Office", FunctionClass.IMMIGRATION_PROTECTION),
        _member(ENFORCEMENT, "Return Enforcement", FunctionClass.IMMIGRATION_ENFORCEMENT),
        _member(SHELTER, "Harbour Shelter", FunctionClass.SHELTER, "primero", DeliveryMode.SEALED_PULL),
        _member(NGO, "Open Door", FunctionClass.PSYCHOSOCIAL),
        _member(RAPPORTEUR, "National Rapporteur", FunctionClass.RAPPORTEUR),
    )


def _shelter(name: str) -> Member:
    return _member(name, name.replace("-", " ").title(), FunctionClass.SHELTER)


def _member(
    name: str,
    title: str,
    function: FunctionClass,
    adapter: str = "canonical",
    delivery: DeliveryMode = DeliveryMode.PLAIN_PULL,
) -> Member:
    sealing = X25519PrivateKey.generate() if delivery is DeliveryMode.SEALED_PULL else None
    return Member(name, title, function, adapter, delivery, Ed25519PrivateKey.generate(), sealing)


@dataclass(frozen=True, slots=True)
class ClientPlan:
    """An OAuth client: one system of one agency, and what it may do."""

    id: str
    agency: str
    scopes: frozenset[Scope]


RECORDS, NIGHT_DESK, CLINIC_SYSTEM = "city-police-records", "city-police-night-desk", "riverside-clinic-system"
SHELTER_SYSTEM, NGO_SYSTEM = "harbour-shelter-primero", "open-door-office"

CLIENTS = (
    ClientPlan(RECORDS, POLICE, _SENDS | _KEEPS_CONSENTS | {Scope.READ_LEDGER}),
    ClientPlan(NIGHT_DESK, POLICE, frozenset({Scope.SEND_REFERRALS})),
    ClientPlan(CLINIC_SYSTEM, CLINIC, _SENDS | _KEEPS_CONSENTS),
    ClientPlan("protection-office-system", PROTECTION, _FETCHES),
    ClientPlan("return-enforcement-system", ENFORCEMENT, frozenset({Scope.SEND_REFERRALS})),
    ClientPlan(SHELTER_SYSTEM, SHELTER, _FETCHES),
    ClientPlan(NGO_SYSTEM, NGO, _FETCHES),
    ClientPlan("national-rapporteur-system", RAPPORTEUR, _FETCHES),
)
"""One system for each of the seven, and a second one at the police, whose user is not to be trusted."""

ROUTES = (
    (POLICE, SHELTER, Purpose.ACCOMMODATION),
    (POLICE, NGO, Purpose.PSYCHOLOGICAL),
    (POLICE, CLINIC, Purpose.HEALTH),
    (POLICE, PROTECTION, Purpose.RESIDENCE_STATUS),
    (POLICE, RAPPORTEUR, Purpose.STATISTICS),
    (ENFORCEMENT, PROTECTION, Purpose.ASYLUM),
    (CLINIC, SHELTER, Purpose.ACCOMMODATION),
    *((POLICE, other, Purpose.ACCOMMODATION) for other in OTHER_SHELTERS),
)
"""Who has an agreement with whom, and for what. Enforcement stands in one as sender; as recipient it cannot."""


def agreement(sender: Member, recipient: Member, purpose: Purpose, today: date) -> Document:
    """Return an agreement over everything the recipient's profile lists, signed by both (M-02)."""
    terms: dict[str, Json] = {
        "schema": "agreement/1.0",
        "id": f"{sender.id}.{recipient.id}.{purpose}"[:60],
        "sender": sender.id,
        "recipient": recipient.id,
        "purpose": purpose,
        "categories": _agreed(recipient, purpose),
        "legal_basis": [LegalBasis.CONSENT, LegalBasis.EXPLICIT_CONSENT],
        "in_force": {"from": today.isoformat(), "to": (today + _IN_FORCE).isoformat()},
        "retention_days": _RETENTION_DAYS,
        "onward_transfer": "forbidden",
        "emergency_annex": False,
        "contacts": [{"role": "data_protection", "email": f"dpo@{recipient.id}.example"}],
    }
    if recipient.sealing is not None:
        terms["recipient_keys"] = [{"id": _SEALING_KEY, "use": "hpke-x25519", "public_key": _public(recipient.sealing)}]
    message = canonical(terms)
    return {"agreement": terms, "signatures": [sender.signature(message), recipient.signature(message)]}


def _agreed(recipient: Member, purpose: Purpose) -> list[Json]:
    if recipient.function is FunctionClass.IMMIGRATION_ENFORCEMENT:
        return ["need"]  # There is no profile to go by, and the registry refuses the agreement anyway (F-01).
    name = profile_name(recipient.function, purpose)
    if name is None:
        raise Defect("the demonstration plans a route that has no profile")
    return [*sorted(compiled(name).categories - STRUCTURE)]


def _public(key: X25519PrivateKey) -> str:
    return base64url(key.public_key().public_bytes_raw())
