"""An installation that was backed up as an operator would, and in which somebody was erased afterwards."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from furnished import POLICE, Installation, install
from trials.erasure import Person, known_person, lived, running

from gateway.clock import SystemClock, SystemEntropy
from gateway.core.consents.desk import Actor
from gateway.core.erasure.items import Erased
from gateway.installation.backing_up import backed_up, erased_list, keys_backed_up
from gateway.installation.restoring import Restoring, keys_restored
from gateway.wiring import Gateway

TODAY = date(2031, 3, 14)
ENTROPY = SystemEntropy()


@dataclass(frozen=True, slots=True)
class World:
    """An installation that was backed up, and in which somebody was erased afterwards."""

    installed: Installation
    outside: Path
    people: tuple[Person, ...]

    @property
    def backup(self) -> Path:
        return self.outside / "backup"

    def restoring(self, log: str | None = "log.jsonl") -> Restoring:
        file = self.outside / log if log else None
        return Restoring(self.installed.settings(), self.backup, file, SystemClock(), ENTROPY)

    def lost(self, to: Path, *, keys: bool = False) -> "World":
        """A copy without its database, and without its key store where that is lost too."""
        copy = replace(self, installed=self.installed.copy(to))
        for name in ("gateway.db", *(("person-keys.db",) if keys else ())):
            for file in to.glob(f"{name}*"):
                file.unlink()
        return copy

    def with_keys(self, erased: str = "erased.json") -> int:
        key = self.outside / "weekly" / "2031-W11.key"
        settings = self.installed.settings()
        return keys_restored(settings, self.outside / "keys", key, self.outside / erased, ENTROPY)


def backed_up_world(home: Path, outside: Path) -> World:
    """Install in one folder, and back up into the other."""
    installed = install(home / "data", persons=3)
    settings = installed.settings()
    with running(installed) as gateway:
        asyncio.run(lived(gateway, 3))
        with closing(sqlite3.connect(installed.data / "gateway.db")) as database:
            people = tuple(known_person(gateway, database, number) for number in range(3))
        backed_up(settings, outside / "backup", note(gateway), SystemClock().now())
        keys_backed_up(settings, outside / "keys", outside / "weekly", TODAY, ENTROPY)
        (outside / "before.json").write_bytes(erased_list(gateway.base.person_keys.destroyed()))
        assert isinstance(asyncio.run(gateway.door.erasures.erase(Actor(POLICE, None), people[0].reference)), Erased)
        lines = b"".join(leaf + b"\n" for leaf in gateway.log.leaves(gateway.log.head().size))
        (outside / "log.jsonl").write_bytes(lines)
        (outside / "erased.json").write_bytes(erased_list(gateway.base.person_keys.destroyed()))
    return World(installed, outside, people)


def note(gateway: Gateway) -> str:
    return gateway.door.tracking.checkpoint(gateway.log.head())
