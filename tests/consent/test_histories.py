"""Random histories of one person hold what every history must hold (tests/trials/histories.py); a few of many here."""

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from trials.histories import Histories


def test_no_history_permits_without_a_live_ground_and_no_restriction_widens() -> None:
    quick = settings(max_examples=15, stateful_step_count=12, deadline=None, derandomize=True, database=None)
    run_state_machine_as_test(Histories, settings=quick)
