"""`make bench`: the gateway beside the lean pipeline on this machine. Run by path; only the ratios mean anything."""

import runpy
import sys
from pathlib import Path

TESTS = Path(__file__).absolute().parents[1]

if __name__ == "__main__":
    sys.path[:0] = [str(TESTS.parent), str(TESTS)]
    runpy.run_module("benchmarks.command", run_name="__main__")
