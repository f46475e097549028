"""Whether the key ring, people's data keys and the database are one installation's, told from what lies in them.

Beside a file of another installation the gateway would start, know everybody's number and open nobody's record: each
referral of hers would fail, and whoever is met anew would be written among strangers.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from sqlalchemy import Connection, select

from gateway.core.errors import MixedError, OperatorError
from gateway.store.database import Database
from gateway.store.person_keys import DATA_KEY, PersonKeyStore
from gateway.store.rows.line import PERSON

_LOOKED_AT: Final = 200
"""Of people, and of keys: where none of so many fits, none does. One that fits is enough; restores lack some."""

_OTHER_RING: Final = (
    "people's data keys are not of this key ring: one of the two is another installation's, "
    "or the ring is a copy from before they were wrapped anew"
)


def require_together(database: Database, keys: PersonKeyStore) -> None:
    """Raise MixedError where no key opens under the ring, or no person of the database has a key among those there.

    An empty key store says nothing: a restored one may be. Raises OperatorError where a database does not answer.
    """
    with keys.database.reading.connect() as connection:
        wrapped = connection.execute(select(DATA_KEY).limit(_LOOKED_AT)).all()
        if not wrapped:
            return
        if not any(_opens(keys, row.person, row.wrapped) for row in wrapped):
            raise MixedError(_OTHER_RING)
        people = _people(database)
        if people and not _has_key(connection, people):
            raise MixedError("nobody in the database has a data key here; one of the two is another installation's")


def _opens(keys: PersonKeyStore, person: bytes, wrapped: bytes) -> bool:
    with suppress(OperatorError):
        return bool(keys.ring.unwrap_data_key(person, wrapped))
    return False


def _people(database: Database) -> Sequence[bytes]:
    with database.reading.connect() as connection:
        return connection.execute(select(PERSON.c.id).limit(_LOOKED_AT)).scalars().all()


def _has_key(connection: Connection, people: Sequence[bytes]) -> bool:
    found = select(DATA_KEY.c.person).where(DATA_KEY.c.person.in_(people)).limit(1)
    return connection.execute(found).first() is not None
