"""Couriers are killed anywhere: nothing is lost. The full counts, and the times, are in docs/evidence."""

from dataclasses import replace

import pytest
from furnished import Installation
from trials.delivery import Killed, Times, killed_couriers

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]


def test_whatever_couriers_die_of_every_letter_comes_and_twice_only_under_its_own_id(installed: Installation) -> None:
    found = killed_couriers(installed, 1, 6, 7, processes=1)
    assert found.held, found
    assert found.letters == 6


@pytest.mark.parametrize("what", ["lost", "under_another_id", "not_settled", "unlogged"])
def test_a_trial_in_which_one_thing_went_wrong_has_not_held(what: str) -> None:
    well = Killed(
        kills=1, letters=6, tries_that_failed=1, twice=2, lost=0, under_another_id=0, not_settled=0, unlogged=0
    )
    assert well.held
    assert not replace(well, **{what: 1}).held


def test_times_over_the_promise_have_not_held() -> None:
    assert Times(199.9, 1999.9, 9).held
    assert not Times(200.1, 300.0, 9).held
    assert not Times(100.0, 2000.1, 9).held
