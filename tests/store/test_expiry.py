"""What has run out is forgotten, a little at a time; what may still be needed stays."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import HOUR, NOON, a_caller
from rings import bytes_from
from sqlalchemy import func, select
from stores import Doing, Store, a_client_row, consuming

from gateway.core.answers import NotFresh
from gateway.core.callers import UsedProof
from gateway.core.housekeeping import ForgetExpired
from gateway.core.openings import KEEPS_ANSWERS
from gateway.core.ports import Needs, Transaction
from gateway.core.rows import IdempotencyRow
from gateway.core.stages import Idempotency
from gateway.store.rows.line import IDEMPOTENCY, REVOKED_TOKEN, USED_PROOF
from gateway.store.writing.expiry import GRACE

SECOND = timedelta(seconds=1)


def used(name: str, expires: timedelta) -> Doing[object]:
    """Return an item that uses up a proof which expires that long after noon."""
    return consuming(replace(a_caller(), proof=UsedProof(bytes_from(name), int((NOON + expires).timestamp()))))


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with one of each kind that runs out in an hour, and one that runs out in a day."""
    store.do(lambda transaction: transaction.register(a_client_row()))
    for hours in (1, 24):
        expires = int((NOON + hours * HOUR).timestamp())
        store.alone(used(f"proof {hours}", hours * HOUR))
        store.do(lambda transaction, h=hours, e=expires: transaction.revoke_token(f"token {h}", e))
        row = IdempotencyRow(Idempotency(bytes_from(f"key {hours}"), b"digest"), None, {}, NOON + hours * HOUR)
        store.do(lambda transaction, row=row: transaction.add(row))
    return store


def left(store: Store) -> list[int]:
    """Return how many rows of each kind there are."""
    with store.database.reading.connect() as connection:
        counts = (select(func.count()).select_from(table) for table in (USED_PROOF, REVOKED_TOKEN, IDEMPOTENCY))
        return [connection.execute(count).scalar_one() for count in counts]


def test_nothing_is_forgotten_before_its_time_and_the_grace_after_it(filled: Store) -> None:
    for moment in (NOON, NOON + HOUR, NOON + HOUR + GRACE):
        filled.clock.moment = moment
        assert filled.alone(ForgetExpired(10)) is False
        assert left(filled) == [2, 2, 2]


def test_what_has_run_out_is_forgotten_and_nothing_else(filled: Store) -> None:
    filled.clock.moment = NOON + HOUR + GRACE + SECOND
    assert filled.alone(ForgetExpired(10)) is False
    assert left(filled) == [1, 1, 1]
    assert filled.rows("select jti from revoked_token") == [("token 24",)]


def test_a_little_at_a_time(filled: Store) -> None:
    filled.clock.moment = NOON + timedelta(days=2)
    assert filled.alone(ForgetExpired(1)) is True
    assert left(filled) == [1, 1, 1]
    assert filled.alone(ForgetExpired(1)) is True
    assert filled.alone(ForgetExpired(1)) is False
    assert left(filled) == [0, 0, 0]


def test_a_proof_is_refused_as_long_as_it_could_be_shown_again(filled: Store) -> None:
    again = used("proof 24", 24 * HOUR)
    filled.clock.moment = NOON + 24 * HOUR
    filled.alone(ForgetExpired(10))
    assert filled.alone(again) == NotFresh(revoked=False)


def test_forgetting_in_the_batch_of_a_replay_does_not_let_it_through(filled: Store) -> None:
    """What a batch looks at was read before anything of it was deleted."""
    filled.clock.moment = NOON + timedelta(days=2)
    outcomes = filled.together(ForgetExpired(10), used("proof 1", HOUR))
    assert outcomes[1] == NotFresh(revoked=False)


def test_answers_are_kept_for_as_long_as_it_was_promised(store: Store) -> None:
    key = Idempotency(bytes_from("key"), b"digest")

    def work(transaction: Transaction) -> bool:
        if transaction.answered(key.key):
            return True
        transaction.add(IdempotencyRow(key, None, {}, transaction.now + KEEPS_ANSWERS))
        return False

    item = Doing(work, Needs(idempotency=(key.key,)))
    assert store.alone(item) is False
    store.clock.advance(KEEPS_ANSWERS)
    store.alone(ForgetExpired(10))
    assert store.alone(item) is True
