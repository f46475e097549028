"""Withdrawal against accept and dispatch, in many orders: after her word is committed, nothing enters sending.

Each message that may have left has exactly one notice (C-09, C-10).

The store, the writer and the line are the real ones; each of the racing parties has a thread and an event loop of its
own, and between what it prepared and what it records lies a random pause. Who came first is written down by the
database itself, by triggers that know nothing of the product: so a row that enters sending too late is seen even if
every other record of it were wrong.
"""

import asyncio
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TypeVar

from furnished import FETCHING, POLICE, SENDING, SHELTER, Installation, consented, person_ref
from trials.in_process import a_caller, asked, permitted

from gateway.core.desk import Actor
from gateway.core.desk_items import Changed
from gateway.core.ports import Item, Recorder
from gateway.wiring import Gateway, build

Result = TypeVar("Result")

_LONGEST_PAUSE = 0.004
_MOST = 20
_WITNESS = """
create table witness (n integer primary key, what text, subject text);
create trigger her_word after insert on consent_event when new.type = 'withdrawn'
begin insert into witness(what, subject) values ('withdrawn', new.consent); end;
create trigger it_leaves after update of state on parcel when new.state = 'sending' and old.state <> 'sending'
begin insert into witness(what, subject) values ('sending', new.consent); end;
create trigger it_waits after insert on parcel
begin insert into witness(what, subject) values ('queued', new.consent); end;
"""
_TOO_LATE = """
select count(*) from witness later join witness word on word.subject = later.subject and word.what = 'withdrawn'
where later.what = ? and later.n > word.n
"""
_NOT_TOLD_ONCE = """
select count(*) from parcel
where parcel.id in (select value from json_each(?))
and (select count(*) from notice where notice.about = parcel.id and notice.kind = 'withdrawal') <> 1
"""
_TOLD_FOR_NOTHING = """
select count(*) from notice join parcel on parcel.id = notice.about where parcel.state in ('queued', 'stopped')
"""
_STILL_THERE = """
select count(*) from parcel join witness word on word.subject = parcel.consent and word.what = 'withdrawn'
where parcel.state in ('queued', 'sending')
"""


@dataclass(frozen=True, slots=True)
class Race:
    """What many interleavings came to.

    The first three and the last two must be 0; the others show that both sides won sometimes.
    """

    entered_sending_after: int
    queued_after: int
    left_in_flight: int
    interleavings: int
    sent_before: int
    stopped: int
    may_have_left: int
    late_accepts_refused: int
    late_accepts_permitted: int
    not_told_once: int = 0
    told_for_nothing: int = 0

    @property
    def held(self) -> bool:
        """Say whether the promise held each time."""
        late = (self.entered_sending_after, self.queued_after, self.left_in_flight)
        return not any((*late, self.not_told_once, self.told_for_nothing))


@dataclass(frozen=True, slots=True)
class Paused:
    """The writer, with a pause between what was prepared and its confirmation."""

    recorder: Recorder
    seconds: float

    def record(self, item: Item[Result], *, urgent: bool = False) -> Awaitable[Result]:
        """Wait, then confirm."""
        time.sleep(self.seconds)
        return self.recorder.record(item, urgent=urgent)


def raced(installed: Installation, interleavings: int, seed: int) -> Race:
    """Run so many interleavings on this installation."""
    witness(installed.data / "gateway.db")
    gateway, random = build(installed.settings()), Random(seed)  # noqa: S311 - repeatable, and no secret
    gateway.start()
    try:
        with ThreadPoolExecutor(4) as threads:
            people = range(installed.persons, installed.persons + interleavings)
            trials = [_one(gateway, threads, random, number) for number in people]
    finally:
        gateway.close()
    return counted(installed.data / "gateway.db", trials)


def witness(database: Path) -> None:
    """Plant the triggers that write down who came first."""
    with sqlite3.connect(database) as connection:
        connection.executescript(_WITNESS)
    connection.close()


@dataclass(frozen=True, slots=True)
class Trial:
    """What the parties of one interleaving were told."""

    withdrawn: Changed
    accepted: bool


def counted(database: Path, trials: list[Trial]) -> Race:
    """Read what the database wrote down."""
    connection = sqlite3.connect(database)
    try:
        late_sending, late_queued = (
            connection.execute(_TOO_LATE, (what,)).fetchone()[0] for what in ("sending", "queued")
        )
        left = connection.execute(_STILL_THERE).fetchone()[0]
        left_earlier = [gone.message for trial in trials for gone in trial.withdrawn.in_flight.may_have_left]
        not_told = connection.execute(_NOT_TOLD_ONCE, (json.dumps(left_earlier),)).fetchone()[0]
        for_nothing = connection.execute(_TOLD_FOR_NOTHING).fetchone()[0]
        sent = connection.execute("select count(*) from witness where what = 'sending'").fetchone()[0]
    finally:
        connection.close()
    return Race(
        entered_sending_after=late_sending,
        queued_after=late_queued,
        left_in_flight=left,
        interleavings=len(trials),
        sent_before=sent,
        stopped=sum(len(trial.withdrawn.in_flight.stopped) for trial in trials),
        may_have_left=sum(len(trial.withdrawn.in_flight.may_have_left) for trial in trials),
        late_accepts_refused=sum(not trial.accepted for trial in trials),
        late_accepts_permitted=sum(trial.accepted for trial in trials),
        not_told_once=not_told,
        told_for_nothing=for_nothing,
    )


def _one(gateway: Gateway, threads: ThreadPoolExecutor, random: Random, number: int) -> Trial:
    """Queue two parcels for a new person, then let withdrawal, lease and another accept run at once."""
    asyncio.run(consented(gateway, POLICE, number, f"trial-{number:06d}"))
    for parcel in range(2):
        assert permitted(asyncio.run(gateway.door.exchange.accept(asked(number, f"trial-{number:06d}-{parcel}"))))
    desk, dispatch, exchange = gateway.door.desk, gateway.door.dispatch, gateway.door.exchange

    def pause() -> Paused:
        return Paused(gateway.writer, random.random() * _LONGEST_PAUSE)

    desk, dispatch, exchange = (
        replace(desk, recorder=pause()),
        replace(dispatch, recorder=pause()),
        replace(exchange, recorder=pause()),
    )
    begins = [random.random() * _LONGEST_PAUSE * share for share in (4, 1, 2)]  # The shortest work starts last.
    withdrawing = threads.submit(
        _later, begins[0], lambda: desk.withdraw(Actor(POLICE, a_caller(SENDING, POLICE)), person_ref(number), None)
    )
    leasing = threads.submit(_later, begins[1], lambda: dispatch.lease(a_caller(FETCHING, SHELTER), _MOST))
    accepting = threads.submit(_later, begins[2], lambda: exchange.accept(asked(number, f"trial-{number:06d}-late")))
    withdrawn, accepted = withdrawing.result(), accepting.result()
    leasing.result()
    asyncio.run(
        gateway.door.dispatch.lease(a_caller(FETCHING, SHELTER), _MOST)
    )  # Whoever asks afterwards gets nothing of hers.
    assert isinstance(withdrawn, Changed), "a withdrawal was not carried out"
    return Trial(withdrawn, permitted(accepted))


def _later(seconds: float, act: Callable[[], Coroutine[None, None, Result]]) -> Result:
    time.sleep(seconds)
    return asyncio.run(act())
