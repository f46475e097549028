"""The primary of the database is killed for good, and its synchronous standby takes over at the same address."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from clusters import Cluster
from served import Server
from trials.calamities import Wire, ready
from trials.kill9 import Killing, Kills
from trials.unlucky import by_wire, on_postgresql

READY_WITHIN = 60.0
_FOLLOWS_WITHIN = 60.0


@dataclass(slots=True)
class PrimaryLost:
    """The primary is killed; each trial has a new standby, and what was the standby before is the primary now."""

    server: Server
    primary: Cluster
    wire: Wire
    folder: Path
    answers: frozenset[int] = frozenset({401, 503})
    standbys: list[Cluster] = field(default_factory=list)

    def prepare(self) -> None:
        """Let a new standby follow, and let no commit be answered that it does not hold."""
        standby = self.primary.copied(
            self.folder / f"standby-{len(self.standbys)}", "wal_retrieve_retry_interval=200ms"
        )
        self.standbys.append(standby)
        standby.start()
        self.primary.sql("alter system set synchronous_standby_names = '*'")
        self.primary.crash()  # Told while it runs, one of its processes might hear of it after the trial has begun.
        self.primary.start()
        deadline = time.monotonic() + _FOLLOWS_WITHIN
        while self.primary.sql("select sync_state from pg_stat_replication") != [("sync",)]:
            if time.monotonic() > deadline:
                raise RuntimeError("the standby does not follow")
            time.sleep(0.05)
        ready(self.server)

    def strike(self) -> None:
        """Kill the primary."""
        self.primary.crash()

    def mend(self) -> None:
        """Promote the standby, and let the address lead to it."""
        self.primary = self.standbys[-1]
        self.primary.promote()
        self.wire.to = [self.primary.port]
        ready(self.server)

    def end(self) -> None:
        """Leave nothing running."""
        for one in (self.primary, *self.standbys):
            one.crash()


def failed_over(folder: Path, times: int, seed: int, points: Sequence[int], persons: int = 20) -> Kills:
    """Lose the primary that often at each point; what became of it."""
    with ExitStack() as closing:
        primary = Cluster.made(folder / "postgresql")
        closing.callback(primary.crash)
        primary.start()
        wire = closing.enter_context(Wire([primary.port]).laid())
        installed = on_postgresql(folder, primary, persons)
        urls = {name: by_wire(getattr(installed, name), wire) for name in ("database_url", "person_keys_url")}
        behind = replace(installed, **urls)
        server = Server.gateway(behind, workers=2)
        lost = PrimaryLost(server, primary, wire, folder)
        closing.callback(lost.end)
        return Killing(behind, seed, server, lost).run(times, points)
