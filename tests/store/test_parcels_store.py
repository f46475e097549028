"""Parcels: every step from every state, and a payload that is wiped is gone."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from builders import HOUR, NOON, POLICE, SHELTER
from rings import bytes_from
from sqlalchemy import text
from stores import PERSON, WHY, Doing, Store, a_parcel

from gateway.core.in_flight import Gone, InFlight
from gateway.core.ports import Transaction
from gateway.core.rows import ReferralRow
from gateway.core.stages import OwnReference
from gateway.store.rows.states import ParcelState
from schemas.vocabulary import Purpose, ReferralState, RejectionReason, Urgency

MESSAGE = a_parcel().id
BLIND = bytes_from("CASE-2031/114", 16)
LEASE = timedelta(minutes=5)
NOTHING, NOTHING_OF_HERS = InFlight((), ()), InFlight((), (), (PERSON,))
QUEUED, SENDING, DELIVERED, DEAD, STOPPED, RECALLED = ParcelState


@pytest.fixture
def outbox(store: Store) -> Store:
    """A store with one parcel in the outbox and its referral."""
    store.do(_filled)
    return store


def _filled(transaction: Transaction, number: int = 1) -> None:
    parcel = a_parcel(number)
    transaction.add(parcel)
    transaction.add(
        ReferralRow(
            id=parcel.referral,
            client="client",
            sender=POLICE,
            recipient=SHELTER,
            purpose=Purpose.ACCOMMODATION,
            outcome="permitted",
            state=ReferralState.SUBMITTED,
            at=NOON,
            person=PERSON,
            leaf_index=0,
            answer={"outcome": "permitted"},
            reference=OwnReference(b"sealed", BLIND),
        )
    )


def _lease(transaction: Transaction) -> bool:
    return transaction.lease(MESSAGE, transaction.now + LEASE)


def _withdraw(transaction: Transaction) -> InFlight:
    return transaction.stop_consents(PERSON, ["consent-1"], WHY)


def _stop(transaction: Transaction) -> bool:
    return transaction.stop(MESSAGE)


def _revoke(transaction: Transaction) -> InFlight | None:
    return transaction.stop_referrals(POLICE, BLIND, WHY)


def _give_up(transaction: Transaction) -> bool:
    return transaction.lanes.give_up(MESSAGE)


def _acknowledge(transaction: Transaction) -> str | None:
    return transaction.acknowledge(SHELTER, MESSAGE)


def _accept(transaction: Transaction) -> str | None:
    return transaction.answer_referral(SHELTER, MESSAGE, ReferralState.ACCEPTED)


REACH: dict[ParcelState, tuple[Callable[[Transaction], object], ...]] = {
    QUEUED: (),
    SENDING: (_lease,),
    DELIVERED: (_lease, _acknowledge),
    DEAD: (_lease, _give_up),
    STOPPED: (_stop,),
    RECALLED: (_lease, _withdraw),
}
"""How a parcel gets into each state."""

STEPS: dict[Callable[[Transaction], object], dict[ParcelState, ParcelState]] = {
    _lease: {QUEUED: SENDING},
    _give_up: {SENDING: DEAD},
    _withdraw: {QUEUED: STOPPED, SENDING: RECALLED, DEAD: RECALLED},
    _revoke: {QUEUED: STOPPED, SENDING: RECALLED, DEAD: RECALLED},
    _stop: {QUEUED: STOPPED, SENDING: RECALLED, DEAD: RECALLED},
    _acknowledge: {SENDING: DELIVERED, DEAD: DELIVERED, RECALLED: DELIVERED},
    _accept: {},
}
"""Every step, with the states it leads from and to; from any other state it changes nothing."""


def parcel(store: Store) -> tuple[ParcelState, bytes]:
    """Return state and payload of the one parcel."""
    [(state, payload)] = store.rows("select state, payload from parcel")
    return ParcelState(str(state)), bytes(cast("bytes", payload))


def referral(store: Store) -> ReferralState:
    """Return the state of its referral."""
    [(state,)] = store.rows("select state from referral")
    return ReferralState(str(state))


@pytest.mark.parametrize("begins", ParcelState)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__.strip("_"))
def test_every_step_from_every_state(outbox: Store, begins: ParcelState, step: Callable[[Transaction], object]) -> None:
    for way in REACH[begins]:
        outbox.do(way)
    assert parcel(outbox)[0] is begins
    before = parcel(outbox)
    outcome = outbox.do(step)
    ends = STEPS[step].get(begins)
    if ends is None:
        assert parcel(outbox) == before
        assert outcome in (False, None, NOTHING, NOTHING_OF_HERS) or step is _accept
    else:
        assert parcel(outbox) == (ends, before[1] if ends in {SENDING, DEAD} else b"")


@pytest.mark.parametrize("ends", [DELIVERED, STOPPED, RECALLED])
def test_a_payload_is_wiped_from_the_disk(sqlite: Store, tmp_path: Path, ends: ParcelState) -> None:
    canary = bytes_from("sealed all the same", 9_000)
    piece = canary[4_000:4_200]
    sqlite.do(_filled)
    with sqlite.database.writing.begin() as connection:
        connection.execute(text("update parcel set payload = :payload"), {"payload": canary})
    _checkpointed(sqlite)
    assert piece in (tmp_path / "gateway.db").read_bytes(), "the canary was never on the disk"
    for way in REACH[ends]:
        sqlite.do(way)
    _checkpointed(sqlite)
    assert all(piece not in file.read_bytes() for file in tmp_path.iterdir())


def _checkpointed(store: Store) -> None:
    with store.database.writing.connect() as connection:
        connection.exec_driver_sql("commit")
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
        connection.exec_driver_sql("begin")


def test_a_lease_that_ran_out_puts_the_parcel_back(outbox: Store) -> None:
    assert outbox.do(_lease) is True
    assert outbox.do(_lease) is False
    outbox.clock.advance(LEASE)
    assert outbox.do(_lease) is False, "the last moment of a lease is still the recipient's"
    assert outbox.outbox.waiting(SHELTER, outbox.clock.now(), 10) == []
    outbox.clock.advance(timedelta(microseconds=1))
    assert [waiting.id for waiting in outbox.outbox.waiting(SHELTER, outbox.clock.now(), 10)] == [MESSAGE]
    assert outbox.do(_lease) is True


def test_a_parcel_that_is_not_due_stays(outbox: Store) -> None:
    early = NOON - timedelta(microseconds=1)
    outbox.clock.moment = early
    assert outbox.do(_lease) is False
    assert outbox.outbox.waiting(SHELTER, early, 10) == []


def test_what_waits_is_read_back_as_it_was_written(outbox: Store) -> None:
    assert outbox.outbox.waiting(SHELTER, NOON, 10) == [a_parcel()]
    assert outbox.outbox.waiting(POLICE, NOON, 10) == []


def test_the_most_urgent_parcels_wait_in_front_then_the_oldest(store: Store) -> None:
    urgencies = {1: Urgency.ROUTINE, 2: Urgency.ROUTINE, 3: Urgency.URGENT, 4: Urgency.URGENT, 5: Urgency.EMERGENCY}
    for number, urgency in urgencies.items():
        one = a_parcel(number, urgency=urgency, due=NOON - number % 5 * HOUR)
        store.do(lambda transaction, one=one: transaction.add(one))
    order = [5, 4, 3, 2, 1]
    assert [int(waiting.id) for waiting in store.outbox.waiting(SHELTER, NOON, 10)] == order
    assert [int(waiting.id) for waiting in store.outbox.waiting(SHELTER, NOON, 2)] == order[:2]


def test_acknowledging_receives_the_referral_and_nobody_else_can(outbox: Store) -> None:
    outbox.do(_lease)
    assert outbox.do(lambda transaction: transaction.acknowledge(POLICE, MESSAGE)) is None
    assert outbox.do(lambda transaction: transaction.acknowledge(SHELTER, a_parcel(2).id)) is None
    assert referral(outbox) is ReferralState.SUBMITTED
    assert outbox.do(_acknowledge) == a_parcel().referral
    assert referral(outbox) is ReferralState.RECEIVED
    assert outbox.do(_acknowledge) is None, "acknowledged twice"


def test_a_recalled_parcel_can_be_acknowledged_and_its_referral_stays_revoked(outbox: Store) -> None:
    """Its arrival is a fact worth knowing; it does not bring the referral back."""
    outbox.do(_lease)
    outbox.do(_withdraw)
    assert outbox.do(_acknowledge) == a_parcel().referral
    assert referral(outbox) is ReferralState.REVOKED
    assert outbox.do(_accept) is None


def test_a_recalled_parcel_is_never_handed_out_again(outbox: Store) -> None:
    outbox.do(_lease)
    outbox.do(_withdraw)
    outbox.clock.advance(HOUR)
    assert outbox.do(_lease) is False
    assert outbox.outbox.waiting(SHELTER, outbox.clock.now(), 10) == []


def test_an_answer_needs_a_delivered_parcel_and_an_open_referral(outbox: Store) -> None:
    assert outbox.do(_accept) is None
    outbox.do(_lease)
    assert outbox.do(_accept) is None
    outbox.do(_acknowledge)
    assert outbox.do(lambda transaction: transaction.answer_referral(POLICE, MESSAGE, ReferralState.ACCEPTED)) is None
    assert outbox.do(_accept) == a_parcel().referral
    assert referral(outbox) is ReferralState.ACCEPTED
    done = lambda transaction: transaction.answer_referral(SHELTER, MESSAGE, ReferralState.COMPLETED)  # noqa: E731 - a step of the table, read beside the others
    assert outbox.do(done) == a_parcel().referral
    assert outbox.do(_accept) is None, "a completed referral was opened again"


def test_a_withdrawal_stops_what_rests_on_that_consent_of_that_person_and_nothing_else(store: Store) -> None:
    for number in (1, 2, 3):
        store.do(lambda transaction, number=number: _filled(transaction, number))
    with store.database.writing.begin() as connection:
        connection.execute(text("update parcel set consent = 'consent-2' where id = :id"), {"id": a_parcel(2).id})
        other = {"id": a_parcel(3).id, "person": bytes_from("another person", 16)}
        connection.execute(text("update parcel set person = :person where id = :id"), other)
    told = store.do(_withdraw)
    assert told == InFlight((Gone(MESSAGE, POLICE, SHELTER, a_parcel().referral, PERSON),), ())
    assert store.rows("select state from parcel order by id") == [(STOPPED,), (QUEUED,), (QUEUED,)]
    revoked, submitted = ReferralState.REVOKED, ReferralState.SUBMITTED
    assert store.rows("select state from referral order by id") == [(revoked,), (submitted,), (submitted,)]


def test_c_09_what_a_withdrawal_stopped_is_an_entry_about_her_and_what_may_have_left_is_none(store: Store) -> None:
    for step in (_filled, partial(_filled, number=2), _lease, _withdraw):
        store.do(step)
    [(content,)] = store.rows("select content from ledger_leaf")
    assert b'"disclosure.stopped"' in content
    assert store.rows("select person, referral from person_leaf") == [(PERSON, a_parcel(2).referral)]


def test_a_withdrawal_tells_what_may_have_left(outbox: Store) -> None:
    outbox.do(_lease)
    gone = Gone(MESSAGE, POLICE, SHELTER, a_parcel().referral, PERSON)
    assert outbox.do(_withdraw) == InFlight((), (gone,))
    assert outbox.do(_withdraw) == InFlight((), ())


def test_a_sender_takes_back_what_it_sent_under_its_own_number(outbox: Store) -> None:
    assert outbox.do(lambda transaction: transaction.stop_referrals(SHELTER, BLIND, WHY)) is None
    assert outbox.do(lambda transaction: transaction.stop_referrals(POLICE, bytes_from("another", 16), WHY)) is None
    assert referral(outbox) is ReferralState.SUBMITTED
    gone = Gone(MESSAGE, POLICE, SHELTER, a_parcel().referral, PERSON)
    assert outbox.do(_revoke) == InFlight((gone,), (), (PERSON,))
    assert referral(outbox) is ReferralState.REVOKED


def test_a_referral_that_arrived_can_still_be_taken_back(outbox: Store) -> None:
    outbox.do(_lease)
    outbox.do(_acknowledge)
    assert outbox.do(_revoke) == NOTHING_OF_HERS
    assert referral(outbox) is ReferralState.REVOKED


def test_m_06_what_a_recipient_answered_is_read_back_with_its_reason_and_moment(outbox: Store) -> None:
    outbox.do(_lease)
    outbox.do(_acknowledge)
    said = (ReferralState.REJECTED, RejectionReason.NO_CAPACITY)
    outbox.do(lambda transaction: transaction.answer_referral(SHELTER, MESSAGE, *said))
    found = outbox.referrals.referral(a_parcel().referral)
    assert found is not None
    assert (found.state, found.reason, found.answered) == (*said, outbox.clock.now())


def test_a_referral_is_read_back_as_it_was_written(outbox: Store) -> None:
    found = outbox.referrals.referral(a_parcel().referral)
    assert found is not None
    assert (found.sender, found.state, found.person) == (POLICE, ReferralState.SUBMITTED, PERSON)
    assert found.answer == {"outcome": "permitted"}
    assert found.sealed_reference == b"sealed"
    assert outbox.referrals.referral("R-NOBODY") is None


def test_a_parcel_that_may_no_longer_leave_fails_its_referral(outbox: Store) -> None:
    outbox.do(_stop)
    assert referral(outbox) is ReferralState.FAILED


def test_two_at_once_lease_a_parcel_once(outbox: Store) -> None:
    assert outbox.together(Doing(_lease), Doing(_lease)) == [True, False]
