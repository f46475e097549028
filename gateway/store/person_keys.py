"""Data keys of people, in a database of their own that is left out of backups of the data (DESIGN section 6).

Destroying a row here makes everything sealed about her unreadable, in every copy of the other database.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import cast

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    and_,
    bindparam,
    column,
    delete,
    func,
    insert,
    inspect,
    select,
    table,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

from gateway.core.crypto.blind import Mark, erased_mark
from gateway.core.crypto.keys import KEY_BYTES, DataKeys, KeyRing, wrapped_prefix
from gateway.core.errors import OperatorError
from gateway.core.ports import Entropy
from gateway.store.database import Database, require_file, rewritten, unreadable
from gateway.store.moments import ticks
from gateway.store.prepared import PreparedStatement, reading
from gateway.store.tables.columns import Kind

METADATA = MetaData()
DATA_KEY = Table(
    "data_key",
    METADATA,
    Column("person", LargeBinary(16), primary_key=True, info={"kind": Kind.ID}),
    Column("wrapped", LargeBinary, nullable=False, info={"kind": Kind.WRAPPED}),
    comment="One person's data key.",
)
ERASED = Table(
    "erased",
    METADATA,
    Column("digest", LargeBinary(32), primary_key=True, info={"kind": Kind.BLIND}),
    Column("epoch", Integer, nullable=False, info={"kind": Kind.COUNT}),
    Column("at", BigInteger, nullable=False, info={"kind": Kind.TIME}),
    comment="A record that was erased, so that an older copy of the other database does not bring it back.",
)
_WRAPPED = PreparedStatement(select(DATA_KEY.c.wrapped).where(DATA_KEY.c.person == bindparam("of")))
_GONE = "people's data keys are gone; they are restored, and no new store made (docs/backups.md)"
_REMEMBERED = 4096
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PersonKeyStore:
    """`gateway.core.ports.PersonKeys` over a second database.

    Keys are wrapped by the key ring before they get there. May be used from many threads.
    """

    database: Database
    ring: DataKeys
    entropy: Entropy
    _open: "OrderedDict[bytes, bytes]" = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def of(self, person: bytes) -> bytes:
        """Return her data key. Raises OperatorError when it was destroyed."""
        with self._lock:
            if (remembered := self._open.get(person)) is not None:
                self._open.move_to_end(person)
                return remembered
        with reading(self.database.reading) as connection:
            rows = _WRAPPED.rows(connection, {"of": person})
        if not rows:
            raise OperatorError("a person's data key is gone")
        return self._remember(person, self.ring.unwrap_data_key(person, cast("bytes", rows[0][0])))

    def create(self, person: bytes) -> bytes:
        """Make and durably store a data key for a new person. Raises OperatorError when it could not be stored."""
        key = self.entropy.bytes(KEY_BYTES)
        row = {"person": person, "wrapped": self.ring.wrap_data_key(person, key)}
        try:
            with self.database.writing.begin() as connection:
                connection.execute(insert(DATA_KEY), row)
        except DBAPIError:
            raise OperatorError("the database did not take a data key") from None
        return self._remember(person, key)

    def discard(self, person: bytes) -> None:
        """Forget a key under which nothing was recorded. One that stays, where the database refuses, opens nothing."""
        with self._lock:
            self._open.pop(person, None)
        with suppress(DBAPIError), self.database.writing.begin() as connection:
            connection.execute(delete(DATA_KEY).where(DATA_KEY.c.person == person))

    def destroy(self, gone: Mapping[bytes, Mark], at: datetime) -> None:
        """Destroy these keys for good and list the marks, in one commit; whoever is listed already stays listed.

        Raises OperatorError where it could not, or where a key may still be read from the database's files. The store
        is small: all of it is written anew each time.
        """
        digests = [mark.digest for mark in gone.values()]
        try:
            with self.database.writing.begin() as connection:
                known = {*connection.execute(select(ERASED.c.digest).where(ERASED.c.digest.in_(digests))).scalars()}
                marks = [
                    {"digest": mark.digest, "epoch": mark.epoch, "at": ticks(at)}
                    for mark in gone.values()
                    if mark.digest not in known
                ]
                if marks:
                    connection.execute(insert(ERASED), marks)
                connection.execute(delete(DATA_KEY).where(DATA_KEY.c.person.in_([*gone])))
            cleaned = rewritten(self.database.writing, DATA_KEY.name)
        except DBAPIError:
            raise OperatorError("the database did not destroy a data key") from None
        finally:
            with self._lock:
                for person in gone:
                    self._open.pop(person, None)
        if not cleaned:
            raise OperatorError("a destroyed data key may still be read from the database's files")

    def forget_destroyed(self) -> int:
        """Forget every remembered key that another process destroyed; how many there were (A-04).

        Raises OperatorError when the database does not answer.
        """
        with self._lock:
            remembered = [*self._open]
        with self.database.reading.connect() as connection:
            kept = {
                bytes(person)
                for some in _batches(remembered)
                for person in connection.execute(select(DATA_KEY.c.person).where(DATA_KEY.c.person.in_(some))).scalars()
            }
        gone = [person for person in remembered if person not in kept]
        with self._lock:
            for person in gone:
                self._open.pop(person, None)
        return len(gone)

    def destroyed(self) -> dict[int, frozenset[bytes]]:
        """Return the digests of everybody erased, by the epoch they were made under."""
        return destroyed(self.database)

    def bury(self, listed: Mapping[int, frozenset[bytes]], keys: KeyRing, held_back: str) -> int:
        """Take over a list of who was erased, and destroy the keys this store still holds of them; how many those were.

        For a store out of a backup. `held_back` is what its table was renamed to until then, so that nobody used it.
        Raises OperatorError as `destroy` does.
        """
        with self.database.reading.connect() as connection:
            people = select(column("person", LargeBinary)).select_from(table(held_back))
            held = connection.execute(people).scalars().all()
        gone = [
            person
            for person in held
            if any(erased_mark(keys, person, epoch).digest in digests for epoch, digests in listed.items())
        ]
        known = {digest for digests in self.destroyed().values() for digest in digests}
        rows = [
            {"digest": digest, "epoch": epoch, "at": 0}
            for epoch, digests in listed.items()
            for digest in digests - known
        ]
        with self.database.writing.begin() as connection:
            if held_back != DATA_KEY.name:
                connection.execute(text(f"alter table {held_back} rename to {DATA_KEY.name}"))
            if rows:
                connection.execute(insert(ERASED), rows)
            connection.execute(delete(DATA_KEY).where(DATA_KEY.c.person.in_(gone)))
        if not rewritten(self.database.writing, DATA_KEY.name):
            raise OperatorError("a destroyed data key may still be read from the database's files")
        return len(gone)

    def under(self) -> dict[int, int]:
        """Return how many data keys each epoch wraps."""
        epoch = func.substr(DATA_KEY.c.wrapped, 2, 4, type_=LargeBinary)
        with self.database.reading.connect() as connection:
            counted = connection.execute(select(epoch, func.count()).group_by(epoch)).all()
        return {int.from_bytes(number): count for number, count in counted}

    def rewrap(self, epoch: int, after: bytes, limit: int) -> tuple[int, bytes]:
        """Wrap up to `limit` keys of earlier epochs anew, in one commit; (how many, the last person, empty at the end).

        A key that was destroyed meanwhile stays destroyed. Raises OperatorError when the database refuses.
        """
        older = and_(DATA_KEY.c.person > after, DATA_KEY.c.wrapped < wrapped_prefix(epoch))
        with self.database.reading.connect() as connection:
            rows = connection.execute(select(DATA_KEY).where(older).order_by(DATA_KEY.c.person).limit(limit)).all()
        anew = [{"of": row.person, "old": row.wrapped, "new": self._anew(row.person, row.wrapped)} for row in rows]
        if not anew:
            return 0, b""
        same = and_(DATA_KEY.c.person == bindparam("of"), DATA_KEY.c.wrapped == bindparam("old"))
        try:
            with self.database.writing.begin() as connection:
                connection.execute(update(DATA_KEY).where(same).values(wrapped=bindparam("new")), anew)
        except DBAPIError:
            raise OperatorError("the database did not take a data key") from None
        return len(anew), rows[-1].person

    def _anew(self, person: bytes, wrapped: bytes) -> bytes:
        return self.ring.rewrap_data_key(person, wrapped)

    def require(self) -> None:
        """Raise OperatorError where the store is gone: beside a new, empty one nobody's record opens any more."""
        require_there(self.database)

    def prepare(self) -> None:
        """Create the table where it is missing. Raises OperatorError when the database does not do it."""
        try:
            METADATA.create_all(self.database.writing)
        except DBAPIError as error:
            raise unreadable(error) from None

    def _remember(self, person: bytes, key: bytes) -> bytes:
        with self._lock:
            self._open[person] = key
            while len(self._open) > _REMEMBERED:
                self._open.popitem(last=False)
        return key


def require_there(database: Database) -> None:
    """Raise OperatorError unless the database is a key store."""
    require_file(database.reading, _GONE)
    with database.reading.connect() as connection:
        if not inspect(connection).has_table(DATA_KEY.name):
            raise OperatorError(_GONE)


def destroyed(database: Database) -> dict[int, frozenset[bytes]]:
    """Return the list of who was erased as a key store has it; for whoever has no key ring at hand.

    Raises OperatorError where there is none.
    """
    require_file(database.reading, _GONE)
    found: dict[int, set[bytes]] = {}
    with database.reading.connect() as connection:
        for epoch, digest in connection.execute(select(ERASED.c.epoch, ERASED.c.digest)):
            found.setdefault(epoch, set()).add(digest)
    return {epoch: frozenset(digests) for epoch, digests in found.items()}


def _batches(people: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (people[start : start + _AT_ONCE] for start in range(0, len(people), _AT_ONCE))
