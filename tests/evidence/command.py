"""Runs every trial at its full count and writes what came of it to docs/evidence, one file each, with the commit id.

`make test` runs the same trials with small counts (tests/faults). Exits with 1 when a promise did not hold.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from evidence.findings import Found, Promise
from evidence.promises import PROMISES
from served import ROOT

FOLDER = ROOT / "docs" / "evidence"
_ALWAYS = [name for name, promise in PROMISES.items() if promise.always]


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; the exit code."""
    given = _parser().parse_args(arguments)
    held = True
    for name in given.only or _ALWAYS:
        sys.stdout.write(f"{name}: {PROMISES[name].sentence}\n")
        sys.stdout.flush()
        with tempfile.TemporaryDirectory() as folder:
            found = PROMISES[name].run(Path(folder), given.percent / 100)
        held = held and found.held
        sys.stdout.write(f"  {'held' if found.held else 'DID NOT HOLD'}: {json.dumps(found.counts)}\n")
        if given.percent == 100:
            write(name, PROMISES[name], found, FOLDER)
    return 0 if held else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make evidence", description="Run the trials behind the promises.")
    parser.add_argument(
        "--only", action="append", choices=list(PROMISES), help="only this one (may be given many times)"
    )
    parser.add_argument(
        "--percent",
        type=int,
        default=100,
        choices=range(1, 101),
        metavar="N",
        help="only so much of the full counts; then nothing is written (100)",
    )
    return parser


def write(name: str, promise: Promise, found: Found, folder: Path) -> None:
    """Write one piece of evidence."""
    folder.mkdir(parents=True, exist_ok=True)
    commit = _git("rev-parse", "HEAD")
    evidence = {
        "evidence": name,
        "promise": promise.sentence,
        "outcome": "held" if found.held else "did not hold",
        "counts": found.counts,
        "commit": commit or "unknown",
        "changed_since_commit": bool(
            _git("status", "--porcelain", "--untracked-files=no", "--", ".", f":!{FOLDER.relative_to(ROOT)}")
        ),
        "date": datetime.now(UTC).date().isoformat(),
    }
    (folder / f"{name}.json").write_text(json.dumps(evidence, indent=2) + "\n", "utf-8")


def _git(*words: str) -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    return subprocess.run([git, *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
