"""Making an installation: the private folder, the key ring, the two databases. Never overwrites a key ring.

Run again it only brings the databases to the newest schema, so that an upgrade and a first start are one command.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import inspect, literal, make_url, select, table

from gateway.core.crypto.keys import Ring
from gateway.core.errors import LostError, OperatorError, SwappedError
from gateway.core.ports import Entropy
from gateway.installation.folder import exclusive, make_private
from gateway.keyring.choosing import begun, is_made, made_ring, opened_ring
from gateway.settings import Settings
from gateway.sqlite_files import file_of_sqlite
from gateway.store.database import opened
from gateway.store.migrating import migrate
from gateway.store.person_keys import DATA_KEY, PersonKeyStore
from gateway.store.roles import grant
from gateway.store.schema_state import VERSION, require_newest
from gateway.store.tables.line import PersonTable


@dataclass(frozen=True, slots=True)
class Plan:
    """What `prepare` found missing."""

    folder: bool
    key_ring: bool
    schema: bool


def missing(settings: Settings, on: date) -> Plan:
    """Say what `prepare` would make, and change nothing. Raises OperatorError where it would."""
    settings.unlocking_secret()
    key_ring = not is_made(settings)
    _refuse_lost_keys(settings, key_ring=key_ring)
    refuse_lost(settings)
    if not key_ring:
        refuse_both_lost(settings, on)
    return Plan(folder=not settings.data.is_dir(), key_ring=key_ring, schema=not _is_newest(settings))


def prepare(settings: Settings, entropy: Entropy, on: date) -> Plan:
    """Make what is missing, and say what was.

    Raises OperatorError: nothing unlocks the key ring or it does not open, the folder is in use, there are databases
    whose key ring is gone (a new one would leave every sealed value in them unreadable for good), or one of the two
    databases is gone, or both (LostError).
    """
    plan = missing(settings, on)
    make_private(settings.data)
    with exclusive(settings.data):
        ring = made_ring(settings, entropy, on) if plan.key_ring else opened_ring(settings, entropy)
        bring_forward(settings)
        with opened(settings.person_key_database()) as keys:
            PersonKeyStore(keys, ring, entropy).prepare()
    return plan


def bring_forward(settings: Settings) -> None:
    """Bring the tables forward, as their owner where that is not the gateway's own role. Raises OperatorError."""
    if not settings.database_owner_url:
        with opened(settings.database()) as database:
            migrate(database.writing)
        return
    role = make_url(settings.database()).username or ""
    with opened(settings.database_owner_url) as database:
        migrate(database.writing)
        grant(database.writing, role)


def _refuse_lost_keys(settings: Settings, *, key_ring: bool) -> None:
    """Every installation gets its person-key database after its key ring, so one without the other has lost it."""
    if key_ring and _is_there(settings.person_key_database()):
        raise OperatorError("the databases are there but their key ring is gone; restore it from its backup")


def refuse_lost(settings: Settings) -> None:
    """Raise LostError where one database knows people and the other is gone, SwappedError where each is the other.

    A new key store would take the place of the one that opens their records; a new database would begin another log
    under the same key. In swapped ones `init` would begin both beside what is there.
    """
    database, keys = settings.database_owner_url or settings.database(), settings.person_key_database()
    people, key = str(PersonTable.__tablename__), DATA_KEY.name
    if _has_only(settings, database, key, people) and _has_only(settings, keys, people, key):
        raise SwappedError("each of the two databases lies in the place of the other; put both where they belong")
    knows_people, listed = (database, people), (keys, key)
    if _holds(settings, *knows_people) and not _has(settings, *listed):
        raise LostError("keys", "people's data keys are gone and the database is there; restore them from their backup")
    if _holds(settings, *listed) and not _has(settings, database, VERSION.name):
        raise LostError("data", "the database is gone and people's data keys are there; restore it from its backup")


def refuse_both_lost(settings: Settings, on: date) -> None:
    """Raise LostError where a key ring older than today has no database at all: the disk was lost, or never copied.

    A first start that ended half way is gone on with on its own day; who never got further moves the ring away.
    """
    try:
        made = begun(settings).get(Ring.PERSON)  # The one ring that is never rotated.
    except OperatorError:  # Then nothing is opened either, and that is what is said.
        return
    if made is None or made >= on:
        return
    if not any(_is_there(url) for url in (settings.database(), settings.person_key_database())):
        raise LostError(
            "keys", "the key ring is older than today and both databases are gone; restore the keys, then the data"
        )


def _has(settings: Settings, url: str, name: str) -> bool:
    """Ask without making a file: opening SQLite does make one."""
    if not sqlite_file(url, settings.data).exists():
        return False
    with opened(url) as database, database.reading.connect() as connection:
        return inspect(connection).has_table(name)


def _has_only(settings: Settings, url: str, name: str, other: str) -> bool:
    return _has(settings, url, name) and not _has(settings, url, other)


def _holds(settings: Settings, url: str, name: str) -> bool:
    if not _has(settings, url, name):
        return False
    with opened(url) as database, database.reading.connect() as connection:
        return connection.execute(select(literal(1)).select_from(table(name)).limit(1)).first() is not None


def _is_there(url: str) -> bool:
    """Tell whether that database was ever prepared: the file of SQLite, any table on a server."""
    if (file := file_of_sqlite(url)) is not None:
        return file.exists()
    with opened(url) as database, database.reading.connect() as connection:
        return bool(inspect(connection).get_table_names())


def _is_newest(settings: Settings) -> bool:
    with opened(settings.database()) as database:
        try:
            require_newest(database.reading)
        except OperatorError:
            return False
    return True


def sqlite_file(url: str, data: Path) -> Path:
    """Return the file behind a SQLite URL; for another database the data folder, which always exists."""
    return file_of_sqlite(url) or data
