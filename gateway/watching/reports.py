"""What a process beside the first one tells it for its figures: lines through a pipe, about once a second.

A pipe and no file that processes share: a full disk must not end whoever counts.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from typing import Final, TextIO

from gateway.watching.requests import Answered

_EVERY: Final = 1.0
_MOST_KEPT: Final = 10_000
"""Answers kept while the first process does not read; older ones are forgotten, and nobody waits."""

_MOST_IN_A_LINE: Final = 200
"""Answers: under half of what a reader of lines takes, which is 64 KiB."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one process did since it last told: its answers, and what its writer confirmed in how many commits."""

    answered: tuple[Answered, ...]
    commits: int
    items: int

    def line(self) -> bytes:
        """Return it as it goes through the pipe."""
        return json.dumps([[astuple(one) for one in self.answered], self.commits, self.items]).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> "Report":
        """Read such a line."""
        answered, commits, items = json.loads(line)
        return cls(tuple(Answered(*one) for one in answered), commits, items)


class Reporter:
    """Gathers what this process did. `confirmed` returns (commits, items) since it began."""

    def __init__(self, confirmed: Callable[[], tuple[int, int]]) -> None:
        """Begin at nothing."""
        self._confirmed = confirmed
        self._answered: deque[Answered] = deque(maxlen=_MOST_KEPT)
        self._told = (0, 0)

    def count(self, answered: Answered) -> None:
        """Remember an answered request until it is told."""
        self._answered.append(answered)

    def reports(self) -> Iterator[Report]:
        """Take what was not told yet; nothing where nothing was done."""
        commits, items = self._confirmed()
        new, self._told = (commits - self._told[0], items - self._told[1]), (commits, items)
        while self._answered or any(new):
            count = min(len(self._answered), _MOST_IN_A_LINE)
            yield Report(tuple(self._answered.popleft() for _ in range(count)), *new)
            new = (0, 0)

    async def tell(self, pipe: TextIO) -> None:
        """Write it to that pipe every second, until cancelled. While nobody reads, what there is to tell waits here."""
        transport, _ = await asyncio.get_running_loop().connect_write_pipe(asyncio.BaseProtocol, pipe)
        try:
            while True:
                await asyncio.sleep(_EVERY)
                if not transport.get_write_buffer_size():
                    transport.write(b"".join(report.line() for report in self.reports()))
        finally:
            transport.close()
