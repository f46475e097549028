"""Who waits for a worker process holds nobody else up: not the event loop, and not the other adapters."""

import asyncio
import threading

import pytest

from adapters.sdk.guard import Limits
from gateway.core.errors import OperatorError
from gateway.plugins.aside import AT_ONCE, Aside
from gateway.plugins.crew import Crew, Terms
from gateway.plugins.finding import InstalledAdapters
from gateway.plugins.worker import Birth


def _installed(*apart: str) -> InstalledAdapters:
    nobody = Crew(Birth("nobody", "Nobody", (), (), (), 0, 0), Terms(), Limits())
    return InstalledAdapters({}, dict.fromkeys(apart, nobody), (), Aside(apart))


def test_work_of_a_built_in_adapter_is_done_where_it_is_asked_for() -> None:
    found = _installed("visitor")

    assert asyncio.run(found.aside(lambda: ["canonical"], threading.current_thread)) is threading.main_thread()


def test_where_none_runs_apart_it_is_not_even_looked_up() -> None:
    def never() -> list[str]:
        raise AssertionError

    assert asyncio.run(_installed().aside(never, lambda: "done")) == "done"


def test_the_loop_turns_while_a_worker_is_waited_for() -> None:
    found, may_end = _installed("visitor"), threading.Event()

    async def both() -> list[str]:
        slow = asyncio.create_task(found.aside(lambda: ["visitor"], lambda: may_end.wait(10)))
        done = [await found.aside(lambda: ["canonical"], lambda: "other work")]
        may_end.set()
        return [*done, str(await slow)]

    assert asyncio.run(both()) == ["other work", "True"]
    found.close()


def test_one_with_too_much_to_do_turns_away_and_another_does_not() -> None:
    found, may_end = _installed("slow", "visitor"), threading.Event()

    async def crowd() -> str:
        waiting = [asyncio.create_task(found.aside(lambda: ["slow"], lambda: may_end.wait(10))) for _ in range(AT_ONCE)]
        await asyncio.sleep(0)
        with pytest.raises(OperatorError, match="too much to do"):
            await found.aside(lambda: ["slow", "visitor"], lambda: "never")
        other = await found.aside(lambda: ["visitor"], lambda: "done")
        may_end.set()
        await asyncio.gather(*waiting)
        return other + await found.aside(lambda: ["slow"], lambda: " again")

    assert asyncio.run(crowd()) == "done again"
    found.close()


def test_what_the_work_raises_comes_back() -> None:
    found = _installed("visitor")

    with pytest.raises(ZeroDivisionError):
        asyncio.run(found.aside(lambda: ["visitor"], lambda: 1 // 0))
    found.close()
