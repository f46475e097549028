"""A process beside the first one tells what it did: all of it once, and without ever waiting for a reader."""

import asyncio
import os

from gateway.watching.reports import Report, Reporter
from gateway.watching.requests import Answered

_ONE = Answered("/v1/referrals", "POST", 201, 0.012, None)


def test_a_report_is_read_as_it_was_written() -> None:
    report = Report((_ONE, Answered("/oauth/token", "POST", 401, 0.001, "replayed")), 3, 7)
    assert Report.read(report.line()) == report


def test_everything_is_told_once() -> None:
    confirmed = [(2, 5), (2, 5), (3, 9)]
    reporter = Reporter(lambda: confirmed.pop(0))
    reporter.count(_ONE)
    assert list(reporter.reports()) == [Report((_ONE,), 2, 5)]
    assert list(reporter.reports()) == []
    assert list(reporter.reports()) == [Report((), 1, 4)]


def test_lines_are_short_enough_to_be_read_as_lines() -> None:
    reporter = Reporter(lambda: (1, 1))
    for _ in range(1_000):
        reporter.count(Answered("/v1/" + "r" * 60, "DELETE", 503, 0.123456789012345, "signature_of_another"))
    lines = [report.line() for report in reporter.reports()]
    assert sum(len(Report.read(line).answered) for line in lines) == 1_000
    assert max(map(len, lines)) < 65_536


def test_while_nobody_reads_it_forgets_the_oldest_and_waits_for_nobody() -> None:
    reporter = Reporter(lambda: (0, 0))
    for number in range(10_001):
        reporter.count(Answered("/v1/referrals", "POST", number, 0.0, None))
    answered = [one.status for report in reporter.reports() for one in report.answered]
    assert (len(answered), answered[0], answered[-1]) == (10_000, 1, 10_000)


def test_a_reader_hears_it_within_moments() -> None:
    async def heard() -> bytes:
        reading, writing = os.pipe()
        reporter = Reporter(lambda: (1, 2))
        with os.fdopen(writing, "w") as pipe:
            telling = asyncio.create_task(reporter.tell(pipe))
            line = await asyncio.to_thread(os.read, reading, 65_536)
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
        os.close(reading)
        return line

    assert Report.read(asyncio.run(heard())) == Report((), 1, 2)
