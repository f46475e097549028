"""`restore`: a database out of a backup, proven, brought up to what the log has said since, and held until released.

Never over a database that is there, and never served from before a person released it
(`gateway.core.erasure.restoring`).
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, inspect

from consent.checkpoint import Checkpoint, VerifierKey
from consent.checkpoint import opened as opened_note
from consent.errors import ConsentError
from consent.export import Accumulator, checked_leaves
from consent.merkle import leaf_hash
from gateway.core.crypto.keys import KeyRing, Ring
from gateway.core.erasure.restoring import TakeUp, marked
from gateway.core.errors import GivenError, InTheWayError
from gateway.core.heads import ERASURES, RESTORED
from gateway.core.ports import Clock, Entropy
from gateway.core.stages import SealedLeaf
from gateway.installation.backing_up import (
    DATA,
    MANIFEST,
    Manifest,
    digest_of,
    opened_copy,
    read_erased_list,
    read_weeks_key,
)
from gateway.installation.folder import exclusive
from gateway.installation.preparing import bring_forward, sqlite_file
from gateway.installation.snapshots import SQLITE, backend, files_of, made_beside, put, sound
from gateway.keyring.choosing import opened_ring
from gateway.keyring.files import write_private
from gateway.settings import Settings
from gateway.sqlite_files import sqlite_url
from gateway.store.database import Database, closed_file, opened, truncated
from gateway.store.heads import head_of, version_of
from gateway.store.ledger import LedgerReader
from gateway.store.migrating import migrate
from gateway.store.person_keys import DATA_KEY, PersonKeyStore
from gateway.store.writing.writer import Writer

AT_ONCE: Final = 1_000
_MARK: Final = (
    "insert into head (id, version) values ('restored', 1), ('restoring', 1) "
    "on conflict (id) do update set version = head.version + 1 - head.version % 2"
)
"""Odd versions: it waits, and nothing opens it yet. Done with the copy itself, so that no crash leaves a database that
does not wait, or one that goes on without what its log has said since."""

_TAKEN: Final = "there is a database already; move it away, and restore into an empty place"
_LEFT_BEHIND: Final = (
    "what the database that was there wrote last lies in its place still, and would be played back into this one; "
    "move it to that database"
)

_HELD_BACK: Final = "data_key_restoring"
"""What the table of a key store is called on a server until nobody who was erased is in it any more."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: entries of the log in the backup, and how many of each kind the log has had since."""

    entries: int
    since: Mapping[str, int]


def checked(folder: Path, ring: KeyRing, origin: str) -> Manifest:
    """Prove a backup: its bytes, and that its log is the one the gateway signed. Raises OperatorError.

    Of PostgreSQL's dump only the bytes are proven here; its log is when it was put in place.
    """
    manifest = Manifest.of(folder)
    if digest_of(folder / DATA) != manifest.digest:
        raise GivenError("the backup is not what its manifest says")
    if manifest.backend == SQLITE:
        if not sound(folder / DATA):
            raise GivenError("the database in the backup is damaged")
        with closed_file(folder / DATA) as reading:
            _whole(reading, _checkpoint(manifest, ring, origin))
    return manifest


def require_room(url: str, data: Path) -> None:
    """Raise InTheWayError where something stands in the place of a database that is to be restored."""
    if backend(url) == SQLITE:
        _require_free(sqlite_file(url, data), _TAKEN)
        return
    with opened(url) as database, database.reading.connect() as connection:
        if inspect(connection).get_table_names():
            raise InTheWayError(_TAKEN)


def _require_free(place: Path, says: str) -> None:
    if found := files_of(place):
        raise InTheWayError(says if place in found else _LEFT_BEHIND, found)


@dataclass(frozen=True, slots=True)
class Restoring:
    """Puts the backup in `folder` where no database is. `log` is an export of the log newer than the backup."""

    settings: Settings
    folder: Path
    log: Path | None
    clock: Clock
    entropy: Entropy

    def restored(self) -> Restored:
        """Do it. Raises OperatorError where anything does not fit.

        What was put then is removed (SQLite), or stays unreleased (PostgreSQL).
        """
        settings, url = self.settings, self.settings.database()
        with exclusive(settings.data):
            ring = opened_ring(settings, self.entropy)
            manifest = checked(self.folder, ring, settings.origin)
            if manifest.backend != backend(url):
                raise GivenError("the backup is of another kind of database")
            require_room(url, settings.data)
            if backend(url) != SQLITE:
                put(self.folder / DATA, settings.database_owner_url or url, _MARK)
                bring_forward(settings)
                return self._brought_up(url, manifest, ring)
            return self._in_a_file(sqlite_file(url, settings.data), manifest, ring)

    def _in_a_file(self, place: Path, manifest: Manifest, ring: KeyRing) -> Restored:
        """Make the whole of it beside its place, and move it there at the end."""
        with made_beside(place) as beside:
            put(self.folder / DATA, sqlite_url(beside), _MARK)
            return self._brought_up(sqlite_url(beside), manifest, ring)

    def _brought_up(self, url: str, manifest: Manifest, ring: KeyRing) -> Restored:
        """Prove the log in the database, take up what it has said since, and mark it as restored."""
        with opened(url) as database:
            migrate(database.writing)
            entries = _whole(database.reading, _checkpoint(manifest, ring, self.settings.origin))
            try:
                rest = _rest(self.log, database) if self.log else []
                said = [json.loads(leaf) for leaf in rest]
                asked = sum(leaf["type"] == "erasure" and "sender" in leaf for leaf in said)  # Others were done again.
                self._require_erased(database, ring, asked)
                asyncio.run(self._written(database, rest))
            except (ConsentError, ValueError, LookupError, OSError):
                raise GivenError("the exported log is not the one of this backup, gone on") from None
            truncated(database.writing)
        return Restored(entries, Counter(str(leaf["type"]) for leaf in said))

    async def _written(self, database: Database, rest: Sequence[bytes]) -> None:
        writer = Writer(database.writing, self.clock, lambda _heads: None)
        writer.start()
        try:
            leaves = iter([SealedLeaf(str(json.loads(leaf)["event"]), leaf, None) for leaf in rest])
            while page := tuple(islice(leaves, AT_ONCE)):
                await writer.record(TakeUp(page))
            with database.reading.connect() as connection:
                head = head_of(connection, RESTORED)
            await writer.record(marked(self.entropy, head, digest_of(self.folder / MANIFEST), self.clock.now()))
        finally:
            writer.close()

    def _require_erased(self, database: Database, ring: KeyRing, since: int) -> None:
        """Raise OperatorError where the key store does not know of every erasure the log speaks of.

        Somebody would return. One entry may stand for several records of one person, so this finds a list that is too
        old, and not every one that was cut: the list is exported with the log.
        """
        with opened(self.settings.person_key_database()) as kept:
            keys = PersonKeyStore(kept, ring, self.entropy)
            keys.require()
            listed = sum(map(len, keys.destroyed().values()))
        with database.reading.connect() as connection:
            counted = version_of(connection, ERASURES)
        if listed < counted + since:
            raise GivenError("the list of who was erased is older than the log; restore the keys with a newer one")


def keys_restored(settings: Settings, sealed: Path, key: Path, erased: Path, entropy: Entropy) -> int:
    """Put the key store of a backup where none is, without the keys of who was erased since; how many those were.

    Raises OperatorError.
    """
    url = settings.person_key_database()
    with exclusive(settings.data):
        ring = opened_ring(settings, entropy)
        copy, listed = opened_copy(read_weeks_key(key), sealed.read_bytes()), read_erased_list(erased)
        if backend(url) != SQLITE:
            put(copy, url, f"alter table {DATA_KEY.name} rename to {_HELD_BACK}")
            return _buried(url, listed, ring, entropy, _HELD_BACK)
        place = sqlite_file(url, settings.data)
        _require_free(place, "there is a key store already; move it away first")
        with made_beside(place) as beside:
            write_private(beside, copy, replaces=None)
            return _buried(sqlite_url(beside), listed, ring, entropy)


def _buried(
    url: str, listed: Mapping[int, frozenset[bytes]], ring: KeyRing, entropy: Entropy, held_back: str = DATA_KEY.name
) -> int:
    with opened(url) as database:
        return PersonKeyStore(database, ring, entropy).bury(listed, ring, held_back)


def _whole(reading: Engine, checkpoint: Checkpoint) -> int:
    """Return how many entries the log in a database has, once they are proven to be those the gateway signed."""
    reader = LedgerReader(reading)
    head = reader.head()
    try:
        report = checked_leaves(reader.leaves(head.size), [checkpoint])
    except ConsentError:
        raise GivenError("the log in the backup is not the one the gateway signed") from None
    if report.head != head:
        raise GivenError("the log in the backup is not the one the gateway signed")
    return head.size


def _rest(log: Path, database: Database) -> list[bytes]:
    """Return the entries of an export after those the database has. Raises ValueError where it is another log's."""
    head, tree, rest = LedgerReader(database.reading).head(), Accumulator(), list[bytes]()
    with log.open("rb") as lines:
        for line in lines:
            if tree.size == head.size:
                rest.append(line.removesuffix(b"\n"))
            else:
                tree.add(leaf_hash(line.removesuffix(b"\n")))
    if tree.head() != head:
        raise ValueError
    return rest


def _checkpoint(manifest: Manifest, ring: KeyRing, origin: str) -> Checkpoint:
    """Open the signed note under any key the log ever had. Raises OperatorError."""
    for epoch in reversed(ring.epochs(Ring.LEDGER)):
        try:
            return opened_note(manifest.checkpoint, VerifierKey(origin, ring.checkpoint_public_key(epoch)))
        except ConsentError:
            continue
    raise GivenError("the backup was not signed by this gateway")
