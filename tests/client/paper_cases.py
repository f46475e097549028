"""Women whose papers go from the clinic to a law office, and everything that may end that meanwhile."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from client.law_offices import ROUTE, Lawyers, agreed
from client.posts import Post

from gateway.client import (
    Attachment,
    AttachmentKind,
    Message,
    NotFoundError,
    Referral,
    Route,
    Urgency,
)
from gateway.client.answers import Answer
from gateway.client.line import Asked
from gateway.core.consents.desk import Actor
from gateway.core.delivery.attachments import Attachments
from gateway.demo.agencies import CLINIC, CLINIC_SYSTEM, SHELTER
from gateway.demo.messages import Wish, consent
from schemas.documents import Document
from schemas.vocabulary import DataCategory, Purpose

PAPER = b"REPUBLIKA passport of nobody at all " * 20_000
"""Some pieces long, so that what is said of a stream is true of this one."""
LETTER = b"To the court: an invented letter."
IDENTITY, LEGAL, MEDICAL = AttachmentKind.IDENTITY_PAPER, AttachmentKind.LEGAL_PAPER, AttachmentKind.MEDICAL_RECORD
AGREES = ("need", "attachment")
NO_MESSAGE = Message("", "", b"", datetime.max.replace(tzinfo=UTC))


OCTETS = {"Content-Type": "application/octet-stream"}


@dataclass(frozen=True)
class Paper:
    """One sealed file, as its sender keeps it until it is brought."""

    named: Attachment
    sealed: bytes


@dataclass
class Case:
    """One woman, one office, and what happens to her papers between the clinic and that office."""

    post: Post
    office: Lawyers
    person: str
    papers: dict[int, Paper] = field(default_factory=dict)
    sent: str = ""

    def seal(self, number: int = 1, kind: AttachmentKind = IDENTITY, content: bytes = LETTER) -> Paper:
        sealed, key = BytesIO(), self.office.key(self.post.line.clock.now().date())
        named = key.attachment(number, kind, BytesIO(content), sealed)
        self.papers[number] = Paper(named, sealed.getvalue())
        return self.papers[number]

    def refer(self, **more: object) -> Referral:
        key = self.office.key(self.post.line.clock.now().date())
        addition = key.supplement(self.person, attachments=tuple(paper.named for paper in self.papers.values()))
        route = Route(self.office.member.id, ROUTE, Urgency.URGENT)
        referral = self.post.client(CLINIC_SYSTEM).refer(self.document(**more), route, supplement=addition)
        self.sent = referral.id
        return referral

    def document(self, **more: object) -> Document:
        return {
            "schema": "referral/1.0",
            "subject": {"person_ref": self.person, "minor_status": "adult"},
            "needs": [{"code": "legal.immigration"}],
            **more,
        }

    def bring(self, referral: Referral, number: int = 1) -> None:
        paper = self.papers[number]
        self.post.client(CLINIC_SYSTEM).bring(referral, paper.named, BytesIO(paper.sealed))

    def message(self, *, acknowledged: bool = True) -> Message:
        """Return the message of what was sent last; others that wait for the same office are taken in."""
        recipient, wanted = self.post.client(self.office.client, opener=self.office.opener(self.post)), self.waiting()
        came = {message.id: message for message in recipient.inbox(20)}
        for message in came.values():
            if acknowledged or message.id != wanted:
                recipient.acknowledge(message)
        return came[wanted]

    def waiting(self) -> str:
        """Return the id of the message of what was sent last, which its recipient is told with the lease."""
        [(message,)] = self.asked("select id from parcel where referral = ?", self.sent)
        return message

    def asked(self, query: str, *values: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.post.line.world.gateway.settings.data / "gateway.db")) as database:
            return database.execute(query, values).fetchall()

    def fetch(self, message: Message | str, number: int = 1) -> bytes:
        sealed = BytesIO()
        self.post.client(self.office.client).fetch(message, self.papers[number].named, sealed)
        return sealed.getvalue()

    def brought(
        self, content: bytes = LETTER, *, acknowledged: bool = True, **more: object
    ) -> tuple[Referral, Message]:
        """Seal, refer, bring and lease: a file that may be fetched, which is looked at once."""
        self.seal(content=content)
        referral = self.refer(**more)
        self.bring(referral)
        message = self.message(acknowledged=acknowledged)
        assert self.fetch(message) == self.papers[1].sealed, "the control"
        return referral, message

    def is_gone(self, message: Message) -> bool:
        """Say whether nothing of it is handed out, and nothing is kept."""
        with pytest.raises(NotFoundError):
            self.fetch(message)
        files = self.asked("select id from attachment where message = ?", message.id)
        left = self.asked("select * from attachment_piece where attachment not in (select id from attachment)")
        return not files and not left


def of(post: Post, office: Lawyers, person: str, *categories: str) -> Case:
    agreed(post, person, office.member.id, *(categories or AGREES))
    return Case(post, office, person)


def leaves(post: Post, *kinds: str) -> list[Document]:
    log = post.line.world.gateway.log
    return [leaf for leaf in map(json.loads, log.leaves(log.head().size)) if leaf["type"] in kinds]


def attachments(post: Post, **changes: object) -> Attachments:
    return replace(post.line.world.gateway.door.attachments, **changes)


def withdrawn(case: Case, _message: Message) -> None:
    case.post.client(CLINIC_SYSTEM).withdraw(case.person)


def restricted(case: Case, _message: Message, **to: str) -> None:
    event = {"restriction_set": {"category": "attachment", **to}}
    fact = {"schema": "case_event/1.0", "person_ref": case.person, "event": event}
    asyncio.run(case.post.line.world.gateway.door.cases.record(Actor(CLINIC, None), fact, f"withheld-{case.person}"))


def narrowed(case: Case, _message: Message) -> None:
    clinic, now = case.post.client(CLINIC_SYSTEM), case.post.line.clock.now()
    [consent] = clinic.post("/v1/consents/search", {"person_ref": case.person}).accepted()["consents"]
    said = {
        "schema": "consent_event/1.0",
        "type": "narrowed",
        "categories": ["need"],
        "mechanism": "oral",
        "taken_by": {"agency": CLINIC, "name": "Agron Invented"},
        "taken_at": (now - timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    clinic.post(f"/v1/consents/{consent['consent']}/events", said).require()


def withheld_anew(case: Case, _message: Message) -> None:
    """She says it anew, and that this office shall have no file of hers."""
    wish = Wish(case.person, CLINIC, SHELTER, Purpose.ACCOMMODATION, (DataCategory.NEED,))
    said = consent(wish, case.post.line.clock.now())
    restriction = {"category": "attachment", "recipient": case.office.member.id}
    said = {**said, "restrictions": [restriction]}
    asyncio.run(case.post.line.world.gateway.door.desk.record(Actor(CLINIC, None), said, f"anew-{case.person}"))


def stopped(case: Case, _message: Message) -> None:
    event = {"processing_restricted": True}
    fact = {"schema": "case_event/1.0", "person_ref": case.person, "event": event}
    asyncio.run(case.post.line.world.gateway.door.cases.record(Actor(CLINIC, None), fact, f"stopped-{case.person}"))


def erased(case: Case, _message: Message) -> None:
    asyncio.run(case.post.line.world.gateway.door.erasures.erase(Actor(CLINIC, None), case.person))


def completed(case: Case, message: Message) -> None:
    recipient = case.post.client(case.office.client)
    for said in ({"state": "accepted"}, {"state": "completed", "service_outcome": "service_provided"}):
        told = {"schema": "status/1.0", **said}
        recipient.answer(message, json.dumps(told).encode(), "application/vnd.referral-gateway.status+json")


def rejected(case: Case, message: Message) -> None:
    told = {"schema": "status/1.0", "state": "rejected", "reason": "lack_of_capacity"}
    recipient = case.post.client(case.office.client)
    recipient.answer(message, json.dumps(told).encode(), "application/vnd.referral-gateway.status+json")


def taken_back(case: Case, _message: Message) -> None:
    told = {"schema": "revocation/1.0", "reference": case.person}
    answer = case.post.client(CLINIC_SYSTEM).line.ask(
        Asked(
            "POST",
            "/v1/referrals",
            json.dumps(told).encode(),
            {
                "Content-Type": "application/vnd.referral-gateway.referral+json",
                "Idempotency-Key": f"taken-back-{case.person}",
                "GX-Recipient": case.office.member.id,
                "GX-Purpose": "assistance.legal",
            },
        )
    )
    assert answer.document()["outcome"] == "revoked"


@dataclass
class Meanwhile:
    """A recorder before whose first item of a kind something else happens."""

    files: Attachments
    kind: str
    action: Callable[[], None] | None

    def record(self, item: object, *, urgent: bool = False) -> object:
        if type(item).__name__ == self.kind and self.action is not None:
            action, self.action = self.action, None
            elsewhere(action)
        return self.files.recorder.record(item, urgent=urgent)


def upload(referral: Referral, sealed: bytes) -> Asked:
    headers = {**OCTETS, "Content-Length": str(len(sealed))}
    path = f"/v1/referrals/{referral.id}/attachments/1"
    return Asked("PUT", path, headers=headers, stream=lambda: iter([sealed[:100], sealed[100:]]))


def ask_for(case: Case, message: Message, number: str, **headers: str) -> Answer:
    path = f"/v1/inbox/{message.id}/attachments{number}"
    return case.post.client(case.office.client).line.ask(Asked("GET", path, headers=headers))


def digest(sealed: bytes) -> str:
    return sha256(sealed).hexdigest()


def elsewhere(action: Callable[[], None]) -> None:
    """Let something happen on another thread, and wait for it: the client's own loop may run there."""
    with ThreadPoolExecutor(1) as one:
        one.submit(action).result()
