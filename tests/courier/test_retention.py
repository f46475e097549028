"""What an exchange needed goes when its time is over, the rest of it stays; a court order keeps everything (A-04)."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from furnished import FETCHING, SHELTER, Installation, install
from trials.in_process import a_caller, asked, permitted

from gateway.core.erasure import retention
from gateway.core.known import KnownPerson
from gateway.wiring import Gateway, build
from schemas.vocabulary import ReferralState

LONGER_THAN_AGREED = timedelta(days=31)


@dataclass
class Clock:
    """The machine's, so much later."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(tmp_path_factory.mktemp("retention") / "data", persons=3)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gateway(installed: Installation, tmp_path: Path, clock: Clock) -> Iterator[Gateway]:
    """A gateway in which something was sent about three people; one of them was fetched."""
    built = build(installed.copy(tmp_path / "data").settings(), clock)
    built.start()
    for number in range(3):
        assert permitted(asyncio.run(built.door.exchange.accept(asked(number, f"retained-{number:08d}"))))
    asyncio.run(built.door.dispatch.lease(a_caller(FETCHING, SHELTER), 1))
    yield built
    built.close()


def asks(gateway: Gateway, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(gateway.settings.data / "gateway.db")) as database:
        return database.execute(query).fetchall()


def tells(gateway: Gateway, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(gateway.settings.data / "gateway.db")) as database, database:
        database.execute(statement, values)


def keys(gateway: Gateway) -> int:
    """Count the keys of commitments of exchanges."""
    kept = "select count(*) from person_leaf where referral is not null and wrapped_key is not null"
    [(count,)] = asks(gateway, kept)
    assert isinstance(count, int)
    return count


def test_a_04_before_its_time_nothing_of_an_exchange_goes(gateway: Gateway, clock: Clock) -> None:
    before = keys(gateway)
    clock.ahead = timedelta(days=29)
    assert asyncio.run(gateway.retention.watch()) == 0
    assert keys(gateway) == before > 0


def test_a_04_after_its_time_nothing_waits_and_the_log_is_about_nobody(gateway: Gateway, clock: Clock) -> None:
    clock.ahead = LONGER_THAN_AGREED
    leaves = gateway.log.head().size

    assert asyncio.run(gateway.retention.watch()) == 3

    assert keys(gateway) == 0
    assert asks(gateway, "select distinct payload, state in ('stopped', 'recalled') from parcel") == [(b"", 1)]
    assert asks(gateway, "select count(*) from referral where sealed_reference is not null") == [(0,)]
    stopped = [leaf for leaf in gateway.log.leaves(leaves + 3, leaves) if b'"disclosure.stopped"' in leaf]
    assert len(stopped) == 3
    assert all(b'"too_late"' in leaf for leaf in stopped)
    assert asks(gateway, "select count(*) from person_leaf") != [(0,)]


def test_a_04_a_message_that_was_given_up_goes_with_the_rest(gateway: Gateway, clock: Clock) -> None:
    tells(gateway, "update parcel set state = 'dead', handed_out = 1")
    clock.ahead = LONGER_THAN_AGREED

    assert asyncio.run(gateway.retention.watch()) == 3

    assert asks(gateway, "select distinct payload, state from parcel") == [(b"", "recalled")]


def test_it_looks_once_an_hour_and_ends_nothing_twice(gateway: Gateway, clock: Clock) -> None:
    assert asyncio.run(gateway.retention.watch()) == 0
    clock.ahead = LONGER_THAN_AGREED
    assert asyncio.run(gateway.retention.watch()) == 3
    clock.ahead += timedelta(minutes=59)
    assert asyncio.run(gateway.retention.watch()) == 0
    clock.ahead += timedelta(minutes=2)
    assert asyncio.run(gateway.retention.watch()) == 0


def test_a_04_a_clock_that_was_years_ahead_keeps_it_from_looking_no_longer_than_usual(
    gateway: Gateway, clock: Clock
) -> None:
    gateway.retention.looked = clock.now() + timedelta(days=3_650)
    clock.ahead = LONGER_THAN_AGREED
    assert asyncio.run(gateway.retention.watch()) == 3


def test_a_04_an_exchange_that_is_still_open_is_kept_until_it_ends(gateway: Gateway, clock: Clock) -> None:
    state = ReferralState.IN_PROGRESS.value
    tells(gateway, "update referral set state = ?", state)
    clock.ahead = LONGER_THAN_AGREED
    assert asyncio.run(gateway.retention.watch()) == 0


def test_a_court_order_in_her_case_keeps_everything(
    gateway: Gateway, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    [(held,)] = asks(gateway, "select person from parcel order by id limit 1")
    monkeypatch.setattr(retention, "hold_on", lambda person: person.id == held)
    clock.ahead = LONGER_THAN_AGREED

    assert asyncio.run(gateway.retention.watch()) == 2

    assert keys(gateway) == 1
    assert asks(gateway, "select count(*) from parcel where payload <> x''") == [(1,)]


def test_a_04_an_order_that_comes_while_an_exchange_is_being_ended_keeps_it(
    gateway: Gateway, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order is committed after her case was looked at and before the transaction: the next look finds it."""
    [(ordered,)] = asks(gateway, "select person from parcel order by id limit 1")

    def ordered_meanwhile(person: KnownPerson) -> None:
        if person.id == ordered:
            tells(gateway, "update head set version = version + 1 where id = ?", person.head.id)

    monkeypatch.setattr(retention, "hold_on", ordered_meanwhile)
    clock.ahead = LONGER_THAN_AGREED

    assert asyncio.run(gateway.retention.watch()) == 2

    assert asks(gateway, "select count(*) from parcel where payload <> x''") == [(1,)]
    monkeypatch.setattr(retention, "hold_on", lambda person: None)
    assert asyncio.run(gateway.retention.end(clock.now())) == 1
