"""What waits for recipients, as figures: by state and urgency, and however often it was tried."""

from datetime import timedelta

from builders import HOUR, NOON
from stores import Store, a_parcel

from gateway.core.ports import Transaction
from gateway.store.reading.backlog import BacklogReader
from schemas.vocabulary import Urgency

NOTHING = {"routine": 0.0, "urgent": 0.0, "emergency": 0.0}


def told(store: Store) -> tuple[dict[str, int], dict[str, float]]:
    found = BacklogReader(store.database.reading, store.clock).now()
    return {**found.pending}, {**found.oldest_seconds}


def test_where_nothing_waits_nothing_does(store: Store) -> None:
    assert told(store) == ({"queued": 0, "sending": 0, "dead": 0}, NOTHING)


def test_what_was_tried_in_vain_waits_still_and_what_was_given_up_is_counted(store: Store) -> None:
    tried, routine, later = a_parcel(1), a_parcel(2, urgency=Urgency.ROUTINE), a_parcel(3, due=NOON + 3 * HOUR)

    def filled(transaction: Transaction) -> None:
        for parcel in (tried, routine, later):
            transaction.add(parcel)

    store.do(filled)
    store.do(lambda transaction: transaction.lease(tried.id, transaction.now + timedelta(seconds=25)))
    store.clock.advance(HOUR)
    hour = HOUR.total_seconds()
    assert told(store) == ({"queued": 2, "sending": 1, "dead": 0}, {**NOTHING, "urgent": hour, "routine": hour})
    store.do(lambda transaction: transaction.lanes.give_up(tried.id))
    assert told(store) == ({"queued": 2, "sending": 0, "dead": 1}, {**NOTHING, "routine": hour})
