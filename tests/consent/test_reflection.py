"""F-04: while a reflection period runs she carries a flag; nobody shortens it by a setting or by writing it anew."""

from datetime import date, timedelta

import pytest
from builders import a_case

from consent.case import EMPTY
from consent.policy import Policy
from consent.reflection import earliest_end, may_not_be_removed
from schemas.case_codes import CaseEventType

BEGUN = a_case((CaseEventType.REFLECTION_STARTED, {"on": "2031-03-01"}))
FIRST = date(2031, 3, 1)


@pytest.mark.parametrize(("days", "counted"), [(30, 30), (45, 45), (10, 30)])
def test_f_04_it_ends_after_the_days_of_the_country_and_never_before_thirty(days: int, counted: int) -> None:
    policy = Policy(reflection_days=days)
    end = FIRST + timedelta(days=counted)
    assert earliest_end(BEGUN, policy) == end
    assert may_not_be_removed(BEGUN, policy, FIRST)
    assert may_not_be_removed(BEGUN, policy, end - timedelta(days=1))
    assert not may_not_be_removed(BEGUN, policy, end)


def test_f_04_nothing_is_carried_where_none_was_begun() -> None:
    assert earliest_end(EMPTY, Policy()) is None
    assert not may_not_be_removed(EMPTY, Policy(), FIRST)
