"""What a form says before anybody has said anything: nothing."""

import re
from pathlib import Path

import pytest
from checkout import ROOT

PAGES = sorted((ROOT / "gateway" / "people" / "templates").glob("*.html"))
_SELECT = re.compile(r"<select\b[^>]*>\s*(<option value=\"\">[^<]*</option>)?")


def untouched(text: str) -> list[bool]:
    """Say of each list of choices whether it begins with nothing that is an answer."""
    return [found.group(1) is not None for found in _SELECT.finditer(text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_list_answers_for_whoever_passes_it_over(page: Path) -> None:
    assert all(untouched(page.read_text("utf-8")))


def test_a_list_that_answers_by_itself_is_noticed() -> None:
    assert untouched('<select id="state" name="state"><option value="given">yes</option></select>') == [False]
