"""HTTP/1.1 as uvicorn speaks it, with limits on size and pace: its parser takes a head of any length, at any pace.

A head that grows without end would fill the memory; a head or a body that never comes would hold a connection for ever.
How large a body may be is the application's to say.
"""

import asyncio
from typing import Any  # noqa: TID251 - uvicorn's own type of an application's state

from typing_extensions import override
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

LARGEST_HEAD = 32_768
"""Bytes of request line and headers; a token, a proof and our own headers take under four thousand."""

SLOWEST_HEAD = 20.0
"""Seconds from the first byte of a connection, or of a next request on it, until its head is complete."""


SLOWEST_BODY = 30.0
"""Seconds a body may take, however small it is; a large one has as long as it takes at the slowest pace."""

SLOWEST_PACE = 4_096
"""Bytes a second of a body: a weak telephone line still sends the largest document."""


class HeadTooLargeError(ValueError):
    """Raised inside the parser, which answers 400 and closes; it never leaves this module."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection. Over the size it is answered 400; over the time it is closed, and nothing is answered."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._unfinished = 0
        self._waiting: asyncio.TimerHandle | None = None
        self._body: asyncio.TimerHandle | None = None
        self._body_bytes = 0

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        super().connection_made(transport)
        self._await_head()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._have_head()
        self._have_body()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        begun = self._waiting
        super().data_received(data)
        if self._waiting is None or self._waiting is not begun:
            return  # The head is complete, or it began in this very piece, whose size the transport bounds.
        self._unfinished += len(data)
        if self._unfinished > LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("Request head too large.")

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_head()

    @override
    def on_headers_complete(self) -> None:
        self._have_head()
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > LARGEST_HEAD:
            raise HeadTooLargeError
        super().on_headers_complete()
        self._have_body()
        self._body_bytes = 0
        self._body = self.loop.call_later(SLOWEST_BODY, self._look_at_body, self.loop.time())

    @override
    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        self._have_body()
        super().on_message_complete()

    def _await_head(self) -> None:
        self._have_head()
        self._unfinished = 0
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

    def _have_body(self) -> None:
        if self._body is not None:
            self._body.cancel()
            self._body = None

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
