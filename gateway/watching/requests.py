"""What may be known of an answered request from outside: which route, how it ended, how long it took.

A route is told by its template, so no id is, and a method that HTTP does not know is told as none. Nothing of a header,
a query or a body is looked at.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.logs import WHY, Pace

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REFUSED: Final = 400
_DEFECT: Final = 500
_HEALTH: Final = frozenset({"/livez", "/readyz"})
_NONCE: Final = "nonce"
"""Asked to come again with a nonce (RFC 9449 section 8): a step of getting in, and nobody who probes."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answered request. `why` is a member of a closed set (`gateway.oauth.errors.Why`), where one was given."""

    route: str
    method: str
    status: int
    seconds: float
    why: str | None


class Watched:
    """ASGI middleware around a whole application; `tell` is called after the last byte of every answer."""

    def __init__(self, app: ASGIApp, *tell: Callable[[Answered], None]) -> None:
        """Stand around that application."""
        self._app = app
        self._tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in and its answer out."""
        status, began = 0, time.perf_counter()

        async def heard(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, heard)
        if status:
            answered = Answered(_route(scope), _method(scope), status, time.perf_counter() - began, scope.get(WHY))
            for tell in self._tell:
                tell(answered)


class Refusals:
    """Writes a line about each request that was refused or failed, so that whoever probes is seen.

    Held to a pace: who is refused fills no disk. What was left out is counted in the next line written.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Begin; `now` is in seconds."""
        self._pace = Pace(now)

    def tell(self, answered: Answered) -> None:
        """Write it, unless it is no refusal or one too many."""
        if answered.status < _REFUSED or answered.route in _HEALTH or answered.why == _NONCE:
            return
        left_out = self._pace.left_out()
        if left_out is not None:
            _log(answered, left_out)


def _log(answered: Answered, left_out: int) -> None:
    log = structlog.get_logger()
    (log.error if answered.status >= _DEFECT else log.warning)(
        "request_refused",
        route=answered.route,
        method=answered.method,
        status=answered.status,
        milliseconds=round(answered.seconds * 1000),
        **({"code": answered.why} if answered.why else {}),
        **({"count": left_out} if left_out else {}),
    )


def log_request(answered: Answered) -> None:
    """Write a line about a request that was granted."""
    if answered.status < _REFUSED:
        structlog.get_logger().info(
            "request",
            route=answered.route,
            method=answered.method,
            status=answered.status,
            milliseconds=round(answered.seconds * 1000),
        )


def _route(scope: Scope) -> str:
    template = getattr(scope.get("route"), "path", None)
    return template if isinstance(template, str) else "none"


def _method(scope: Scope) -> str:
    method = scope["method"]
    return method if method in _METHODS else "none"
