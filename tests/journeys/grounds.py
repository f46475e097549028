"""Every ground on which a no rests on her record: one woman for each, as senders and an agency elsewhere know her."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from journeys.facts import recorded, text
from journeys.in_process import Line
from journeys.onward import joined, system

from gateway.clock import SystemClock
from gateway.core.access.scopes import Scope
from gateway.core.consents.desk import Actor
from gateway.demo.agencies import CLINIC, NGO, POLICE, SHELTER
from gateway.demo.client import System
from gateway.demo.messages import Wish, consent, written
from schemas.documents import Document, Json
from schemas.vocabulary import DataCategory, FunctionClass, Purpose

NOW = SystemClock().now()
FIELD = "field-office"


def moment(days: float) -> str:
    return text(NOW + timedelta(days=days))


def spoken(number: int, **changes: object) -> Document:
    """Return what one woman said about the shelter, changed in one way."""
    wish = Wish(f"C-7{number:03d}", CLINIC, SHELTER, Purpose.ACCOMMODATION, (DataCategory.NEED, DataCategory.LANGUAGE))
    return {**consent(wish, NOW), **changes}


GROUNDS: dict[str, list[Document]] = {
    "person_unknown": [],
    "no_consent": [spoken(1, recipient=NGO, purposes=["assistance.psychological"])],
    "purpose_not_covered": [spoken(2, purposes=["assistance.material"])],
    "consent_not_given": [spoken(3, state="requested")],
    "consent_refused": [spoken(4, state="refused")],
    "consent_not_yet_valid": [spoken(5, valid_from=moment(2))],
    "consent_expired": [spoken(6, taken_at=moment(-9), valid_from=moment(-9), valid_until=moment(-1))],
    "consent_withdrawn": [spoken(7)],
    "consent_unconfirmed": [spoken(8, taken_by={"agency": POLICE, "name": "Agron Invented"})],
    "restricted": [spoken(9, restrictions=[{"category": "need"}])],
    "required_not_covered": [spoken(10, categories=["language"])],
}
"""For each reason that comes from her record, what the sender wrote down before."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What another agency recorded about her, whom a code made known to the sender as well."""

    reason: str
    said: Document = field(default_factory=dict)
    taken_back: bool = False
    fact: tuple[str, Json] | None = None
    yes_here: bool = False
    """Whether she agreed at the sender to what the sender asks for."""


ELSEWHERE = MappingProxyType(
    {
        "given elsewhere": Elsewhere("no_consent"),
        "refused elsewhere": Elsewhere("no_consent", {"state": "refused"}),
        "expired elsewhere": Elsewhere("no_consent", {**GROUNDS["consent_expired"][0]}),
        "withdrawn elsewhere": Elsewhere("no_consent", taken_back=True),
        "withheld elsewhere": Elsewhere("restricted", fact=("restriction_set", {"category": "need"}), yes_here=True),
        "stopped elsewhere": Elsewhere("processing_restricted", fact=("processing_restricted", True), yes_here=True),
    }
)
"""What a sender did not record and may not hear of: each time she spoke to the field office."""

YES = "yes"
"""The one who agreed, and is referred."""

HERE = ("person_unknown", "no_consent", "consent_refused", "consent_expired", "consent_withdrawn", "restricted")
"""The grounds of the sender's own record that are asked about at every door; at one of them all are."""

EVERYBODY = (*HERE, *ELSEWHERE, YES)


def reason_of(ground: str) -> str:
    """Return the reason the log knows."""
    return ELSEWHERE[ground].reason if ground in ELSEWHERE else ground


def reference_of(ground: str) -> str:
    """Return the reference under which each sender knows her, as long as any other."""
    return f"0b9a7e7e-4f6d-4a4f-9d5e-{EVERYBODY.index(ground):012x}"


def record(line: Line, senders: Mapping[str, System]) -> None:
    """Write down all of it, for each of these agencies."""
    joined(line, FIELD, FunctionClass.PSYCHOSOCIAL)
    field_office = system(line, FIELD, *Scope)
    for ground, there in ELSEWHERE.items():
        _say(line, FIELD, ground, spoken(0, **there.said))
        for sender in senders.values():
            _make_known(field_office, sender, reference_of(ground))
        if there.fact is not None:
            recorded(field_office, reference_of(ground), *there.fact)
        if there.taken_back:
            _take_back(line, FIELD, ground)
    for sender in senders:
        _record_here(line, sender)


def _record_here(line: Line, sender: str) -> None:
    agreed = (YES, *(ground for ground, there in ELSEWHERE.items() if there.yes_here))
    said = {ground: GROUNDS[ground] for ground in HERE} | {ground: [spoken(0)] for ground in agreed}
    for ground, documents in said.items():
        for document in documents:
            _say(line, sender, ground, document)
    _take_back(line, sender, "consent_withdrawn")


def _say(line: Line, agency: str, ground: str, document: Document) -> None:
    said = {**document, "person_ref": reference_of(ground), "discloser": agency}
    asyncio.run(line.world.gateway.door.desk.record(Actor(agency, None), said, f"{agency}-{ground}"))


def _take_back(line: Line, agency: str, ground: str) -> None:
    asyncio.run(line.world.gateway.door.desk.withdraw(Actor(agency, None), reference_of(ground), None))


def _make_known(there: System, here: System, reference: str) -> None:
    """Hand her over by a code: from now on both know her as one person."""
    code = there.post("/v1/introductions", written({"person_ref": reference})).text("code")
    bound = here.post("/v1/bindings", written({"person_ref": reference, "code": code}))
    assert bound.status == 201, bound.body
