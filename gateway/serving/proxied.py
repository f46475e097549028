"""Where a client certificate may come from: the proxy's own socket, and nowhere else (RFC 9440 section 2.4).

Whoever can write the header Client-Cert is whoever he says. So nothing behind this module reads the header: what came
through the proxy's socket is put into the request's scope, where no sender can write, and on the TCP socket a request
that carries the header is refused, because either its sender lies or the proxy is connected to the wrong socket.
"""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.core.callers import CERTIFICATES
from gateway.web.problems import problem

_CLIENT_CERT: Final = b"client-cert"


class FromProxy:
    """The application as the proxy reaches it."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before that application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the header off and hand its values on."""
        if scope["type"] == "http":
            shown = [value.decode("latin-1") for name, value in scope["headers"] if name == _CLIENT_CERT]
            headers = [header for header in scope["headers"] if header[0] != _CLIENT_CERT]
            scope = {**scope, "headers": headers, CERTIFICATES: shown}
        await self._app(scope, receive, send)


class FromAnybody:
    """The application as it is reached beside the proxy, where there is one."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before that application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in whoever does not pretend to be the proxy."""
        if scope["type"] == "http" and any(name == _CLIENT_CERT for name, _ in scope["headers"]):
            await problem(400, "client_certificate_not_from_proxy", headers={"Cache-Control": "no-store"})(
                scope, receive, send
            )
            return
        await self._app(scope, receive, send)
