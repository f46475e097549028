"""Nobody erased comes back with a backup. The full count is in docs/evidence."""

from dataclasses import replace
from pathlib import Path

import pytest
from furnished import install
from trials.coming_back import came_back, courier_begins

pytestmark = pytest.mark.slow


def test_a_04_who_was_erased_after_the_backup_does_not_come_back(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    installed = install(tmp_path / "data", persons=4)
    back = came_back(installed, tmp_path / "outside", 3)
    assert back.held, back
    assert back.keys_destroyed_again == back.erased == 3
    for trace in ("keys_opened_after", "rows_after", "leaves_linked_after", "sealed_found_after"):
        assert not replace(back, **{trace: 1}).held
    assert not replace(back, served_before_release=True).held
    assert not replace(back, brought_before_release=True).held
    assert courier_begins(installed), "once it is released"
