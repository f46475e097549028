"""What a value must be to stand in the canonical referral: a real day, a text without control characters."""

import re
from datetime import date
from typing import Final

OLDEST: Final = 130
"""Years; the most that the canonical referral takes for an age."""

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def is_day(text: str) -> bool:
    """Say whether it is a day of the calendar, as YYYY-MM-DD; the 30th of February is none."""
    if _DAY.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_writable(text: str) -> bool:
    """Say whether it holds no control character but tabulators and line breaks."""
    return _CONTROL.search(text) is None
