"""Native push under trial: how soon it comes, and what is lost when couriers are killed anywhere in it.

The agency's system is a real HTTP server (tests/agency_server.py), the couriers are processes of their own, killed by
SIGKILL at random moments and started again, several at once on one database. What arrived is what that server says.
"""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from random import Random

from agency_server import AgencySystem, Heard, serving
from checkout import ROOT, TESTS
from delivering import Node, a_node
from forked import Started, python
from furnished import SENDING, SHELTER, Installation
from referral_documents import CANONICAL, PATH, canonical_bodies, headers_of
from sending_system import SendingSystem
from served import Server

from gateway.settings import PREFIX

DEAD = "dead-shelter"
_WAITING_FOR_THE_DEAD = 20
_PEOPLE = 5
_HELD_FOR = 2
"""Seconds a lane is held for in these trials; 25 in the product, and nothing else differs."""

_PROGRAM = """
import sys
from datetime import timedelta
from gateway import logs
from gateway.core.delivery import pushing_items
from gateway.serving.courier import deliver
from gateway.settings import read

logs.configure(level=40)
if len(sys.argv) > 1:
    pushing_items.HELD_FOR = timedelta(seconds=int(sys.argv[1]))
deliver(read(), lambda: print("running", flush=True))
"""


@dataclass(slots=True)
class Couriers:
    """Courier processes of one installation."""

    installed: Installation
    held_for: str = ""
    running: list[Started] = field(default_factory=list)
    starting: list[Started] = field(default_factory=list)

    def start(self, *, wait: bool = True) -> None:
        """Start one more, and wait until it goes round, now or before it is killed."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        path = {"PYTHONPATH": os.pathsep.join((str(ROOT), str(TESTS)))}
        environment = {**ours, **path, **self.installed.environment(8470)}
        if self.installed.database_url:
            environment[f"{PREFIX}DATABASE_URL"] = self.installed.database_url
        told = [self.held_for] if self.held_for else []
        one = python(("-c", _PROGRAM, *told), environment, heard=True)
        self.running.append(one)
        self.starting.append(one)
        if wait:
            self._await(one)

    def _await(self, one: Started) -> None:
        if one in self.starting:
            self.starting.remove(one)
            assert one.stdout is not None
            assert one.stdout.readline() == "running\n", "a courier did not start"

    def kill(self, number: int) -> None:
        """End one as a power cut would, once it goes round: before, it could lose nothing."""
        one = self.running.pop(number)
        self._await(one)
        one.send_signal(signal.SIGKILL)
        _buried(one)

    def end(self) -> None:
        """Let all end in order."""
        for one in self.running:
            one.terminate()
        for one in self.running:
            _buried(one)
        self.running.clear()


def _buried(one: Started) -> None:
    one.communicate()


@contextmanager
def couriers(installed: Installation, count: int, held_for: str = "") -> Iterator[Couriers]:
    """Have so many couriers go round."""
    made = Couriers(installed, held_for)
    try:
        for _ in range(count):
            made.start()
        yield made
    finally:
        made.end()


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from the sender's answer to the letter at a healthy system, beside one that is dead."""

    p50_ms: float
    p99_ms: float
    letters: int

    @property
    def held(self) -> bool:
        """As promised: p50 under 0.2 s and p99 under 2 s."""
        return self.p50_ms < 200 and self.p99_ms < 2000


def timed(installed: Installation, letters: int, *, apart: bool) -> Times:
    """Send urgent referrals one after another; the courier is inside `serve`, or `apart` in a process of its own."""
    system = AgencySystem()
    with serving(system):
        with a_node(installed) as node:
            asyncio.run(_prepared(node, system))
        server = Server.gateway(installed)
        server.environment = {**server.environment, f"{PREFIX}COURIER": str(not apart)}
        with server, couriers(installed, int(apart)):
            client = SendingSystem(SENDING, installed.clients[SENDING], server.port)
            client.authorize("referrals:send")
            bodies = canonical_bodies(installed.persons)
            took = sorted(_one(client, system, number, next(bodies)) for number in range(letters))
    ninety_nine = took[min(len(took) - 1, int(len(took) * 0.99))]
    return Times(round(took[len(took) // 2] * 1e3, 1), round(ninety_nine * 1e3, 1), len(took))


async def _prepared(node: Node, system: AgencySystem) -> None:
    """Let the shelter have its own system, and another that nobody answers for have much waiting for it."""
    await node.brought_to(system, SHELTER)
    await node.brought_to(AgencySystem(port=9), DEAD)
    for number in range(_WAITING_FOR_THE_DEAD):
        await node.agrees(number, DEAD)
        await node.sent(number, DEAD)


def _one(client: SendingSystem, system: AgencySystem, number: int, body: bytes) -> float:
    known = len(system.heard)
    answer = client.post(PATH, body, **headers_of(CANONICAL, f"timed-{number:08d}"))
    answered = time.monotonic()
    assert answer.status == 201, answer.status
    system.wait_for(known + 1, 30)
    return max(0.0, system.heard[known].at - answered)


@dataclass(frozen=True, slots=True)
class Killed:
    """What came of couriers killed at random. `twice` may be more than 0; everything below it must be 0."""

    kills: int
    letters: int
    tries_that_failed: int
    twice: int
    lost: int
    under_another_id: int
    not_settled: int
    unlogged: int

    @property
    def held(self) -> bool:
        """Nothing is lost, whatever came twice came under its own id, and every letter is in the log."""
        return not (self.lost or self.under_another_id or self.not_settled or self.unlogged)


def killed_couriers(installed: Installation, kills: int, letters: int, seed: int, processes: int = 3) -> Killed:
    """Have couriers bring letters to systems that fail now and then, and kill one each time so many were sent."""
    chance, failed = Random(seed), Counter[bool]()  # noqa: S311 - a trial that can be run again

    def answers(_heard: Heard) -> tuple[int, dict[str, str], bytes]:
        time.sleep(chance.random() * 0.05)
        fails = chance.random() < 0.2
        failed[fails] += 1
        return (503 if fails else 201), {}, b""

    systems = {f"shelter-{number}": AgencySystem(answers=answers) for number in range(processes)}
    with ExitStack() as opened:
        for system in systems.values():
            opened.enter_context(serving(system))
        node = opened.enter_context(a_node(installed))
        asyncio.run(_registered(node, systems))
        with couriers(installed, processes, str(_HELD_FOR)) as going:
            for _ in range(kills):
                asyncio.run(_sent(node, [chance.choice([*systems]) for _ in range(letters)]))
                time.sleep(chance.random() * 0.4)
                going.kill(chance.randrange(len(going.running)))
                going.start(wait=False)
            _wait_for_all(node, 60.0)
        return _counted(node, systems, kills, letters * kills, failed[True])


async def _registered(node: Node, systems: dict[str, AgencySystem]) -> None:
    for agency, system in systems.items():
        await node.brought_to(system, agency)
        for number in range(_PEOPLE):
            await node.agrees(number, agency)


async def _sent(node: Node, agencies: Sequence[str]) -> None:
    for number, agency in enumerate(agencies):
        await node.sent(number % _PEOPLE, agency)


def _wait_for_all(node: Node, seconds: float) -> None:
    """Wait until all have arrived, or none has for so long: how long all take is the machine's affair."""
    left, until = _open(node), time.monotonic() + seconds
    while left and time.monotonic() < until:
        time.sleep(0.1)
        before, left = left, _open(node)
        if left < before:
            until = time.monotonic() + seconds


def _open(node: Node) -> int:
    [(count,)] = node.rows("select count(*) from parcel where state <> 'delivered'")
    return int(str(count))


def _counted(node: Node, systems: dict[str, AgencySystem], kills: int, wanted: int, failed: int) -> Killed:
    sent = {str(message): str(agency) for message, agency in node.rows("select id, recipient from parcel")}
    came = Counter((message, agency) for agency, system in systems.items() for message in system.kept)
    known = {*sent.items()}
    delivered = sum(b'"type":"disclosure.delivered"' in leaf for leaf in node.gateway.log.leaves(_size(node)))
    return Killed(
        kills=kills,
        letters=len(sent),
        tries_that_failed=failed,
        twice=sum(came.values()) - failed - len(known & came.keys()),
        lost=len(known - came.keys()) + abs(wanted - len(sent)),
        under_another_id=len(came.keys() - known),
        not_settled=_open(node),
        unlogged=abs(len(sent) - delivered),
    )


def _size(node: Node) -> int:
    return node.gateway.log.head().size
