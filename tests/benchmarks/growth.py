"""Does a gateway slow down as its database grows: the same requests against a small and a large one, in turn.

    python tests/benchmarks/growth.py --people 1000000 --consents 3000000 --leaves 10000000 --postgresql

Every request is about somebody whom the process has not met: she is looked for among all of them. Each round measures
the lean pipeline beside the gateway on both, and compares the gateway's share of it, so that a slow moment of the
machine does not count as growth. The large database takes minutes to make and about 10 GB.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

if __name__ == "__main__":
    _TESTS = Path(__file__).absolute().parents[1]
    sys.path[:0] = [str(_TESTS.parent), str(_TESTS)]

from benchmarks.command import rounds_of
from benchmarks.grown import LARGE, SMALL, Size, grow
from benchmarks.measuring import LEAN, NEW
from clusters import Cluster
from furnished import Installation, add_people, install

CLIENTS = (4, 32)
REQUESTS = 2000
"""For each number of clients, and so many people are there to be met."""


@dataclass(frozen=True, slots=True)
class Growth:
    """By number of clients: the large database's share of the small one's rate, and its p99 over the small one's."""

    rate: dict[str, float]
    p99: dict[str, float]
    p99_ms: dict[str, float]

    def within(self, share: float) -> bool:
        """Say whether rate and p99 changed by no more than that share."""
        return min(self.rate.values()) >= 1 - share and max(self.p99.values()) <= 1 + share


def measured(small: Installation, large: Installation, rounds: int) -> Growth:
    """Measure both in turn."""
    both = [[rounds_of(one, CLIENTS, (NEW,), 1, REQUESTS)[0] for one in (small, large)] for _ in range(rounds)]

    def of(clients: int, figure: str, *, beside: bool) -> float:
        def share(one: int, pair: Sequence[object]) -> float:
            mine = getattr(pair[one][NEW, clients], figure)
            return mine / getattr(pair[one][LEAN, clients], figure) if beside else mine

        return round(median(share(1, pair) / share(0, pair) for pair in both), 3)

    return Growth(
        rate={str(clients): of(clients, "rps", beside=True) for clients in CLIENTS},
        p99={str(clients): of(clients, "p99_ms", beside=False) for clients in CLIENTS},
        p99_ms={str(clients): round(median(pair[1][NEW, clients].p99_ms for pair in both), 1) for clients in CLIENTS},
    )


def installations(folder: Path, large: Size, *, on_postgresql: bool, closing: ExitStack) -> tuple[Installation, ...]:
    """Make, or find, a small and a large installation in a folder."""
    cluster = closing.enter_context(Cluster.durable(folder / "postgresql")) if on_postgresql else None
    return tuple(_grown(folder / name, name, size, cluster) for name, size in (("small", SMALL), ("large", large)))


def _grown(folder: Path, name: str, size: Size, cluster: Cluster | None) -> Installation:
    urls = [cluster.create(f"{name}_{kind}") for kind in ("main", "keys")] if cluster else []
    made = install(folder / "data", 200, *urls)
    add_people(made, REQUESTS)
    grow(made, size, lambda line: sys.stderr.write(f"{name}: {line}\n") and None)
    return made


def main(arguments: Sequence[str]) -> None:
    """Grow, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    for name in ("people", "consents", "leaves"):
        parser.add_argument(f"--{name}", type=int, default=getattr(LARGE, name), metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    parser.add_argument("--folder", type=Path, help="where the databases are made (a temporary folder)")
    given = parser.parse_args(arguments)
    size = Size(given.people, given.consents, given.leaves)
    with ExitStack() as closing:
        folder = given.folder or Path(closing.enter_context(tempfile.TemporaryDirectory()))
        pair = installations(folder, size, on_postgresql=given.postgresql, closing=closing)
        growth = measured(*pair, rounds=given.rounds)
    sys.stdout.write(json.dumps({"rate": growth.rate, "p99": growth.p99, "p99_ms": growth.p99_ms}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
