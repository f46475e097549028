"""Native push as evidence: how soon it comes, and couriers killed anywhere in it (tests/trials/delivery.py)."""

from dataclasses import asdict
from pathlib import Path

from databases import POSTGRESQL, Servers
from evidence.findings import Count, Found, Promise
from furnished import install
from trials.delivery import killed_couriers, timed

_SEED = 20_260_115


def _times(folder: Path, share: float) -> Found:
    """Send up to 300 urgent letters, with the courier inside `serve` and then apart; did both hold?"""
    letters, held, counts = max(5, int(300 * share)), True, dict[str, Count]()
    for name, apart in (("inside_serve", False), ("a_process_of_its_own", True)):
        found = timed(install(folder / name, persons=50), letters, apart=apart)
        held = held and found.held
        counts[name] = {"p50_ms": found.p50_ms, "p99_ms": found.p99_ms, "letters": found.letters}
    return Found(held, counts)


def _kills(folder: Path, share: float) -> Found:
    """Kill up to 100 couriers on each database; did both hold?"""
    times_killed, held, counts = max(1, int(100 * share)), True, dict[str, Count]()
    for name in ("sqlite", POSTGRESQL):
        url = Servers(folder).empty(POSTGRESQL, folder) if name == POSTGRESQL else ""
        found = killed_couriers(install(folder / name, persons=0, database_url=url), times_killed, 12, _SEED)
        held = held and found.held
        counts[name] = asdict(found)
    return Found(held, counts)


DELIVERIES = {
    "delivery": Promise(
        "A healthy system has an urgent letter p50 under 0.2 s and p99 under 2 s after the answer, beside a dead one.",
        _times,
    ),
    "couriers_killed": Promise(
        "Couriers killed anywhere: no letter is lost or unlogged, and one that comes twice comes under its own id.",
        _kills,
    ),
}
