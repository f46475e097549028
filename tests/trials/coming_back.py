"""Loses everything after many were erased, comes back from older backups, and looks for them (A-04).

The database and the key store are both those of before the erasures; what is newer is the exported log and the list of
who was erased. After the restore, as an operator makes it, every key is tried with the real ring, and the raw files are
searched for whatever led to each of them. The people who stay are the canary.
"""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from furnished import POLICE, Installation
from trials.erasure import Person, files_of, found_in, keys_of, known_person, linked, lived, rows_about, running, whole

from gateway.app import create_app
from gateway.clock import SystemClock, SystemEntropy
from gateway.core.consents.desk import Actor
from gateway.core.erasure.items import Erased
from gateway.core.errors import WaitsForReleaseError
from gateway.installation.backing_up import backed_up, erased_list, keys_backed_up
from gateway.installation.restoring import Restoring, keys_restored
from gateway.serving.courier import deliver
from gateway.wiring import Gateway

TODAY, KEY = date(2031, 3, 14), "2031-W11.key"


@dataclass(frozen=True, slots=True)
class ComingBack:
    """What came of it. Those named `*_after` must be 0."""

    erased: int
    keys_destroyed_again: int
    keys_opened_after: int
    rows_after: int
    leaves_linked_after: int
    sealed_found_after: int
    stayed: int
    stayed_keys_opened: int
    stayed_found: int
    served_before_release: bool
    brought_before_release: bool
    log_whole: bool
    log_gone_on: bool

    @property
    def held(self) -> bool:
        """Nobody came back, everybody else did, and nothing was served or brought before a person said so."""
        back = self.keys_opened_after + self.rows_after + self.leaves_linked_after + self.sealed_found_after
        canary = self.stayed_keys_opened == self.stayed > 0 and self.stayed_found > 0
        log = self.log_whole and self.log_gone_on
        waited = not (self.served_before_release or self.brought_before_release)
        return not back and canary and log and waited and self.erased > 0


def came_back(installed: Installation, outside: Path, count: int) -> ComingBack:
    """Erase that many of the people of an installation which has more, after a backup, and lose everything."""
    settings, entropy = installed.settings(), SystemEntropy()
    with running(installed) as gateway:
        asyncio.run(lived(gateway, installed.persons))
        with closing(sqlite3.connect(installed.data / "gateway.db")) as database:
            everybody = [known_person(gateway, database, number) for number in range(installed.persons)]
        going, staying = everybody[:count], everybody[count:]
        note = gateway.door.tracking.checkpoint(gateway.log.head())
        backed_up(settings, outside / "backup", note, SystemClock().now())
        keys_backed_up(settings, outside / "keys", outside / "weekly", TODAY, entropy)
        asyncio.run(_erased(gateway, going))
        exported = b"".join(leaf + b"\n" for leaf in gateway.log.leaves(gateway.log.head().size))
        (outside / "log.jsonl").write_bytes(exported)
        (outside / "erased.json").write_bytes(erased_list(gateway.base.person_keys.destroyed()))
    for name in ("gateway.db", "person-keys.db"):
        for file in installed.data.glob(f"{name}*"):
            file.unlink()
    again = keys_restored(settings, outside / "keys", outside / "weekly" / KEY, outside / "erased.json", entropy)
    Restoring(settings, outside / "backup", outside / "log.jsonl", SystemClock(), entropy).restored()
    served, brought = _served(installed), courier_begins(installed)
    with running(installed) as gateway, closing(sqlite3.connect(installed.data / "gateway.db")) as database:
        asyncio.run(gateway.door.erasures.replay())
        asyncio.run(gateway.release())
        log = b"".join(leaf + b"\n" for leaf in gateway.log.leaves(gateway.log.head().size))
        files = files_of(installed.data)
        return ComingBack(
            erased=len(going),
            keys_destroyed_again=again,
            keys_opened_after=keys_of(gateway, going),
            rows_after=rows_about(database, going),
            leaves_linked_after=linked(database, going),
            sealed_found_after=found_in(files, [_without_id(person) for person in going]),
            stayed=len(staying),
            stayed_keys_opened=keys_of(gateway, staying),
            stayed_found=found_in(files, staying),
            served_before_release=served,
            brought_before_release=brought,
            log_whole=whole(gateway),
            log_gone_on=log.startswith(exported),
        )


def _without_id(person: Person) -> Person:
    """SQLite may leave a random id in a page's slack, which leads nowhere (ADR 0036)."""
    return Person(person.reference, person.id, person.needles - {person.id, person.id.hex().encode()})


async def _erased(gateway: Gateway, people: list[Person]) -> None:
    for person in people:
        assert isinstance(await gateway.door.erasures.erase(Actor(POLICE, None), person.reference), Erased)


def _served(installed: Installation) -> bool:
    """Say whether a gateway begins to serve."""

    async def begun(gateway: Gateway) -> None:
        app = create_app(gateway)
        async with app.router.lifespan_context(app):
            pass

    with running(installed) as gateway:
        try:
            asyncio.run(begun(gateway))
        except WaitsForReleaseError:
            return False
    return True


class _BegunError(Exception):
    """A courier goes round."""


def courier_begins(installed: Installation) -> bool:
    """Say whether a courier begins to bring anything."""

    def begun() -> None:
        raise _BegunError

    try:
        deliver(installed.settings(), begun)
    except WaitsForReleaseError:
        return False
    except _BegunError:
        return True
    return True
