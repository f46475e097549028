"""A whole gateway in a folder of its own, with invented people: where fault tests, evidence and benchmarks start.

Everything is as an operator would have it (key ring, both databases, registered agencies, signed agreements, OAuth
clients, recorded consents); nothing is faked. Whoever wants a running server starts one on the folder (`served`);
whoever wants threads builds one here.
"""

import asyncio
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import stretching
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from joserfc.jwk import ECKey
from pydantic import SecretStr

from gateway.clock import SystemClock, SystemEntropy
from gateway.core.access.scopes import Scope
from gateway.core.answers import Recorded
from gateway.core.consents.desk import Actor
from gateway.core.encoding import base64url
from gateway.installation.preparing import prepare
from gateway.settings import Settings
from gateway.wiring import Gateway, build
from schemas.canonical import canonical
from schemas.documents import Json

SECRET = SecretStr("a secret for invented people only")
POLICE, SHELTER, ADVICE = "police", "shelter", "advice"
SENDING, FETCHING, NATIVE = "police-system", "shelter-system", "police-records"
PURPOSE = "assistance.accommodation"
COVERED = ("alias", "age_band", "sex", "language", "need", "risk", "meeting_point")
PERSONS = 200
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Installation:
    """One installation, and the private keys its agencies would hold.

    The database lies in the folder unless `database_url` names another; `copy` gives an equal one elsewhere.
    """

    data: Path
    clients: dict[str, ECKey]
    persons: int
    database_url: str = ""
    person_keys_url: str = ""

    def settings(self, port: int = 8470) -> Settings:
        """Return the settings of a gateway on this folder."""
        urls = {"database_url": self.database_url, "person_keys_url": self.person_keys_url}
        return Settings(data=self.data, secret=SECRET, port=port, **urls)

    def environment(self, port: int, workers: int = 1) -> dict[str, str]:
        """Return the same settings as a process reads them."""
        folder = {"GATEWAY_DATA": str(self.data), "GATEWAY_SECRET": SECRET.get_secret_value()}
        # One client sends what a country's would; how often one may is measured elsewhere.
        unlimited = dict.fromkeys(("GATEWAY_RATE_CLIENT", "GATEWAY_RATE_ADDRESS", "GATEWAY_RATE_FAILURES"), "0")
        urls = {"GATEWAY_DATABASE_URL": self.database_url, "GATEWAY_PERSON_KEYS_URL": self.person_keys_url}
        there = {name: url for name, url in urls.items() if url}
        return {**folder, **unlimited, **there, "GATEWAY_PORT": str(port), "GATEWAY_WORKERS": str(workers)}

    def copy(self, to: Path) -> "Installation":
        """Copy a closed installation to another folder, so that each trial starts from the same state."""
        shutil.copytree(self.data, to)
        return replace(self, data=to)


def person_ref(number: int, sender: str = POLICE) -> str:
    """Name an invented person as that agency does."""
    return f"{sender[0].upper()}-{number:05d}"


def install(data: Path, persons: int = PERSONS, database_url: str = "", person_keys_url: str = "") -> Installation:
    """Make an installation with that many people, every one of them with a live consent for the shelter.

    A URL names an empty database to take instead of one in the folder.
    """
    stretching.once()
    data.mkdir(mode=0o700, parents=True)
    clients = {name: ECKey.generate_key("P-256", auto_kid=True) for name in (SENDING, FETCHING, NATIVE)}
    made = Installation(data, clients, persons, database_url, person_keys_url)
    settings = made.settings()
    prepare(settings, SystemEntropy(), SystemClock().now().date())
    with _running(made) as gateway:
        asyncio.run(_furnish(gateway, made))
    return made


def add_people(made: Installation, count: int) -> None:
    """Record that many more people's consents to what the police send, into a closed installation."""
    with _running(made) as gateway:
        asyncio.run(_add_people(gateway, range(made.persons, made.persons + count)))


@contextmanager
def _running(made: Installation) -> Iterator[Gateway]:
    gateway = build(made.settings())
    gateway.start()
    try:
        yield gateway
    finally:
        gateway.close()


async def _furnish(gateway: Gateway, made: Installation) -> None:
    registry = gateway.registry
    signing = {agency: signing_key(agency) for agency in (POLICE, "records", ADVICE, SHELTER)}
    sealing = X25519PrivateKey.generate().public_key().public_bytes_raw()
    await registry.add_agency(agency_document(POLICE, "police", "canonical", signing[POLICE]))
    await registry.add_agency(agency_document("records", "police", "ndex", signing["records"]))
    await registry.add_agency(agency_document(ADVICE, "legal_aid", "canonical", signing[ADVICE]))
    await registry.add_agency(agency_document(SHELTER, "shelter", "canonical", signing[SHELTER], sealing))
    for sender in (POLICE, "records"):
        await registry.add_agreement(agreement_document(sender, SHELTER))
    for name, agency in ((SENDING, POLICE), (FETCHING, SHELTER), (NATIVE, "records")):
        key = made.clients[name].as_dict(private=False)
        await registry.add_client(name, agency, [key], frozenset(Scope))
    for number in range(made.persons):
        for sender in (POLICE, "records"):
            await consented(gateway, sender, number)


async def _add_people(gateway: Gateway, numbers: Sequence[int]) -> None:
    for at in range(0, len(numbers), _AT_ONCE):
        await asyncio.gather(*(consented(gateway, POLICE, number) for number in numbers[at : at + _AT_ONCE]))


def signing_key(agency: str) -> Ed25519PrivateKey:
    """Return the key an invented agency signs with."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(agency.encode()).digest())


async def consented(gateway: Gateway, sender: str, number: int, key: str = "", recipient: str = SHELTER) -> str:
    """Record that this person agrees to the shelter being told; the consent's id."""
    document = {**consent_document(person_ref(number, sender), sender), "recipient": recipient}
    outcome = await gateway.door.desk.record(Actor(sender, None), document, key or f"first-{sender}-{number}")
    assert isinstance(outcome, Recorded), "a consent was not recorded"
    assert outcome.answer["active"], "advisers took it, so it waits for nobody (C-19)"
    return str(outcome.answer["consent"])


def agency_document(
    name: str, function: str, adapter: str, key: Ed25519PrivateKey, sealing: bytes | None = None
) -> dict[str, Json]:
    """Return an agency's registration; with a sealing key it fetches sealed messages."""
    keys: dict[str, Json] = {"signing": [{"id": "s1", "alg": "EdDSA", "public_key": _public(key)}]}
    if sealing is not None:
        keys["sealing"] = [{"id": "k1", "use": "hpke-x25519", "public_key": base64url(sealing)}]
    return {
        "schema": "agency/1.0",
        "id": name,
        "title": f"Invented {name}",
        "function_class": function,
        "country": "XX",
        "adapter": adapter,
        "delivery_mode": "sealed-pull" if sealing else "plain-pull",
        "languages": ["en"],
        "operator": name,
        "keys": keys,
    }


def agreement_document(sender: str, recipient: str) -> dict[str, Json]:
    """Return an agreement that both signed."""
    terms: dict[str, Json] = {
        "schema": "agreement/1.0",
        "id": f"{sender}-{recipient}",
        "sender": sender,
        "recipient": recipient,
        "purpose": PURPOSE,
        "categories": [*COVERED],
        "legal_basis": ["A6-1-a", "A9-2-a"],
        "in_force": {"from": "2020-01-01", "to": "2099-12-31"},
        "retention_days": 30,
        "onward_transfer": "forbidden",
        "emergency_annex": False,
        "contacts": [{"role": "data_protection", "email": "dpo@invented.example"}],
    }
    message = canonical(terms)
    signatures: Sequence[Json] = [
        {"agency": side, "key_id": "s1", "alg": "EdDSA", "signature": base64url(signing_key(side).sign(message))}
        for side in (sender, recipient)
    ]
    return {"agreement": terms, "signatures": [*signatures]}


def consent_document(reference: str, sender: str) -> dict[str, Json]:
    """Return what such a person agrees to."""
    return {
        "schema": "consent/1.0",
        "person_ref": reference,
        "discloser": sender,
        "recipient": SHELTER,
        "decision": "support",
        "state": "given",
        "purposes": [PURPOSE],
        "categories": [*COVERED],
        "text": {"version": "v1", "sha256": "0" * 64, "language": "en"},
        "person_languages": ["en"],
        "interpreter": {"none_needed": True},
        "information_confirmed": True,
        "mechanism": "oral",
        "taken_by": {"agency": ADVICE, "name": "Invented Adviser"},
        "given_by": "self",
        "taken_at": "2026-01-02T10:00:00Z",
        "valid_from": "2026-01-02T10:00:00Z",
        "valid_until": "2099-01-01T00:00:00Z",
        "withdrawal_method": "any_agency",
    }


def _public(key: Ed25519PrivateKey) -> str:
    return base64url(key.public_key().public_bytes_raw())
