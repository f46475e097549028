"""The server is killed (SIGKILL) in the middle of its work, again and again, and started anew on what it left.

Or another calamity strikes (`trials.calamities`): its database is killed, cut off, or has no room. Afterwards every
answered referral must be in log and outbox exactly once, and nothing may be half there; the whole log must verify
against the newest checkpoint that a sender was given before. Then everybody who got no answer asks again with the same
Idempotency-Key, and some who had one too: each key must have made one referral.
"""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from furnished import SENDING, Installation
from load import answer_from, send_all
from referral_documents import CANONICAL, PATH, canonical_bodies, fresh_keys, headers_of
from sending_system import SendingSystem
from served import LOOPBACK, Server
from trials.books_of_record import Books
from trials.calamities import Calamity, Killed, ready
from trials.officer import PROVEN, Officer

POINTS = 20
READY_WITHIN = 5.0
"""Seconds from a calamity's end, or the restart, to readiness."""

_CLIENTS = 8
_SPAN = 2.0
"""How far the points reach into a request, in median latencies."""
_ASKED_AGAIN = 5


@dataclass(frozen=True, slots=True)
class Order:
    """One referral somebody wants sent: under which key, and what."""

    key: str
    body: bytes


@dataclass(slots=True)
class Kills:
    """What became of all trials; the last six must be 0."""

    trials: int = 0
    sent: int = 0
    answered: int = 0
    recorded_unanswered: int = 0
    asked_again: int = 0
    slowest_restart_seconds: float = 0.0
    lost: int = 0
    doubled: int = 0
    unlogged: int = 0
    half_written: int = 0
    answered_otherwise: int = 0
    unverified: int = 0

    @property
    def soon(self) -> bool:
        """Say whether the gateway was ready soon enough each time."""
        return self.slowest_restart_seconds <= READY_WITHIN

    @property
    def held(self) -> bool:
        """Say whether nothing was lost, doubled, unlogged or told otherwise, any time."""
        faults = (self.lost, self.doubled, self.unlogged, self.half_written, self.answered_otherwise, self.unverified)
        return not any(faults)


@dataclass(slots=True)
class Load:
    """One trial's orders, and what was answered before the kill: the referral of each key, the newest checkpoint."""

    orders: Sequence[Order]
    allowed: frozenset[int]
    referrals: dict[str, str] = field(default_factory=dict)
    otherwise: int = 0
    checkpoint: str = ""
    _size: int = -1

    def note(self, order: Order, status: int, body: bytes) -> None:
        """Note an answer."""
        if status != 201:
            self.otherwise += status not in self.allowed
            return
        told = json.loads(body)
        self.referrals[order.key] = told["decision_id"]
        checkpoint = told["proof"]["checkpoint"]
        size = int(checkpoint.splitlines()[1])
        if size > self._size:
            self.checkpoint, self._size = checkpoint, size


class Killing:
    """One installation, its server, and everything that was ever ordered from it."""

    def __init__(
        self, installed: Installation, seed: int, server: Server, calamity: Calamity, port: int | None = None
    ) -> None:
        """Prepare; running starts the server. Who sends comes to `port`, where that is not the server's own."""
        self.kills = Kills()
        self.server, self._port = server, port or server.port
        self._calamity = calamity
        self._system = SendingSystem(SENDING, installed.clients[SENDING], self._port)
        self._bodies, self._keys = canonical_bodies(installed.persons), fresh_keys(f"kill-{seed}")
        self._random = Random(seed)  # noqa: S311 - repeatable, and no secret
        self._officer = Officer.of(installed)
        self._books = Books(installed, self._officer.ring)
        self._ordered = self._books.balance().referrals  # What was there before is not this trial's to count.
        self._missing = 0

    def run(self, times: int, points: Sequence[int]) -> Kills:
        """Kill `times` times at each of these points; each is a share of the time a request takes."""
        with self.server:
            ready(self.server)
            self._system.authorize("referrals:send")
            latency = self._median_latency()
            for _ in range(times):
                for point in points:
                    self._trial(latency * _SPAN * (point + self._random.random()) / POINTS)
        return self.kills

    def _median_latency(self) -> float:
        orders = self._orders(100)
        return send_all(self._port, [self._request(order) for order in orders], _CLIENTS).quantile(0.5)

    def _orders(self, count: int) -> list[Order]:
        self._ordered += count
        return [Order(next(self._keys), next(self._bodies)) for _ in range(count)]

    def _request(self, order: Order) -> bytes:
        return self._system.prepared(PATH, order.body, **headers_of(CANONICAL, order.key))

    def _trial(self, delay: float) -> None:
        self._calamity.prepare()
        load = Load(self._orders(self._random.randint(16, 64)), self._calamity.answers)
        asyncio.run(self._sent_until_killed(load, self._random.randint(0, len(load.orders) // 2), delay))
        began = time.perf_counter()
        self._calamity.mend()
        self._count_restart(load, time.perf_counter() - began)
        self._system.authorize("referrals:send")
        self._ask_again(load)
        self._count_books()

    async def _sent_until_killed(self, load: Load, after: int, delay: float) -> None:
        """Send from several clients at once; so many answers, and then so much time later, kill."""
        waiting = iter([(order, self._request(order)) for order in load.orders])
        enough = asyncio.Event()

        async def client() -> None:
            with suppress(OSError, asyncio.IncompleteReadError):  # The server is gone: that is the point.
                reader, writer = await asyncio.open_connection(LOOPBACK, self._port)
                try:
                    for order, request in waiting:
                        if len(load.referrals) >= after:
                            enough.set()
                        writer.write(request)
                        load.note(order, *await answer_from(reader))
                finally:
                    writer.close()

        async def killer() -> None:
            await enough.wait()
            await asyncio.sleep(delay)
            self._calamity.strike()

        killing = asyncio.create_task(killer())
        await asyncio.gather(*(client() for _ in range(_CLIENTS)))
        enough.set()
        await killing

    def _count_restart(self, load: Load, seconds: float) -> None:
        """Count what the restarted server knows of what was answered before the kill."""
        kills = self.kills
        kills.trials += 1
        kills.sent += len(load.orders)
        kills.answered += len(load.referrals)
        kills.answered_otherwise += load.otherwise
        kills.slowest_restart_seconds = max(kills.slowest_restart_seconds, round(seconds, 2))
        kept = self._books.referrals_of(order.key for order in load.orders)
        kills.recorded_unanswered += len(kept.keys() - load.referrals.keys())
        kills.lost += sum(kept.get(key) != referral for key, referral in load.referrals.items())
        held = [load.checkpoint] if load.checkpoint else []
        kills.unverified += self._officer.verifies(*held, self._officer.checkpoint()) != PROVEN

    def _ask_again(self, load: Load) -> None:
        """Send everything that was not answered again, and some that was: the same key, a proof of its own."""
        open_orders = [order for order in load.orders if order.key not in load.referrals]
        answered = [order for order in load.orders if order.key in load.referrals][:_ASKED_AGAIN]
        for order in (*open_orders, *answered):
            answer = self._system.post(PATH, order.body, **headers_of(CANONICAL, order.key))
            self.kills.asked_again += 1
            first = load.referrals.setdefault(order.key, str(answer.json().get("decision_id")))
            told_otherwise = answer.status != 201 or answer.json()["decision_id"] != first
            self.kills.answered_otherwise += told_otherwise

    def _count_books(self) -> None:
        """Count the whole books: what was ever ordered is there once, whole, and in the log.

        What is missing is missing in every trial after; it is counted once.
        """
        found = self._books.balance()
        missing, self._missing = self._missing, max(0, self._ordered - found.referrals)
        self.kills.lost += max(0, self._missing - missing) + found.without_parcel
        self.kills.doubled += max(0, found.referrals - self._ordered) + found.several_parcels
        self.kills.unlogged += found.without_leaf
        self.kills.half_written += found.half_written


def killed(
    installed: Installation,
    times: int,
    seed: int,
    points: Sequence[int] = range(POINTS),
    calamity: Callable[[Server], Calamity] = Killed,
) -> Kills:
    """Let a calamity strike `times` times at each of these points: the server of this installation is killed."""
    server = Server.gateway(installed, workers=2)
    return Killing(installed, seed, server, calamity(server)).run(times, points)
