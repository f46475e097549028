"""A system that answers without end, in whatever way, costs one call and nobody else's time."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import ClassVar

import httpcore
import pytest

from gateway.core.delivery.letters import Failure
from gateway.courier.calling import Answer, Calls, NotReachedError
from gateway.courier.destinations import destination
from gateway.courier.fetching import Bounds, NotFetchedError, asked, trusted
from gateway.courier.wire import Wire

pytestmark = pytest.mark.enable_socket

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
FLOODS = {
    "interim answers": (b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 500),
    "interim answers with headers": (b"", (b"HTTP/1.1 103 Early Hints\r\n" + b"a: b\r\n" * 500 + b"\r\n") * 5),
    "a body": (OK + b"\r\n", b"x" * 65536),
    "a body of many pieces": (CHUNKED, b"1\r\nx\r\n" * 5000),
    "what says nothing of a piece": (CHUNKED, b"1;" + b"e" * 10000 + b"\r\nx\r\n"),
    "headers": (OK, b"a: b\r\n" * 5000),
    "a first line": (b"", b"H" * 65536),
}


@contextmanager
def flooding(first: bytes, without_end: bytes) -> Iterator[str]:
    """Answer every caller so, until it hangs up."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                caller, _ = listening.accept()
                with caller, suppress(OSError):
                    caller.recv(65536)
                    caller.sendall(first)
                    while True:
                        caller.sendall(without_end)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.mark.parametrize("flood", FLOODS)
def test_whatever_comes_without_end_is_left_off(flood: str) -> None:
    """Not `too_slow`: then it would have been read for as long as a call may last, and nobody answered meanwhile."""

    async def called(base: str) -> object:
        calls = Calls(destination(base, loopback=True), trusted())
        try:
            return await calls.call("POST", "", {}, b"a letter")
        except NotReachedError as error:
            return error.why
        finally:
            await calls.close()

    with flooding(*FLOODS[flood]) as base:
        outcome = asyncio.run(called(base))
    if isinstance(outcome, Answer):
        assert (outcome.status, outcome.body) == (200, b"")
    else:
        assert outcome is Failure.UNREACHABLE


class Noting(httpcore.AnyIOBackend):
    """The library's network; notes where it was sent."""

    asked: ClassVar[list[str]] = []

    async def connect_tcp(self, host: str, *given: object, **named: object) -> httpcore.AsyncNetworkStream:
        self.asked.append(host)
        return await super().connect_tcp(host, *given, **named)


def test_the_address_that_answered_is_asked_first_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that says nothing at all takes its share of the time, which not every letter shall wait."""
    monkeypatch.setattr("gateway.courier.wire.httpcore.AnyIOBackend", Noting)

    async def twice() -> None:
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
        network = Wire(trusted(), ("127.0.0.2", "127.0.0.1"), 4096)._pool._network_backend
        for _ in range(2):
            stream = await network.connect_tcp("system.example", server.sockets[0].getsockname()[1], 4.0)
            await stream.aclose()
        server.close()

    asyncio.run(twice())
    assert Noting.asked == ["127.0.0.2", "127.0.0.1", "127.0.0.1"]


@pytest.mark.parametrize("flood", FLOODS)
def test_nor_is_a_document_that_is_asked_for(flood: str) -> None:
    async def fetched(base: str) -> str:
        with pytest.raises(NotFetchedError) as caught:
            await asked(destination(base, loopback=True), "", {}, Bounds(), None)
        return caught.value.code

    with flooding(*FLOODS[flood]) as base:
        assert asyncio.run(fetched(base)) in {"unreachable", "too_large"}


def test_others_take_their_turn_between_two_sips() -> None:
    """Read as much as the library does at once, some thousand interim answers are parsed before anybody else moves."""

    async def turns(base: str) -> int:
        taken = 0

        async def others() -> None:
            nonlocal taken
            while True:
                await asyncio.sleep(0)
                taken += 1

        calls, beside = Calls(destination(base, loopback=True), trusted()), asyncio.create_task(others())
        with suppress(NotReachedError):
            await calls.call("POST", "", {}, b"a letter")
        beside.cancel()
        await calls.close()
        return taken

    with flooding(*FLOODS["interim answers"]) as base:
        assert asyncio.run(turns(base)) >= 300_000 / 4096
