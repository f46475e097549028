"""How much waits for recipients, for whoever runs the gateway."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backlog:
    """Parcels that have not arrived, by state; and how long the oldest has waited, in seconds, by urgency.

    One that was tried and failed waits still. One that was given up waits for a person, and is among the first only.
    """

    pending: Mapping[str, int]
    oldest_seconds: Mapping[str, float]
