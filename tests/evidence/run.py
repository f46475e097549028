"""`make evidence`: the full figures behind the promises, written to docs/evidence. Run by path."""

import runpy
import sys
from pathlib import Path

TESTS = Path(__file__).absolute().parents[1]

if __name__ == "__main__":
    sys.path[:0] = [str(TESTS.parent), str(TESTS)]
    runpy.run_module("evidence.command", run_name="__main__")
