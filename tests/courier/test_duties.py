"""What a gateway does without being asked: a bounded amount at a time, and an alarm is a line that counts."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from builders import NOON
from fakes import FakeClock, SeededEntropy, run
from structlog.testing import capture_logs

from gateway.core.housekeeping import ForgetExpired
from gateway.core.notice.items import EscalateNotices
from gateway.courier.duties import NOTICES_AT_ONCE, ROWS_AT_ONCE, Probing, escalate, forget, in_every_process


@dataclass
class Writer:
    """Gives the one answer it was given, and keeps what it was asked."""

    answer: object
    asked: list[object] = field(default_factory=list)

    async def record(self, item: object, *, urgent: bool = False) -> object:
        assert not urgent, "a duty never goes before a withdrawal"
        self.asked.append(item)
        return self.answer


def test_what_has_run_out_is_forgotten_a_bounded_number_at_a_time() -> None:
    for more in (True, False):
        writer = Writer(more)
        assert run(forget(writer)) is more
        assert writer.asked == [ForgetExpired(ROWS_AT_ONCE)]


def test_each_late_recipient_is_a_line_that_counts_c_10() -> None:
    writer = Writer(("river-shelter", "hill-shelter", "river-shelter"))
    with capture_logs() as logged:
        assert run(escalate(writer, SeededEntropy())) is False
    assert [(line["code"], line["agency"], line["count"]) for line in logged] == [
        ("notice_late", "hill-shelter", 1),
        ("notice_late", "river-shelter", 2),
    ]
    assert [item.limit for item in writer.asked if isinstance(item, EscalateNotices)] == [NOTICES_AT_ONCE]


def test_when_nobody_is_late_nothing_is_said_c_10() -> None:
    with capture_logs() as logged:
        assert run(escalate(Writer(()), SeededEntropy())) is False
    assert logged == []


def test_more_late_notices_than_fit_follow_at_once_c_10() -> None:
    with capture_logs():
        assert run(escalate(Writer(("river-shelter",) * NOTICES_AT_ONCE), SeededEntropy())) is True


@dataclass
class Locks:
    """Locks that were made at these minutes."""

    minutes: list[int]

    def locked_between(self, since: datetime, until: datetime) -> tuple[int, datetime]:
        made = (NOON + timedelta(minutes=minute) for minute in self.minutes)
        new = [at for at in made if since < at <= until]
        return len(new), max(new, default=since)


def test_a_01_each_lock_on_probing_is_told_once() -> None:
    locks, clock = Locks([-5, 1, 2]), FakeClock(NOON)
    duty = Probing(locks, clock)
    clock.advance(timedelta(minutes=10))
    with capture_logs() as logged:
        asyncio.run(duty.round())
        asyncio.run(duty.round())
        locks.minutes.append(9)
        asyncio.run(duty.round())
    assert [(line["event"], line["code"], line["count"]) for line in logged] == [
        ("probing_locked", "A-01", 2),
        ("probing_locked", "A-01", 1),
    ]


def test_a_01_a_lock_is_told_after_one_that_a_wrong_clock_wrote_years_ahead() -> None:
    locks, clock = Locks([]), FakeClock(NOON + timedelta(days=1_000))
    duty = Probing(locks, clock)
    locks.minutes.append(1_000 * 24 * 60)
    with capture_logs() as logged:
        asyncio.run(duty.round())
        clock.moment = NOON
        asyncio.run(duty.round())
        clock.advance(timedelta(minutes=5))
        locks.minutes.append(3)
        for _ in range(2):
            asyncio.run(duty.round())
    assert [line["count"] for line in logged] == [1]


@dataclass
class Keys:
    """Counts how often it was asked."""

    asked: int = 0

    def forget_destroyed(self) -> int:
        self.asked += 1
        return 3


def test_a_04_every_process_forgets_what_another_destroyed_and_never_hurries() -> None:
    keys = Keys()
    [duty] = in_every_process(keys).values()
    assert asyncio.run(duty()) is False
    assert keys.asked == 1
