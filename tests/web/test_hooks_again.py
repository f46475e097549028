"""A case that was not to be had: asked for again at once where Primero is busy, and later where it is away."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from fake_primero import FakePrimero, HookedWeb

from gateway.core.hints import FIRST, GIVEN_UP, LONGEST, MOST, WaitingHints
from gateway.courier import primero_hooks

pytestmark = pytest.mark.enable_socket


def test_a_primero_that_is_busy_for_a_moment_is_asked_again_at_once(
    web: HookedWeb, primero: FakePrimero, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(primero_hooks, "_PAUSES", (0.0, 0.0))
    primero.busy = 2
    assert web.hint().status == 202
    assert len(primero.asked) == 3
    primero.busy = 3
    assert web.hint().status == 503


@pytest.mark.parametrize("status", [404, 500])
def test_what_will_not_pass_is_not_asked_for_again_at_once(web: HookedWeb, primero: FakePrimero, status: int) -> None:
    primero.status = status
    assert web.hint().status == 503
    assert len(primero.asked) == 1


def test_what_fell_into_an_outage_is_taken_up_when_it_is_over(web: HookedWeb, primero: FakePrimero) -> None:
    primero.status = 500
    web.hint()
    asyncio.run(web.hooks.again())
    assert len(primero.asked) == 1, "not before its time"
    web.moved(FIRST)
    asyncio.run(web.hooks.again())
    assert (len(primero.asked), len(web.line.book.parcels)) == (2, 0)
    primero.status = 200
    web.moved(FIRST)
    asyncio.run(web.hooks.again())
    assert len(primero.asked) == 2, "the wait doubles"
    web.moved(FIRST)
    asyncio.run(web.hooks.again())
    assert (len(primero.asked), len(web.line.book.parcels)) == (3, 1)
    web.moved(LONGEST)
    asyncio.run(web.hooks.again())
    assert len(primero.asked) == 3, "it was decided"


def test_a_hint_that_is_too_old_is_forgotten(web: HookedWeb, primero: FakePrimero) -> None:
    primero.status = 500
    web.hint()
    for _ in range(40):
        web.moved(timedelta(minutes=20))
        asyncio.run(web.hooks.again())
    asked = len(primero.asked)
    assert 8 <= asked <= 14
    web.moved(GIVEN_UP)
    asyncio.run(web.hooks.again())
    assert len(primero.asked) == asked


def test_so_many_hints_wait_and_no_more() -> None:
    waiting, now = WaitingHints(), datetime(2026, 11, 2, tzinfo=UTC)
    for number in range(MOST + 5):
        waiting.keep("hook", str(number), now)
    assert len([*waiting.due(now + FIRST)]) == MOST
