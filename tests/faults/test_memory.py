"""Referrals that were accepted stay on disk, not in memory. The full count is in docs/evidence."""

import pytest
from furnished import Installation
from trials.memory import Memory, measured

MEBIBYTE = 1_048_576


@pytest.mark.slow
@pytest.mark.enable_socket
def test_memory_stays_flat_over_some_hundred_referrals(installed: Installation) -> None:
    memory = measured(installed, (0, 100, 400))
    assert memory.refused == 0
    assert memory.resident[0] < 200 * MEBIBYTE
    assert memory.growth(since=100) < 0.05


def test_growth_is_seen() -> None:
    memory = Memory({0: 90, 100: 100, 200: 110})
    assert memory.growth(since=100) == pytest.approx(0.1)
    assert memory.growth(since=200) == 0
