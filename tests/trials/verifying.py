"""How long an auditor's Python takes over a large log, as processor time: the machine may be busy otherwise."""

import resource
import subprocess
import sys
from pathlib import Path

from served import ROOT

from consent.export import Accumulator
from consent.merkle import leaf_hash

_LEAF = b'{"agencies":["police","shelter"],"categories":["alias","need"],"event":"%026d","filler":"%s","v":1}\n'
_FILLER = b"x" * 320
"""Makes an entry as long as that of a decision."""


def verified_seconds(folder: Path, entries: int) -> float:
    """Write an export of that many entries and verify it by the command; processor seconds of that process."""
    export = folder / "log.jsonl"
    tree = Accumulator()
    with export.open("wb") as out:
        for number in range(entries):
            line = _LEAF % (number, _FILLER)
            out.write(line)
            tree.add(leaf_hash(line[:-1]))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "consent", "verify", str(export)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if tree.head().root.hex() not in said:
        raise RuntimeError("the command read another log")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
