"""One introduction code introduces one agency, however many show it at once. The full count is in docs/evidence."""

from dataclasses import replace

import pytest
from trials.code_race import CodeRace, codes_raced

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("backend", ["installed", "shared"])
def test_a_code_that_two_agencies_show_at_once_introduces_one(backend: str, request: pytest.FixtureRequest) -> None:
    race = codes_raced(replace(request.getfixturevalue(backend), persons=1000), 6, seed=7)
    assert race.held
    assert race.races == 6


@pytest.mark.parametrize("found", [{"bound": 11}, {"bound_twice": 1}, {"not_bound_once": 1}, {"answered_otherwise": 1}])
def test_a_race_that_ends_otherwise_does_not_hold(found: dict[str, int]) -> None:
    fine = {"races": 10, "won_by_the_first": 5, "bound": 10}
    broken = {"bound_twice": 0, "not_bound_once": 0, "answered_otherwise": 0}
    assert CodeRace(**{**fine, **broken}).held
    assert not CodeRace(**{**fine, **broken, **found}).held
