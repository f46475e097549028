"""Prove what a built wheel holds: the four packages, their data files, and nothing else. Run by .ci/run.

Usage: prove_wheel_content.py WHEEL
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path, PurePosixPath

PACKAGES = ("gateway", "schemas", "consent", "adapters")
SOURCE_ONLY = {"__pycache__"}


def expected(root: Path) -> set[str]:
    """Every file below the four packages in the checkout."""
    found = (path for package in PACKAGES for path in (root / package).rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix() for path in found if not SOURCE_ONLY & set(path.parts)}


def main(wheel: str) -> int:
    """Compare the wheel with the checkout; say every difference."""
    names = set(zipfile.ZipFile(wheel).namelist())
    held = {name for name in names if not PurePosixPath(name).parts[0].endswith(".dist-info")}
    wanted = expected(Path(__file__).resolve().parents[1])
    for name in sorted(wanted - held):
        sys.stderr.write(f"the wheel lacks {name}\n")
    for name in sorted(held - wanted):
        sys.stderr.write(f"the wheel holds {name}, which is not part of the packages\n")
    return int(held != wanted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
