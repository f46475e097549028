"""An auditor needs only Python: what `consent` and the few schema modules it knows may import, lazily or not."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import consent

ROOT = Path(consent.__file__).parents[1]
SHARED = ("vocabulary", "case_codes", "documents", "canonical", "plainness")
MODULES = sorted((ROOT / "consent").rglob("*.py")) + [ROOT / "schemas" / f"{name}.py" for name in ("__init__", *SHARED)]
ALLOWED_SCHEMAS = {"schemas", *(f"schemas.{name}" for name in SHARED)}
IMPORTERS = {"__import__", "import_module", "run_module"}


def imported(source: str) -> set[str]:
    """Name every module that a source imports anywhere: at the top, inside functions, for types, or by a call."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=aliases):
                names |= {alias.name for alias in aliases}
            case ast.ImportFrom(level=0, module=str(module), names=aliases):
                # `from schemas import validation` imports a module, too.
                names |= {f"schemas.{alias.name}" for alias in aliases} if module == "schemas" else {module}
            case ast.ImportFrom():
                names.add("a relative import")
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)) if called in IMPORTERS:
                names.add("an import by name")
    return names


def forbidden(source: str) -> set[str]:
    """Keep of what a source imports that which neither Python nor the shared modules bring."""
    return {
        name
        for name in imported(source)
        if name.partition(".")[0] not in sys.stdlib_module_names | {"consent"} and name not in ALLOWED_SCHEMAS
    }


@pytest.mark.parametrize("module", MODULES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_a_module_for_auditors_imports_the_standard_library_alone(module: Path) -> None:
    assert forbidden(module.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    "source",
    [
        "import pydantic",
        "from cryptography.hazmat import primitives",
        "def late():\n    import jsonschema",
        "if TYPE_CHECKING:\n    from pydantic import BaseModel",
        "import gateway.core",
        "from adapters import sdk",
        "from schemas import validation",
        "from schemas.validation import validate",
        "from . import ledger",
        "__import__('pydantic')",
        "importlib.import_module(name)",
    ],
)
def test_canary_a_planted_import_is_seen(source: str) -> None:
    assert forbidden(source)


def test_what_auditors_may_use_is_allowed() -> None:
    source = "import json, consent.merkle\nfrom schemas import canonical\nfrom schemas.vocabulary import Purpose"
    assert forbidden(source) == set()


def test_every_module_for_auditors_loads_on_a_bare_python() -> None:
    names = [".".join(module.relative_to(ROOT).with_suffix("").parts) for module in MODULES]
    program = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    ran = subprocess.run(
        [sys.executable, "-S", "-P", "-c", program, *names],
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
