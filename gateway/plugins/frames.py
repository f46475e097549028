"""Messages between the gateway and a worker: four bytes that say how long, then so many bytes, over two pipes.

The other side is hostile: it may send nothing, too much, or a byte a minute. One deadline counts for a whole message,
and no more is read than was allowed.
"""

import os
import select
import time
from typing import Final

_HEADER: Final = 4
_AT_ONCE: Final = 65_536
"""Bytes read or written in one call: what a pipe holds."""


class BrokenFrameError(Exception):
    """No whole message came or went. `rule` is `slow`, `died` or `huge`; what was in it is not told."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def send(pipe: int, body: bytes, seconds: float) -> None:
    """Write one message to a pipe that does not block. Raises BrokenFrameError."""
    deadline, left = time.monotonic() + seconds, memoryview(len(body).to_bytes(_HEADER) + body)
    while left:
        _await(pipe, select.POLLOUT, deadline)
        try:
            left = left[os.write(pipe, left[:_AT_ONCE]) :]
        except BlockingIOError:
            continue
        except OSError:  # Nobody reads it any more.
            raise BrokenFrameError("died") from None


def receive(pipe: int, largest: int, seconds: float) -> bytes:
    """Read one message of at most `largest` bytes from a pipe that does not block. Raises BrokenFrameError."""
    deadline = time.monotonic() + seconds
    size = int.from_bytes(_exactly(pipe, _HEADER, deadline))
    if size > largest:
        raise BrokenFrameError("huge")
    return _exactly(pipe, size, deadline)


def _exactly(pipe: int, size: int, deadline: float) -> bytes:
    chunks: list[bytes] = []
    while size:
        _await(pipe, select.POLLIN, deadline)
        try:
            chunk = os.read(pipe, min(size, _AT_ONCE))
        except BlockingIOError:
            continue
        if not chunk:
            raise BrokenFrameError("died")
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)


def _await(pipe: int, event: int, deadline: float) -> None:
    left = deadline - time.monotonic()
    poll = select.poll()
    poll.register(pipe, event)
    if left <= 0 or not poll.poll(left * 1000):
        raise BrokenFrameError("slow")
