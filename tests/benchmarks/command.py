"""Measures lean pipeline and gateway in turn over several rounds; prints medians, and last one JSON object of ratios.

A round measures, for each number of clients, the lean pipeline and each case side by side, in short slices in turn; a
ratio is taken within its round. Nothing is pinned. Exits with 0 whatever the figures are: people compare them with the
promises.
"""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, fields
from pathlib import Path
from statistics import median

from benchmarks.measuring import LEAN, NEW, PUSH, SECOND, SINGLE, Figures, side_by_side
from benchmarks.parsing import lines, parsed_ms
from benchmarks.token_requests import TOKEN
from clusters import Cluster
from furnished import Installation, add_people, install
from referral_documents import CANONICAL, NDEX

Round = dict[tuple[str, int], Figures]
CLIENTS = (4, 8, 32)
CASES = (CANONICAL, NDEX)
EVERY = (*CASES, NEW, TOKEN, PUSH, SINGLE, SECOND)
"""Kinds of documents; canonical ones about people whom no process has met yet, as nearly all are; requests for a token,
of which 0.25 of the lean pipeline's rate is promised; canonical documents that are accepted and brought to their
recipient by a courier in a process of its own: 0.35 at 8 clients; and canonical documents that a single process, or
two, accept, where everything else is measured with as many as `serve` starts by itself."""


def main(arguments: Sequence[str]) -> None:
    """Measure and report."""
    given = _parser().parse_args(arguments)
    clients, cases = tuple(given.clients or CLIENTS), tuple(given.case or EVERY)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # Whoever ends it early ends what it started.
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        installed = _installed(folder, closing) if given.postgresql else install(folder / "data")
        if NEW in cases:
            add_people(installed, given.requests)
        rounds = rounds_of(installed, clients, cases, given.rounds, given.requests)
    _say(table(rounds, clients, cases))
    _say(lines(parsed_ms(200)))
    _say(json.dumps(summary(rounds, clients, cases)))


def _installed(folder: Path, closing: ExitStack) -> Installation:
    """Make an installation on a PostgreSQL of its own; what each server writes there stays for the next."""
    cluster = closing.enter_context(Cluster.durable(folder / "postgresql"))
    return install(folder / "data", database_url=cluster.create("main"), person_keys_url=cluster.create("keys"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument(
        "--rounds", type=int, default=3, choices=range(1, 21), metavar="N", help="how often each is measured (3)"
    )
    parser.add_argument(
        "--requests", type=int, default=2000, choices=range(100, 20_001), metavar="N", help="requests each (2000)"
    )
    parser.add_argument("--clients", type=int, action="append", choices=CLIENTS, help="only so many clients")
    parser.add_argument(
        "--case", action="append", choices=EVERY, help="only this: a kind of document, new, token, push, single, second"
    )
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own instead of SQLite")
    parser.add_argument("--quick", dest="rounds", action="store_const", const=1, help="one round")
    return parser


def rounds_of(
    installed: Installation, clients: Sequence[int], cases: Sequence[str], rounds: int, requests: int
) -> list[Round]:
    """Measure everything so many times; says on standard error how far it is."""
    found = []
    for number in range(rounds):
        one: Round = {}
        for count in clients:
            for name, figures in side_by_side(installed, cases, count, requests).items():
                one[name, count] = figures
                measured = f"{name:9} {count:3} clients {figures.rps:6.0f}/s {figures.cpu_us:6.0f} us"
                sys.stderr.write(f"round {number + 1}/{rounds}: {measured}\n")
        found.append(one)
    return found


def summary(rounds: Sequence[Round], clients: Sequence[int], cases: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return, by case and number of clients, the medians, and the medians of the ratios within each round.

    `ratio` and `cpu_ratio` are to the lean pipeline; what two processes bring is `of_one` of what a single one does.
    """
    found: dict[str, dict[str, float]] = {}
    for count in clients:
        for case in cases:
            pairs = [(one[case, count], one[LEAN, count]) for one in rounds]
            found[f"{case}/{count}"] = {
                "ratio": round(median(mine.rps / theirs.rps for mine, theirs in pairs), 3),
                "cpu_ratio": round(median(theirs.cpu_us / mine.cpu_us for mine, theirs in pairs), 3),
                **{name: round(value, 1) for name, value in asdict(_medians([mine for mine, _ in pairs])).items()},
            }
        if SINGLE in cases and SECOND in cases:
            brought = median(one[SECOND, count].rps / one[SINGLE, count].rps for one in rounds)
            found[f"{SECOND}/{count}"]["of_one"] = round(brought, 3)
    return found


def table(rounds: Sequence[Round], clients: Sequence[int], cases: Sequence[str]) -> str:
    """Return the medians as lines of text."""
    ratios = summary(rounds, clients, cases)
    names = ("clients", "req/s", "p50 ms", "p99 ms", "CPU us", "rows/commit", "of lean", "by CPU")
    lines = [f"{'case':9}" + "".join(f"{name:>12}" for name in names)]
    for count in clients:
        for case in (LEAN, *cases):
            found = _medians([one[case, count] for one in rounds])
            parts = [
                f"{count}",
                f"{found.rps:.0f}",
                f"{found.p50_ms:.1f}",
                f"{found.p99_ms:.1f}",
                f"{found.cpu_us:.0f}",
            ]
            parts.append(f"{found.rows_per_commit:.1f}")
            if case != LEAN:
                ratio = ratios[f"{case}/{count}"]
                parts += [f"{ratio['ratio']:.2f}", f"{ratio['cpu_ratio']:.2f}"]
            lines.append(f"{case:9}" + "".join(f"{part:>12}" for part in parts))
    return "\n".join(lines)


def _medians(several: Sequence[Figures]) -> Figures:
    return Figures(*(median(getattr(one, field.name) for one in several) for field in fields(Figures)))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
