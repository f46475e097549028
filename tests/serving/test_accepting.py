"""Of several processes on one socket the one with the fewest connections takes the next; none takes any once closed."""

import asyncio
import errno
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack
from socket import create_connection, socket

import pytest
from served import LOOPBACK
from typing_extensions import override

from gateway.serving.accepting import Accepting

pytestmark = pytest.mark.enable_socket


class _Full(socket):
    """A socket of a process that has no free descriptor when it is first asked."""

    asked = 0

    @override
    def accept(self) -> tuple[socket, object]:
        self.asked += 1
        if self.asked == 1:
            raise OSError(errno.EMFILE, "too many open files")
        return super().accept()


class _Process:
    """One that has so many connections already; `arrived` is told of each that it takes."""

    def __init__(self, shared: socket, having: int, arrived: "asyncio.Queue[_Process]") -> None:
        self.having, self.arrived = having, arrived
        self.taken: list[asyncio.BaseTransport] = []
        self.accepting = Accepting(shared, lambda: _Taken(self), lambda: self.having)

    def close(self) -> None:
        self.accepting.close()
        for transport in self.taken:
            transport.close()


class _Taken(asyncio.Protocol):
    def __init__(self, by: _Process) -> None:
        self._by = by

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._by.having += 1
        self._by.taken.append(transport)
        self._by.arrived.put_nowait(self._by)


@pytest.fixture
def shared() -> Iterator[socket]:
    """A socket that is bound."""
    with socket() as bound:
        bound.bind((LOOPBACK, 0))
        yield bound


def _connected(shared: socket) -> socket:
    """Return a client's end; it waits for nobody, the kernel has taken it."""
    return create_connection(shared.getsockname(), timeout=10)


def _told(story: Coroutine[object, object, None]) -> None:
    async def within() -> None:
        await asyncio.wait_for(story, 20)

    asyncio.run(within())


def test_who_has_fewest_takes_the_next(shared: socket) -> None:
    async def story() -> None:
        arrived = asyncio.Queue[_Process]()
        busy, idle = _Process(shared, 7, arrived), _Process(another, 0, arrived)
        for _ in range(4):
            with _connected(shared):
                assert await arrived.get() is idle
            await asyncio.sleep(0.02)  # Whoever hesitated before this one may take the next.
        idle.close()
        with _connected(shared):
            assert await arrived.get() is busy  # It waits for nobody for long.
        busy.close()

    with shared.dup() as another:  # As in another process: one descriptor is watched once in a loop.
        _told(story())


def test_all_who_wait_are_taken(shared: socket) -> None:
    async def story() -> None:
        one = _Process(shared, 20, asyncio.Queue())
        with ExitStack() as open_:
            for _ in range(40):
                open_.enter_context(_connected(shared))
            for _ in range(40):
                await one.arrived.get()
        one.close()
        await one.accepting.wait_closed()

    _told(story())


def test_who_is_closed_takes_nobody(shared: socket) -> None:
    async def story() -> None:
        one = _Process(shared, 0, asyncio.Queue())
        one.close()
        with _connected(shared):
            await asyncio.sleep(0.05)
        assert one.arrived.empty()

    _told(story())


def test_without_a_free_descriptor_it_rests_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.serving.accepting._AFTER_A_FAULT", 0.05)

    async def story() -> None:
        one = _Process(shared, 0, asyncio.Queue())
        with _connected(shared):
            await one.arrived.get()
        assert shared.asked <= 3  # Once in vain, once for it, and perhaps once for nobody: it does not spin.
        one.close()

    with _Full() as shared:
        shared.bind((LOOPBACK, 0))
        _told(story())
