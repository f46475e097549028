"""What HTTP/1.1 allows and few send: trailers, a wish to switch, empty lines between requests, answers nobody takes."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
import uvicorn
import uvloop

from gateway.core.callers import CERTIFICATES
from gateway.serving import protocol
from gateway.serving.protocol import LARGEST_HEAD, BoundedProtocol
from gateway.serving.proxied import FromProxy

pytestmark = pytest.mark.enable_socket
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[object]]

CHUNKED = b"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"
LARGE = 400_000


async def _app(scope: dict[str, object], receive: Callable[[], Awaitable[dict[str, object]]], send: object) -> None:
    """Tell what was heard; at one path nothing of a body is listened to."""
    assert callable(send)
    body, more = b"", scope["path"] != "/deaf"
    while more:
        message = await receive()
        more = bool(message.get("more_body"))
        part = message.get("body", b"")
        assert isinstance(part, bytes)
        body += part
    await asyncio.sleep(0.05 * (scope["path"] == "/late"))
    headers = scope["headers"]
    assert isinstance(headers, list)
    heard = {
        "body": body.decode(),
        "certificates": scope[CERTIFICATES],
        "headers": [name.decode() for name, _ in headers],
    }
    said = json.dumps(heard).encode() if scope["path"] != "/large" else b"x" * LARGE
    length = [(b"content-length", str(len(said)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": said})


def _with_server(talk: Talk) -> object:
    async def run() -> object:
        bound = socket.create_server(("127.0.0.1", 0))
        quiet = {"ws": "none", "lifespan": "off", "log_config": None, "access_log": False}
        server = uvicorn.Server(uvicorn.Config(FromProxy(_app), http=BoundedProtocol, timeout_keep_alive=1, **quiet))
        serving = asyncio.create_task(server._serve([bound]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has a flag
            await asyncio.sleep(0.01)
        reader, writer = await asyncio.open_connection(*bound.getsockname())
        try:
            return await asyncio.wait_for(talk(reader, writer), 15)
        finally:
            writer.transport.abort()
            server.should_exit = server.force_exit = True
            await serving

    return uvloop.run(run())


async def _heard(reader: asyncio.StreamReader) -> dict[str, object]:
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    found: dict[str, object] = json.loads(await reader.readexactly(length))
    return found


@pytest.mark.parametrize("pieces", [1, 2], ids=["in one piece", "after the body"])
def test_what_stands_behind_a_body_is_no_header(pieces: int) -> None:
    trailers = b"Client-Cert: :AAAA:\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> object:
        for piece in (CHUNKED + trailers,) if pieces == 1 else (CHUNKED, trailers):
            writer.write(piece)
            await asyncio.sleep(0.05)
        first = await _heard(reader)
        writer.write(CHUNKED + b"\r\n")
        return first, await _heard(reader)

    heard = {"body": "abc", "certificates": [], "headers": ["host", "transfer-encoding"]}
    assert _with_server(talk) == (heard, heard)


@pytest.mark.parametrize("piece", [b"X-Many: xxxxxxxx\r\n" * 100, b"x" * 2_000], ids=["many", "one"])
@pytest.mark.parametrize(
    "begun", [CHUNKED + b"X-One: ", CHUNKED.removesuffix(b"\r\n") + b";x="], ids=["trailer", "size"]
)
def test_what_stands_behind_a_body_without_end_is_not_read_on(begun: bytes, piece: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> object:
        writer.write(begun)
        with suppress(ConnectionError):
            for _ in range(50 * LARGEST_HEAD // len(piece)):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.001)
            return "read on"
        return "closed"

    assert _with_server(talk) == "closed"


@pytest.mark.parametrize("wish", ["websocket", "h2c"])
def test_a_wish_to_switch_is_not_heard_and_loses_nothing(wish: str) -> None:
    """As Java's client begins, with every request until it is answered."""
    asked = f"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: {wish}\r\nHTTP2-Settings: AA\r\n"
    head = f"POST /x HTTP/1.1\r\nHost: h\r\n{asked}Content-Length: 3\r\n\r\n".encode()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> object:
        writer.write(head + b"abc" + head + b"de")
        heard = [await _heard(reader)]
        writer.write(b"f" + head)
        heard.append(await _heard(reader))
        await asyncio.sleep(0.05)
        writer.write(b"ghi" + CHUNKED.replace(b"Host: h\r\n", b"Host: h\r\n" + asked.encode()) + b"\r\n")
        heard += [await _heard(reader), await _heard(reader)]
        return [one["body"] for one in heard]

    assert _with_server(talk) == ["abc", "def", "ghi", "abc"]


@pytest.mark.parametrize("path", ["/deaf", "/x"])
def test_who_asked_to_be_told_to_go_on_sends_nothing_more_on_that_connection(path: str) -> None:
    """Answered instead, it may send no body: its next request, or another's behind one proxy, would be taken for it."""
    expecting = f"POST {path} HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 60\r\n\r\n".encode()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> object:
        writer.write(expecting)
        told = [await reader.readuntil(b"\r\n\r\n")]
        if path == "/x":
            writer.write(b"x" * 60)
            told.append(await reader.readuntil(b"\r\n\r\n"))
        return [head.split(b"\r\n")[0][9:12] for head in told], b"\r\nconnection: close\r\n" in told[-1]

    assert _with_server(talk) == ([b"200"] if path == "/deaf" else [b"100", b"200"], True)


@pytest.mark.parametrize(
    ("head", "answered"),
    [
        ("GET /x HTTP/1.1\r\nHost: h\r\n\r\n", b"200"),
        ("GET /x HTTP/1.1\r\nHost:\r\n\r\n", b"200"),
        ("GET /x HTTP/1.0\r\n\r\n", b"200"),
        ("GET /x HTTP/1.1\r\n\r\n", b"400"),
        ("GET /x HTTP/1.1\r\nHost: h\r\nhOST: h\r\n\r\n", b"400"),
        ("GET /x HTTP/1.0\r\nHost: h\r\nHost: other\r\n\r\n", b"400"),
        ("GET /x HTTP/1.1\r\nHost: h\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", b"400"),
    ],
)
def test_a_head_names_one_host(head: str, answered: bytes) -> None:
    """Two servers in a row that read another of two hosts read another request (RFC 9112 section 3.2)."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> object:
        writer.write(head.encode())
        return (await reader.readuntil(b"\r\n"))[9:12]

    assert _with_server(talk) == answered


def test_nobody_is_led_elsewhere() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> object:
        writer.write(b"CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere\r\n\r\n")
        return (await reader.read()).split(b"\r\n")[0]

    assert _with_server(talk) == b"HTTP/1.1 400 Bad Request"


def test_who_asks_several_things_at_once_and_goes_is_no_defect(caplog: pytest.LogCaptureFixture) -> None:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> object:
        await asyncio.sleep(0)
        for _number in range(20):
            _reader, another = await asyncio.open_connection(*writer.get_extra_info("peername"))
            another.write(b"GET /late HTTP/1.1\r\nHost: h\r\n\r\n" * 3)
            await another.drain()
            another.transport.abort()
        await asyncio.sleep(0.2)
        return "gone"

    assert _with_server(talk) == "gone"
    assert [record.getMessage() for record in caplog.records if record.name == "uvicorn.error"] == []


def test_empty_lines_do_not_hold_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "SLOWEST_HEAD", 0.3)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> object:
        writer.write(CHUNKED + b"\r\n")
        await _heard(reader)
        for _ in range(3):
            writer.write(b"\r\n")
            await asyncio.sleep(0.05)
        return await reader.read()

    assert _with_server(talk) == b""


@pytest.mark.parametrize("answers", [40, 18], ids=["more than is written ahead", "less"])
def test_an_answer_that_nobody_takes_is_given_up(monkeypatch: pytest.MonkeyPatch, answers: int) -> None:
    monkeypatch.setattr(protocol, "SLOWEST_READER", 0.3)
    lost = list[BoundedProtocol]()
    losing = BoundedProtocol.connection_lost

    def noted(self: BoundedProtocol, error: Exception | None) -> None:
        lost.append(self)
        losing(self, error)

    monkeypatch.setattr(BoundedProtocol, "connection_lost", noted)

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> object:
        writer.transport.pause_reading()
        writer.write(b"GET /large HTTP/1.1\r\nHost: h\r\n\r\n" * answers)
        while not lost:  # noqa: ASYNC110 - the other side of a socket tells nobody
            await asyncio.sleep(0.05)
        return "given up"

    assert _with_server(talk) == "given up"


def test_who_takes_it_slowly_gets_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "SLOWEST_READER", 1.0)  # Less than all of it takes, more than a busy machine naps.

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> object:
        writer.write(b"GET /large HTTP/1.1\r\nHost: h\r\n\r\n" * 20)
        taken = 0
        while taken < 20 * LARGE:
            part = await reader.read(200_000)
            if not part:
                break
            taken += len(part)
            await asyncio.sleep(0.02)
        return taken >= 20 * LARGE

    assert _with_server(talk) is True
