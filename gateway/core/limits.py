"""How often somebody may ask: token buckets by client, by address, and for those who fail to say who they are.

Held in memory and for one process: a limit is there to keep one asker from using up what others need, and need not be
exact. Each asker has a bucket of its own, so that nobody's haste is another's wait. Bounded: the bucket that was used
least recently is forgotten, which is as if it were full.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil
from typing import Final

from gateway.core.errors import SenderError
from gateway.core.ports import Clock

MOST: Final = 10_000
"""Buckets of one kind."""

AT_ONCE: Final = 10
"""How many seconds' worth may come at once."""

ASKER: Final = "gateway.asker"
"""Where a request's scope holds who sent it, by address."""

_WITH_PORT: Final = re.compile(r"\[([^\[\]]*)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")
_NETWORK: Final = 64
"""Bits of an IPv6 address that tell one subscriber from another."""


class TooManyRequestsError(SenderError):
    """Somebody asks too often (RFC 6585 section 4: 429); `wait` is in whole seconds, one at least."""

    def __init__(self, wait: float) -> None:
        """Keep how long to wait."""
        super().__init__("too_many_requests")
        self.wait = max(1, ceil(wait))


class Buckets:
    """One bucket for each name: `rate` a second, `burst` at once. A rate of 0 limits nobody. For one thread."""

    __slots__ = ("_burst", "_held", "_most", "_rate")

    def __init__(self, rate: float, burst: float, most: int = MOST) -> None:
        self._rate = rate
        self._burst = max(1.0, burst)
        self._most = most
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def take(self, name: str, now: float) -> float:
        """Take one, and return 0; or return in how many seconds there is one, and take none."""
        if self._rate <= 0:
            return 0.0
        left = self._left(name, now)
        if left < 1:
            self._held[name] = (left, now)  # From here on, also where the clock was set back.
            return (1 - left) / self._rate
        self._held[name] = (left - 1, now)
        self._held.move_to_end(name)
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return 0.0

    def give_back(self, name: str) -> None:
        """Undo a `take`."""
        if held := self._held.get(name):
            self._held[name] = (min(self._burst, held[0] + 1), held[1])

    def wait(self, name: str, now: float) -> float:
        """Return in how many seconds there is one; 0 where there is one now."""
        if self._rate <= 0:
            return 0.0
        left = self._left(name, now)
        if left < 1:
            self._held[name] = (left, now)
        return 0.0 if left >= 1 else (1 - left) / self._rate

    def _left(self, name: str, now: float) -> float:
        held = self._held.get(name)
        if held is None:
            return self._burst
        left, at = held
        return min(self._burst, left + max(0.0, now - at) * self._rate)


def _unlimited() -> Buckets:
    return Buckets(0, 0)


@dataclass(frozen=True, slots=True)
class Limits:
    """The buckets of one process. `proxies` are the addresses whose word about the sender's own address is taken.

    Each is as `plain` writes it.
    """

    clock: Clock
    clients: Buckets = field(default_factory=_unlimited)
    addresses: Buckets = field(default_factory=_unlimited)
    failures: Buckets = field(default_factory=_unlimited)
    proxies: frozenset[str] = frozenset()

    def of_client(self, client: str) -> None:
        """Count a request of a client that said who it is. Raises TooManyRequestsError."""
        _raise(self.clients.take(client, self._now))

    def not_of_client(self, client: str) -> None:
        """Take back that a request was counted: somebody else sent again what that client had sent."""
        self.clients.give_back(client)

    def of_address(self, address: str) -> None:
        """Count a request, whoever sent it. Raises TooManyRequestsError."""
        _raise(self.addresses.take(address, self._now))

    def failed(self, name: str) -> None:
        """Count a failure to say who one is. Raises TooManyRequestsError where it is one too many."""
        _raise(self.failures.take(name, self._now))

    def may_fail(self, name: str) -> None:
        """Raise TooManyRequestsError where one more failure would be one too many."""
        _raise(self.failures.wait(name, self._now))

    @property
    def _now(self) -> float:
        return self.clock.now().timestamp()


@lru_cache(maxsize=MOST)
def plain(address: str) -> str | None:
    """Write an address in its one form, without zone and port; None for what is none.

    A socket for both families knows an address of IPv4 by one of IPv6, and some proxies tell the port, too.
    """
    bare = _WITH_PORT.fullmatch(address)
    try:
        read = ip_address((bare[1] or bare[2] if bare else address).partition("%")[0])
    except ValueError:
        return None
    return str((isinstance(read, IPv6Address) and read.ipv4_mapped) or read)


@lru_cache(maxsize=MOST)
def asker(address: str) -> str:
    """Name who sends from an address: with IPv6 its whole subscriber, who has more addresses than there are buckets."""
    read = plain(address)
    if read is None:
        return "unknown"
    return str(IPv6Network((read, _NETWORK), strict=False)) if ":" in read else read


def _raise(wait: float) -> None:
    if wait > 0:
        raise TooManyRequestsError(wait)
