"""Calls an agency's system over a connection that is kept: to an address that was looked at, within bounds.

No redirect is followed, no proxy is asked, nothing packed is unpacked, and of an answer no more is read than is needed.
The name is looked up again after a while and after every failure. Nothing that is sent or comes back is logged.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx

from gateway.core.delivery.letters import Failure
from gateway.core.errors import RecipientError
from gateway.courier.destinations import Destination, DestinationRefusedError, Pinned, Resolve, pinned
from gateway.courier.fetching import resolved
from gateway.courier.wire import PIECES, Wire

SECONDS: Final = 15.0
"""For one call, all in all: far less than a lane is held for."""

_CONNECTS_WITHIN: Final = 5.0
_LARGEST: Final = 262_144
_AROUND: Final = 65_536
"""Bytes for everything around a body."""

_PINNED_FOR: Final = 60.0


class NotReachedError(RecipientError):
    """No whole answer was had."""

    def __init__(self, why: Failure) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. The body is empty where it was packed, or longer than anybody needs."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        """The media type as it was said."""
        return self.headers.get("content-type", "")


@dataclass(slots=True)
class Calls:
    """One agency's system, and the connection to it. `tls` says whom to believe; one context serves all."""

    place: Destination
    tls: ssl.SSLContext
    resolve: Resolve = resolved
    _client: httpx.AsyncClient | None = None
    _pin: Pinned | None = None
    _until: float = 0.0

    async def call(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, seconds: float = SECONDS
    ) -> Answer:
        """Call once. Raises NotReachedError; then nobody knows whether the call arrived."""
        try:
            async with asyncio.timeout(seconds):
                return await self._called(method, path, headers, body)
        except TimeoutError:
            why = Failure.TOO_SLOW
        except DestinationRefusedError:
            why = Failure.ADDRESS_REFUSED
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            why = Failure.UNREACHABLE
        await self.close()
        raise NotReachedError(why)

    async def close(self) -> None:
        """Hang up."""
        client, self._client, self._pin = self._client, None, None
        if client is not None:
            await client.aclose()

    async def _called(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        client, pin = await self._connected()
        sent = {**headers, "Host": pin.host, "Accept-Encoding": "identity"}
        to = {"sni_hostname": pin.destination.host}
        async with client.stream(method, pin.url(path), headers=sent, content=body, extensions=to) as response:
            said = {name.lower(): value for name, value in response.headers.items()}
            packed = said.get("content-encoding", "identity") != "identity"
            return Answer(response.status_code, said, b"" if packed else await _within(response))

    async def _connected(self) -> tuple[httpx.AsyncClient, Pinned]:
        now = asyncio.get_running_loop().time()
        if self._client is None or self._pin is None or now > self._until:
            await self.close()
            self._pin, self._until = await pinned(self.place, self.resolve), now + _PINNED_FOR
            timeout = httpx.Timeout(2 * SECONDS, connect=_CONNECTS_WITHIN)
            wire = Wire(self.tls, self._pin.addresses, _LARGEST + _AROUND)
            self._client = httpx.AsyncClient(
                transport=wire, trust_env=False, follow_redirects=False, timeout=timeout, headers={}
            )
        return self._client, self._pin


async def _within(response: httpx.Response) -> bytes:
    received = bytearray()
    pieces = 0
    async for chunk in response.aiter_raw():
        received += chunk
        pieces += 1
        if len(received) > _LARGEST or pieces > PIECES:
            return b""
    return bytes(received)
