"""What is going to go, and when: announced in every answer of the operation (RFC 9745, RFC 8594), and described.

An entry stands here for at least twelve months before the operation may be taken out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import MappingProxyType
from typing import Final

NOTICE: Final = timedelta(days=365)
"""Time between the announcement and the end."""


@dataclass(frozen=True, slots=True)
class Deprecated:
    """An operation that is going to go: since when that is said, when it goes (both in UTC), what to use instead."""

    since: datetime
    sunset: datetime
    instead: str

    def __post_init__(self) -> None:
        """Refuse an end that comes too soon."""
        if self.sunset - self.since < NOTICE:
            raise ValueError("an operation is announced to go at least twelve months before")

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers of every answer of it."""
        since, sunset = int(self.since.timestamp()), format_datetime(self.sunset.astimezone(UTC), usegmt=True)
        return [
            (b"deprecation", b"@%d" % since),
            (b"sunset", sunset.encode()),
            (b"link", b'</reference>; rel="deprecation"; type="text/html"'),
        ]


DEPRECATED: Final[Mapping[str, Deprecated]] = MappingProxyType({})
"""By operation id; none at present."""
