"""The checkout as the architecture tests see it: its root, its four packages, and the files it is made of."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
PACKAGES = ("gateway", "schemas", "consent", "adapters")
NOT_OURS = frozenset({".git", ".venv", "__pycache__", "build", "dist"})


def python_files(*folders: str) -> list[Path]:
    """Every Python file of the project below these top folders; below all of them where none is named."""
    python = (path for path in project_files() if path.suffix == ".py")
    return [path for path in python if not folders or path.relative_to(ROOT).parts[0] in folders]


@cache
def project_files() -> tuple[Path, ...]:
    """Every file the project carries: what git has or would take; without git, whatever is not a cache or a build."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        return tuple(sorted(ROOT / path for path in found if not NOT_OURS.intersection(path.parts)))
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    ).stdout.decode()
    return tuple(sorted(path for path in (ROOT / name for name in listed.split("\0") if name) if path.is_file()))
