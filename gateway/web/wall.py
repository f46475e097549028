"""The wall around the application: what every answer carries, and how little a defect says.

Stands outside every route and handler, so that nothing that goes wrong reaches the server itself, whose own log would
quote the error. A defect is logged by its class and place in the code, never by its words.
"""

from collections.abc import Sequence
from types import TracebackType

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.web.problems import problem

_ALWAYS: Sequence[tuple[bytes, bytes]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)
_NOBODY_KEEPS_IT = (b"cache-control", b"no-store")


class Wall:
    """ASGI middleware; the outermost one."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand around that application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in and its answer out."""
        begun = False

        async def marked(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = _marked(message.get("headers", ()))
            await send(message)

        try:
            await self._app(scope, receive, marked)
        except ClientDisconnect:  # Nobody waits for an answer any more.
            return
        except Exception as error:  # noqa: BLE001 - the wall: whatever comes through is our own fault
            structlog.get_logger().error("defect", code=type(error).__name__, logger=_place(error.__traceback__))
            if not begun:
                await problem(500, "defect")(scope, receive, marked)


def _marked(headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Add what every answer carries; one that may be kept, or is a page for people, says so itself."""
    own = {name.lower() for name, _ in headers}
    return [*headers, *(header for header in (*_ALWAYS, _NOBODY_KEEPS_IT) if header[0] not in own)]


def _place(trace: TracebackType | None) -> str:
    """Name the module and line that raised."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"
