"""Sends prepared requests over kept-alive connections, as fast as answers come, and notes how long each took."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import uvloop
from served import LOOPBACK


@dataclass(slots=True)
class Sent:
    """What became of a run: one entry for each answer that came, in the order they came."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    codes: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Sent") -> None:
        """Take over what became of another run."""
        self.seconds += other.seconds
        self.latencies += other.latencies
        self.codes += other.codes

    def quantile(self, share: float) -> float:
        """Return that quantile of the latencies, in seconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def send_all(port: int, requests: Sequence[bytes], clients: int) -> Sent:
    """Send every request once; each client waits for its answer before it sends the next."""
    return uvloop.run(_all(port, requests, clients))


async def _all(port: int, requests: Sequence[bytes], clients: int) -> Sent:
    sent, waiting = Sent(), iter(requests)
    begun = time.perf_counter()

    async def client() -> None:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        for request in waiting:
            started = time.perf_counter()
            writer.write(request)
            status, _ = await answer_from(reader)
            sent.latencies.append(time.perf_counter() - started)
            sent.codes[status] += 1
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(client() for _ in range(clients)))
    sent.seconds = time.perf_counter() - begun
    return sent


async def answer_from(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read one answer: its status and its body. Raises IncompleteReadError when the server went away."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
    return int(head[9:12]), await reader.readexactly(int(length.partition(b":")[2]))
