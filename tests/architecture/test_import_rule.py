"""The import rule is kept, and each of its contracts breaks when somebody plants the import it forbids."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from checkout import PACKAGES, ROOT

PLANTED = {
    "packages": {"schemas/planted_p.py": "import consent.errors"},
    "rooms": {"gateway/web/planted_r.py": "import gateway.store.planted_s"},
    "pure": {"gateway/core/planted_f.py": "def late() -> None:\n    import httpx"},
    "auditor": {"consent/planted_a.py": "import cryptography"},
    "adapters-apart": {"adapters/systems/primero/planted_o.py": "import adapters.systems.ndex.planted_n"},
    "adapters-found": {"gateway/planted_w.py": "import adapters.systems.ndex.planted_n"},
    "software-passkeys": {"gateway/demo/planted_q.py": "import gateway.demo.passkeys"},
    "adapters-sdk-only": {"adapters/systems/ndex/planted_n.py": "import socket"},
    "kit": {"gateway/core/planted_j.py": "import adapters.kit.rules"},
    "consent-formats": {"adapters/consents/planted_c.py": "import sqlite3"},
    "sdk": {"adapters/sdk/planted_k.py": "import adapters.systems.ndex.planted_n"},
    "cycles": {"schemas/planted_x.py": "import schemas.planted_y", "schemas/planted_y.py": "import schemas.planted_x"},
    "web": {"gateway/web/planted_e.py": "import httpx"},
    "people": {"gateway/people/planted_e.py": "import sqlalchemy"},
    "admin": {"gateway/admin/planted_e.py": "import sqlmodel"},
    "oauth": {"gateway/oauth/planted_e.py": "import sqlalchemy"},
    "store": {"gateway/store/planted_s.py": "import fastapi"},
    "courier": {"gateway/courier/planted_e.py": "import starlette"},
    "witness": {"gateway/witness/planted_e.py": "import httpx"},
    "keyring": {"gateway/keyring/planted_e.py": "import httpx"},
    "client": {"gateway/client/planted_e.py": "import fastapi"},
    "plugins": {"gateway/plugins/planted_e.py": "import authlib"},
    "cli": {"gateway/cli/planted_e.py": "import sqlmodel"},
}
"""By contract id: files to plant, each with one import that this contract forbids."""


def _contracts() -> dict[str, str]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    return {contract["id"]: contract["name"] for contract in config["contracts"]}


@dataclass(frozen=True, slots=True)
class Report:
    """What the linter said."""

    verdicts: dict[str, str]
    """KEPT or BROKEN by contract name."""
    findings: dict[str, str]
    """What it found wrong, by name of the broken contract."""


def _report(tree: Path) -> Report:
    """Run the linter in `tree`."""
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tree,
        env={**os.environ, "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = dict(re.findall(r"^(.+?) (KEPT|BROKEN)", run.stdout, re.MULTILINE))
    assert verdicts, run.stdout + run.stderr
    assert (run.returncode != 0) == ("BROKEN" in verdicts.values())
    sections = re.split(r"^(.+)\n-{5,}\n", run.stdout.partition("Broken contracts\n")[2], flags=re.MULTILINE)
    return Report(verdicts, dict(zip(sections[1::2], sections[2::2], strict=True)))


def _copy(tree: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__", "*.json"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    return tree


def _plant(tree: Path, files: dict[str, str]) -> None:
    for name, code in files.items():
        path = tree / name
        already = path.read_text("utf-8") if path.exists() else ""
        path.write_text(f"{already}\n{code}\n", "utf-8")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What the linter says of a copy in which every contract has its forbidden import."""
    tree = _copy(tmp_path_factory.mktemp("planted"))
    for files in PLANTED.values():
        _plant(tree, files)
    return _report(tree)


def test_every_contract_is_kept() -> None:
    assert _report(ROOT).verdicts == dict.fromkeys(_contracts().values(), "KEPT")


def test_every_contract_has_a_planted_import() -> None:
    assert PLANTED.keys() == _contracts().keys()


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_import_breaks_its_contract(contract: str, planted: Report) -> None:
    name = _contracts()[contract]

    assert planted.verdicts[name] == "BROKEN"
    assert any(Path(file).stem in planted.findings[name] for file in PLANTED[contract])


def test_a_room_without_a_place_is_refused(tmp_path: Path) -> None:
    tree = _copy(tmp_path)
    _plant(tree, {"gateway/helpers.py": '"""A room nobody gave a place."""'})

    assert "gateway.helpers" in _report(tree).findings[_contracts()["rooms"]]


def test_an_import_under_type_checking_is_an_import_too(tmp_path: Path) -> None:
    tree = _copy(tmp_path)
    _plant(tree, {"schemas/planted.py": "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    import consent.errors"})

    assert "schemas.planted" in _report(tree).findings[_contracts()["packages"]]
