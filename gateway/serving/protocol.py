"""HTTP/1.1 as uvicorn speaks it, with limits on size and pace: its parser takes a head of any length, at any pace.

A head that grows without end would fill the memory; a head or a body that never comes, or an answer that is never
taken, would hold a connection for ever. How large a body may be is the application's to say.

What stands behind a chunked body (trailers) never becomes a header (RFC 9110 section 6.5.1): a proxy that takes
Client-Cert off a head lets it pass there.
"""

import asyncio
from typing import Any  # noqa: TID251 - uvicorn's own type of an application's state

from typing_extensions import override
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from gateway.serving.parsing import PlainParser

LARGEST_HEAD = 32_768
"""Bytes of request line and headers; a token, a proof and our own headers take under four thousand."""

SLOWEST_HEAD = 20.0
"""Seconds from the first byte of a connection, or of a next request on it, until its head is complete."""


SLOWEST_BODY = 30.0
"""Seconds a body may take, however small it is; a large one has as long as it takes at the slowest pace."""

SLOWEST_PACE = 4_096
"""Bytes a second of a body: a weak telephone line still sends the largest document."""


SLOWEST_READER = 60.0
"""Seconds after which an answer, or the rest of one, is given up of which nothing at all was taken."""


class UnusableHeadError(ValueError):
    """Raised inside the parser, which answers 400 and closes; it never leaves this module."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection. Over the size it is answered 400; over the time it is closed, and nothing is answered."""

    parser: PlainParser  # type: ignore[assignment]  # Has of httptools' parser what uvicorn asks of it.

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.parser = PlainParser(self)
        self._unfinished = 0
        self._got_on = False
        self._waiting: asyncio.TimerHandle | None = None
        self._body: asyncio.TimerHandle | None = None
        self._body_bytes = 0
        self._reader: asyncio.TimerHandle | None = None
        self._untaken = 0
        self._unanswered: list[RequestResponseCycle] = []

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        super().connection_made(transport)
        self._await_head()
        self._reader = self.loop.call_later(SLOWEST_READER, self._look_at_reader)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._have_head()
        self._have_body()
        if self._reader is not None:
            self._reader.cancel()
        for one in self._unanswered:  # uvicorn tells the last of several that nobody waits any more, and only that.
            one.disconnected = not one.response_complete
            one.message_event.set()
        super().connection_lost(exc)

    @override
    def resume_writing(self) -> None:
        self._untaken = 0
        super().resume_writing()

    @override
    def data_received(self, data: bytes) -> None:
        self._got_on = False
        super().data_received(data)
        if self._got_on or self.transport.is_closing():
            self._unfinished = 0  # What of the next thing came in this very piece, the transport bounds.
            return
        self._unfinished += len(data)
        if self._waiting is None and self._body is None and self.cycle.response_complete:
            self._await_head()  # Empty lines before a next request: uvicorn has forgotten its own clock over them.
        elif self._unfinished > LARGEST_HEAD and self._waiting is not None:
            self.send_400_response("Request head too large.")
        elif self._unfinished > LARGEST_HEAD and self._body is not None:
            self._close()  # Trailers, or what stands beside the size of a chunk.

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_head()

    @override
    def on_header(self, name: bytes, value: bytes) -> None:
        if self._body is None:
            super().on_header(name, value)

    @override
    def on_headers_complete(self) -> None:
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > LARGEST_HEAD:
            raise UnusableHeadError
        if self.parser.get_method() == b"CONNECT" or not self._says_where():
            raise UnusableHeadError
        if self.parser.switching:
            return
        self._have_head()
        super().on_headers_complete()
        self._unanswered = [*(one for one in self._unanswered if not one.response_complete), self.cycle]
        if self.expect_100_continue:
            # Who is answered before being told to go on may never send the body: a next request would be read as one.
            self.cycle.keep_alive = False
        self._have_body()
        self._body_bytes = 0
        self._body = self.loop.call_later(SLOWEST_BODY, self._look_at_body, self.loop.time())

    @override
    def on_body(self, body: bytes) -> None:
        self._got_on = True
        self._body_bytes += len(body)
        super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        if self.parser.switching:
            return
        self._have_body()
        super().on_message_complete()

    def _says_where(self) -> bool:
        """Say whether the head names one host, as RFC 9112 section 3.2 asks; HTTP/1.0 need not name any."""
        hosts = sum(name == b"host" for name, _ in self.headers)
        return hosts == 1 or (hosts == 0 and self.parser.get_http_version() == "1.0")

    def _await_head(self) -> None:
        self._have_head()
        self._got_on = True
        self._waiting = self.loop.call_later(SLOWEST_HEAD, self._close)

    def _have_head(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _look_at_body(self, begun: float) -> None:
        """Close where the body is slower than the slowest pace; else look again when it would be."""
        due = begun + SLOWEST_BODY + self._body_bytes / SLOWEST_PACE - self.loop.time()
        if due > 0 and self._body is not None:
            self._body = self.loop.call_later(due, self._look_at_body, begun)
        else:
            self._close()

    def _look_at_reader(self) -> None:
        """Let go of whoever took nothing of an answer since the last look; a mere close would wait for him."""
        left = self.transport.get_write_buffer_size()
        if left and left == self._untaken:
            self.transport.abort()
            return
        self._untaken = left
        self._reader = self.loop.call_later(SLOWEST_READER, self._look_at_reader)

    def _have_body(self) -> None:
        self._got_on = True
        if self._body is not None:
            self._body.cancel()
            self._body = None

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
