"""A document is fetched within bounds: what is too much, too slow, moved or packed is not had, and nothing is told."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from gateway.courier.calling import Calls
from gateway.courier.destinations import Destination, DestinationRefusedError, destination
from gateway.courier.fetching import Bounds, NotFetchedError, fetch, trusted

pytestmark = pytest.mark.enable_socket
PATIENT, BRIEF = Bounds(size=64, seconds=30.0), Bounds(size=64, seconds=0.3)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def fetched(answer: bytes, *, loopback: bool = True) -> tuple[bytes, bytes]:
    """Fetch from a server that says exactly this; what was had, and what the server was asked."""
    heard, bounds = bytearray(), PATIENT if answer else BRIEF

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        if not answer:
            await reader.read()
        writer.close()
        await writer.wait_closed()

    async def both() -> bytes:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        base = f"http://127.0.0.1:{port}/base" if loopback else f"https://127.0.0.1:{port}"
        try:
            body, _ = await fetch(destination(base, loopback=loopback), "/api/one", {"X-Own": "credential"}, bounds)
        finally:
            server.close()
            await asyncio.sleep(0.01)  # The server hears that its caller is gone.
        return body

    return asyncio.run(both()), bytes(heard)


async def fetch_from(place: Destination) -> bytes:
    body, _ = await fetch(place, "/one", {}, PATIENT, two_of_which_one_is_down)
    return body


async def call(place: Destination) -> bytes:
    calls = Calls(place, trusted(), two_of_which_one_is_down)
    try:
        return (await calls.call("GET", "/one", {}, b"")).body
    finally:
        await calls.close()


def test_a_document_is_had_with_our_own_credential() -> None:
    body, heard = fetched(OK + b"Content-Length: 2\r\n\r\n{}")
    assert body == b"{}"
    assert heard.startswith(b"GET /base/api/one HTTP/1.1\r\n")
    assert b"X-Own: credential" in heard


async def two_of_which_one_is_down(_host: str, _port: int) -> Sequence[str]:
    return "127.0.0.2", "127.0.0.1"


@pytest.mark.parametrize("by", [fetch_from, call])
def test_of_several_addresses_one_that_is_down_is_passed_over(
    by: Callable[[Destination], Awaitable[bytes]],
) -> None:
    """Only the first was tried, time and again, and a letter given up at the end."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK + b"Content-Length: 2\r\n\r\n{}")
        writer.close()

    async def both() -> bytes:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        try:
            return await by(destination(f"http://system.example:{server.sockets[0].getsockname()[1]}", loopback=True))
        finally:
            server.close()

    assert asyncio.run(both()) == b"{}"


REFUSED = {
    "a redirect is not followed": (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n", "not_given"),
    "an error is no document": (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "not_given"),
    "too much is not read": (OK + b"\r\n" + b"x" * 65, "too_large"),
    "what is packed is not unpacked": (OK + b"Content-Encoding: gzip\r\n\r\n", "encoded"),
    "what is cut short is not had": (OK + b"Content-Length: 9\r\n\r\n{", "unreachable"),
    "what is not HTTP is not had": (b"hello\r\n\r\n", "unreachable"),
    "silence is not waited for": (b"", "too_slow"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_an_answer_outside_the_bounds_is_refused(what: str) -> None:
    answer, code = REFUSED[what]
    with pytest.raises(NotFetchedError) as caught:
        fetched(answer)
    assert caught.value.code == code


def test_this_machine_is_not_connected_to_unless_the_operator_said_so() -> None:
    with pytest.raises(DestinationRefusedError) as caught:
        fetched(OK, loopback=False)
    assert caught.value.code == "address_refused"
