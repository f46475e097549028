"""What the agencies of the demonstration write: consents, supplements and requests, about people who do not exist."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Final

from gateway.demo.agencies import CLINIC, NGO, POLICE, SHELTER
from schemas.documents import Document, Json
from schemas.vocabulary import ConsentState, DataCategory, GivenBy, Mechanism, Need, Purpose, Urgency, WithdrawalMethod

NDEX: Final = "application/vnd.fbi.ndex+xml"
_SUPPLEMENT: Final = "application/vnd.referral-gateway.supplement+json"
_BOUNDARY: Final = "between-the-two-parts-of-a-referral"
_CONSENT_TEXT: Final = b"May we tell this service about you, so that it can help you? You may say no, now or later."

MIRELA: Final = "P-1841"
"""The police's reference for the person of the story."""
WATCHED: Final = "P-2207"
"""The police's reference for the person somebody at the police tries to find."""
FIRST: Final = "C-0311"
"""The clinic's reference for the person of docs/quickstart-agency.md."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What one person agreed to: who may tell whom about her, for what, and which kinds of data."""

    person_ref: str
    discloser: str
    recipient: str
    purpose: Purpose
    categories: tuple[DataCategory, ...]


TO_SHELTER = Wish(
    MIRELA,
    POLICE,
    SHELTER,
    Purpose.ACCOMMODATION,
    (DataCategory.NEED, DataCategory.AGE_BAND, DataCategory.LANGUAGE),
)
TO_NGO = Wish(
    MIRELA, POLICE, NGO, Purpose.PSYCHOLOGICAL, (DataCategory.NEED, DataCategory.ALIAS, DataCategory.LANGUAGE)
)
OTHERS = (
    Wish(WATCHED, POLICE, SHELTER, Purpose.ACCOMMODATION, (DataCategory.NEED, DataCategory.LANGUAGE)),
    Wish(FIRST, CLINIC, SHELTER, Purpose.ACCOMMODATION, (DataCategory.NEED, DataCategory.LANGUAGE)),
)


def consent(wish: Wish, now: datetime) -> Document:
    """Return her consent as the discloser writes it down (schema consent/1.0)."""
    moment = (now - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "schema": "consent/1.0",
        "person_ref": wish.person_ref,
        "discloser": wish.discloser,
        "recipient": wish.recipient,
        "decision": "support",
        "state": ConsentState.GIVEN,
        "purposes": [wish.purpose],
        "categories": [*wish.categories],
        "text": {"version": "demonstration-1", "sha256": hashlib.sha256(_CONSENT_TEXT).hexdigest(), "language": "sq"},
        "person_languages": ["sq"],
        "interpreter": {"none_needed": True},
        "information_confirmed": True,
        "mechanism": Mechanism.ORAL,
        "taken_by": {"agency": wish.discloser, "name": "Agron Invented"},
        "given_by": GivenBy.SELF,
        "taken_at": moment,
        "valid_from": moment,
        "withdrawal_method": WithdrawalMethod.ANY_AGENCY,
    }


def police_incident() -> bytes:
    """Return the incident report as the police's records system writes it."""
    return (files("gateway.demo") / "data" / "police-incident.xml").read_bytes()


def supplement(person_ref: str, need: Need) -> Document:
    """Return what the incident report has no place for; her languages it has, and nobody says a thing twice."""
    return {
        "schema": "supplement/1.0",
        "subject": {"person_ref": person_ref, "alias": "Lark", "minor_status": "adult"},
        "needs": [{"code": need}],
    }


def routing(recipient: str, purpose: Purpose) -> dict[str, str]:
    """Return the headers that say where a referral goes; nothing about the person travels in them."""
    return {"GX-Recipient": recipient, "GX-Purpose": purpose, "GX-Urgency": Urgency.URGENT}


def related(document: bytes, media_type: str, addition: Document) -> tuple[bytes, dict[str, str]]:
    """Join a native document and its supplement into one body (RFC 2387), with the header that announces it."""
    parts = ((media_type, document), (_SUPPLEMENT, written(addition)))
    body = b"".join(_part(part_type, content) for part_type, content in parts) + f"--{_BOUNDARY}--\r\n".encode()
    announced = f'multipart/related; boundary="{_BOUNDARY}"; type="{media_type}"'
    return body, {"Content-Type": announced}


def written(document: Document) -> bytes:
    """Return JSON bytes."""
    return json.dumps(document).encode()


def leaves(value: Json, path: tuple[str, ...] = ()) -> Iterable[tuple[tuple[str, ...], str]]:
    """Yield every scalar of a document as (path, text); `*` stands for the items of an array."""
    match value:
        case Mapping():
            for name, member in value.items():
                yield from leaves(member, (*path, name))
        case str():
            yield path, value
        case list() | tuple():
            for one in value:
                yield from leaves(one, (*path, "*"))
        case _:
            yield path, str(value)


def _part(media_type: str, content: bytes) -> bytes:
    return f"--{_BOUNDARY}\r\nContent-Type: {media_type}\r\n\r\n".encode() + content + b"\r\n"
