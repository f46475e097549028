"""`make mutants`: whether a test notices when a rule says something else; written to docs/evidence. Run by path."""

import runpy
import sys
from pathlib import Path

TESTS = Path(__file__).absolute().parents[1]

if __name__ == "__main__":
    sys.path[:0] = [str(TESTS.parent), str(TESTS)]
    runpy.run_module("mutants.command", run_name="__main__")
