"""Whoever was erased is in no file any more. The full count is in docs/evidence."""

from dataclasses import replace

import pytest
from furnished import Installation
from trials.erasure import Erasing, erased

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def erasing(furnished_once: Installation, tmp_path_factory: pytest.TempPathFactory) -> Erasing:
    return erased(furnished_once.copy(tmp_path_factory.mktemp("erasing") / "data"), 4)


def test_a_04_nothing_decrypts_and_no_leaf_leads_to_her(erasing: Erasing) -> None:
    assert erasing.held, erasing
    assert (erasing.erased, erasing.cut_short) == (4, 2)


def test_the_search_finds_who_is_there(erasing: Erasing) -> None:
    """The canary: before, and for those who stayed, it found everything."""
    assert erasing.found_before == erasing.needles > 0
    assert erasing.stayed_found == erasing.stayed > 0
    assert erasing.keys_opened_before == erasing.erased
    assert erasing.leaves_linked_before > 0


@pytest.mark.parametrize("left", ["found_after", "leaves_linked_after", "keys_opened_after", "rows_after"])
def test_one_trace_breaks_the_promise(erasing: Erasing, left: str) -> None:
    assert not replace(erasing, **{left: 1}).held
