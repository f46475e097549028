"""Every built-in adapter has a page, and what is generated in it is what `adapter docs` writes today."""

import tomllib
from importlib.metadata import EntryPoint

import pytest
from checkout import ROOT

from adapters.kit.page import block_of, generated, renewed
from adapters.sdk.manifest import Level

GROUP = "referral_gateway.adapters"
PLACES: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"][GROUP]
PAGES = ROOT / "docs" / "adapters"


@pytest.mark.parametrize("key", PLACES)
def test_the_page_of_a_built_in_adapter_is_current(key: str) -> None:
    """Mend it with `referral-gateway adapter docs KEY --into docs/adapters/KEY.md`."""
    adapter = EntryPoint(key, PLACES[key], GROUP).load()()
    page = (PAGES / f"{key}.md").read_text("utf-8")
    assert page.startswith("# ")
    assert block_of(page) == generated(adapter)
    assert renewed(page, adapter) == page


@pytest.mark.parametrize("key", PLACES)
def test_a_page_says_why_its_adapter_is_not_gold(key: str) -> None:
    level = EntryPoint(key, PLACES[key], GROUP).load()().manifest.level
    page = (PAGES / f"{key}.md").read_text("utf-8")
    assert (f"## Why it is {level}" in page) is (level is not Level.GOLD)


def test_a_page_that_is_old_is_noticed() -> None:
    adapter = EntryPoint("htcds", PLACES["htcds"], GROUP).load()()
    page = (PAGES / "htcds.md").read_text("utf-8")
    assert block_of(page.replace("| level |", "| grade |")) != generated(adapter)


def test_there_is_no_page_of_nobody() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == set(PLACES)
