"""Files as the store keeps them: in pieces, found by those two who may, and gone with what they belong to (M-09)."""

import asyncio
from datetime import timedelta

import pytest
from builders import HOUR, NOON, POLICE, SHELTER
from stores import PERSON, WHY, Store, a_parcel, moving

from gateway.core.heads import Head, person_head
from gateway.core.ports import Transaction
from gateway.core.records.attachment_rows import AttachmentRow
from gateway.core.rows import ReferralRow
from gateway.core.stages import Chosen
from gateway.store.writing.attachments import AttachmentReader
from gateway.store.writing.expiry import GRACE
from schemas.vocabulary import DataCategory, Purpose, ReferralState

UPLOAD, OTHER_UPLOAD = b"u" * 16, b"v" * 16
ROUTE = (POLICE, SHELTER, Purpose.ACCOMMODATION)
NAMES_FILES = frozenset({DataCategory.NEED, DataCategory.ATTACHMENT})
HERS = Head(person_head(PERSON), 0)


def sent(store: Store, number: int, **changes: object) -> str:
    """Write a referral that names one file, whose first two pieces are brought; the file's id."""
    parcel, name = a_parcel(number, sends=NAMES_FILES, **changes), f"file-{number}"
    state = ("permitted", ReferralState.SUBMITTED, NOON, PERSON, number)

    def named(transaction: Transaction) -> None:
        transaction.add(parcel)
        transaction.add(ReferralRow(parcel.referral, "client", *ROUTE, *state, {"outcome": "permitted"}, None))
        transaction.add(AttachmentRow(name, parcel.id, parcel.referral, 1, PERSON, 1024, b"sealed", NOON + HOUR))

    def brought(transaction: Transaction) -> bool:
        steps = transaction.attachments
        return steps.begin(name, UPLOAD) and all(steps.keep(name, UPLOAD, at, b"piece") for at in (0, 1))

    store.do(named)
    assert store.do(brought)
    return name


def delivered(store: Store, number: int, **changes: object) -> str:
    """Write one whose file is complete and whose message was acknowledged; the file's id."""
    name, message = sent(store, number, **changes), a_parcel(number).id
    assert store.do(lambda transaction: transaction.attachments.complete(name, UPLOAD))
    assert store.do(lambda transaction: transaction.lease(message, NOON + HOUR))
    assert store.do(lambda transaction: transaction.acknowledge(SHELTER, message))
    return name


def left(store: Store) -> tuple[list[object], list[object]]:
    """Which files are known, and of which pieces are kept."""
    files = store.rows("select id from attachment order by id")
    return [name for (name,) in files], [
        name for (name,) in store.rows("select distinct attachment from attachment_piece order by attachment")
    ]


def piece(store: Store, name: str, number: int, *heads: Head) -> bytes | None:
    return asyncio.run(AttachmentReader(store.database.reading).piece(name, number, heads))


def test_it_is_found_by_who_sent_it_and_by_who_holds_its_message(store: Store) -> None:
    name, shelf = delivered(store, 1), AttachmentReader(store.database.reading)
    parcel = a_parcel(1)
    found = shelf.of_recipient(SHELTER, parcel.id, 1, NOON)
    assert found == shelf.of_sender(POLICE, parcel.referral, 1)
    assert found is not None
    assert (found.id, found.complete, found.parcel.sends) == (name, True, NAMES_FILES)
    assert (piece(store, name, 0), piece(store, name, 1), piece(store, name, 2)) == (b"piece", b"piece", None)
    assert shelf.of_recipient(POLICE, parcel.id, 1, NOON) is None
    assert shelf.of_sender(SHELTER, parcel.referral, 1) is None
    assert shelf.of_recipient(SHELTER, parcel.id, 2, NOON) is None


def test_no_piece_is_read_once_her_head_has_moved(store: Store) -> None:
    name = delivered(store, 1)
    assert piece(store, name, 0, HERS) == b"piece"
    assert store.alone(moving(HERS.id, 0))
    assert piece(store, name, 0, HERS) is None


def test_an_attempt_that_does_not_count_any_more_changes_nothing(store: Store) -> None:
    name = sent(store, 1)
    assert store.do(lambda transaction: transaction.attachments.begin(name, OTHER_UPLOAD))
    assert left(store) == ([name], [])
    assert not store.do(lambda transaction: transaction.attachments.keep(name, UPLOAD, 0, b"late"))
    assert not store.do(lambda transaction: transaction.attachments.complete(name, UPLOAD))
    assert store.do(lambda transaction: transaction.attachments.keep(name, OTHER_UPLOAD, 0, b"piece"))
    store.do(lambda transaction: transaction.attachments.empty(name, UPLOAD))
    assert left(store) == ([name], [name])
    store.do(lambda transaction: transaction.attachments.empty(name, OTHER_UPLOAD))
    assert left(store) == ([name], [])


@pytest.mark.parametrize("ending", ["consent", "chosen", "message", "answer", "exchange"])
def test_what_ends_a_disclosure_ends_its_files_and_no_others(store: Store, ending: str) -> None:
    """C-09, C-15, M-03, A-04: delivered or not."""
    delivered(store, 1)
    other = delivered(store, 2, rests_on="consent-2")
    message, referral = a_parcel(1).id, a_parcel(1).referral

    def ended(transaction: Transaction) -> None:
        match ending:
            case "consent":
                transaction.stop_consents(PERSON, ["consent-1"], WHY)
            case "chosen":
                which = Chosen(sends=DataCategory.ATTACHMENT, rests_on=frozenset({"consent-1"}))
                transaction.stop_parcels([PERSON], [which], WHY)
            case "message":
                transaction.attachments.end(message)
            case "answer":
                transaction.answer_referral(SHELTER, message, ReferralState.REJECTED)
            case _:
                transaction.end_exchanges([(PERSON, referral)])

    store.do(ended)
    assert left(store) == ([other], [other])
    assert AttachmentReader(store.database.reading).of_recipient(SHELTER, message, 1, NOON) is None


def test_an_answer_that_is_not_the_last_ends_nothing(store: Store) -> None:
    name = delivered(store, 1)
    store.do(lambda transaction: transaction.answer_referral(SHELTER, a_parcel(1).id, ReferralState.ACCEPTED))
    assert left(store) == ([name], [name])


def test_what_nobody_brought_in_time_goes_a_few_at_a_time_and_what_came_stays(store: Store) -> None:
    kept = delivered(store, 1)
    for number in range(2, 12):
        sent(store, number)
    store.clock.advance(HOUR + GRACE + timedelta(seconds=1))
    assert store.do(lambda transaction: transaction.forget_expired(1000)), "more is waiting"
    assert len(left(store)[0]) == 3
    assert not store.do(lambda transaction: transaction.forget_expired(1000))
    assert left(store) == ([kept], [kept])


def test_before_all_of_it_is_there_and_after_its_lease_it_may_not_be_fetched(store: Store) -> None:
    name, message = sent(store, 1), a_parcel(1).id

    def may(transaction: Transaction) -> bool:
        return transaction.attachments.may_be_fetched(name, SHELTER)

    assert store.do(lambda transaction: transaction.lease(message, NOON + HOUR))
    assert not store.do(may)
    assert store.do(lambda transaction: transaction.attachments.complete(name, UPLOAD))
    assert store.do(may)
    assert not store.do(lambda transaction: transaction.attachments.may_be_fetched(name, POLICE))
    store.clock.advance(2 * HOUR)
    assert not store.do(may)
