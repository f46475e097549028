"""A log rewritten with its whole tree is found by a checkpoint held outside. The full count is in docs/evidence."""

from pathlib import Path

import pytest
from furnished import Installation
from trials.officer import DOES_NOT_VERIFY, PROVEN, Officer
from trials.tampering import KINDS, Tampering, rewrite, tampered

pytestmark = pytest.mark.slow


def test_every_kind_of_rewriting_is_found(installed: Installation, tmp_path: Path) -> None:
    tampering = tampered(installed, times=1, seed=3, folder=tmp_path / "copies")
    assert tampering.tried == {kind.__name__: 1 for kind in KINDS}
    assert tampering.held


def test_a_rewritten_log_agrees_with_itself(installed: Installation, database: Path) -> None:
    officer = Officer.of(installed)
    held = officer.checkpoint()
    rewrite(database, lambda leaves: leaves[1:])
    assert officer.verifies(officer.checkpoint()) == PROVEN
    assert officer.verifies(held) == DOES_NOT_VERIFY


def test_an_untouched_log_is_proven_by_every_checkpoint(installed: Installation) -> None:
    officer = Officer.of(installed)
    assert officer.verifies(officer.checkpoint(), officer.checkpoint()) == PROVEN


def test_a_rewriting_that_changes_nothing_is_no_trial(database: Path) -> None:
    with pytest.raises(RuntimeError):
        rewrite(database, list)


@pytest.mark.parametrize(
    "wrong",
    [
        Tampering(),
        Tampering({"changed": 1}, believed_new_checkpoint=0),
        Tampering({"changed": 1}, believed_new_checkpoint=1, unnoticed=1),
        Tampering({"changed": 1}, believed_new_checkpoint=1, untouched_refused=1),
        Tampering({"changed": 1}, believed_new_checkpoint=1, two_witnesses_unnoticed=1),
    ],
    ids=["nothing tried", "badly rewritten", "unnoticed", "untouched refused", "two witnesses"],
)
def test_one_fault_is_enough(wrong: Tampering) -> None:
    assert not wrong.held
