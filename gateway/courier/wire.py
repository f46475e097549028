"""The connection to an agency's system: to whichever of its addresses answers first, drunk in sips.

Of one answer no more is read than so much, and a little at a time. What comes is parsed in the event loop that
everybody else is answered in. A system that answers one interim response after another, or its body a byte at a time,
would stop it for seconds with each read of the library's usual size, and for as long as a call may last. So each read
is small, others take their turn between two, and there is an end to them.
"""

import ssl
from collections.abc import Iterable, Sequence

import httpcore
import httpx

_SIP = 4096
"""Bytes of one read: some milliseconds to parse, whatever they say."""

_KEPT_FOR = 5.0
"""Seconds a connection is kept that nobody uses: less than systems commonly keep theirs."""

PIECES = 8192
"""Pieces of a body: nobody who means well sends more of them."""


class Wire(httpx.AsyncHTTPTransport):
    """A transport that reads at most so many bytes after each thing it wrote. `tls` says whom to believe.

    It connects to one of `addresses` and to nothing else, whatever a URL says: to the first that takes a connection.
    """

    def __init__(self, tls: ssl.SSLContext, addresses: Sequence[str], most: int) -> None:
        """Connect to nobody yet."""
        # In place of what the library makes there: it takes no network of one's own. Everything else is the library's.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls, network_backend=_Network(addresses, most), keepalive_expiry=_KEPT_FOR
        )


class _Network(httpcore.AsyncNetworkBackend):
    """The library's network, with sips, to these addresses: next time first to the one that answered."""

    def __init__(self, addresses: Sequence[str], most: int) -> None:
        self._whole, self._addresses, self._most = httpcore.AnyIOBackend(), addresses, most

    async def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - as its base has it; where to is said once, when the name is looked up
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as its base has it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception = httpcore.ConnectError()
        share = None if timeout is None else timeout / len(self._addresses)
        for address in self._addresses:  # Nothing was sent yet, so that to try the next one repeats nothing.
            try:
                connected = await self._whole.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                self._addresses = sorted(self._addresses, key=lambda one: one != address)
                return _Sips(connected, self._most)
        raise failure

    async def sleep(self, seconds: float) -> None:
        await self._whole.sleep(seconds)


class _Sips(httpcore.AsyncNetworkStream):
    """One connection."""

    def __init__(self, whole: httpcore.AsyncNetworkStream, most: int) -> None:
        self._whole, self._most, self._left = whole, most, most

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as its base has it
        if self._left <= 0:
            raise httpcore.ReadError
        data = await self._whole.read(min(max_bytes, _SIP), timeout)
        self._left -= len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as its base has it
        self._left = self._most
        await self._whole.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._whole.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as its base has it
    ) -> httpcore.AsyncNetworkStream:
        return _Sips(await self._whole.start_tls(ssl_context, server_hostname, timeout), self._most)

    def get_extra_info(self, info: str) -> object:
        return self._whole.get_extra_info(info)
