"""Notices in both databases: queued with her withdrawal, handed out, answered, late; all of it by random ids (C-10)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOON, POLICE, SHELTER
from rings import bytes_from
from sqlalchemy import text
from stores import PERSON, WHY, Store, a_parcel

from gateway.core.notice.notices import Less, NoticePlan, queued, queued_one
from gateway.core.ports import Transaction
from gateway.core.records.notice_records import BEGINNING, Notice
from gateway.core.rows import ReferralRow
from gateway.store.writing.notices import NoticeReader
from schemas.notice_codes import NoticeKind, NoticeState, ObjectionGround
from schemas.vocabulary import Purpose, ReferralState

LEASE = timedelta(minutes=5)
PLAN = NoticePlan(NoticeKind.WITHDRAWAL, bytes_from("a seed"), timedelta(0), timedelta(hours=72))


@pytest.fixture
def told(store: Store) -> Store:
    """A store in which a message left and was taken back."""

    def left(transaction: Transaction) -> None:
        parcel = a_parcel()
        transaction.add(parcel)
        ids = ("permitted", ReferralState.SUBMITTED, NOON, PERSON, 0, {"outcome": "permitted"}, None)
        transaction.add(ReferralRow(parcel.referral, "client", POLICE, SHELTER, Purpose.ACCOMMODATION, *ids))

    store.do(left)
    store.do(lambda transaction: transaction.lease(a_parcel().id, NOON + LEASE))
    store.do(lambda transaction: transaction.stop_consents(PERSON, ["consent-1"], WHY))
    found = store.do(lambda transaction: queued(transaction, PLAN, transaction.notices.owed(PLAN.kind, PERSON)))
    assert len(found) == 1
    return store


def the_one(store: Store) -> Notice:
    [found] = NoticeReader(store.database.reading).listed(POLICE, still_open=False, after=BEGINNING, limit=9)
    return found


def test_c_10_it_is_handed_out_once_acknowledged_and_ended(told: Store) -> None:
    name = the_one(told).id
    assert told.do(lambda transaction: transaction.notices.lease(name, NOON + LEASE)) is not None
    assert told.do(lambda transaction: transaction.notices.lease(name, NOON + LEASE)) is None
    assert told.do(lambda transaction: transaction.notices.notice(POLICE, name)) is None
    objected = (NoticeState.OBJECTED, ObjectionGround.ARCHIVING)
    told.do(lambda transaction: transaction.notices.move(name, *objected))
    assert (the_one(told).state, the_one(told).ground) == objected
    assert NoticeReader(told.database.reading).waiting(SHELTER, NOON + timedelta(days=9), 9) == []


def test_c_10_none_is_owed_twice(told: Store) -> None:
    assert told.do(lambda transaction: transaction.notices.owed(PLAN.kind, PERSON)) == ()
    [again] = told.do(lambda transaction: transaction.notices.owed(NoticeKind.ERASURE, PERSON))
    assert again.message == a_parcel().id
    told.do(lambda transaction: transaction.notices.move(the_one(told).id, NoticeState.ERASED, None))
    assert told.do(lambda transaction: transaction.notices.owed(NoticeKind.ERASURE, PERSON)) == ()


def test_what_was_queued_when_the_item_fails_is_gone_with_it(store: Store) -> None:
    def fails(transaction: Transaction) -> None:
        queued(transaction, PLAN, transaction.notices.owed(PLAN.kind, PERSON))
        raise ValueError

    with pytest.raises(Exception, match="an item failed"):
        store.do(fails)
    assert store.rows("select * from notice") == []


def test_it_is_late_once(told: Store) -> None:
    told.clock.advance(timedelta(hours=72, seconds=1))
    [late] = told.do(lambda transaction: transaction.notices.late(9))
    told.do(lambda transaction: transaction.notices.escalate(late.id))
    assert told.do(lambda transaction: transaction.notices.late(9)) == ()
    assert the_one(told).escalated_at == told.clock.now()


def test_m_03_its_referral_is_over(told: Store) -> None:
    assert told.rows("select state from referral") == [("revoked",)]
    with told.database.writing.begin() as connection:
        connection.execute(text("update referral set state = 'completed'"))
    told.do(lambda transaction: transaction.notices.end(a_parcel().referral))
    assert told.rows("select state from referral") == [("completed",)]


def test_c_16_what_may_have_left_is_held_until_all_of_it_is_to_be_erased(store: Store) -> None:
    parcel = a_parcel()
    ids = ("permitted", ReferralState.SUBMITTED, NOON, PERSON, 0, {"outcome": "permitted"}, None)
    row = ReferralRow(parcel.referral, "client", POLICE, SHELTER, Purpose.ACCOMMODATION, *ids)
    store.do(lambda transaction: [transaction.add(one) for one in (parcel, row)])
    assert store.do(lambda transaction: transaction.notices.held(PERSON)) == ()
    store.do(lambda transaction: transaction.lease(parcel.id, NOON + LEASE))
    [held] = store.do(lambda transaction: transaction.notices.held(PERSON))
    assert (held.rests_on, held.purpose, held.sends) == ("consent-1", parcel.purpose, parcel.sends)
    less = Less(parcel.sends, NOON + timedelta(days=1))
    plan = replace(PLAN, kind=NoticeKind.NARROWING, seed=bytes_from("another seed"))
    store.do(lambda transaction: queued_one(transaction, plan, held.received, less))
    found = the_one(store)
    assert (found.kind, found.categories, found.use_until) == (NoticeKind.NARROWING, parcel.sends, less.use_until)
    assert len(store.do(lambda transaction: transaction.notices.held(PERSON))) == 1
    store.do(lambda transaction: transaction.notices.move(found.id, NoticeState.ERASED, None))
    [owed] = store.do(lambda transaction: transaction.notices.owed(PLAN.kind, PERSON))
    store.do(lambda transaction: queued(transaction, PLAN, [owed]))
    assert store.do(lambda transaction: transaction.notices.held(PERSON)) == ()


def test_several_of_one_kind_about_one_referral_are_pages_apart(told: Store) -> None:
    """A restriction that is lifted and set again is another notice: a page that ends between them loses none."""
    for number in range(3):
        plan = replace(PLAN, kind=NoticeKind.RESTRICTION, seed=bytes_from(f"seed {number}"))
        told.clock.advance(timedelta(minutes=1))
        [made] = told.do(lambda one, plan=plan: queued(one, plan, one.notices.owed(plan.kind, PERSON)))
        told.do(lambda transaction, made=made: transaction.notices.move(made.id, NoticeState.STOPPED, None))
    read, seen, place = NoticeReader(told.database.reading), [], BEGINNING
    while page := read.listed(POLICE, still_open=False, after=place, limit=1):
        seen += page
        place = read.place(page[-1])
    assert seen == read.listed(POLICE, still_open=False, after=BEGINNING, limit=9)
    assert [one.kind for one in seen].count(NoticeKind.RESTRICTION) == 3
