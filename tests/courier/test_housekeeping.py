"""The task beside the server: forgets again and again, and a failure is no reason to stop."""

import asyncio
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from gateway.core.errors import OperatorError
from gateway.core.housekeeping import ForgetExpired
from gateway.courier.housekeeping import AT_ONCE, Housekeeping

MORE, REST = True, False


@dataclass
class Writer:
    """Answers with what it was given, in order; then it is done."""

    answers: list[bool | OperatorError]
    asked: list[object] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def record(self, item: object, *, urgent: bool = False) -> bool:
        assert not urgent, "what expired never goes before a withdrawal"
        self.asked.append(item)
        if not self.answers:
            self.done.set()
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if isinstance(answer, OperatorError):
            raise answer
        return answer


def _run(*answers: bool | OperatorError, pause: float = 0.0) -> list[object]:
    async def run() -> list[object]:
        writer = Writer([*answers])
        task = asyncio.create_task(Housekeeping(writer, pause=pause).run())
        await asyncio.wait_for(writer.done.wait(), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return writer.asked

    return asyncio.run(run())


def test_it_forgets_round_after_round_a_bounded_number_at_a_time() -> None:
    assert _run(REST, REST) == [ForgetExpired(AT_ONCE)] * 3


def test_while_more_is_waiting_it_does_not_rest() -> None:
    assert len(_run(MORE, MORE, MORE, pause=3600)) == 4


def test_a_round_that_fails_is_logged_by_its_kind_and_tried_again() -> None:
    with capture_logs() as logged:
        assert len(_run(OperatorError("the disk is full"), REST)) == 3
    assert logged == [{"event": "housekeeping_failed", "code": "OperatorError", "log_level": "warning"}]
