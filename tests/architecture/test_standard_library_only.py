"""An auditor needs only Python: `consent`, and what it reaches of `schemas`, is standard library through and through.

A list of forbidden libraries can forget one, so this is an allow-list, and a real interpreter without any library.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT

PURE_SCHEMAS = (
    "schemas.vocabulary",
    "schemas.case_codes",
    "schemas.answer_codes",
    "schemas.documents",
    "schemas.canonical",
    "schemas.plainness",
)


def _file(module: str) -> Path | None:
    """The file of one of our modules, or None where the name is not a module (`from m import name`)."""
    path = ROOT.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _imported(code: str) -> set[str]:
    """Every module the code may import, at any depth; for `from m import n` both m and m.n."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def _strangers(code: str) -> set[str]:
    """What the code imports that an auditor's Python does not have."""
    allowed = sys.stdlib_module_names | {"consent"}
    outside = {name for name in _imported(code) if name.split(".")[0] not in allowed}
    return {name for name in outside if name != "schemas" and not name.startswith(PURE_SCHEMAS)}


def _pure_modules() -> list[Path]:
    consent = [path for path in (ROOT / "consent").rglob("*.py") if "__pycache__" not in path.parts]
    return [*sorted(consent), *(path for module in PURE_SCHEMAS if (path := _file(module)))]


@pytest.mark.parametrize("path", _pure_modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_pure_module_imports_the_standard_library_only(path: Path) -> None:
    assert _strangers(path.read_text("utf-8")) == set()


@pytest.mark.parametrize(
    "code",
    [
        "import jsonschema_rs",
        "def late():\n    import cryptography.hazmat",
        "from schemas.validation import validate",
        "from schemas import validation",
        "from gateway.core import errors",
        "import adapters.sdk",
    ],
)
def test_a_library_or_another_room_is_noticed(code: str) -> None:
    assert _strangers(code)


def test_the_package_loads_in_a_python_without_any_library() -> None:
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in _pure_modules()]
    names = [name.removesuffix(".__init__") for name in modules if not name.endswith("__main__")]
    program = (
        "import importlib, sys; sys.path.insert(0, sys.argv[1]);"
        "assert not any('site-packages' in entry for entry in sys.path);"
        "[importlib.import_module(name) for name in sys.argv[2:]]"
    )
    bare = [sys.executable, "-I", "-S", "-B", "-c", program, str(ROOT)]
    run = subprocess.run([*bare, *names], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
