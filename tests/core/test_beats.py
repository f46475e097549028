"""A no is told on the beat, whatever it rests on; a yes at once (DESIGN section 5)."""

import asyncio
import time
from dataclasses import dataclass, field, replace

import pytest
from builders import SHELTER
from fakes import run
from line import HILL, Line, a_line

from gateway.clock import SystemBeat
from gateway.core.beats import AT_ONCE
from gateway.core.exchange import Exchange
from gateway.core.previewing import Previews


@dataclass
class Counted:
    """A beat that remembers who waited for it."""

    waited: list[float] = field(default_factory=list)

    def begun(self) -> float:
        return 7.0

    async def next(self, begun: float) -> None:
        self.waited.append(begun)


@pytest.fixture
def line() -> Line:
    """She agreed to one shelter only."""
    line = a_line()
    line.says()
    return line


def on_a_beat(line: Line) -> tuple[Exchange, Counted]:
    beat = Counted()
    return replace(line.exchange, beat=beat), beat


def test_a_no_waits_for_the_beat_the_first_time_and_again(line: Line) -> None:
    exchange, beat = on_a_beat(line)
    asked = line.asked(recipient=HILL)
    run(exchange.accept(asked))
    assert beat.waited == [7.0]
    again = replace(asked, caller=line.asked(recipient=HILL).caller)
    run(exchange.accept(again))
    assert beat.waited == [7.0, 7.0]


def test_a_no_to_a_look_waits_for_the_beat(line: Line) -> None:
    exchange, beat = on_a_beat(line)
    run(Previews(exchange).preview(line.asked(recipient=HILL)))
    assert beat.waited == [7.0]


def test_a_yes_waits_for_nothing(line: Line) -> None:
    exchange, beat = on_a_beat(line)
    run(exchange.accept(line.asked(recipient=SHELTER)))
    run(Previews(exchange).preview(line.asked(recipient=SHELTER)))
    assert beat.waited == []


def test_the_beat_is_counted_from_the_beginning_of_each_request() -> None:
    """It never comes early, and what took longer than one beat waits for the next."""
    beat = SystemBeat(0.02)
    for already in (0.0, 0.005, 0.03):
        begun = beat.begun() - already
        asyncio.run(beat.next(begun))
        assert time.monotonic() - begun >= 0.02 * (1 if already < 0.02 else 2)
    assert AT_ONCE.begun() == AT_ONCE.begun()
