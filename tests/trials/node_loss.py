"""Two nodes on one PostgreSQL behind one address: one is killed for good, or stopped for longer than its lease.

Whoever comes to the address reaches whichever node takes the connection. A stopped node may hold the head of the log:
then the server ends its session after its lease, the other node goes on, and what the first says when it wakes is not
written.
"""

import os
import signal
import threading
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from clusters import Cluster
from served import Server
from trials.calamities import Wire, ready
from trials.kill9 import Killing, Kills
from trials.unlucky import on_postgresql

from gateway.store.database import LEASE

READY_WITHIN = 30.0
_PAST_THE_LEASE = LEASE + 3.0


@dataclass(frozen=True, slots=True)
class NodeKilled:
    """One node is killed and does not come back while anybody looks; the next trial has a new one."""

    node: Server
    other: Server
    answers: frozenset[int] = frozenset()

    def prepare(self) -> None:
        """Let both nodes serve."""
        if self.node.process is None or self.node.process.poll() is not None:
            self.node.start()
        ready(self.node)

    def strike(self) -> None:
        """Kill it."""
        self.node.kill()

    def mend(self) -> None:
        """Wait for the other."""
        ready(self.other)


@dataclass(frozen=True, slots=True)
class NodeStopped:
    """One node is stopped (SIGSTOP) for longer than its lease, and then goes on as if nothing had been."""

    node: Server
    other: Server
    answers: frozenset[int] = frozenset({401, 503})

    def prepare(self) -> None:
        """Let both nodes serve."""
        ready(self.node)

    def strike(self) -> None:
        """Stop it, and see that it is woken."""
        pids = self.node.pids()
        _signal(pids, signal.SIGSTOP)
        threading.Timer(_PAST_THE_LEASE, _signal, (pids, signal.SIGCONT)).start()

    def mend(self) -> None:
        """Wait for both: nobody hung up on the stopped one, so by now it is awake."""
        ready(self.other)
        ready(self.node)


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def nodes_lost(folder: Path, times: int, seed: int, points: Sequence[int], persons: int = 20) -> dict[str, Kills]:
    """Lose one of two nodes that often at each point, in each way; what became of it."""
    with ExitStack() as closing:
        cluster = Cluster.made(folder / "postgresql")
        closing.callback(cluster.crash)
        cluster.start()
        installed = on_postgresql(folder, cluster, persons)
        beside = installed.copy(folder / "beside")
        wire = Wire([])
        nodes = [Server.gateway(one, GATEWAY_URL=f"http://127.0.0.1:{wire.port}") for one in (installed, beside)]
        wire.to = [node.port for node in nodes]
        closing.enter_context(wire.laid())
        other = closing.enter_context(nodes[1])
        return {
            name: Killing(installed, seed + number, nodes[0], calamity(nodes[0], other), wire.port).run(times, points)
            for number, (name, calamity) in enumerate((("killed", NodeKilled), ("stopped", NodeStopped)))
        }
