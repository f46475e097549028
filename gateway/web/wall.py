"""The wall around the application: what every answer carries, and how little a defect says.

Stands outside every route and handler, so that nothing that goes wrong reaches the server itself, whose own log would
quote the error. A defect is logged by its class and place in the code, never by its words.
"""

from collections.abc import Mapping, Sequence
from types import TracebackType

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.core.ports import Entropy
from gateway.web.deprecation import DEPRECATED, Deprecated
from gateway.web.problems import problem

_ALWAYS: Sequence[tuple[bytes, bytes]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)
_NOBODY_KEEPS_IT = (b"cache-control", b"no-store")
_ID_BYTES = 16


class CutOffError(Exception):
    """An answer that has begun may not be told to its end, and nobody made a mistake: the connection is closed."""


class Wall:
    """ASGI middleware; the outermost one."""

    def __init__(self, app: ASGIApp, entropy: Entropy, deprecated: Mapping[str, Deprecated] = DEPRECATED) -> None:
        """Stand around that application. `entropy` is what ids of answers are made of: they carry nothing."""
        self._app = app
        self._entropy = entropy
        self._deprecated = deprecated

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in and its answer out."""
        begun, request_id = False, self._entropy.bytes(_ID_BYTES).hex()

        async def marked(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = self._marked(scope, request_id, message.get("headers", ()))
            await send(message)

        try:
            await self._app(scope, receive, marked)
        except ClientDisconnect:  # Nobody waits for an answer any more.
            return
        except CutOffError:
            structlog.get_logger().info("cut_off", request=request_id)
        except Exception as error:  # noqa: BLE001 - the wall: whatever comes through is our own fault
            structlog.get_logger().error(
                "defect", code=type(error).__name__, logger=_place(error.__traceback__), request=request_id
            )
            if not begun:
                await problem(500, "defect")(scope, receive, marked)

    def _marked(
        self, scope: Scope, request_id: str, headers: Sequence[tuple[bytes, bytes]]
    ) -> list[tuple[bytes, bytes]]:
        """Add what every answer carries; one that may be kept, or is a page for people, says so itself."""
        own = {name.lower() for name, _ in headers}
        added = [*headers, *(header for header in (*_ALWAYS, _NOBODY_KEEPS_IT) if header[0] not in own)]
        added.append((b"request-id", request_id.encode()))
        if self._deprecated:  # Most often nothing is: then nothing is looked up.
            going = self._deprecated.get(getattr(scope.get("route"), "operation_id", None) or "")
            added += [] if going is None else going.headers()
        return added


def _place(trace: TracebackType | None) -> str:
    """Name the module and line that raised."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"
