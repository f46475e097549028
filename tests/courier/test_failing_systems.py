"""An agency's system that fails: nothing is lost, nobody else waits, no storm comes, and a withdrawal still wins."""

import asyncio
import json
from dataclasses import replace

import pytest
from agency_server import AgencySystem, Heard
from delivering import Node, until

from gateway.core.delivery.rerunning import DeadLetters
from gateway.core.dispatch import Dispatch
from gateway.courier.rounds import AT_ONCE, Rounds
from schemas.vocabulary import Urgency

pytestmark = pytest.mark.enable_socket


async def sent(node: Node, system: AgencySystem, agency: str, count: int = 1, **more: object) -> list[str]:
    await node.brought_to(system, agency, **more)
    for number in range(count):
        await node.agrees(number, agency)
    return [await node.sent(number, agency) for number in range(count)]


async def walked(rounds: Rounds, seconds: float) -> None:
    """Go round for a while."""
    going = asyncio.create_task(rounds.run())
    await asyncio.sleep(seconds)
    going.cancel()
    await asyncio.gather(going, return_exceptions=True)


async def delivered(node: Node, agency: str, count: int) -> None:
    going = asyncio.create_task(node.rounds().run())
    await until(lambda: node.states(agency) == {"delivered": count})
    going.cancel()
    await asyncio.gather(going, return_exceptions=True)


def test_what_failed_is_tried_again_under_the_same_id(node: Node, system: AgencySystem) -> None:
    system.answers = lambda _heard: (201 if len(system.heard) else 500, {}, b"")

    async def story() -> None:
        await sent(node, system, "failing-once")
        await delivered(node, "failing-once", 1)

    asyncio.run(story())
    assert len(system.heard) == 2
    assert len(set(system.kept)) == 1


def test_a_system_that_always_fails_is_asked_as_often_as_its_patience_says(node: Node, system: AgencySystem) -> None:
    """A retry storm cannot happen, however much waits and however many couriers go round."""
    system.answers = lambda _heard: (500, {}, b"")

    async def story() -> None:
        await sent(node, system, "failing-always", 20)
        await asyncio.gather(*(walked(node.rounds(), 2.5) for _ in range(3)))

    asyncio.run(story())
    assert 2 <= len(system.heard) <= 2 * (2.5 / 0.2), "each rest is at least a fifth of a second, for two tries"
    states = node.states("failing-always")
    assert states["queued"] >= 20 - len(system.heard), "what was never begun has not left"
    assert "dead" not in states


def test_one_message_that_cannot_be_digested_does_not_hold_up_the_others(node: Node, system: AgencySystem) -> None:
    poison: list[str] = []

    def answers(heard: Heard) -> tuple[int, dict[str, str], bytes]:
        poison.append(heard.headers["idempotency-key"])
        return (500 if heard.headers["idempotency-key"] == poison[0] else 201), {}, b""

    system.answers = answers

    async def story() -> None:
        await sent(node, system, "failing-one", 6)
        going = asyncio.create_task(node.rounds().run())
        await until(lambda: node.states("failing-one").get("delivered") == 5)
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)

    asyncio.run(story())
    assert node.states("failing-one") == {"delivered": 5, "sending": 1}


async def time_beside_the_dead(node: Node, system: AgencySystem, name: str, places: int) -> float:
    """Return the seconds a letter takes to a system that is well, beside six that never answer."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    dead = await asyncio.start_server(silent, "127.0.0.1", 0)
    hole = AgencySystem(port=dead.sockets[0].getsockname()[1])
    for number in range(6):
        await sent(node, hole, f"{name}-silent-{number}")
    await node.brought_to(system, name)
    await node.agrees(1, name)
    made, clock = node.rounds(), asyncio.get_running_loop().time
    made = replace(made, _places=asyncio.Semaphore(places), _walking={})
    going = asyncio.create_task(made.run())
    await asyncio.sleep(0.3)
    await node.sent(1, name)
    begun = clock()
    try:
        await until(lambda: len(system.heard) == 1, 2.0)
    finally:
        for task in made._walking.values():
            task.cancel()
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
        dead.close()
        await asyncio.sleep(0.05)
    return clock() - begun


def test_a_dead_system_never_slows_another(node: Node, system: AgencySystem) -> None:
    assert asyncio.run(time_beside_the_dead(node, system, "well", AT_ONCE)) < 2.0


def test_a_courier_in_which_they_shared_places_would_be_found(node: Node, system: AgencySystem) -> None:
    with pytest.raises(AssertionError, match="never came"):
        asyncio.run(time_beside_the_dead(node, system, "unwell", 6))


def test_what_a_system_declines_waits_for_a_person_who_may_have_it_tried_again(
    node: Node, system: AgencySystem
) -> None:
    system.answers = lambda _heard: (422, {}, b"") if len(system.heard) < 1 else (201, {}, b"")
    letters = DeadLetters(node.rounds().book, node.gateway.writer, node.gateway.door.dispatch.entropy, _clock(node))

    async def story() -> None:
        [referral] = await sent(node, system, "declining")
        going = asyncio.create_task(node.rounds().run())
        await until(lambda: node.states("declining") == {"dead": 1})
        [dead] = [one for one in letters.listed(9) if one.recipient == "declining"]
        assert (dead.referral, dead.code) == (referral, "declined")
        assert await letters.rerun("declining", ()) == 1
        await until(lambda: node.states("declining") == {"delivered": 1})
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)

    asyncio.run(story())
    assert len(set(system.kept)) == 1
    leaves = [json.loads(leaf) for leaf in node.gateway.log.leaves(node.gateway.log.head().size)]
    assert [leaf["type"] for leaf in leaves if leaf.get("recipient") == "declining"][-5:] == [
        "disclosure.sending",
        "disclosure.returned",
        "disclosure.rerun",
        "disclosure.sending",
        "disclosure.delivered",
    ]


def test_c_09_after_a_withdrawal_nothing_is_brought_and_a_rerun_finds_nothing(node: Node, system: AgencySystem) -> None:
    system.answers = lambda _heard: (422, {}, b"")
    letters = DeadLetters(node.rounds().book, node.gateway.writer, node.gateway.door.dispatch.entropy, _clock(node))

    async def story() -> None:
        await node.brought_to(system, "withdrawn")
        consent = await node.agrees(0, "withdrawn")
        await node.sent(0, "withdrawn")
        going = asyncio.create_task(node.rounds().run())
        await until(lambda: node.states("withdrawn") == {"dead": 1})
        await node.sent(0, "withdrawn", Urgency.ROUTINE)
        await node.takes_back(consent)
        assert await letters.rerun("withdrawn", ()) == 0
        before = len(system.heard)
        await asyncio.sleep(0.3)
        assert len(system.heard) == before
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)

    asyncio.run(story())
    assert node.states("withdrawn") == {"recalled": 1, "stopped": 1}


def test_c_09_a_withdrawal_between_the_look_and_the_lease_wins(node: Node, system: AgencySystem) -> None:
    """The gate is the transaction that takes the lane: what was decided before it is not enough."""

    async def story() -> None:
        await node.brought_to(system, "raced")
        consent = await node.agrees(0, "raced")
        await node.sent(0, "raced")
        rounds = node.rounds()
        endpoint = rounds.book.endpoint("raced")
        assert endpoint is not None

        class Racing(Dispatch):
            async def ready(self, *given: object, **named: object) -> object:
                found = await super().ready(*given, **named)
                await node.takes_back(consent)
                return found

        dispatch = rounds.pushing.dispatch
        racing = Racing(*(getattr(dispatch, name) for name in dispatch.__dataclass_fields__))
        turn = await replace(rounds.pushing, dispatch=racing).turn(endpoint)
        assert turn.arrived == 0

    asyncio.run(story())
    assert system.heard == []
    assert node.states("raced") == {"stopped": 1}


def test_a_redirect_is_not_followed_and_what_is_busy_is_left_alone(node: Node, system: AgencySystem) -> None:
    answers = iter([(302, {"Location": "http://127.0.0.1:1/"}, b""), (429, {"Retry-After": "60"}, b"")])
    system.answers = lambda _heard: next(answers)

    async def story() -> None:
        await sent(node, system, "elsewhere", 3)
        going = asyncio.create_task(node.rounds().run())
        await until(lambda: len(system.heard) == 2)
        await asyncio.sleep(0.5)
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)

    asyncio.run(story())
    assert len(system.heard) == 2
    [(resume,)] = node.rows("select resume from lane where recipient = 'elsewhere'")
    assert resume > _clock(node).now().timestamp() * 1e6 + 50e6


def _clock(node: Node) -> object:
    return node.gateway.door.dispatch.clock


def test_nothing_about_a_message_is_ever_logged(
    node: Node, system: AgencySystem, capsys: pytest.CaptureFixture[str]
) -> None:
    system.answers = lambda _heard: (422, {}, b"a secret word of the system")

    async def story() -> None:
        await sent(node, system, "telling")
        going = asyncio.create_task(node.rounds().run())
        await until(lambda: node.states("telling") == {"dead": 1})
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)

    asyncio.run(story())
    written = "".join(capsys.readouterr())
    assert "not_delivered" in written
    for secret in (*system.kept, "a secret word", "P-00000"):
        assert secret not in written
