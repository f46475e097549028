"""While the machine's clock is in doubt nothing is destroyed or brought; once it is set right, nothing waits for it."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from builders import NOON
from fakes import FakeClock
from furnished import Installation, install
from structlog.testing import capture_logs
from trials.in_process import asked, permitted

from gateway.clock import SystemClock
from gateway.core.housekeeping import EndRests
from gateway.core.lately import AHEAD, RELEASED
from gateway.courier.steadiness import BEFORE_ACTING, BEFORE_DESTROYING, Steadiness
from gateway.serving.process import unasked
from gateway.wiring import Gateway, build

HOUR, DAY, YEARS = timedelta(hours=1), timedelta(days=1), timedelta(days=3_650)


@dataclass
class Machine:
    """A machine whose clock can be set, beside one that only goes forward."""

    written: datetime | None = None
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    ticked: float = 1_000.0
    ended: list[timedelta] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.steadiness = Steadiness(self.clock, lambda: self.ticked, self, self.written)

    async def record(self, item: object, *, urgent: bool = False) -> object:
        assert isinstance(item, EndRests)
        assert not urgent
        self.ended.append(item.longest)
        return 0

    def passes(self, time: timedelta, leap: timedelta = timedelta()) -> None:
        self.ticked += time.total_seconds()
        self.clock.advance(time + leap)

    def round(self) -> list[tuple[str, str, int]]:
        with capture_logs() as logged:
            assert not asyncio.run(self.steadiness.round())
        return [(line["event"], line["code"], line["count"]) for line in logged]

    def holds(self) -> tuple[bool, bool]:
        """Say whether it may bring, and whether it may destroy."""
        return self.steadiness.may_bring(), self.steadiness.has_held_for(BEFORE_DESTROYING)


@pytest.mark.parametrize("written", [None, NOON, NOON - HOUR, NOON + AHEAD])
def test_a_clock_that_the_log_bears_out_is_believed_at_once(written: datetime | None) -> None:
    machine = Machine(written)
    assert machine.holds() == (True, True)
    machine.passes(DAY)
    assert machine.holds() == (True, True)
    assert machine.round() == []


@pytest.mark.parametrize("written", [NOON - 2 * DAY, NOON - YEARS, NOON + YEARS])
def test_one_that_nothing_bears_out_is_believed_after_a_while(written: datetime) -> None:
    machine = Machine(written)
    assert machine.holds() == (False, False)
    machine.passes(BEFORE_ACTING)
    assert machine.holds() == (True, False)
    machine.passes(BEFORE_DESTROYING)
    assert machine.holds() == (True, True)


@pytest.mark.parametrize("leap", [YEARS, HOUR, -HOUR, -YEARS / 10])
def test_one_that_leaps_is_believed_after_a_while(leap: timedelta) -> None:
    machine = Machine()
    machine.clock.moment += YEARS
    assert machine.holds() == (True, True)
    machine.passes(DAY, leap)
    assert machine.holds() == (False, False)
    machine.passes(BEFORE_DESTROYING)
    assert machine.holds() == (True, True)


def test_one_that_is_set_a_little_goes_on() -> None:
    machine = Machine()
    assert machine.holds() == (True, True)
    machine.passes(timedelta(seconds=60), timedelta(seconds=-40))
    assert machine.holds() == (True, True)
    assert machine.round() == []


def test_one_before_this_program_was_made_is_never_believed() -> None:
    machine = Machine(clock=FakeClock(RELEASED - DAY))
    machine.round()
    machine.passes(2 * BEFORE_DESTROYING)
    assert machine.holds() == (False, False)
    assert machine.ended == [], "by such a clock everything lies ahead"


def test_each_leap_is_told_once_and_what_waits_for_a_wrong_moment_waits_no_more() -> None:
    machine = Machine()
    assert machine.round() == []
    assert machine.ended == [DAY + AHEAD]
    machine.passes(HOUR, YEARS)
    assert machine.round() == [("clock_leapt", "ahead", int(YEARS.total_seconds()))]
    assert machine.ended == [DAY + AHEAD]
    machine.passes(HOUR, -YEARS)
    machine.steadiness.may_bring()  # The courier looks more often.
    assert machine.round() == [("clock_leapt", "back", int(YEARS.total_seconds()))]
    assert machine.ended == [DAY + AHEAD, AHEAD]
    assert machine.round() == []


@dataclass
class Clock:
    """The machine's, so much later."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(tmp_path_factory.mktemp("steadiness") / "data", persons=2)


@pytest.fixture
def gateway(installed: Installation, tmp_path: Path) -> Iterator[Gateway]:
    built = build(installed.copy(tmp_path / "data").settings(), Clock())
    built.start()
    yield built
    built.close()


def test_a_clock_that_runs_ahead_for_a_while_destroys_nothing(gateway: Gateway) -> None:
    """The duties of a gateway that serves, round by round: ten years ahead, and back again."""
    duties, clock = unasked(gateway), gateway.base.clock
    assert isinstance(clock, Clock)

    def a_round() -> None:
        for duty in duties.values():
            while asyncio.run(duty()):
                pass

    def kept() -> list[int]:
        questions = (
            "select count(*) from idempotency",
            "select count(*) from used_proof",
            "select count(*) from parcel where payload <> x''",
            "select count(*) from referral where sealed_reference is not null",
        )
        with gateway.base.reading.connect() as connection:
            return [connection.exec_driver_sql(question).scalar_one() for question in questions]

    a_round()
    permitted(asyncio.run(gateway.door.exchange.accept(asked(1, "steadiness-00000001"))))
    before = kept()
    assert min(before) > 0
    leaves = gateway.log.head().size
    clock.ahead = YEARS
    a_round()
    clock.ahead = timedelta()
    a_round()
    assert kept() == before
    assert gateway.log.head().size == leaves, "no alarm is used up"


def test_what_was_written_before_a_start_is_what_its_clock_is_held_against(
    installed: Installation, tmp_path: Path
) -> None:
    built = build(installed.copy(tmp_path / "data").settings(), Clock(YEARS))
    built.start()
    try:
        permitted(asyncio.run(built.door.exchange.accept(asked(1, "steadiness-00000002"))))
        assert not built.steadiness.may_bring(), "what it wrote by its own clock bears nothing out"
    finally:
        built.close()
