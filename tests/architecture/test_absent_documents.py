"""A proof that could not be read is counted, or is a failure: never silently passed over."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT

PLANTED = """
import pytest
from samples import sample, vector


def test_reads_a_sample() -> None:
    sample("somewhere", "absent.json").read_bytes()


def test_reads_a_vector() -> None:
    vector("absent.txt").read_bytes()


def test_skips_by_itself() -> None:
    pytest.skip("absent official document: asked for in another way")


def test_reads_nothing() -> None:
    pass
"""


def _run(checkout: Path, *, required: bool) -> str:
    """Run the planted tests in a checkout that has nothing beside it; the end of what pytest prints."""
    tests = checkout / "tests"
    tests.mkdir()
    for name in ("conftest.py", "samples.py", "spread.py"):
        shutil.copy(ROOT / "tests" / name, tests)
    shutil.copy(ROOT / "pyproject.toml", checkout)
    (tests / "test_planted.py").write_text(PLANTED, "utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    environment["REQUIRE_SAMPLES"] = "1" if required else "0"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False).stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "parent" / "checkout"
    folder.mkdir(parents=True)
    return folder


def test_absent_documents_are_counted(checkout: Path) -> None:
    said = _run(checkout, required=False)
    assert "1 passed, 3 skipped" in said
    assert "3 tests skipped: their official documents are not beside the checkout" in said


def test_absent_documents_fail_where_they_are_required(checkout: Path) -> None:
    assert "3 failed, 1 passed" in _run(checkout, required=True)
