"""Where the gateway itself may connect to: an address the operator registered, looked at after the name is resolved.

A name is resolved once and the connection goes to the very addresses that were looked at, so nobody can answer one
thing to the look and another to the connection. Of several every one must be fit: whoever mixes is not trusted.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

from gateway.core.errors import OperatorError

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Return every address of a host and port, as text. Raises OSError."""

_MOST_TRIED: Final = 4
"""Of the addresses of a name: each has its share of the time for a connection, and it has to be long enough."""

_PORTS: Final = {"https": 443, "http": 80}
_NAT64: Final = IPv6Network("64:ff9b::/96")
_GIVEN_OUT: Final = IPv6Network("2000::/3")
"""All that is given out of IPv6 for addresses that are one machine's and public (RFC 4291 section 2.4)."""

_SPECIAL: Final = tuple(
    map(
        ip_network,
        (
            # The registries of special addresses (RFC 6890, as kept at IANA), each block whole: what is "globally
            # reachable" in them is a service that answers from wherever the asker is. The language's own list leaves
            # some of them out, others than last year's, and is asked beside this one.
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
            *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
            *("224.0.0.0/4", "240.0.0.0/4"),
            *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
            # A public address that a provider's machines answer themselves, as others do the link-local one.
            "168.63.129.16/32",
        ),
    )
)


class DestinationRefusedError(OperatorError):
    """An address the gateway does not connect to; `code` says why and names no value."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Destination:
    """A base address as the operator registered it. `loopback`: this machine, and nothing else, also without TLS."""

    scheme: str
    host: str
    port: int
    path: str
    loopback: bool


@dataclass(frozen=True, slots=True)
class Pinned:
    """A destination and the addresses a connection to it may go to, the resolver's choice first."""

    destination: Destination
    addresses: tuple[str, ...]

    def url(self, path: str) -> str:
        """Return the URL of a path below the base, at the first pinned address."""
        to, first = self.destination, self.addresses[0]
        address = f"[{first}]" if ":" in first else first
        return f"{to.scheme}://{address}:{to.port}{to.path}{path}"

    @property
    def host(self) -> str:
        """What stands in the Host header: the name, whatever the address is."""
        to = self.destination
        return f"{f'[{to.host}]' if ':' in to.host else to.host}:{to.port}"


def destination(base: str, *, loopback: bool = False) -> Destination:
    """Return the destination a base address names. Raises DestinationRefusedError."""
    try:
        parts = urlsplit(base)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise DestinationRefusedError("address_unreadable") from None
    _refuse_more_than_an_address(base, parts)
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        raise DestinationRefusedError("not_https")
    return Destination(parts.scheme, parts.hostname or "", port, parts.path.rstrip("/"), loopback)


async def pinned(wanted: Destination, resolve: Resolve) -> Pinned:
    """Resolve a destination and hold on to its addresses, as many as are tried. Raises DestinationRefusedError."""
    try:
        found = await resolve(wanted.host, wanted.port)
    except (OSError, UnicodeError):  # A name that cannot be encoded (RFC 5890) raises the second.
        found = ()
    if not found:
        raise DestinationRefusedError("name_unknown")
    if not all(is_fit(address, loopback=wanted.loopback) for address in found):
        raise DestinationRefusedError("address_refused")
    return Pinned(wanted, tuple(dict.fromkeys(found))[:_MOST_TRIED])


def is_fit(address: str, *, loopback: bool) -> bool:
    """Say whether a resolved address may be connected to: a public one, or where allowed this machine's own.

    Private, link-local (a cloud's metadata service among them), shared, reserved and multicast addresses are not, nor
    is an IPv4 address dressed up as IPv6 where the one inside is not, nor a tunnel that nobody can see the end of, nor
    anything else that a registry of special addresses knows.
    """
    try:
        found = _undressed(ip_address(address))
    except ValueError:  # An address with a zone is link-local, whatever the rest says.
        return False
    if loopback:
        return found.is_loopback
    if isinstance(found, IPv6Address) and found not in _GIVEN_OUT:
        return False
    return found.is_global and not any(found in block for block in _SPECIAL)


def _undressed(found: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(found, IPv4Address):
        return found
    if found.scope_id is not None:
        raise ValueError
    if found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else found


def _refuse_more_than_an_address(base: str, parts: SplitResult) -> None:
    """Credentials, a query or a fragment do not belong in an address, nor what a log or a header would break on."""
    if not (base.isascii() and base.isprintable()) or set(base) & set(" \\%") or ".." in parts.path:
        raise DestinationRefusedError("address_unreadable")
    if not parts.hostname or "@" in parts.netloc or "?" in base or "#" in base:
        raise DestinationRefusedError("more_than_an_address")
