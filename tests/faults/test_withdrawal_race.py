"""After a withdrawal's commit nothing of hers enters sending. The full count is in docs/evidence."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from furnished import Installation
from trials.books_of_record import copied_parcel
from trials.withdrawal_race import counted, raced, witness

pytestmark = pytest.mark.slow


def test_nothing_leaves_after_her_withdrawal_is_committed(installed: Installation) -> None:
    race = raced(installed, 40, seed=7)
    assert race.held
    assert race.interleavings == 40
    assert race.sent_before + race.stopped > 0


def test_a_row_that_enters_sending_too_late_is_seen(installed: Installation, database: Path) -> None:
    raced(installed, 1, seed=7)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("update parcel set state = 'queued'")
        connection.execute("update parcel set state = 'sending'")
    race = counted(database, [])
    assert race.entered_sending_after > 0
    assert race.left_in_flight > 0
    assert not race.held


def test_a_row_that_is_queued_too_late_is_seen(installed: Installation, database: Path) -> None:
    raced(installed, 1, seed=7)
    with closing(sqlite3.connect(database)) as connection, connection:
        copied_parcel(connection, "late")
    assert counted(database, []).queued_after == 1


def test_nothing_is_counted_before_anybody_raced(installed: Installation, database: Path) -> None:
    witness(database)
    assert counted(database, []).held


def test_c_10_a_notice_too_many_and_one_too_few_are_seen(installed: Installation, database: Path) -> None:
    race = raced(installed, 5, seed=7)
    assert (race.not_told_once, race.told_for_nothing) == (0, 0)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("update parcel set state = 'stopped' where id in (select about from notice)")
        told = connection.execute("select count(*) from notice").fetchone()[0]
    assert counted(database, []).told_for_nothing == told
