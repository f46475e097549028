"""A courier that is killed, or stopped past its time, with letters in its hands: what is said of them stays true."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from agency_server import AgencySystem, Heard
from delivering import Node

from gateway.core.delivery.letters import Verdict

pytestmark = pytest.mark.enable_socket


def test_a_holder_stopped_past_its_time_writes_nothing(node: Node, system: AgencySystem) -> None:
    """What it brought is brought once more, under the same id: the other could not know."""

    async def story() -> None:
        await node.brought_to(system, "stalled")
        await node.agrees(0, "stalled")
        await node.sent(0, "stalled")
        rounds, clock = node.rounds(), node.gateway.base.clock
        endpoint = rounds.book.endpoint("stalled")
        assert endpoint is not None

        def late(heard: Heard) -> tuple[int, dict[str, str], bytes]:
            with (
                node.gateway.base.database.writing.begin() as connection
            ):  # As if its time had run out and another came.
                connection.exec_driver_sql("update lane set token = x'00' where recipient = 'stalled'")
            return 201, {}, b""

        system.answers = late
        turn = await rounds.pushing.turn(endpoint)
        assert turn.fenced
        assert node.states("stalled") == {"sending": 1}
        assert "stalled" not in rounds.book.ready(clock.now())
        assert "stalled" in rounds.book.ready(clock.now() + timedelta(minutes=1))
        await rounds.carrying.close()

    asyncio.run(story())


class Dying:
    """A carrier whose process is killed while it carries."""

    async def carried(self, *_given: object) -> Verdict:
        raise asyncio.CancelledError


def test_c_09_what_a_courier_died_with_may_have_left_and_is_recalled(node: Node, system: AgencySystem) -> None:
    """The turn after it fails before it comes as far as that letter; nobody knows how far the first one came."""
    system.answers = lambda _heard: (503, {}, b"")

    async def story() -> None:
        await node.brought_to(system, "bereft")
        consents = [await node.agrees(number, "bereft") for number in range(2)]
        for number in range(2):
            await node.sent(number, "bereft")
        rounds = node.rounds()
        endpoint = rounds.book.endpoint("bereft")
        assert endpoint is not None
        with pytest.raises(asyncio.CancelledError):
            await replace(rounds.pushing, carrier=Dying()).turn(endpoint)
        with node.gateway.base.database.writing.begin() as connection:  # As if the time it had was over.
            connection.exec_driver_sql("update lane set held_until = 0 where recipient = 'bereft'")
            connection.exec_driver_sql("update parcel set lease_until = 0 where recipient = 'bereft'")
        turn = await rounds.pushing.turn(endpoint)
        assert (turn.arrived, len(turn.failed)) == (0, 1)
        await node.takes_back(consents[1])
        await rounds.carrying.close()

    asyncio.run(story())
    assert node.states("bereft") == {"sending": 1, "recalled": 1}
