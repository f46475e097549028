"""Lanes in the database: one holder at a time, rests that are kept, and dead letters that were never forgotten."""

from datetime import timedelta

import pytest
from builders import NOON, SHELTER, an_agency
from stores import WHY, Doing, Store, a_parcel

from gateway.core.endpoints import EndpointRow
from gateway.core.heads import agency_head
from gateway.core.lanes import HELD_FOR, Lane
from gateway.core.ports import Needs, Transaction
from gateway.core.rows import AgencyRow
from gateway.store.reading.courier import CourierReader
from schemas.documents import Json
from schemas.vocabulary import DeliveryMode, Urgency

MINE, THEIRS = Lane(SHELTER, b"mine" * 4), Lane(SHELTER, b"them" * 4)
SECOND = timedelta(seconds=1)
ENDPOINT: dict[str, Json] = {
    "schema": "endpoint/1.0",
    "agency": SHELTER,
    "brings": "referrals",
    "url": "https://river.example/inbound",
    "authentication": {"method": "none"},
}


@pytest.fixture
def lanes(store: Store) -> Store:
    """A store in which the shelter's endpoint is registered."""
    store.do(lambda transaction: transaction.lanes.file(EndpointRow(SHELTER, ENDPOINT, b"sealed", 1)))
    return store


def held(store: Store, lane: Lane = MINE) -> bool:
    return store.do(lambda transaction: transaction.lanes.hold(lane, transaction.now + HELD_FOR))


def pushed(number: int = 1, **changes: object) -> object:
    return a_parcel(number, mode=DeliveryMode.NATIVE_PUSH, **changes)


def with_parcels(store: Store, *parcels: object) -> None:
    def work(transaction: Transaction) -> None:
        for parcel in parcels:
            transaction.add(parcel)

    store.do(work)


def registered(store: Store) -> None:
    agency = an_agency(SHELTER)

    def work(transaction: Transaction) -> None:
        transaction.register(AgencyRow(agency.id, {"id": agency.id}))

    store.alone(Doing(work, Needs((agency_head(SHELTER),))))


def leased(store: Store, number: int = 1) -> str:
    """Put a parcel in and hand it out."""
    parcel = pushed(number)
    with_parcels(store, parcel)
    assert store.do(lambda transaction: transaction.lease(parcel.id, transaction.now + HELD_FOR))
    return parcel.id


def state(store: Store) -> list[tuple[object, ...]]:
    return store.rows("select state from parcel order by id")


def ready(store: Store) -> list[str]:
    return list(CourierReader(store.database.reading).ready(store.clock.now()))


class TestHolding:
    def test_one_holds_it_until_its_time_runs_out(self, lanes: Store) -> None:
        assert held(lanes)
        assert not held(lanes, THEIRS)
        lanes.clock.advance(HELD_FOR + SECOND)
        assert held(lanes, THEIRS)

    def test_who_was_stopped_past_its_time_holds_it_no_more(self, lanes: Store) -> None:
        held(lanes)
        lanes.clock.advance(HELD_FOR + SECOND)
        assert lanes.do(lambda transaction: transaction.lanes.holds(MINE)), "nobody took it yet"
        held(lanes, THEIRS)
        assert not lanes.do(lambda transaction: transaction.lanes.holds(MINE))
        lanes.do(lambda transaction: transaction.lanes.leave(MINE, transaction.now, 9))
        assert CourierReader(lanes.database.reading).failures(SHELTER) == 0
        assert lanes.do(lambda transaction: transaction.lanes.holds(THEIRS))

    def test_a_lane_rests_as_long_as_was_said(self, lanes: Store) -> None:
        held(lanes)
        lanes.do(lambda transaction: transaction.lanes.leave(MINE, transaction.now + 5 * SECOND, 3))
        assert CourierReader(lanes.database.reading).failures(SHELTER) == 3
        assert not held(lanes, THEIRS)
        lanes.clock.advance(5 * SECOND)
        assert held(lanes, THEIRS)

    def test_nothing_rests_until_a_moment_that_a_clock_which_ran_ahead_wrote_down(self, lanes: Store) -> None:
        years, book = timedelta(days=3_650), CourierReader(lanes.database.reading)
        registered(lanes)
        lanes.clock.advance(years)
        waiting, handed_out = pushed(1, due=lanes.clock.now()), leased(lanes, 2)
        with_parcels(lanes, waiting)
        assert held(lanes)
        lanes.do(lambda transaction: transaction.lanes.leave(MINE, transaction.now + SECOND, 1))
        lanes.clock.advance(-years)
        assert book.ready(lanes.clock.now()) == []
        assert lanes.do(lambda transaction: transaction.lanes.end_rests(timedelta(days=1))) == 3
        assert book.ready(lanes.clock.now()) == [SHELTER]
        assert held(lanes)
        for message in (waiting.id, handed_out):
            assert lanes.do(lambda transaction, it=message: transaction.lease(it, transaction.now + HELD_FOR))
        assert lanes.do(lambda transaction: transaction.lanes.end_rests(timedelta(days=1))) == 0, "others go on resting"

    def test_there_is_no_lane_where_no_endpoint_is_registered(self, store: Store) -> None:
        assert not held(store)

    def test_an_endpoint_registered_anew_need_not_rest(self, lanes: Store) -> None:
        held(lanes)
        lanes.do(lambda transaction: transaction.lanes.leave(MINE, transaction.now + 5 * SECOND, 3))
        lanes.do(lambda transaction: transaction.lanes.file(EndpointRow(SHELTER, ENDPOINT, b"other", 1)))
        assert held(lanes, THEIRS)
        found = CourierReader(lanes.database.reading).endpoint(SHELTER)
        assert found is not None
        assert (found.sealed, found.url) == (b"other", "https://river.example/inbound")


class TestReady:
    def test_a_lane_is_ready_where_something_to_be_brought_is_due(self, lanes: Store) -> None:
        with_parcels(lanes, a_parcel(1), pushed(2, due=NOON + SECOND))
        assert ready(lanes) == []
        lanes.clock.advance(SECOND)
        assert ready(lanes) == [SHELTER]
        assert [one.id for one in lanes.outbox.waiting(SHELTER, lanes.clock.now(), 9)] == [a_parcel(1).id]
        assert [one.id for one in lanes.outbox.waiting(SHELTER, lanes.clock.now(), 9, pushed=True)] == [a_parcel(2).id]

    def test_not_while_it_is_held_or_rests(self, lanes: Store) -> None:
        with_parcels(lanes, pushed())
        held(lanes)
        assert ready(lanes) == []
        lanes.do(lambda transaction: transaction.lanes.leave(MINE, transaction.now + SECOND, 1))
        assert ready(lanes) == []
        lanes.clock.advance(SECOND)
        assert ready(lanes) == [SHELTER]


class TestTrying:
    def test_what_was_not_begun_goes_back_as_if_nothing_had_happened(self, lanes: Store) -> None:
        message = leased(lanes)
        lanes.do(lambda transaction: transaction.lanes.put_back(message))
        assert state(lanes) == [("queued",)]

    @pytest.mark.parametrize("tried", [True, False], ids=["it was tried", "whoever had it died with it"])
    def test_c_09_what_was_handed_out_before_may_have_left_and_stays_so(self, lanes: Store, *, tried: bool) -> None:
        message = leased(lanes)
        if tried:
            lanes.do(lambda transaction: transaction.lanes.count_try(message, "failing", 1))
        lanes.clock.advance(HELD_FOR + SECOND)
        assert lanes.do(lambda transaction: transaction.lease(message, transaction.now + HELD_FOR))
        lanes.do(lambda transaction: transaction.lanes.put_back(message))
        assert state(lanes) == [("sending",)]
        lanes.clock.advance(SECOND)
        assert ready(lanes) == [SHELTER]

    def test_what_was_put_back_is_handed_out_for_the_first_time_again(self, lanes: Store) -> None:
        message = leased(lanes)
        for _ in range(2):
            lanes.do(lambda transaction: transaction.lanes.put_back(message))
            assert state(lanes) == [("queued",)]
            assert lanes.do(lambda transaction: transaction.lease(message, transaction.now + HELD_FOR))

    def test_tries_are_counted_with_the_steps_that_are_done(self, lanes: Store) -> None:
        message = leased(lanes)
        for steps in (0, 1):
            lanes.do(lambda transaction, steps=steps: transaction.lanes.count_try(message, "failing", steps))
        known = CourierReader(lanes.database.reading).tried([message])[message]
        assert (known.attempts, known.steps) == (2, 1)

    def test_what_is_postponed_is_not_handed_out_before(self, lanes: Store) -> None:
        message = leased(lanes)
        lanes.do(lambda transaction: transaction.lanes.postpone(message, transaction.now + 5 * SECOND))
        lanes.clock.advance(5 * SECOND)
        assert ready(lanes) == []
        lanes.clock.advance(SECOND)
        assert ready(lanes) == [SHELTER]


class TestDeadLetters:
    def test_a_dead_letter_waits_for_a_person_and_is_tried_again_on_her_word(self, lanes: Store) -> None:
        message, book = leased(lanes), CourierReader(lanes.database.reading)
        lanes.do(lambda transaction: transaction.lanes.count_try(message, "declined", 0))
        assert lanes.do(lambda transaction: transaction.lanes.give_up(message))
        lanes.clock.advance(HELD_FOR + SECOND)
        assert (state(lanes), ready(lanes)) == ([("dead",)], [])
        [dead] = book.dead(9)
        assert (dead.referral, dead.recipient, dead.code, dead.attempts) == (
            a_parcel().referral,
            SHELTER,
            "declined",
            1,
        )
        assert not lanes.do(lambda transaction: transaction.lanes.rerun("hill-shelter", ()))
        assert not lanes.do(lambda transaction: transaction.lanes.rerun(None, ["another"]))
        [again] = lanes.do(lambda transaction: transaction.lanes.rerun(None, [dead.referral]))
        assert again.message == message
        assert (state(lanes), ready(lanes), book.dead(9)) == ([("sending",)], [SHELTER], [])

    def test_c_09_a_withdrawal_ends_a_dead_letter_as_what_may_have_left(self, lanes: Store) -> None:
        message = leased(lanes)
        lanes.do(lambda transaction: transaction.lanes.give_up(message))
        gone = lanes.do(lambda transaction: transaction.stop_consents(a_parcel().person, ["consent-1"], WHY))
        assert [one.message for one in gone.may_have_left] == [message]
        assert state(lanes) == [("recalled",)]
        assert not lanes.do(lambda transaction: transaction.lanes.rerun(None, ()))

    def test_a_recipient_that_has_a_dead_letter_after_all_may_say_so(self, lanes: Store) -> None:
        message = leased(lanes)
        lanes.do(lambda transaction: transaction.lanes.give_up(message))
        assert lanes.do(lambda transaction: transaction.acknowledge(SHELTER, message)) is not None
        assert state(lanes) == [("delivered",)]


def test_what_waits_too_long_is_told_of_once_and_urgent_ones_sooner(lanes: Store) -> None:
    registered(lanes)
    with_parcels(lanes, a_parcel(1), a_parcel(2, urgency=Urgency.ROUTINE), a_parcel(3, due=NOON + timedelta(hours=1)))

    def aged() -> list[str]:
        minutes, day = timedelta(minutes=15), timedelta(days=1)
        late = lanes.do(lambda seen: seen.lanes.mark_aged(seen.now - minutes, seen.now - day, 9))
        return [one.message for one in late]

    lanes.clock.advance(timedelta(minutes=15))
    assert aged() == []
    lanes.clock.advance(SECOND)
    assert aged() == [a_parcel(1).id]
    assert aged() == []
    lanes.clock.advance(timedelta(days=1))
    assert aged() == [a_parcel(2).id, a_parcel(3).id]
    lanes.do(lambda transaction: transaction.lease(a_parcel(1).id, transaction.now + HELD_FOR))
    lanes.do(lambda transaction: transaction.lanes.give_up(a_parcel(1).id))
    assert lanes.do(lambda transaction: transaction.lanes.rerun(None, [a_parcel(1).referral]))
    assert aged() == [], "what is run again waits from then on"
    lanes.clock.advance(timedelta(minutes=15) + SECOND)
    assert aged() == [a_parcel(1).id]
