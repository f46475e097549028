"""After a withdrawal's commit nothing of hers enters sending. The full count is in docs/evidence."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from furnished import Installation
from sqlalchemy import create_engine, text
from trials.books_of_record import copied_parcel
from trials.withdrawal_race import counted, raced
from trials.witness import plant

pytestmark = pytest.mark.slow


def url_of(installed: Installation) -> str:
    return installed.settings().database()


def changed(installed: Installation, *statements: str) -> None:
    """Change the database behind the gateway's back."""
    engine = create_engine(url_of(installed))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_nothing_leaves_after_her_withdrawal_is_committed(installed: Installation) -> None:
    race = raced(installed, 40, seed=7)
    assert race.held
    assert race.interleavings == 40
    assert race.sent_before + race.stopped > 0


def test_nothing_leaves_where_two_nodes_share_a_database(shared: Installation) -> None:
    """And a row that enters sending too late would be seen there too."""
    race = raced(shared, 8, seed=7)
    assert race.held
    assert race.interleavings == 8
    assert race.sent_before + race.stopped > 0
    changed(shared, "update parcel set state = 'queued'")
    changed(shared, "update parcel set state = 'sending'")
    assert counted(url_of(shared), []).entered_sending_after > 0


def test_a_row_that_enters_sending_too_late_is_seen(installed: Installation) -> None:
    raced(installed, 1, seed=7)
    changed(installed, "update parcel set state = 'queued'", "update parcel set state = 'sending'")
    race = counted(url_of(installed), [])
    assert race.entered_sending_after > 0
    assert race.left_in_flight > 0
    assert not race.held


def test_a_row_that_is_queued_too_late_is_seen(installed: Installation, database: Path) -> None:
    raced(installed, 1, seed=7)
    with closing(sqlite3.connect(database)) as connection, connection:
        copied_parcel(connection, "late")
    assert counted(url_of(installed), []).queued_after == 1


def test_nothing_is_counted_before_anybody_raced(installed: Installation) -> None:
    plant(url_of(installed))
    assert counted(url_of(installed), []).held


def test_c_10_a_notice_too_many_and_one_too_few_are_seen(installed: Installation, database: Path) -> None:
    race = raced(installed, 5, seed=7)
    assert (race.not_told_once, race.told_for_nothing) == (0, 0)
    changed(installed, "update parcel set state = 'stopped' where id in (select about from notice)")
    with closing(sqlite3.connect(database)) as connection:
        told = connection.execute("select count(*) from notice").fetchone()[0]
    assert counted(url_of(installed), []).told_for_nothing == told
