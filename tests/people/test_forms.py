"""What a form says before anybody has said anything: nothing."""

import re
from pathlib import Path

import pytest
from checkout import ROOT

PAGES = sorted((ROOT / "gateway" / "people" / "templates").glob("*.html"))
_SELECT = re.compile(r"<select\b[^>]*>\s*(<option value=\"\">[^<]*</option>)?")


_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_TYPED = re.compile(r'<(?:input\b(?![^>]*type="hidden")|textarea|select)|{{ (?:text|one|many)\(')


def losing(text: str) -> list[str]:
    """Name the forms before a passkey in which something is typed, and lost when it is refused."""
    found = ((form.group(1), form.group(2)) for form in _FORM.finditer(text))
    return [tag for tag, inside in found if "/check/" in tag and _TYPED.search(inside) and "data-keep" not in tag]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_was_typed_before_a_passkey_outlives_a_refusal(page: Path) -> None:
    assert losing(page.read_text("utf-8")) == []


def test_a_form_that_loses_what_was_typed_is_noticed() -> None:
    asking = '<form method="post" action="/people/check/ask"{}><textarea name="why"></textarea></form>'
    assert losing(asking.format("")) != []
    assert losing(asking.format(" data-keep")) == []


def untouched(text: str) -> list[bool]:
    """Say of each list of choices whether it begins with nothing that is an answer."""
    return [found.group(1) is not None for found in _SELECT.finditer(text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_list_answers_for_whoever_passes_it_over(page: Path) -> None:
    assert all(untouched(page.read_text("utf-8")))


def test_a_list_that_answers_by_itself_is_noticed() -> None:
    assert untouched('<select id="state" name="state"><option value="given">yes</option></select>') == [False]
