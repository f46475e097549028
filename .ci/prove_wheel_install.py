"""Prove an installed wheel: the packages are ours alone, and every announced adapter and command loads. Run by .ci/run.

It runs under `python -I` in an environment that holds the wheel and its locked dependencies, away from the checkout.
"""

from __future__ import annotations

import sys
from importlib.metadata import distribution

from gateway.packaging_guard import DISTRIBUTION, require_own_packages


def main() -> int:
    """Raise on the first thing that does not hold."""
    require_own_packages()
    announced = distribution(DISTRIBUTION).entry_points
    if not announced:
        sys.stderr.write("the wheel announces neither a command nor an adapter\n")
        return 1
    for point in announced:
        point.load()
    sys.stdout.write(f"{len(announced)} entry points load from the wheel\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
