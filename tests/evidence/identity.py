"""The promises about who gets in, and how fast."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from attacks.trying import tried
from benchmarks.command import rounds_of, summary
from benchmarks.token_requests import TOKEN
from evidence.findings import Found, Promise
from furnished import install
from trials.replay import replayed

_RATIO = 0.25


def _attempts(_folder: Path, _share: float) -> Found:
    made = tried()
    return Found(made.held, asdict(made))


def _replay(folder: Path, share: float) -> Found:
    replays = replayed(install(folder / "data", persons=20), max(1, int(20 * share)), workers=2)
    return Found(replays.held, asdict(replays))


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
        "A proof or an assertion is accepted once: in parallel, by two processes, and after a restart.", _replay
    ),
}
