"""A database that was made large is one the gateway works on, and its log is a true one."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from benchmarks.grown import Size, grow
from furnished import Installation
from trials.in_process import accepted
from trials.officer import DOES_NOT_VERIFY, PROVEN, Officer
from trials.tampering import rewrite

pytestmark = pytest.mark.slow


def test_a_grown_installation_goes_on_and_its_log_verifies(installed: Installation, database: Path) -> None:
    grow(installed, Size(people=40, consents=120, leaves=900))
    accepted(installed, 1)
    officer = Officer.of(installed)
    held = officer.checkpoint()
    assert officer.verifies(held) == PROVEN
    with closing(sqlite3.connect(database)) as connection:
        counts = [
            connection.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608 - tables of ours
            for table in ("person", "consent_event", "ledger_leaf")
        ]
    assert all(count > size for count, size in zip(counts, (40, 120, 900), strict=True))
    rewrite(database, lambda leaves: leaves[1:])
    assert officer.verifies(held) == DOES_NOT_VERIFY
