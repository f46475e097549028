"""Two processes decide two revisions of one case in the same moment: one is the first, the other corrects it (A-03)."""

import asyncio
import threading
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace

import pytest
from furnished import POLICE, Installation, consented
from sqlalchemy import create_engine, text
from trials.in_process import asked, permitted

from gateway.core.confirm import Accept
from gateway.core.exchange import Exchange
from gateway.core.ports import Item, Recorder
from gateway.wiring import Gateway, build

pytestmark = pytest.mark.slow

NUMBER = 700_000


@dataclass
class Meeting:
    """A writer to which nothing is given before both of two processes have prepared theirs."""

    recorder: Recorder
    both: threading.Barrier
    given: list[Item[object]] = field(default_factory=list)

    def record(self, item: Item[object], *, urgent: bool = False) -> Awaitable[object]:
        """Wait for the other the first time."""
        self.given.append(item)
        if len(self.given) == 1:
            self.both.wait(10)
        return self.recorder.record(item, urgent=urgent)


@dataclass(frozen=True)
class Blind:
    """An accept that forgets what it found to correct: what the line was before it looked inside the transaction."""

    recorder: Meeting

    def record(self, item: Item[object], *, urgent: bool = False) -> Awaitable[object]:
        """Pass it on without."""
        assert isinstance(item, Accept)
        return self.recorder.record(replace(item, prepared=replace(item.prepared, newest=None)), urgent=urgent)


def raced(installed: Installation, number: int, *, blind: bool = False) -> list[tuple[int, int]]:
    """Let two nodes decide a revision each of her case; return (referrals, corrections) of hers before and after."""
    with closing(_node(installed)) as one, closing(_node(installed)) as other, ThreadPoolExecutor(2) as threads:
        asyncio.run(consented(one, POLICE, number, f"revision-{number}"))
        before, both = _counted(installed), threading.Barrier(2)
        meetings = [Meeting(node.writer, both) for node in (one, other)]
        lines = [
            replace(node.door.exchange, recorder=Blind(meeting) if blind else meeting)
            for node, meeting in zip((one, other), meetings, strict=True)
        ]
        outcomes = [*threads.map(lambda at: asyncio.run(_sent(lines[at], number, at)), range(2))]
        assert outcomes == [True, True]
        return [before, _counted(installed)]


async def _sent(line: Exchange, number: int, revision: int) -> bool:
    changed = asked(number, f"revision-{number}-{revision}")
    return permitted(await line.accept(replace(changed, routing=replace(changed.routing, replaces_newest=True))))


def _node(installed: Installation) -> Gateway:
    node = build(installed.settings())
    node.start()
    return node


def _counted(installed: Installation) -> tuple[int, int]:
    engine = create_engine(installed.settings().database())
    with engine.connect() as connection:
        both = "select (select count(*) from referral), (select count(*) from replacement)"
        referrals, corrections = connection.execute(text(both)).one()
    engine.dispose()
    return (referrals, corrections)


@pytest.mark.parametrize("backend", ["installed", "shared"])
def test_a_03_of_two_revisions_at_once_one_corrects_the_other(backend: str, request: pytest.FixtureRequest) -> None:
    before, after = raced(request.getfixturevalue(backend), NUMBER)
    assert after == (before[0] + 2, before[1] + 1)


def test_without_the_look_inside_the_transaction_both_would_be_the_first(installed: Installation) -> None:
    """The canary: this race does produce what it is there to find."""
    before, after = raced(installed, NUMBER, blind=True)
    assert after == (before[0] + 2, before[1])
