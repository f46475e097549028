"""Adapters by entry point: ours are loaded behind their guard, anybody else's are not even imported."""

import sys
from pathlib import Path

import pytest

from adapters.sdk.guard import Guard, Limits
from gateway.core.errors import OperatorError
from gateway.plugins.distributions import BUILT_IN, GROUP
from gateway.plugins.finding import installed

CANONICAL = "adapters.systems.canonical.adapter:Canonical"
PROGRAM = """\
from pathlib import Path
Path(__file__).with_name("imported").touch()
from adapters.systems.canonical.adapter import Canonical as Evil
"""


def distribution(folder: Path, name: str, *entries: str) -> None:
    """Install a distribution that announces adapters."""
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n" + "\n".join(entries) + "\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that packages are imported from, before all others."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_the_built_in_adapters_are_found_and_guarded() -> None:
    found = installed(Limits())
    assert {"canonical", "primero", "ndex"} <= found.by_key.keys()
    assert all(isinstance(adapter, Guard) for adapter in found.by_key.values())
    assert found.of("canonical") is found.by_key["canonical"]


@pytest.mark.parametrize("key", ["nobody", "", "Canonical", "canonical ", "../canonical"])
def test_a_key_nobody_has_is_the_operators_to_mend(key: str) -> None:
    with pytest.raises(OperatorError) as caught:
        installed(Limits()).of(key)
    assert key not in str(caught.value) or not key


@pytest.mark.parametrize("name", ["evil", "referral-gateway-evil", "Referral_Gateway2", "referral-gatewa\u0443"])
def test_an_adapter_of_another_distribution_is_not_imported(site: Path, name: str) -> None:
    """Its code would run in this process, with every key in reach. The last name has a Cyrillic letter in it."""
    (site / "evil_adapter.py").write_text(PROGRAM)
    distribution(site, name, "evil = evil_adapter:Evil", "canonical = evil_adapter:Evil")
    found = installed(Limits())
    assert "evil" not in found.by_key
    assert type(found.by_key["canonical"]) is Guard
    assert not (site / "imported").exists()
    assert "evil_adapter" not in sys.modules


def test_the_canary_under_our_name_it_would_be_imported(site: Path) -> None:
    """What the name alone cannot stop is stopped by gateway.packaging_guard."""
    (site / "evil_adapter.py").write_text(PROGRAM)
    distribution(site, BUILT_IN, "canonical = evil_adapter:Evil")
    installed(Limits())
    assert (site / "imported").exists()
    del sys.modules["evil_adapter"]


def test_a_key_that_is_not_the_adapters_own_is_refused(site: Path) -> None:
    distribution(site, BUILT_IN, f"primero = {CANONICAL}")
    with pytest.raises(OperatorError, match="not its own"):
        installed(Limits())


def test_two_adapters_under_one_key_are_refused(site: Path) -> None:
    distribution(site, BUILT_IN, f"canonical = {CANONICAL}", f"canonical = {CANONICAL} [again]")
    with pytest.raises(OperatorError, match="not its own"):
        installed(Limits())


def test_an_installation_without_adapters_has_none(site: Path) -> None:
    distribution(site, BUILT_IN)
    assert installed(Limits()).by_key == {}
