"""Corrections as the store keeps them: what may be replaced, what is stopped, and that it goes with her (A-03)."""

from dataclasses import replace

import pytest
from builders import NOON, POLICE, SHELTER
from stores import PERSON, Store, a_parcel, a_sealed_leaf

from gateway.core.errors import OperatorError
from gateway.core.ports import Transaction
from gateway.core.records.replacements import Earlier, Numbered, ReplacementRow
from gateway.core.rows import ReferralRow
from gateway.core.stages import OwnReference
from gateway.store.writing.replacements import ReplacementReader
from schemas.vocabulary import Purpose, ReferralState

FIRST, SECOND = a_parcel(1).referral, a_parcel(2).referral
ROUTE = (POLICE, SHELTER, Purpose.ACCOMMODATION)
UNDER_IT = Numbered(POLICE, b"b" * 16, SHELTER, Purpose.ACCOMMODATION)


@pytest.fixture
def sent(store: Store) -> Store:
    """A store with two referrals of hers, both waiting."""

    def work(transaction: Transaction) -> None:
        for number in (1, 2):
            parcel = a_parcel(number)
            state = ("permitted", ReferralState.SUBMITTED, NOON, PERSON, number)
            transaction.add(parcel)
            transaction.add(ReferralRow(parcel.referral, "client", *ROUTE, *state, {"outcome": "permitted"}, None))

    store.do(work)
    store.do(lambda transaction: transaction.append(a_sealed_leaf(1, PERSON)))
    return store


def earlier(store: Store, referral: str = FIRST, sender: str = POLICE) -> Earlier | None:
    return ReplacementReader(store.database.reading).earlier(sender, referral)


def test_a_03_what_a_sender_sent_may_be_replaced_once_and_the_newest_is_the_next_version(sent: Store) -> None:
    known = earlier(sent)
    assert known == Earlier(FIRST, SHELTER, Purpose.ACCOMMODATION, PERSON, 1)
    assert sent.do(lambda transaction: transaction.replacements.earlier(POLICE, FIRST)) == known
    sent.do(lambda transaction: transaction.add(ReplacementRow(SECOND, FIRST, 2)))
    assert earlier(sent) is None
    newest = earlier(sent, SECOND)
    assert newest is not None
    assert newest.version == 2


def test_anothers_an_invented_and_a_revoked_one_may_not(sent: Store) -> None:
    assert earlier(sent, sender=SHELTER) is None
    assert earlier(sent, "0" * 26) is None
    sent.do(lambda transaction: transaction.notices.end(FIRST))
    assert earlier(sent) is None


def test_a_03_the_newest_open_one_under_a_number_is_found(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        for number, state in ((1, ReferralState.RECEIVED), (2, ReferralState.SUBMITTED), (3, ReferralState.COMPLETED)):
            parcel, own = a_parcel(number), OwnReference(b"sealed", b"b" * 16)
            kept = ("permitted", state, NOON, PERSON, number, {"outcome": "permitted"}, own)
            transaction.add(ReferralRow(parcel.referral, "client", *ROUTE, *kept))

    store.do(work)
    reader = ReplacementReader(store.database.reading)
    assert reader.newest(UNDER_IT) == Earlier(SECOND, SHELTER, Purpose.ACCOMMODATION, PERSON, 1)
    assert reader.newest(replace(UNDER_IT, sender=SHELTER)) is None
    assert reader.newest(replace(UNDER_IT, number=b"c" * 16)) is None
    assert reader.newest(replace(UNDER_IT, recipient=POLICE)) is None, "what went to another is another referral"
    assert reader.newest(replace(UNDER_IT, purpose=Purpose.HEALTH)) is None
    assert store.do(lambda transaction: transaction.replacements.newest(UNDER_IT)) == reader.newest(UNDER_IT)
    store.do(lambda transaction: transaction.add(ReplacementRow(a_parcel(4).referral, SECOND, 2)))
    assert reader.newest(UNDER_IT) == Earlier(FIRST, SHELTER, Purpose.ACCOMMODATION, PERSON, 1)


def test_a_03_the_database_takes_no_second_correction_of_the_same(sent: Store) -> None:
    sent.do(lambda transaction: transaction.add(ReplacementRow(SECOND, FIRST, 2)))
    with pytest.raises(OperatorError):
        sent.do(lambda transaction: transaction.add(ReplacementRow("0" * 26, FIRST, 2)))


def test_only_what_is_left_of_it_is_stopped(sent: Store) -> None:
    known = earlier(sent)
    assert known is not None
    sent.do(lambda transaction: transaction.replacements.stop(known))
    assert sent.rows("select referral, state from parcel order by id") == [(FIRST, "stopped"), (SECOND, "queued")]


def test_a_04_it_is_erased_with_her(sent: Store) -> None:
    sent.do(lambda transaction: transaction.add(ReplacementRow(SECOND, FIRST, 2)))
    sent.do(lambda transaction: transaction.erase([PERSON], []))
    assert sent.rows("select 1 from replacement") == []
