"""The promises about who gets in, and how fast."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from attacks.trying import tried
from benchmarks.command import rounds_of, summary
from benchmarks.token_requests import TOKEN
from evidence.findings import Found, Promise
from furnished import install
from trials.replay import replayed, replayed_on_two_nodes

_RATIO = 0.25


def _attempts(_folder: Path, _share: float) -> Found:
    made = tried()
    return Found(made.held, asdict(made))


def _replay(folder: Path, share: float) -> Found:
    rounds = max(1, int(10 * share))
    with ThreadPoolExecutor(2) as threads:  # Both wait for restarts, most of the time.
        by_nodes = threads.submit(replayed_on_two_nodes, folder / "nodes", rounds)
        processes = replayed(install(folder / "data", persons=20), rounds, workers=2)
    nodes = by_nodes.result()
    return Found(
        processes.held and nodes.held,
        {"two_processes_of_one_node": asdict(processes), "two_nodes_on_one_postgresql": asdict(nodes)},
    )


def _token_rate(folder: Path, share: float) -> Found:
    rounds = rounds_of(install(folder / "data", persons=3), (8,), (TOKEN,), max(1, int(5 * share)), 1000)
    found = summary(rounds, (8,), (TOKEN,))
    return Found(found[f"{TOKEN}/8"]["ratio"] >= _RATIO, {**found})


IDENTITY: Mapping[str, Promise] = {
    "token_rate": Promise("Tokens are given at a quarter of the lean pipeline's rate, or faster.", _token_rate),
    "attempts": Promise(
        "Of hundreds of ways to get a token that must fail, none succeeds; each control does.", _attempts
    ),
    "replay": Promise(
        "A proof or an assertion is accepted once: of twenty at once, by two processes or nodes, and after a restart.",
        _replay,
    ),
}
