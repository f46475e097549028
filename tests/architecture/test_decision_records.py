"""Every architecture decision record is numbered once, and its title says the number its file says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from checkout import ROOT

RECORDS = ROOT / "docs" / "adr"


def _numbers(name: str, text: str) -> tuple[int | None, int | None]:
    """The number in the file name and the number in the title; None where there is none."""
    file = re.match(r"(\d{4})-[a-z0-9-]+\.md$", name)
    title = re.match(r"# (?:ADR[ -]?)?(\d+)[.: ]", text)
    return (int(file[1]) if file else None, int(title[1]) if title else None)


def _records() -> list[Path]:
    return sorted(path for path in RECORDS.glob("*.md") if path.name != "README.md")


def test_there_are_records() -> None:
    assert _records()


def test_the_number_in_the_title_is_the_number_of_the_file() -> None:
    numbers = {path.name: _numbers(path.name, path.read_text("utf-8")) for path in _records()}
    assert {name: pair for name, pair in numbers.items() if pair[0] is None or pair[0] != pair[1]} == {}


def test_no_number_is_given_twice() -> None:
    numbers = [path.name[:4] for path in _records()]
    assert sorted(set(numbers)) == numbers


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("0018-locks.md", "# 17. Locks"),
        ("0018-locks.md", "# Locks"),
        ("locks.md", "# 18. Locks"),
    ],
)
def test_a_wrong_number_is_noticed(name: str, text: str) -> None:
    file, title = _numbers(name, text)
    assert file is None or file != title


def test_a_right_number_passes() -> None:
    assert _numbers("0018-locks.md", "# 0018. Locks") == (18, 18)
