"""A letter is carried for less time than a lane is held, whatever its calls take, and goes on where it was cut off."""

import asyncio
import threading
import time
from datetime import timedelta

import pytest
from agency_server import AgencySystem, Heard
from delivering import Node
from structlog.testing import capture_logs

from adapters.sdk.contract import RequestStep
from adapters.sdk.writing import write_steps
from gateway.core.delivery.letters import Declined, Failure, Letter, NotTaken, Taken, Verdict
from gateway.core.delivery.pushing import TURN
from gateway.core.lanes import HELD_FOR
from gateway.courier import carrying

pytestmark = pytest.mark.enable_socket
STEPS = write_steps([RequestStep("POST", f"cases/{number}", {}) for number in range(3)])


WHOLE = Letter("message", "application/json", b"{}", "signature")


async def carried(node: Node, agency: str, letter: Letter) -> Verdict:
    """Carry a letter."""
    rounds = node.rounds()
    endpoint = rounds.book.endpoint(agency)
    assert endpoint is not None
    try:
        return await rounds.carrying.carried(endpoint, letter)
    finally:
        await rounds.carrying.close()


def stepped(steps: int = 0, body: bytes = STEPS.body) -> Letter:
    """Return a letter of three calls, of which so many were made before."""
    return Letter("message", STEPS.media_type, body, "signature", steps)


def test_another_courier_does_not_begin_what_one_still_carries() -> None:
    assert TURN + timedelta(seconds=carrying.LONGEST) < HELD_FOR


def test_a_slow_system_is_cut_off_and_gets_the_rest_the_next_time(
    node: Node, system: AgencySystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "LONGEST", 1.0)

    given_up = threading.Event()

    def slowly(heard: Heard) -> tuple[int, dict[str, str], bytes]:
        if heard.path.endswith("/2"):
            given_up.wait(10)
        return 201, {}, b""

    system.answers = slowly

    async def story() -> None:
        await node.brought_to(system, "slowly")
        begun = asyncio.get_running_loop().time()
        assert await carried(node, "slowly", stepped()) == NotTaken(Failure.TOO_SLOW, 2)
        assert asyncio.get_running_loop().time() - begun < 5
        given_up.set()
        assert isinstance(await carried(node, "slowly", stepped(2)), Taken)

    asyncio.run(story())
    system.wait_for(4)
    assert [heard.path.rpartition("/")[2] for heard in system.heard] == ["0", "1", "2", "2"]


@pytest.mark.parametrize("waits", ["for its token", "for its answer"])
def test_a_letter_of_one_call_is_cut_off_too(
    node: Node, system: AgencySystem, monkeypatch: pytest.MonkeyPatch, waits: str
) -> None:
    monkeypatch.setattr(carrying, "LONGEST", 0.3)
    agency, for_token = f"waits-{waits[8:].replace(' ', '-')}", waits == "for its token"
    usual = system.answer

    def slowly(heard: Heard) -> object:
        if (heard.path == "/token") is for_token:
            time.sleep(0.6)
        return usual(heard)

    monkeypatch.setattr(system, "answer", slowly)

    async def story() -> Verdict:
        await node.brought_to(system, agency, method="private_key_jwt")
        return await carried(node, agency, WHOLE)

    assert asyncio.run(story()) == NotTaken(Failure.TOO_SLOW)


TOKENS = {
    "nested without end": b"[" * 100_000,
    "lasting longer than a number holds": b'{"access_token":"x","token_type":"Bearer","expires_in":1'
    + b"0" * 400
    + b"}",
    "lasting no number of seconds": b'{"access_token":"x","token_type":"Bearer","expires_in":NaN}',
    "no text": b'{"access_token":["x"],"token_type":"Bearer"}',
}


@pytest.mark.parametrize("answered", TOKENS)
def test_whatever_stands_for_a_token_is_a_verdict(
    node: Node, system: AgencySystem, monkeypatch: pytest.MonkeyPatch, answered: str
) -> None:
    """What is none would keep the lane held and the message on its way, tried again and never given up."""
    agency = f"token-{[*TOKENS].index(answered)}"
    monkeypatch.setattr(system, "_token", lambda _heard: (200, {"Content-Type": "application/json"}, TOKENS[answered]))

    async def story() -> Verdict:
        await node.brought_to(system, agency, method="private_key_jwt")
        return await carried(node, agency, WHOLE)

    with capture_logs() as logged:
        verdict = asyncio.run(story())
    assert isinstance(verdict, Taken) is answered.startswith("lasting")
    assert not [line for line in logged if line["event"] == "courier_failed"]


DEEP = b"[" * 100_000


def test_what_nobody_thought_of_is_a_verdict_too(
    node: Node, system: AgencySystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_said: object) -> Verdict:
        raise ZeroDivisionError

    monkeypatch.setattr(carrying, "_verdict", broken)

    async def story() -> Verdict:
        await node.brought_to(system, "unthought-of")
        return await carried(node, "unthought-of", WHOLE)

    with capture_logs() as told:
        assert asyncio.run(story()) == NotTaken(Failure.FAILING, whole=False)
    assert {"event": "courier_failed", "agency": "unthought-of", "code": "ZeroDivisionError"}.items() <= told[
        -1
    ].items()


def test_steps_too_deep_to_read_are_declined(node: Node, system: AgencySystem) -> None:
    async def story() -> Verdict:
        await node.brought_to(system, "deep-steps")
        return await carried(node, "deep-steps", stepped(body=DEEP))

    assert asyncio.run(story()) == Declined(Failure.UNREADABLE)
