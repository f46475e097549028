"""The task beside the server that alarms about late notices: a line in the log for each recipient (C-10)."""

import asyncio
from dataclasses import dataclass, field

import pytest
from fakes import SeededEntropy
from structlog.testing import capture_logs

from gateway.core.errors import OperatorError
from gateway.core.notice_items import EscalateNotices
from gateway.courier.escalation import AT_ONCE, Escalation


@dataclass
class Writer:
    """Answers with what it was given, in order; then it is done."""

    answers: list[tuple[str, ...] | OperatorError]
    asked: list[object] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def record(self, item: object, *, urgent: bool = False) -> tuple[str, ...]:
        assert not urgent
        self.asked.append(item)
        if not self.answers:
            self.done.set()
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if isinstance(answer, OperatorError):
            raise answer
        return answer


def _run(*answers: tuple[str, ...] | OperatorError) -> list[object]:
    async def run() -> list[object]:
        writer = Writer([*answers])
        task = asyncio.create_task(Escalation(writer, SeededEntropy(), 0.0).run())
        await asyncio.wait_for(writer.done.wait(), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return writer.asked

    return asyncio.run(run())


def test_each_late_recipient_is_a_line_that_counts() -> None:
    with capture_logs() as logged:
        asked = _run(("river-shelter", "hill-shelter", "river-shelter"), ())
    assert [(line["code"], line["agency"], line["count"]) for line in logged] == [
        ("notice_late", "hill-shelter", 1),
        ("notice_late", "river-shelter", 2),
    ]
    assert all(isinstance(item, EscalateNotices) and item.limit == AT_ONCE for item in asked)


def test_when_nobody_is_late_nothing_is_said() -> None:
    with capture_logs() as logged:
        _run((), ())
    assert logged == []


def test_a_round_that_fails_is_no_reason_to_stop() -> None:
    with capture_logs() as logged:
        assert len(_run(OperatorError("busy"), ())) == 3
    assert [line["event"] for line in logged] == ["escalation_failed"]


def test_more_than_fit_in_one_round_follow_at_once() -> None:
    with capture_logs():
        assert len(_run(("river-shelter",) * AT_ONCE, ())) == 3
