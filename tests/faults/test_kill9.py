"""Killed in the middle of its work, the gateway keeps what it answered, once. The full count is in docs/evidence."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from furnished import Installation
from trials.books_of_record import Balance, Books, copied_parcel
from trials.in_process import accepted
from trials.kill9 import Kills, killed
from trials.officer import DOES_NOT_VERIFY, PROVEN, Officer

pytestmark = pytest.mark.slow

WHOLE = Balance(referrals=3, without_parcel=0, several_parcels=0, without_leaf=0, half_written=0)


@pytest.mark.enable_socket
def test_every_answered_referral_is_there_once_after_a_kill(installed: Installation) -> None:
    kills = killed(installed, times=1, seed=11, points=(4, 12))
    assert kills.held
    assert kills.trials == 2
    assert kills.answered > 0


@pytest.fixture(scope="module")
def three_accepted(furnished_once: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A gateway that accepted three referrals; no test changes it."""
    made = furnished_once.copy(tmp_path_factory.mktemp("accepted") / "data")
    accepted(made, 3)
    return made


@pytest.fixture
def kept(three_accepted: Installation, tmp_path: Path) -> Installation:
    """A copy of it."""
    return three_accepted.copy(tmp_path / "data")


@pytest.fixture
def books(kept: Installation) -> Books:
    """Its books."""
    return Books(kept, Officer.of(kept).ring)


def _plant(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        for (trigger,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            connection.execute(f'drop trigger "{trigger}"')
        if statement == DOUBLED:
            copied_parcel(connection, "again")
        else:
            connection.execute(statement)


DOUBLED = "one parcel more"
LOST_LEAF = 'delete from ledger_leaf where "index" = (select max(leaf_index) from referral)'
FAULTS: dict[str, tuple[str, Callable[[Balance], bool]]] = {
    "a lost parcel": (
        "delete from parcel where id = (select min(id) from parcel)",
        lambda seen: seen.without_parcel == 1,
    ),
    "a doubled parcel": (DOUBLED, lambda seen: seen.several_parcels == 1),
    "a lost leaf": (LOST_LEAF, lambda seen: seen.without_leaf == 1),
    "a leaf of another kind": (
        """update ledger_leaf set content = cast('{}' as blob)
        where "index" = (select max(leaf_index) from referral)""",
        lambda seen: seen.without_leaf == 1,
    ),
    "a lost idempotency key": (
        "delete from idempotency where key = (select min(key) from idempotency where referral is not null)",
        lambda seen: seen.half_written > 0,
    ),
    "a lost referral": (
        "delete from referral where id = (select min(id) from referral)",
        lambda seen: seen.referrals == 2,
    ),
    "a log that says it is shorter": (
        "update ledger_head set size = size - 1",
        lambda seen: seen.half_written > 0,
    ),
}
"""By fault: what is done to the books, and what must be seen."""


def test_whole_books_balance(books: Books) -> None:
    assert books.balance() == WHOLE


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_books_is_seen(books: Books, kept: Installation, fault: str) -> None:
    statement, seen = FAULTS[fault]
    _plant(kept.data / "gateway.db", statement)
    found = books.balance()
    assert seen(found)
    assert found != WHOLE


def test_an_officer_finds_a_log_that_lost_its_end(kept: Installation) -> None:
    officer = Officer.of(kept)
    held = officer.checkpoint()
    assert officer.verifies(held) == PROVEN
    _plant(kept.data / "gateway.db", LOST_LEAF)
    assert officer.verifies(held) == DOES_NOT_VERIFY


@pytest.mark.parametrize("fault", ["lost", "doubled", "unlogged", "half_written", "answered_otherwise", "unverified"])
def test_one_fault_is_enough(fault: str) -> None:
    kills = Kills(trials=1)
    assert kills.held
    setattr(kills, fault, 1)
    assert not kills.held


def test_which_referral_a_key_made_is_found(books: Books) -> None:
    found = books.referrals_of(["trial-00000000", "trial-00000002", "trial-00000009"])
    assert list(found) == ["trial-00000000", "trial-00000002"]
    assert replace(books).referrals_of([]) == {}
