"""The client alone: what its distribution carries is enough, and no library of the server is among what it needs."""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from checkout import ROOT

PROJECT = tomllib.loads((ROOT / "distributions" / "client" / "pyproject.toml").read_text("utf-8"))
CARRIED = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
ALLOWED = {"httpx", "joserfc", "cryptography"}
PROGRAM = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
import gateway.client, gateway.client.receipts
print(gateway.client.__file__)
"""


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the wheel holds, as installed."""
    root = tmp_path_factory.mktemp("installed")
    for source, target in CARRIED.items():
        found = (ROOT / "distributions" / "client" / source).resolve()
        (root / target).parent.mkdir(parents=True, exist_ok=True)
        if found.is_dir():
            shutil.copytree(found, root / target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        else:
            shutil.copy(found, root / target)
    return root


def test_it_needs_three_libraries() -> None:
    assert {line.partition(">")[0] for line in PROJECT["project"]["dependencies"]} == ALLOWED


def test_it_is_of_the_version_of_the_gateway() -> None:
    own = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert PROJECT["project"]["version"] == own["version"]
    bounds = set(own["dependencies"])
    assert set(PROJECT["project"]["dependencies"]) <= bounds


def test_it_imports_with_nothing_else_there(laid_out: Path) -> None:
    """In a Python that refuses every library of the server, from the files of the wheel alone."""
    own = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    absent = {line.partition(">")[0].partition("[")[0].replace("-", "_") for line in own} - ALLOWED
    done = imported(laid_out, absent | {"adapters"})
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(laid_out)


def test_a_library_of_the_server_would_be_missed(laid_out: Path) -> None:
    assert "ModuleNotFoundError: httpx" in imported(laid_out, {"httpx"}).stderr


def imported(root: Path, absent: set[str]) -> "subprocess.CompletedProcess[str]":
    program, path = f"ABSENT = {absent!r}\n{PROGRAM}", {"PYTHONPATH": str(root)}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=root, env=path, capture_output=True, text=True, check=False
    )


def test_every_carried_module_is_used(laid_out: Path) -> None:
    """What an agency installs is what it runs: no part of the server rides along."""
    files = [file for file in laid_out.rglob("*.py") if file.parts[-2:] != ("gateway", "__init__.py")]
    cores = {file.stem for file in files if "core" in file.parts and file.stem != "__init__"}
    imported = {
        node.module.rpartition(".")[2]
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gateway.core.")
    }
    assert cores == imported
