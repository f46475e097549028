"""A referral as a request: the document as it is, and in headers where it goes. Nothing of the person in a header."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote

from gateway.client.answers import Answer, text, texts
from gateway.client.errors import NotUnderstoodError
from schemas.documents import Document
from schemas.vocabulary import Ground, Purpose, ReferralState, Urgency

CANONICAL: Final = "application/json"
_SUPPLEMENT: Final = "application/vnd.referral-gateway.supplement+json"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a referral goes, what for, and what else the gateway is told beside the document.

    `subject` names the person meant in a document about several, in its own words, of which nothing has to be encoded;
    `preview` is the digest she was shown (M-13);
    `replaces` is the decision id of the referral this one corrects (A-03); `capacity` is an answered question for room.
    """

    to: str
    purpose: Purpose
    urgency: Urgency = Urgency.ROUTINE
    ground: Ground = Ground.CONSENT
    subject: str | None = None
    preview: str | None = None
    replaces: str | None = None
    capacity: str | None = None

    def headers(self) -> dict[str, str]:
        """Write it as request headers."""
        told = {
            "GX-Recipient": self.to,
            "GX-Purpose": self.purpose,
            "GX-Urgency": self.urgency,
            "GX-Ground": self.ground,
            "GX-Subject": None if self.subject is None else quote(self.subject, safe=":"),
            "GX-Preview-Digest": self.preview,
            "GX-Replaces": self.replaces,
            "GX-Capacity": self.capacity,
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Referral:
    """A referral that was accepted, as its sender may know it; `sent` and `not_sent` are kinds of data.

    `proof` is what `gateway.client.receipts.check` checks; an answer repeated after a cut connection has none, and
    `Client.referral` fetches it. `reference` is the sender's own number; `reason` and `outcome` are codes.
    """

    id: str
    state: ReferralState
    recipient: str
    purpose: Purpose
    sent: tuple[str, ...]
    not_sent: tuple[str, ...]
    obligations: tuple[str, ...]
    use_until: date
    proof: Document | None
    reference: str | None = None
    reason: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Recognised:
    """Something in a text of a preview's document: a category of yours, or the shape of one (`telephone`, `date`, ...).

    `start` and `end` count characters of the text at `pointer`.
    """

    pointer: str
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent, to be read to her; its digest, given in a Route, binds the sending to it (M-13)."""

    digest: str
    document: Document
    sent: tuple[str, ...]
    not_sent: tuple[str, ...]
    not_read: tuple[str, ...] = ()
    """Paths of your own document that the gateway does not take up."""
    recognised: tuple[Recognised, ...] = ()
    """What in its prose looks like her name, an address or a number. It helps you read, and stops nothing."""


def body_of(
    document: bytes | Document, media_type: str, supplement: Document | None, boundary: str
) -> tuple[bytes, str]:
    """Return the bytes to post and their Content-Type: the document alone, or with its supplement (RFC 2387)."""
    native = document if isinstance(document, bytes) else json.dumps(document).encode()
    if supplement is None:
        return native, media_type
    parts = ((media_type, native), (_SUPPLEMENT, json.dumps(supplement).encode()))
    framed = [f"--{boundary}\r\nContent-Type: {kind}\r\n\r\n".encode() + part + b"\r\n" for kind, part in parts]
    announced = f'multipart/related; boundary="{boundary}"; type="{media_type.partition(";")[0]}"'
    return b"".join(framed) + f"--{boundary}--\r\n".encode(), announced


def referral_of(answer: Answer) -> Referral:
    """Read an accepted referral. Raises ProblemError for a no, NotUnderstoodError."""
    told, status = answer.accepted(), answer.status
    proof = told.get("proof")
    try:
        return Referral(
            id=text(status, told, "decision_id"),
            state=ReferralState(text(status, told, "state")),
            recipient=text(status, told, "recipient"),
            purpose=Purpose(text(status, told, "purpose")),
            sent=texts(status, told, "sent"),
            not_sent=texts(status, told, "not_sent"),
            obligations=texts(status, told, "obligations"),
            use_until=date.fromisoformat(text(status, told, "use_until")),
            proof=proof if isinstance(proof, Mapping) else None,
            reference=_perhaps(told, "reference"),
            reason=_perhaps(told, "reason"),
            outcome=_perhaps(told, "service_outcome"),
        )
    except ValueError:
        raise NotUnderstoodError(status, "state, purpose or use_until") from None


def preview_of(answer: Answer) -> Preview:
    """Read what would be sent. Raises ProblemError for a no, NotUnderstoodError."""
    told, status = answer.accepted(), answer.status
    shown = told.get("document")
    if not isinstance(shown, Mapping):
        raise NotUnderstoodError(status, "document")
    sent, stays = texts(status, told, "sent"), texts(status, told, "not_sent")
    found = tuple(_recognised(told.get("recognised")))
    return Preview(text(status, told, "digest"), shown, sent, stays, _paths(told.get("not_read")), found)


def _paths(losses: object) -> tuple[str, ...]:
    listed = losses if isinstance(losses, list | tuple) else ()
    return tuple(str(one["path"]) for one in listed if isinstance(one, Mapping) and "path" in one)


def _recognised(listed: object) -> Iterator[Recognised]:
    for one in listed if isinstance(listed, list | tuple) else ():
        match one:
            case {"pointer": str(pointer), "kind": str(kind), "start": int(start), "end": int(end)}:
                yield Recognised(pointer, kind, start, end)
            case _:  # Of a later gateway, perhaps.
                pass


def _perhaps(told: Document, name: str) -> str | None:
    member = told.get(name)
    return member if isinstance(member, str) else None
