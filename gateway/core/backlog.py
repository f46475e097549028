"""How much waits for recipients, for whoever runs the gateway."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backlog:
    """Parcels that have not arrived, by state; and how long the oldest that may leave has waited, in seconds."""

    pending: Mapping[str, int]
    oldest_seconds: float
