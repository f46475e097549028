"""The task beside the server: round after round, each duty by itself, and a failure is no reason to stop."""

import asyncio
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from gateway.core.errors import OperatorError
from gateway.courier.housekeeping import Duty, Housekeeping

MORE, REST = True, False


@dataclass
class Answers:
    """A duty that answers with what it was given, in order; then the test is over."""

    answers: list[bool | Exception]
    asked: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self) -> bool:
        self.asked += 1
        if not self.answers:
            self.done.set()
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def _rest() -> bool:
    return False


def _rounds(*answers: bool | Exception, pause: float = 0.0, before: Duty = _rest) -> int:
    """Return how many rounds were made until every answer was given."""

    async def run() -> int:
        duty = Answers([*answers])
        task = asyncio.create_task(Housekeeping({"before": before, "watched": duty}, pause=pause).run())
        await asyncio.wait_for(duty.done.wait(), 10)
        asked = duty.asked
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return asked

    return asyncio.run(run())


def test_it_does_its_duties_round_after_round() -> None:
    assert _rounds(REST, REST) == 3


def test_while_more_is_waiting_it_does_not_rest() -> None:
    assert _rounds(MORE, MORE, MORE, pause=3600) == 4


@pytest.mark.parametrize(
    "error", [OperatorError("the disk is full"), OSError("anything else")], ids=["ours", "foreign"]
)
def test_a_duty_that_fails_is_logged_by_its_kind_and_tried_again(error: Exception) -> None:
    with capture_logs() as logged:
        assert _rounds(error, REST) == 3
    assert logged == [{"event": "duty_failed", "duty": "watched", "code": type(error).__name__, "log_level": "warning"}]


def test_a_duty_that_always_fails_keeps_no_other_from_being_done() -> None:
    async def fails() -> bool:
        raise OperatorError("the review list cannot be read")

    with capture_logs() as logged:
        assert _rounds(REST, REST, before=fails) == 3
    assert [line["duty"] for line in logged] == ["before"] * len(logged)
