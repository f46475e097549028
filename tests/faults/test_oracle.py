"""Refusals on record grounds look alike (DESIGN section 5); how long they take is tried in `make evidence`."""

from pathlib import Path
from random import Random

import pytest
from furnished import install
from trials.oracle import GROUNDS, auc, listened


def test_every_record_ground_is_answered_in_one_shape(tmp_path: Path) -> None:
    """More would be timed by `make evidence`: a test that measures time fails on a busy machine."""
    heard = listened(install(tmp_path / "data", persons=0), people=2, seed=7)
    assert (heard.shapes, heard.others, heard.refusals) == (1, 0, 4 * len(GROUNDS))
    assert set(heard.first) == set(heard.again) == set(GROUNDS)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [([2.0, 3.0], [0.0, 1.0], 1.0), ([0.0], [1.0, 2.0], 0.0), ([1.0, 1.0], [1.0], 0.5), ([0.0, 2.0], [1.0], 0.5)],
)
def test_auc_is_the_chance_that_one_takes_longer(one: list[float], other: list[float], found: float) -> None:
    assert auc(one, other) == found


def test_a_ground_that_takes_a_little_longer_would_be_heard() -> None:
    random = Random(1)  # noqa: S311 - repeatable, and no secret
    usual, slower = ([random.gauss(middle, 1) for _ in range(3000)] for middle in (0.0, 0.2))
    assert auc(slower, usual) > 0.53
    assert abs(auc(usual[::2], usual[1::2]) - 0.5) < 0.03
