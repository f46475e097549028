"""A change of the key that signs access tokens, as it is written down."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SigningKeyRow:
    """From `since` on the key of that number signs. `keeps_previous` is False where the one before it leaked."""

    number: int
    since: datetime
    keeps_previous: bool
