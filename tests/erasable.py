"""Somebody with a row in every table there is, for tests of erasing her."""

from builders import HOUR, NOON, POLICE, SHELTER, a_consent
from rings import bytes_from
from stores import Doing, a_parcel, a_sealed_leaf

from consent.case import CaseEvent
from consent.records import ConsentEvent, ConsentEventType
from gateway.core.cases.child_clock import OVERDUE
from gateway.core.cases.overrides import ENDED
from gateway.core.heads import binding_head, pair_head, person_head
from gateway.core.ports import Needs, Transaction
from gateway.core.records.attachment_rows import AttachmentRow
from gateway.core.records.code_rows import CodeKind, CodeRow, CodeUse, CodeUseRow, LinkRow
from gateway.core.records.notice_records import Notice
from gateway.core.records.officer_records import WaitingRow
from gateway.core.rows import (
    BindingRow,
    CaseEventRow,
    ConsentRow,
    IdempotencyRow,
    LikenessRow,
    LockRow,
    PersonRow,
    ReferralRow,
    StrikeRow,
)
from gateway.core.stages import Idempotency
from schemas.case_codes import CaseEventType
from schemas.notice_codes import NoticeKind
from schemas.vocabulary import Purpose, ReferralState

OTHER = bytes_from("somebody else", 16)
LATER = NOON + HOUR


def pair_of(person: bytes) -> bytes:
    """What refusals about somebody are counted under here."""
    return bytes_from(f"pair of {person.hex()}", 16)


def request_of(person: bytes) -> Idempotency:
    """How the request is recognised by which her referral came."""
    return Idempotency(bytes_from(f"key {person.hex()}"), bytes_from("bytes of a request"))


def heads_of(person: bytes) -> tuple[str, ...]:
    return (
        person_head(person),
        f"{OVERDUE}:{person.hex()}",
        binding_head(bytes_from(f"blind {person.hex()}")),
        f"{ENDED}:override of {person.hex()}",
        pair_head(pair_of(person)),
    )


def living(number: int, person: bytes) -> Doing[None]:
    """Return an item that writes one row about somebody into every table there is."""
    name, consent, parcel = person.hex(), f"consent-{number}", a_parcel(number, person=person)
    asked = {"override": f"override of {name}"}
    fact = CaseEvent(f"event-{number}", CaseEventType.OVERRIDE_STOPPED, NOON, POLICE, asked)
    route = (POLICE, SHELTER, Purpose.ACCOMMODATION)
    state = ("permitted", ReferralState.SUBMITTED, NOON, person, number)
    recorded = ConsentEvent(ConsentEventType.RECORDED, NOON, a_consent(id=consent))
    leaf = a_sealed_leaf(number, person, b"a leaf key")

    def work(transaction: Transaction) -> None:
        for row in (
            PersonRow(person),
            BindingRow(bytes_from(f"blind {name}"), person, POLICE, b"sealed"),
            ConsentRow(consent, person, recorded, b"sealed"),
            WaitingRow(consent, POLICE, SHELTER, POLICE, None, NOON),
            CaseEventRow(person, fact, b"sealed"),
            LikenessRow(bytes_from("alike"), person),
            CodeRow(bytes_from(f"code {name}"), CodeKind.RECEIPT, person, consent, None),
            CodeUseRow(bytes_from(f"code {name}"), person, next(iter(CodeUse)), POLICE, NOON),
            LinkRow(person, person, NOON),
            parcel,
            ReferralRow(parcel.referral, "client", *route, *state, {"outcome": "permitted"}, None),
            IdempotencyRow(request_of(person), parcel.referral, None, NOON),
            StrikeRow(pair_of(person), SHELTER, NOON),
            LockRow(pair_of(person), POLICE, NOON),
        ):
            transaction.add(row)
        transaction.add(AttachmentRow(f"file-{number}", parcel.id, parcel.referral, 1, person, 1024, b"sealed", LATER))
        about = (NoticeKind.WITHDRAWAL, parcel.id, parcel.referral, POLICE, SHELTER, person)
        transaction.notices.add(Notice(f"notice-{number}", *about, NOON, NOON, NOON))
        transaction.append(leaf)
        for head in heads_of(person):
            transaction.bump(head)

    return Doing(work, Needs(heads_of(person)))


def bringing(number: int, person: bytes) -> Doing[bool]:
    """Return an item that brings the first piece of somebody's file."""
    attempt = (f"file-{number}", person)

    def work(transaction: Transaction) -> bool:
        steps = transaction.attachments
        return steps.begin(*attempt) and steps.keep(*attempt, 0, b"sealed twice")

    return Doing(work)
