"""What was written under a clock that ran ahead is not believed for years."""

from datetime import timedelta

import pytest
from builders import NOON

from gateway.core.delivery.hooks import MOST, WINDOW, Pace
from gateway.core.lately import AHEAD, lately
from gateway.core.officer import failures
from gateway.core.officer.failures import Failures

HOUR, YEARS = timedelta(hours=1), timedelta(days=3_650)


@pytest.mark.parametrize(
    ("ago", "within"),
    [(timedelta(), HOUR), (HOUR - timedelta.resolution, HOUR), (HOUR, None), (-AHEAD, HOUR), (-YEARS, None)],
)
def test_lately_is_less_than_so_long_ago_and_hardly_ahead(ago: timedelta, within: timedelta | None) -> None:
    assert lately(NOON - ago, NOON, HOUR) is (within is not None)


def test_a_hook_that_was_full_under_a_wrong_clock_is_not_full_for_years() -> None:
    pace = Pace()
    assert [pace.allows("a", NOON + YEARS) for _ in range(MOST + 1)] == [*[True] * MOST, False]
    assert pace.allows("a", NOON)
    assert [pace.allows("a", NOON + WINDOW / 2) for _ in range(MOST)] == [*[True] * (MOST - 1), False]


def test_a_burst_told_under_a_wrong_clock_silences_no_later_one() -> None:
    failed = Failures()
    assert [failed.too_many(NOON + YEARS) for _ in range(failures.MOST)][-1]
    assert [failed.too_many(NOON) for _ in range(failures.MOST)] == [*[False] * (failures.MOST - 1), True]
