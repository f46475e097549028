"""Withdrawal against accept and dispatch, in many orders: after her word is committed, nothing enters sending.

Each message that may have left has exactly one notice (C-09, C-10).

The store, the writer and the line are the real ones; each of the racing parties has a thread and an event loop of its
own, and between what it prepared and what it records lies a random pause. On PostgreSQL two nodes share the database,
each with a writer of its own, and who withdraws, fetches and sends does so through either. Who came first is written
down by the database itself (`trials.witness`): so a row that enters sending too late is seen even if every other record
of it were wrong.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from random import Random

from furnished import FETCHING, POLICE, SENDING, SHELTER, Installation, consented, person_ref
from trials.in_process import Paused, a_caller, asked, later, nodes_of, permitted
from trials.witness import plant, testimony

from gateway.core.beats import AT_ONCE
from gateway.core.consents.desk import Actor
from gateway.core.consents.desk_items import Changed
from gateway.wiring import Gateway

_LONGEST_PAUSE = 0.004
_MOST = 20


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


def raced(installed: Installation, interleavings: int, seed: int) -> Race:
    """Run so many interleavings on this installation: one node on SQLite, two on PostgreSQL."""
    database, random = installed.settings().database(), Random(seed)  # noqa: S311 - repeatable, and no secret
    plant(database)
    people = range(installed.persons, installed.persons + interleavings)
    with nodes_of(installed) as nodes, ThreadPoolExecutor(4) as threads:
        trials = [_one(nodes, threads, random, number) for number in people]
    return counted(database, trials)


@dataclass(frozen=True, slots=True)
class Trial:
    """What the parties of one interleaving were told."""

    withdrawn: Changed
    accepted: bool


def counted(database_url: str, trials: list[Trial]) -> Race:
    """Compare what the database wrote down with what the parties were told."""
    seen = testimony(database_url)
    gone = [gone.message for trial in trials for gone in trial.withdrawn.in_flight.may_have_left]
    return Race(
        entered_sending_after=seen.entered_sending_after,
        queued_after=seen.queued_after,
        left_in_flight=seen.left_in_flight,
        interleavings=len(trials),
        sent_before=seen.entered_sending,
        stopped=sum(len(trial.withdrawn.in_flight.stopped) for trial in trials),
        may_have_left=len(gone),
        late_accepts_refused=sum(not trial.accepted for trial in trials),
        late_accepts_permitted=sum(trial.accepted for trial in trials),
        not_told_once=sum(seen.told.get(message) != 1 for message in gone),
        told_for_nothing=seen.told_for_nothing,
    )


def _one(nodes: list[Gateway], threads: ThreadPoolExecutor, random: Random, number: int) -> Trial:
    """Queue two parcels for a new person, then let withdrawal, lease and another accept run at once."""
    asyncio.run(consented(nodes[0], POLICE, number, f"trial-{number:06d}"))
    for parcel in range(2):
        accepted = asyncio.run(random.choice(nodes).door.exchange.accept(asked(number, f"trial-{number:06d}-{parcel}")))
        assert permitted(accepted), "a referral was refused"

    def pause(node: Gateway) -> Paused:
        return Paused(node.writer, random.random() * _LONGEST_PAUSE)

    hers, theirs, mine = (random.choice(nodes) for _ in range(3))
    desk, dispatch, exchange = (
        replace(hers.door.desk, recorder=pause(hers)),
        replace(theirs.door.dispatch, recorder=pause(theirs)),
        replace(mine.door.exchange, recorder=pause(mine), beat=AT_ONCE),
    )
    begins = [random.random() * _LONGEST_PAUSE * share for share in (4, 1, 2)]  # The shortest work starts last.
    withdrawing = threads.submit(
        later, begins[0], lambda: desk.withdraw(Actor(POLICE, a_caller(SENDING, POLICE)), person_ref(number), None)
    )
    leasing = threads.submit(later, begins[1], lambda: dispatch.lease(a_caller(FETCHING, SHELTER), _MOST))
    accepting = threads.submit(later, begins[2], lambda: exchange.accept(asked(number, f"trial-{number:06d}-late")))
    withdrawn, late = withdrawing.result(), accepting.result()
    leasing.result()
    for node in nodes:  # Whoever asks afterwards gets nothing of hers.
        asyncio.run(node.door.dispatch.lease(a_caller(FETCHING, SHELTER), _MOST))
    assert isinstance(withdrawn, Changed), "a withdrawal was not carried out"
    return Trial(withdrawn, permitted(late))
