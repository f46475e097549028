"""Locks on probing as the store lists them: whose, since when, the newest first (A-01)."""

from datetime import timedelta

from builders import HOUR, NOON, POLICE, SHELTER
from rings import bytes_from
from stores import Store

from gateway.core.oversight.probing_releases import Lock
from gateway.core.ports import Transaction
from gateway.core.rows import LockRow
from gateway.store.reading.locks import LockReader

MOMENT = timedelta(microseconds=1)


def test_a_lock_is_listed_once_with_its_agency_whatever_it_locked_the_newest_first(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        for name, agency, at in (
            ("under a reference", POLICE, NOON),
            ("under her record", POLICE, NOON),
            ("of another agency", SHELTER, NOON),
            ("earlier", POLICE, NOON - HOUR),
        ):
            transaction.add(LockRow(bytes_from(name, 16), agency, at))

    store.do(work)
    locks = LockReader(store.database.reading)
    at_noon = [Lock(agency, NOON) for agency in sorted((POLICE, SHELTER))]
    everything = [*at_noon, Lock(POLICE, NOON - HOUR)]
    assert locks.newest(NOON - HOUR - MOMENT, NOON, 10) == everything
    assert locks.locked_between(NOON - HOUR - MOMENT, NOON) == (3, NOON)
    assert locks.newest(NOON - HOUR, NOON, 10) == at_noon, "what came after the first moment"
    assert locks.newest(NOON - HOUR - MOMENT, NOON - MOMENT, 10) == everything[2:], "until the second"
    assert locks.newest(NOON - HOUR - MOMENT, NOON, 1) == everything[:1]
    assert locks.locked_between(NOON, NOON + HOUR) == (0, NOON)
