"""The reflection period (F-04): computed and carried, never decided and never shortened here."""

from datetime import date, timedelta

from consent.case import Case
from consent.policy import Policy

LEAST_DAYS = 30
"""What no country may go below (Council of Europe convention, article 13)."""


def earliest_end(case: Case, policy: Policy) -> date | None:
    """Return the first day on which her reflection period may be over, or None where none was begun."""
    if case.reflection_started is None:
        return None
    return case.reflection_started + timedelta(days=max(policy.reflection_days, LEAST_DAYS))


def may_not_be_removed(case: Case, policy: Policy, on: date) -> bool:
    """Say whether the non-removal flag stands on that day: the protection function may be told so."""
    end = earliest_end(case, policy)
    return end is not None and on < end
