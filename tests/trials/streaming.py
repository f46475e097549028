"""How much memory the server process takes for a large file that is brought and fetched, and what can be read of it."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from furnished import POLICE, SENDING, Installation, consent_document, signing_key
from joserfc.jwk import ECKey
from served import LOOPBACK, Server

from gateway.client import (
    AttachmentKind,
    Client,
    Opener,
    Purpose,
    Route,
    SigningKey,
    Urgency,
    attachments_of,
    sealing_key,
)
from gateway.core.access.scopes import Scope
from gateway.core.answers import Recorded
from gateway.core.consents.desk import Actor
from gateway.demo.agencies import Member, agreement
from gateway.wiring import Gateway, build
from schemas.documents import Document
from schemas.vocabulary import DeliveryMode, FunctionClass

LAWYERS, LAWYERS_SYSTEM, WOMAN = "lawyers", "lawyers-system", "P-FILES"
CANARY = b"This is what nobody between may read. "
_CHUNK = 1_048_576
_SETTINGS = {"GATEWAY_LARGEST_ATTACHMENT": "268435456", "GATEWAY_ACCESS_LOG": "true"}


@dataclass(frozen=True, slots=True)
class Streamed:
    """What came of one large file: its size, how much arrived as it was, and how far memory rose for it, in bytes.

    `growth` is how far the process's highest mark rose above that of the file before. `readable` is in how many of
    the gateway's files it could be read, as it was or as it was sealed.
    """

    size: int
    arrived: int
    at_rest: int
    growth: int
    readable: int


@dataclass(frozen=True, slots=True)
class Office:
    """Lawyers who may have files of the police, and what both hold."""

    member: Member
    filed: Document
    key: ECKey


def streamed(installed: Installation, folder: Path, sizes: tuple[int, int]) -> Streamed:
    """Send two files, one after the other, and look at what the second one, of the second size, took."""
    office = _registered(installed)
    with Server.gateway(installed, **_SETTINGS) as server:
        at_rest = server.resident_bytes()
        _sent(installed, server, office, folder, sizes[0])
        before = _highest(server)
        arrived, sealed = _sent(installed, server, office, folder, sizes[1])
        growth = _highest(server) - before
        kept = [file.read_bytes() for file in installed.data.iterdir() if file.is_file()]
    canaries = (CANARY, sealed[_CHUNK : _CHUNK + 32])
    return Streamed(sizes[1], arrived, at_rest, growth, sum(any(one in file for one in canaries) for file in kept))


def _sent(installed: Installation, server: Server, office: Office, folder: Path, size: int) -> tuple[int, bytes]:
    """Send one file from disk to disk; how much of it arrived as it was, and what it was sealed to."""
    plain, sealed, fetched, opened = (folder / f"{size}.{name}" for name in ("plain", "sealed", "fetched", "opened"))
    with plain.open("wb") as file:
        file.writelines(_content(size))
    pinned = {POLICE: signing_key(POLICE), LAWYERS: office.member.signing}
    signing = {agency: key.public_key().public_bytes_raw() for agency, key in pinned.items()}
    key = sealing_key(office.filed, signing, datetime.now(UTC).date())
    with plain.open("rb") as source, sealed.open("wb") as into:
        named = key.attachment(1, AttachmentKind.LEGAL_PAPER, source, into)
    route = Route(LAWYERS, Purpose.LEGAL, Urgency.URGENT)
    with _client(server, SENDING, installed.clients[SENDING]) as sender, sealed.open("rb") as source:
        addition = key.supplement(WOMAN, attachments=(named,))
        sender.bring(sender.refer(_document(), route, supplement=addition), named, source)
    opener = Opener(LAWYERS, (_sealing(office),), (_message_key(installed),))
    with _client(server, LAWYERS_SYSTEM, office.key, opener) as recipient, fetched.open("w+b") as came:
        [message] = recipient.inbox()
        recipient.acknowledge(message)
        recipient.fetch(message, *attachments_of(message.body), came)
        with opened.open("wb") as into:
            opener.file(named, came, into)
    same = sha256(opened.read_bytes()).digest() == sha256(plain.read_bytes()).digest()
    return (size if same else 0), sealed.read_bytes()


def _content(size: int) -> Iterator[bytes]:
    whole = (CANARY * (_CHUNK // len(CANARY) + 1))[:_CHUNK]
    for at in range(0, size, _CHUNK):
        yield whole[: min(_CHUNK, size - at)]


def _document() -> Document:
    subject = {"person_ref": WOMAN, "minor_status": "adult"}
    return {"schema": "referral/1.0", "subject": subject, "needs": [{"code": "legal.criminal"}]}


def _client(server: Server, name: str, key: ECKey, opener: Opener | None = None) -> Client:
    return Client(f"http://{LOOPBACK}:{server.port}", name, SigningKey.of(key), opener=opener)


def _highest(server: Server) -> int:
    """Return the highest mark of the process's memory so far, in bytes."""
    told = Path(f"/proc/{server.pid}/status").read_text("ascii").split("VmHWM:", 1)[1]
    return int(told.split()[0]) * 1024


def _registered(installed: Installation) -> Office:
    police = Member(
        *(POLICE, POLICE, FunctionClass.POLICE, "canonical", DeliveryMode.PLAIN_PULL, signing_key(POLICE), None)
    )
    lawyers = Member(
        *(LAWYERS, LAWYERS, FunctionClass.LEGAL_AID, "canonical", DeliveryMode.SEALED_PULL),
        *(Ed25519PrivateKey.generate(), X25519PrivateKey.generate()),
    )
    filed = agreement(police, lawyers, Purpose.LEGAL, datetime.now(UTC).date())
    office = Office(lawyers, filed, ECKey.generate_key("P-256", auto_kid=True))
    gateway = build(installed.settings())
    gateway.start()
    try:
        asyncio.run(_furnished(gateway, office))
    finally:
        gateway.close()
    return office


async def _furnished(gateway: Gateway, office: Office) -> None:
    await gateway.registry.add_agency(office.member.registration())
    await gateway.registry.add_agreement(office.filed)
    scopes = frozenset({Scope.READ_INBOX, Scope.ACKNOWLEDGE_INBOX})
    await gateway.registry.add_client(LAWYERS_SYSTEM, LAWYERS, [office.key.as_dict(private=False)], scopes)
    said: Document = {
        **consent_document(WOMAN, POLICE),
        "recipient": LAWYERS,
        "purposes": [Purpose.LEGAL.value],
        "categories": ["need", "attachment"],
    }
    outcome = await gateway.door.desk.record(Actor(POLICE, None), said, "first-files")
    assert isinstance(outcome, Recorded), "a consent was not recorded"


def _sealing(office: Office) -> X25519PrivateKey:
    assert office.member.sealing is not None, "lawyers fetch sealed"
    return office.member.sealing


def _message_key(installed: Installation) -> bytes:
    """Return the gateway's public message key, as its operator would hand it out."""
    gateway = build(installed.settings())
    try:
        return gateway.base.ring.message_public_key()
    finally:
        gateway.close()
