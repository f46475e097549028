"""Moments as the database keeps them: whole microseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


def ticks(moment: datetime) -> int:
    """Return the moment as a number."""
    return (moment - _EPOCH) // _TICK


def ticks_of_seconds(seconds: int) -> int:
    """Return seconds since 1970, as tokens and proofs count them, as a number of the database."""
    return seconds * (timedelta(seconds=1) // _TICK)


def moment(number: int) -> datetime:
    """Return the number as a moment."""
    return _EPOCH + number * _TICK
