"""One gateway on PostgreSQL, or on a small disk, and every calamity in turn."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from clusters import Cluster
from furnished import Installation, install
from sqlalchemy import make_url
from trials.calamities import DatabaseCrashed, Disk, DiskFull, Wire, WireCut
from trials.kill9 import Kills, killed

_TMPFS_MEBIBYTES, _POSTGRESQL_MEBIBYTES = 96, 512
_SMALL = ("max_wal_size=64MB", "min_wal_size=32MB")


def on_postgresql(folder: Path, cluster: Cluster, persons: int) -> Installation:
    """Make an installation whose databases are both on this server."""
    urls = [cluster.create(name) for name in ("gateway", "person_keys")]
    return install(folder / "installed", persons, *urls)


def befallen(folder: Path, times: int, seed: int, points: Sequence[int], persons: int = 20) -> dict[str, Kills]:
    """Let each calamity strike that often at each point; what became of it, by calamity."""
    found: dict[str, Kills] = {}
    with ExitStack() as closing:
        cluster = Cluster.made(folder / "postgresql")
        closing.callback(cluster.crash)
        cluster.start()
        installed = on_postgresql(folder, cluster, persons)
        wire = closing.enter_context(Wire([cluster.port]).laid())
        wired = replace(installed, database_url=by_wire(installed.database_url, wire))
        found["postgresql_gateway_killed"] = killed(installed, times, seed, points)
        crash = partial(DatabaseCrashed, cluster=cluster)
        found["postgresql_killed"] = killed(installed, times, seed + 1, points, crash)
        found["postgresql_cut_off"] = killed(wired, times, seed + 2, points, partial(WireCut, wire=wire))
    found["postgresql_disk_full"] = _on_a_small_disk(folder, times, seed + 3, points, persons)
    found["sqlite_disk_full"] = _on_a_full_disk(folder, times, seed + 4, points, persons)
    return found


def by_wire(url: str, wire: Wire) -> str:
    """Return the same database by way of a wire."""
    return make_url(url).set(port=wire.port).render_as_string(hide_password=False)


def _on_a_full_disk(folder: Path, times: int, seed: int, points: Sequence[int], persons: int) -> Kills:
    with Disk.mounted(folder / "disk", _TMPFS_MEBIBYTES) as disk:
        return killed(install(disk.folder / "data", persons), times, seed, points, partial(DiskFull, disk=disk))


def _on_a_small_disk(folder: Path, times: int, seed: int, points: Sequence[int], persons: int) -> Kills:
    with Disk.mounted(folder / "postgresql-disk", _POSTGRESQL_MEBIBYTES) as disk, ExitStack() as closing:
        cluster = Cluster.made(disk.folder / "postgresql", *_SMALL)
        closing.callback(cluster.crash)
        cluster.start()
        installed = on_postgresql(folder / "beside", cluster, persons)
        return killed(installed, times, seed, points, partial(DiskFull, disk=disk, cluster=cluster))
