"""The head of a request has a largest size and a longest time; what is inside both passes."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
import uvicorn
from structlog.testing import capture_logs

from gateway.clock import SystemEntropy
from gateway.logs import _WithoutMessages
from gateway.serving import protocol
from gateway.serving.protocol import LARGEST_HEAD, BoundedProtocol
from gateway.web.wall import CutOffError, Wall

pytestmark = pytest.mark.enable_socket
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]]


async def _app(scope: dict[str, object], receive: Callable[[], Awaitable[dict[str, object]]], send: object) -> None:
    assert callable(send)
    more = True
    while more:
        more = bool((await receive()).get("more_body"))
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _with_server(talk: Talk, app: object = _app) -> bytes:
    async def run() -> bytes:
        bound = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            app,
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve([bound]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has a flag
            await asyncio.sleep(0.01)
        reader, writer = await asyncio.open_connection(*bound.getsockname())
        try:
            return await asyncio.wait_for(talk(reader, writer), 10)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            server.should_exit = True
            await serving

    return asyncio.run(run())


def _request(head: str, body: bytes = b"") -> bytes:
    return f"POST / HTTP/1.1\r\nHost: h\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _status(reader: asyncio.StreamReader) -> bytes:
    return (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0]


def test_a_usual_request_and_the_next_one_on_the_same_connection_pass() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(_request("", b"x" * 200_000))
        first = await _status(reader)
        writer.write(_request("", b"x" * 200_000))
        return first + await _status(reader)

    assert _with_server(talk) == b"HTTP/1.1 204 No Content" * 2


def test_two_requests_in_one_piece_pass() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(_request("", b"x" * 40_000) + _request(""))
        return await _status(reader) + await _status(reader)

    assert _with_server(talk) == b"HTTP/1.1 204 No Content" * 2


@pytest.mark.parametrize("header", ["X-Long: " + "x" * LARGEST_HEAD + "\r\n", "X-Many: xxxxxxxxxx\r\n" * 3000])
def test_a_head_that_is_too_large_is_refused(header: str) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(_request(header))
        return await _status(reader)

    assert _with_server(talk) == b"HTTP/1.1 400 Bad Request"


def test_a_head_that_never_ends_is_refused_while_it_grows() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(b"POST / HTTP/1.1\r\nX-Long: ")
        first = b""
        while not first:
            writer.write(b"x" * 4096)
            with suppress(TimeoutError):
                first = await asyncio.wait_for(reader.read(1), 0.05)
        return first + await _status(reader)

    assert _with_server(talk) == b"HTTP/1.1 400 Bad Request"


@pytest.mark.parametrize("beginning", [b"", b"POST / HTTP/1.1\r\nHost: h\r\n"], ids=["silence", "half a head"])
def test_a_head_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, beginning: bytes) -> None:
    monkeypatch.setattr(protocol, "SLOWEST_HEAD", 0.1)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(beginning)
        return await reader.read()

    assert _with_server(talk) == b""


def test_a_body_may_take_longer_than_a_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "SLOWEST_HEAD", 0.1)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(_request("", b"xx")[:-1])
        await asyncio.sleep(0.3)
        writer.write(b"x")
        return await _status(reader)

    assert _with_server(talk) == b"HTTP/1.1 204 No Content"


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "SLOWEST_BODY", 0.1)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(_request("", b"xx")[:-1])
        return await reader.read()

    assert _with_server(talk) == b""


def test_a_body_that_trickles_is_not_waited_for_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "SLOWEST_BODY", 0.2)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(_request("", b"x" * 100_000)[:-100_000])
        answered = b""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while not (reader.at_eof() or answered):
                writer.write(b"x")
                with suppress(TimeoutError):
                    answered = await asyncio.wait_for(reader.read(1), 0.02)
        return answered

    assert _with_server(talk) == b""


def test_a_large_body_may_take_as_long_as_it_needs_at_the_slowest_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "SLOWEST_BODY", 0.1)
    monkeypatch.setattr(protocol, "SLOWEST_PACE", 100_000)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        begun = _request("", b"x" * 100_000)
        writer.write(begun[:-20_000])
        await asyncio.sleep(0.4)
        writer.write(begun[-20_000:])
        return await _status(reader)

    assert _with_server(talk) == b"HTTP/1.1 204 No Content"


@pytest.mark.parametrize(
    ("error", "told"), [(CutOffError, ("cut_off", "info")), (ValueError, ("defect", "error"))], ids=["ended", "defect"]
)
def test_an_answer_that_is_cut_off_is_told_of_once(error: type[Exception], told: tuple[str, str]) -> None:
    """The server's library says in its own words that it was: a line of level error over what is as it should be."""

    async def half(scope: object, receive: object, send: Callable[[object], Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"1", "more_body": True})
        raise error

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(_request(""))
        return (await reader.read()).rpartition(b"\r\n\r\n")[2]

    said = _Heard(logging.WARNING)
    logging.getLogger().addHandler(said)
    try:
        with capture_logs() as lines:
            assert _with_server(talk, Wall(half, SystemEntropy(), {})) == b"1"
    finally:
        logging.getLogger().removeHandler(said)
    assert [(line["event"], line["log_level"]) for line in lines] == [told]
    assert said.words == ["ASGI callable returned without completing response."], "the canary: it did speak"


class _Heard(_WithoutMessages):
    """What writes the lines of libraries, and remembers what it was given."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.words = list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        self.words.append(record.getMessage())
        super().emit(record)
