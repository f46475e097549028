"""Asks a registered destination for one document, within bounds: no redirect, no proxy, so many bytes, so long.

Nothing that comes back is logged, and no error carries a word of it.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import httpx

from gateway.core.errors import RecipientError
from gateway.courier.destinations import Destination, Pinned, Resolve, pinned
from gateway.courier.wire import PIECES, Wire

_BUSY: Final = frozenset(
    {
        httpx.codes.TOO_MANY_REQUESTS,
        httpx.codes.BAD_GATEWAY,
        httpx.codes.SERVICE_UNAVAILABLE,
        httpx.codes.GATEWAY_TIMEOUT,
    }
)

_AROUND: Final = 65_536
"""Bytes for everything around a body."""


class NotFetchedError(RecipientError):
    """What was asked for was not had; `code` says why and names no value."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Bounds:
    """At most so many bytes, in so many seconds for all of it: name, connection, answer."""

    size: int = 1_048_576
    seconds: float = 10.0


async def resolved(host: str, port: int) -> Sequence[str]:
    """Ask the machine's resolver for every address of a host. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@dataclass(frozen=True, slots=True)
class Given:
    """What came back, whatever it says."""

    status: int
    media_type: str
    body: bytes


async def fetch(
    wanted: Destination,
    path: str,
    headers: Mapping[str, str],
    bounds: Bounds,
    resolve: Resolve = resolved,
) -> tuple[bytes, str]:
    """Return the bytes below the destination's base, and their media type as it was said.

    `path` is the caller's own, each step of it checked. Raises DestinationRefusedError or NotFetchedError.
    """
    given = await asked(wanted, path, headers, bounds, None, resolve)
    if given.status in _BUSY:
        raise NotFetchedError("busy")
    if given.status != httpx.codes.OK:
        raise NotFetchedError("not_given")
    return given.body, given.media_type


async def asked(
    wanted: Destination,
    path: str,
    headers: Mapping[str, str],
    bounds: Bounds,
    body: bytes | None,
    resolve: Resolve = resolved,
) -> Given:
    """GET, or POST where there is a body, and return what came back, redirects among it.

    `path` is the caller's own, each step of it checked. Raises DestinationRefusedError or NotFetchedError.
    """
    try:
        async with asyncio.timeout(bounds.seconds):
            return await _got(await pinned(wanted, resolve), path, headers, bounds, body)
    except TimeoutError:
        raise NotFetchedError("too_slow") from None
    except httpx.HTTPError:
        raise NotFetchedError("unreachable") from None


async def _got(pin: Pinned, path: str, headers: Mapping[str, str], bounds: Bounds, body: bytes | None) -> Given:
    """Connect to a pinned address; the name stands in Host and in the TLS handshake, and the certificate is its.

    The caller keeps the time of the whole; the client's own begins anew with every byte and only comes after it.
    """
    sent = {**headers, "Host": pin.host, "Accept-Encoding": "identity"}
    async with (
        httpx.AsyncClient(
            transport=Wire(trusted(), pin.addresses, bounds.size + _AROUND),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(2 * bounds.seconds, connect=bounds.seconds),
        ) as client,
        client.stream(
            "GET" if body is None else "POST",
            pin.url(path),
            headers=sent,
            content=body,
            extensions={"sni_hostname": pin.destination.host},
        ) as response,
    ):
        if response.headers.get("content-encoding", "identity") != "identity":
            raise NotFetchedError("encoded")  # Unpacked it could be any size.
        media_type = response.headers.get("content-type", "")
        return Given(response.status_code, media_type, await _within(response, bounds.size))


@cache
def trusted() -> ssl.SSLContext:
    """Return what every connection believes: the machine's own list of authorities, names checked, TLS 1.2 or newer.

    Many a state has authorities of its own, which no list of browsers knows. Read once: that takes longer than most
    connections.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def believes_nobody() -> bool:
    """Say whether this machine has no list of authorities, so that no connection outward can be made."""
    folder = ssl.get_default_verify_paths().capath
    listed = bool(ssl.create_default_context().cert_store_stats()["x509"])
    return not listed and not (folder and any(Path(folder).iterdir()))


async def _within(response: httpx.Response, size: int) -> bytes:
    received, pieces = bytearray(), 0
    async for chunk in response.aiter_raw():
        received += chunk
        pieces += 1
        if len(received) > size or pieces > PIECES:
            raise NotFetchedError("too_large")
    return bytes(received)
