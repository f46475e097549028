"""Resolve the dependencies of pyproject.toml and requirements/*.in into hashed locks; run by `make lock`.

Each lock is a part of one resolution: whatever two locks name, they name in the same version. A lock holds versions
and hashes and nothing else, never an index, a host or a path: where to fetch from is the machine's own configuration.
`make lock ARGS=--upgrade` takes newer releases; without it, only what changed in the inputs moves.

An extra that something asks for stands in the lock (`coverage[toml]==...`): without it, pip before 23.1 holds the one
with the extra for another package that nobody pinned, and fails as soon as a newer release is out.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
HEADER = "# Made by `make lock`: exact versions, with the hashes of every published file. Do not edit."
OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--no-strip-extras",
    "--allow-unsafe",
    "--no-header",
    "--no-annotate",
    "--no-emit-options",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
)

LOCKS = {
    "test": ("../pyproject.toml", "build.in", "test.in"),  # the largest first: the others are held to it
    "run": ("../pyproject.toml",),
    "postgres": ("postgres.in",),
    "build": ("build.in",),
    "lock": ("lock.in",),
    "mutants": ("mutants.in",),
}
EXTRAS = re.compile(r"\[[^]]*\](?===)")
"""What a constraint may not name."""

HELD = ("run", "postgres", "build", "mutants")


def main(options: list[str]) -> int:
    """Write every lock; stop at the first that does not resolve."""
    with TemporaryDirectory() as folder:
        return _written(options, Path(folder) / "held.txt")


def _written(options: list[str], holding: Path) -> int:
    for name, inputs in LOCKS.items():
        held = ["--constraint", str(holding)] if name in HELD else []
        command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *held, *options]
        subprocess.run([*command, "--output-file", f"{name}.txt", *inputs], cwd=HERE, check=True)
        lock = HERE / f"{name}.txt"
        pins = [line for line in lock.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        lock.write_text("\n".join([HEADER, *pins]) + "\n", "utf-8")
        if name == "test":
            holding.write_text(EXTRAS.sub("", lock.read_text("utf-8")), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
