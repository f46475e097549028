"""A case that was not to be had: asked for again at once where Primero is busy, and later where it is away."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import POLICE
from fake_primero import CANARY, RECORD, FakePrimero, HookedWeb
from structlog.testing import capture_logs

from gateway.core.delivery import hint_items
from gateway.core.delivery.hooks import Locks
from gateway.core.hints import FIRST, GIVEN_UP, LONGEST
from gateway.courier import primero_hooks
from gateway.courier.duties import take_up

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


def test_a_hint_survives_the_process_that_took_it(web: HookedWeb, primero: FakePrimero) -> None:
    primero.status = 500
    web.hint()
    primero.status = 200
    restarted = HookedWeb(line=web.line)
    restarted.moved(FIRST)
    asyncio.run(restarted.hooks.again())
    assert len(web.line.book.parcels) == 1
    assert web.line.book.hints == {}


def test_nothing_of_a_case_lies_in_a_hint_that_waits(web: HookedWeb, primero: FakePrimero) -> None:
    primero.status = 500
    web.hint()
    assert len(web.line.book.hints) == 1
    assert RECORD not in repr(web.line.book.hints)
    assert CANARY not in repr(web.line.book.hints)


def test_what_is_no_referral_does_not_wait(web: HookedWeb, primero: FakePrimero) -> None:
    primero.raw = b"[]"
    assert web.hint().status == 202
    assert web.line.book.hints == {}


def test_a_hint_of_a_hook_that_is_gone_is_forgotten(web: HookedWeb, primero: FakePrimero) -> None:
    primero.status = 500
    web.hint()
    web.moved(FIRST)
    without = replace(web.hooks, locks=Locks({}, b"a key of this process"))
    assert asyncio.run(without.again()) == ()
    assert (web.line.book.hints, len(primero.asked)) == ({}, 1)


def test_a_hint_that_does_not_open_holds_no_other_back_and_is_given_up(web: HookedWeb, primero: FakePrimero) -> None:
    """Altered in the database, or its ring is gone: its week runs like that of a case that is not to be had."""
    primero.status = 500
    web.hint()
    [good] = web.line.book.hints.values()
    altered = replace(good, hint=replace(good.hint, name=b"a name of its own"), due=good.due - FIRST)
    web.line.book.hints = {altered.hint.name: altered, good.hint.name: good}
    primero.status = 200
    web.moved(FIRST)
    asyncio.run(web.hooks.again())
    assert len(web.line.book.parcels) == 1
    assert [*web.line.book.hints] == [altered.hint.name]
    web.moved(GIVEN_UP)
    assert asyncio.run(web.hooks.again()) == (f"{POLICE}-client",)
    assert web.line.book.hints == {}


def test_a_hint_that_is_too_old_is_given_up_and_that_is_said(web: HookedWeb, primero: FakePrimero) -> None:
    primero.status = 500
    web.hint()
    web.moved(GIVEN_UP - timedelta(minutes=1))
    asyncio.run(web.hooks.again())
    assert len(web.line.book.hints) == 1
    web.moved(LONGEST)
    with capture_logs() as logged:
        asyncio.run(take_up(web.hooks))
    assert [(line["event"], line["client"]) for line in logged] == [("hook_given_up", f"{POLICE}-client")]
    assert web.line.book.hints == {}


def test_so_many_hints_of_a_hook_wait_and_one_more_is_taken_up_at_once_or_not(
    web: HookedWeb, primero: FakePrimero, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hint_items, "MOST", 0)
    primero.status = 500
    assert web.hint().status == 503
    assert web.line.book.hints == {}
    primero.status = 200
    assert web.hint().status == 202
    assert len(web.line.book.parcels) == 1
