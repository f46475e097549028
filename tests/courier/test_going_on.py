"""A courier goes on: whatever its database does, whatever waits for a witness, and once more on a person's word."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

import pytest
from agency_server import AgencySystem, Heard, serving
from delivering import Node, until
from sqlalchemy.exc import InvalidRequestError
from structlog.testing import capture_logs

from gateway.core.delivery.rerunning import DeadLetters
from gateway.core.dispatch import Dispatch
from gateway.core.lanes import LaneBook
from gateway.core.log.anchors import NOBODY, Outside
from gateway.store.clocks import ClocksDifferError

pytestmark = pytest.mark.enable_socket


async def sent(node: Node, system: AgencySystem, agency: str) -> None:
    """Send one referral to a recipient of this name."""
    await node.brought_to(system, agency)
    await node.agrees(0, agency)
    await node.sent(0, agency)


class Stumbling:
    """A book that fails twice in a way nobody foresaw, and then reads as another does."""

    def __init__(self, book: LaneBook) -> None:
        self.book = book
        self.left = 2

    def __getattr__(self, name: str) -> object:
        return getattr(self.book, name)

    def ready(self, now: datetime) -> Sequence[str]:
        if self.left:
            self.left -= 1
            raise InvalidRequestError("a canary")
        return self.book.ready(now)


def test_a_courier_goes_on_whatever_its_database_does(
    node: Node, system: AgencySystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks after it: one that ended would leave everything where it is, while the gateway says it is ready."""
    monkeypatch.setattr("gateway.courier.rounds._AFTER_A_FAULT", 0.05)

    async def story() -> None:
        await sent(node, system, "stumbling")
        made = node.rounds()
        going = asyncio.create_task(replace(made, book=Stumbling(made.book)).run())
        await until(lambda: node.states("stumbling") == {"delivered": 1}, 3.0)
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)

    with capture_logs() as logged:
        asyncio.run(story())
    assert [line["code"] for line in logged if line["event"] == "courier_failed"] == ["InvalidRequestError"] * 2
    assert "canary" not in str(logged)


def test_a_courier_whose_clock_is_wrong_takes_nothing(
    node: Node, system: AgencySystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lease of another's would have run out by it. It goes on by itself once the clock is set right."""
    monkeypatch.setattr("gateway.courier.rounds._AFTER_A_FAULT", 0.05)
    right = threading.Event()

    def may_bring() -> bool:
        if not right.is_set():
            raise ClocksDifferError
        return True

    async def story() -> None:
        await sent(node, system, "early")
        going = asyncio.create_task(replace(node.rounds(), may_bring=may_bring).run())
        await asyncio.sleep(0.5)
        assert node.states("early") == {"queued": 1}
        right.set()
        await until(lambda: node.states("early") == {"delivered": 1}, 3.0)
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)

    with capture_logs() as logged:
        asyncio.run(story())
    assert {line["code"] for line in logged if line["event"] == "courier_failed"} == {"ClocksDifferError"}


class Counting(Dispatch):
    """Counts how often it was asked what is ready."""

    asked: ClassVar[list[str]] = []

    async def ready(self, agency: str, *given: object, **named: object) -> object:
        self.asked.append(agency)
        return await super().ready(agency, *given, **named)


def test_what_waits_for_a_witness_is_not_looked_at_all_the_time(node: Node, system: AgencySystem) -> None:
    """Four hours after the last one a country's lanes may all be full of what may not go yet."""

    async def story() -> None:
        await sent(node, system, "unseen")
        made = node.rounds()
        kept = made.pushing.dispatch
        values = {name: getattr(kept, name) for name in kept.__dataclass_fields__}
        unseen = Outside(frozenset({"w"}), 1, NOBODY, kept.clock)
        counting = Counting(**{**values, "outside": unseen})
        going = asyncio.create_task(replace(made, pushing=replace(made.pushing, dispatch=counting)).run())
        await asyncio.sleep(1.2)
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
        assert node.states("unseen") == {"queued": 1}

    asyncio.run(story())
    assert 1 <= Counting.asked.count("unseen") <= 3


def test_what_waits_behind_what_has_to_stop_is_brought_at_once(
    node: Node, system: AgencySystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a turn in which everything stopped, an urgent letter waited as if nothing might go."""
    monkeypatch.setattr("gateway.courier.rounds._NOTHING_MAY_GO", 60.0)
    monkeypatch.setattr("gateway.core.delivery.pushing.AT_ONCE", 1)

    async def story() -> None:
        await node.brought_to(system, "behind")
        for number in (60, 61, 62):
            if number == 62:
                for (person,) in node.rows("select distinct person from parcel where recipient = 'behind'"):
                    assert isinstance(person, bytes)
                    node.gateway.base.person_keys.discard(person)
            await node.agrees(number, "behind")
            await node.sent(number, "behind")
        going = asyncio.create_task(node.rounds().run())
        await until(lambda: node.states("behind") == {"stopped": 2, "delivered": 1}, 5.0)
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)

    asyncio.run(story())


def test_what_is_registered_anew_gets_what_waits(
    node: Node, system: AgencySystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much waits: the old address may be changed because somebody else reads there now."""
    monkeypatch.setattr("gateway.core.delivery.pushing.TURN", timedelta(seconds=0.2))
    came, moved = threading.Event(), threading.Event()

    def when_it_has_moved(_heard: Heard) -> tuple[int, dict[str, str], bytes]:
        came.set()
        assert moved.wait(30)
        return 201, {}, b""

    system.answers = when_it_has_moved

    async def story(other: AgencySystem) -> None:
        await sent(node, system, "moving")
        for number in range(1, 50):
            await node.agrees(number, "moving")
            await node.sent(number, "moving")
        going = asyncio.create_task(node.rounds().run())
        await until(came.is_set)
        await node.brought_to(other, "moving")
        await asyncio.sleep(0.2)  # The turn that is under way is over once it is answered.
        moved.set()
        await until(lambda: len(other.heard) >= 50 - 32)  # It holds its own until they are due.
        assert len(system.heard) < 32, "nothing of another turn"
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)

    with serving(AgencySystem()) as other:
        asyncio.run(story(other))


def test_a_turn_that_read_an_address_before_it_was_changed_brings_nothing_there(
    node: Node, system: AgencySystem
) -> None:
    async def story(other: AgencySystem) -> None:
        await sent(node, system, "moved")
        rounds = node.rounds()
        before = rounds.book.endpoint("moved")
        assert before is not None
        await node.brought_to(other, "moved")
        assert (await rounds.pushing.turn(before)).more
        assert node.states("moved") == {"queued": 1}, "it never left"
        going = asyncio.create_task(rounds.run())
        await until(lambda: node.states("moved") == {"delivered": 1})
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
        assert (len(system.heard), len(other.heard)) == (0, 1)

    with serving(AgencySystem()) as other:
        asyncio.run(story(other))


def test_a_rerun_is_as_patient_as_the_first_time(node: Node, system: AgencySystem) -> None:
    """Given up after its time was over, it would be given up again at the first busy answer."""
    system.answers = lambda _heard: (422, {}, b"")
    letters = DeadLetters(
        node.rounds().book, node.gateway.writer, node.gateway.door.dispatch.entropy, node.gateway.door.dispatch.clock
    )

    async def story() -> None:
        await sent(node, system, "patient")
        going = asyncio.create_task(node.rounds().run())
        await until(lambda: node.states("patient") == {"dead": 1})
        with node.gateway.base.database.writing.begin() as connection:  # As if that had been long ago.
            connection.exec_driver_sql("update parcel set due = due - 7200000000 where recipient = 'patient'")
        system.answers = lambda _heard: (503 if len(system.heard) < 2 else 201, {}, b"")
        assert await letters.rerun("patient", ()) == 1
        await until(lambda: len(system.heard) == 2)
        await until(lambda: node.states("patient") == {"delivered": 1})
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)

    asyncio.run(story())
    assert len(set(system.kept)) == 1
