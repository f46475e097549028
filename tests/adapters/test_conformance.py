"""Every built-in adapter under the rules of the kit, as any other: its samples are `<key>/fixtures/*.in.*` here."""

import tomllib
from functools import cache
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from checkout import ROOT

from adapters.kit.judged import Judged, profile_examples
from adapters.kit.rules import RULES, Outcome, Rule, judge, unknown_exemptions
from adapters.kit.sampling import samples_in
from adapters.sdk.contract import Adapter
from adapters.sdk.manifest import Level
from schemas.validation import warm

HERE = Path(__file__).parent
GROUP = "referral_gateway.adapters"
PLACES: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"][GROUP]

every_adapter = pytest.mark.parametrize("key", PLACES)
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


@pytest.fixture(autouse=True, scope="module")
def compiled() -> None:
    warm()


@cache
def judged(key: str) -> Judged:
    adapter: Adapter = EntryPoint(key, PLACES[key], GROUP).load()()
    package = ROOT.joinpath(*PLACES[key].partition(":")[0].split(".")[:-1])
    page = ROOT / "docs" / "adapters" / f"{key}.md"
    return Judged(
        adapter,
        key,
        samples_in(HERE / key / "fixtures"),
        tuple((path.name, path.read_text("utf-8")) for path in sorted(package.glob("*.py"))),
        page.read_text("utf-8") if page.exists() else None,
    )


def test_there_are_adapters_samples_and_profiles() -> None:
    assert {"canonical", "fhir", "htcds", "ndex", "primero", "uknrm"} <= set(PLACES)
    assert all(judged(key).samples and judged(key).sources for key in PLACES)
    assert len(profile_examples()) >= 34


@every_adapter
@every_rule
def test_a_built_in_adapter_keeps(rule: Rule, key: str) -> None:
    verdict = judge(rule, judged(key))
    assert verdict.outcome is not Outcome.BROKEN, [str(finding) for finding in verdict.findings]


@every_adapter
def test_a_built_in_adapter_is_at_least_silver(key: str) -> None:
    """What it claims is what the rules above held it to."""
    assert judged(key).manifest.level in {Level.SILVER, Level.GOLD}
    assert list(unknown_exemptions(judged(key))) == []
