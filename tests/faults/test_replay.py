"""What may be used once is accepted once. The full count is in docs/evidence."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from furnished import Installation
from trials.replay import PARALLEL, Replays, replayed

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]


def test_twenty_at_once_and_twenty_after_a_restart_pass_once(installed: Installation) -> None:
    replays = replayed(installed, rounds=1)
    assert replace(replays, too_late=0).held  # How long a start takes here is another matter.
    assert replays.accepted == 3
    assert replays.shown == 6 * PARALLEL


def test_a_gateway_that_forgot_what_was_used_is_noticed(installed: Installation, database: Path) -> None:
    def forget() -> None:
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("delete from used_proof")

    replays = replayed(installed, rounds=1, meanwhile=forget)
    assert replays.accepted_after_restart > 0
    assert not replays.held


@pytest.mark.parametrize("fault", ["accepted_twice", "accepted_after_restart", "never_accepted", "broken", "too_late"])
def test_one_fault_is_enough(fault: str) -> None:
    replays = Replays()
    assert replays.held
    setattr(replays, fault, 1)
    assert not replays.held
