"""The promises about what is kept when something breaks, and about what grows."""

from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path

from benchmarks.grown import LARGE, Size
from benchmarks.growth import installations
from benchmarks.growth import measured as measured_growth
from evidence.findings import Found, Promise
from trials.failover import failed_over
from trials.node_loss import nodes_lost
from trials.unlucky import befallen
from trials.verifying import verified_seconds

_SEED = 20_260_115
_WITHOUT_A_NODE, _FAILOVER, _VERIFY = 30.0, 60.0, 10.0
_WITH_GROWTH = 0.2


def _calamities(folder: Path, share: float) -> Found:
    found = befallen(folder, max(1, int(5 * share)), _SEED, range(0, 20, 2))
    return Found(
        all(one.held and one.soon for one in found.values()), {name: asdict(one) for name, one in found.items()}
    )


def _node_loss(folder: Path, share: float) -> Found:
    found = nodes_lost(folder, max(1, int(5 * share)), _SEED, range(0, 20, 2))
    soon = all(one.slowest_restart_seconds <= _WITHOUT_A_NODE for one in found.values())
    return Found(soon and all(one.held for one in found.values()), {name: asdict(one) for name, one in found.items()})


def _failover(folder: Path, share: float) -> Found:
    kills = failed_over(folder, max(1, int(2 * share)), _SEED, range(0, 20, 2))
    return Found(kills.held and kills.slowest_restart_seconds <= _FAILOVER, asdict(kills))


def _verify(folder: Path, share: float) -> Found:
    seconds = verified_seconds(folder, int(1_000_000 * share))
    return Found(seconds < _VERIFY, {"entries": int(1_000_000 * share), "processor_seconds": round(seconds, 2)})


def _growth(folder: Path, share: float, *, on_postgresql: bool = False) -> Found:
    large = Size(*(max(1000, int(count * share)) for count in (LARGE.people, LARGE.consents, LARGE.leaves)))
    with ExitStack() as closing:
        pair = installations(folder, large, on_postgresql=on_postgresql, closing=closing)
        growth = measured_growth(*pair, rounds=max(1, int(5 * share)))
    return Found(growth.within(_WITH_GROWTH), asdict(growth))


OUTAGES = {
    "calamities": Promise(
        "On PostgreSQL and on a full disk too: gateway killed, server killed, connections cut, no room left. Nothing "
        "answered is lost, nothing is accepted twice, nothing is unlogged; ready within five seconds.",
        _calamities,
    ),
    "node_loss": Promise(
        "Of two nodes one is killed for good, or stopped past its lease: nothing is lost or doubled, and within thirty "
        "seconds the other serves.",
        _node_loss,
    ),
    "failover": Promise(
        "The primary is killed and its synchronous standby promoted: nothing answered is lost; ready in a minute.",
        _failover,
    ),
    "verify": Promise("A million entries are verified in under 10 seconds of one processor.", _verify),
    "growth": Promise(
        "With 1 million people, 3 million consents and 10 million entries, rate and p99 are within 20 % of those with "
        "10 thousand people.",
        _growth,
        always=False,
    ),
    "growth_on_postgresql": Promise(
        "The same on PostgreSQL, with as many processes as there are processors.",
        partial(_growth, on_postgresql=True),
        always=False,
    ),
}
"""By name."""
