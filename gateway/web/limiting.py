"""The gate before every route: how often an address may ask, and how often it may fail to say who it is.

A request that fails is answered 429 in place of 401 once its address has failed too often. One that does not fail is
never kept out for what others behind the same address do wrong. An answer that asks for a nonce is no failure.
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.core.limits import ASKER, Limits, TooManyRequestsError, asker, plain

Telling: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]

_EXEMPT: Final = frozenset({"/livez", "/readyz"})
_FORWARDED: Final = b"x-forwarded-for"
_UNAUTHORIZED: Final = 401
_NONCE: Final = b"use_dpop_nonce"


class AddressLimits:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, limits: Limits, told: Telling) -> None:
        """Stand around that application; `told` answers whoever has to wait, in the words of what he asked for."""
        self._app = app
        self._limits = limits
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in unless its address asks too often."""
        if scope["type"] != "http" or scope["path"] in _EXEMPT:
            await self._app(scope, receive, send)
            return
        address = address_of(scope, self._limits.proxies)
        try:
            self._limits.of_address(address)
        except TooManyRequestsError as error:
            await self._refused(error, scope, receive, send)
            return
        replaced = False

        async def counted(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == _UNAUTHORIZED and _failed(message):
                try:
                    self._limits.failed(address)
                except TooManyRequestsError as error:
                    replaced = True
                    await self._refused(error, scope, receive, send)
            if not replaced:
                await send(message)

        scope[ASKER] = address  # In the scope as it came: who stands outside reads there which route it was.
        await self._app(scope, receive, counted)

    async def _refused(self, error: TooManyRequestsError, scope: Scope, receive: Receive, send: Send) -> None:
        await (await self._told(Request(scope), error))(scope, receive, send)


def address_of(scope: Scope, proxies: frozenset[str]) -> str:
    """Name who sent a request: the peer, or whom the nearest proxy that is trusted had as its peer.

    A proxy appends its own peer to X-Forwarded-For, so the list is read from its end, as long as trusted proxies wrote
    it. Whoever comes through a Unix socket came through a proxy: nobody else may open it.
    """
    client = scope.get("client")
    peer = str(client[0]) if client and client[0] else None
    if peer is not None and plain(peer) not in proxies:
        return asker(peer)
    for told in reversed(_forwarded(scope)):
        if plain(told) not in proxies:
            return asker(told)
    return asker(peer or "")


def _forwarded(scope: Scope) -> list[str]:
    written = b",".join(value for name, value in scope["headers"] if name == _FORWARDED).decode("latin-1")
    return [one.strip() for one in written.split(",") if one.strip()]


def _failed(message: Message) -> bool:
    return not any(name == b"www-authenticate" and _NONCE in value for name, value in message["headers"])
