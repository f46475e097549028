"""From when on the operator is asked to rotate a ring."""

from datetime import date, timedelta

from gateway.core.crypto.keys import Ring
from gateway.core.rotation.key_keeping import OLDEST, ROTATED, overdue

DAY = date(2031, 3, 14)


def test_a_ring_is_overdue_the_day_after_its_time_and_an_unknown_age_never() -> None:
    for ring, days in OLDEST.items():
        assert overdue({ring: DAY}, DAY + timedelta(days=days)) == []
        assert overdue({ring: DAY}, DAY + timedelta(days=days + 1)) == [ring]
    assert overdue({}, date.max) == []
    assert overdue({Ring.PERSON: DAY}, date.max) == []


def test_what_names_people_is_never_rotated_and_nothing_that_is_not_is_asked_for() -> None:
    assert Ring.PERSON not in ROTATED
    assert OLDEST.keys() <= ROTATED
