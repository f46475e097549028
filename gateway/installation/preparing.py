"""Making an installation: the private folder, the key ring, the two databases. Never overwrites a key ring.

Run again it only brings the databases to the newest schema, so that an upgrade and a first start are one command.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import inspect, make_url

from gateway.core.errors import OperatorError
from gateway.core.ports import Entropy
from gateway.installation.folder import exclusive, make_private
from gateway.keyring.choosing import is_made, made_ring, opened_ring
from gateway.settings import Settings
from gateway.store.database import opened
from gateway.store.migrating import migrate
from gateway.store.person_keys import PersonKeyStore
from gateway.store.roles import grant
from gateway.store.schema_state import require_newest

_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Plan:
    """What `prepare` found missing."""

    folder: bool
    key_ring: bool
    schema: bool


def missing(settings: Settings) -> Plan:
    """Say what `prepare` would make, and change nothing. Raises OperatorError where it would."""
    settings.unlocking_secret()
    key_ring = not is_made(settings)
    _refuse_lost_keys(settings, key_ring=key_ring)
    return Plan(folder=not settings.data.is_dir(), key_ring=key_ring, schema=not _is_newest(settings))


def prepare(settings: Settings, entropy: Entropy, on: date) -> Plan:
    """Make what is missing, and say what was.

    Raises OperatorError: nothing unlocks the key ring or it does not open, the folder is in use, or there are databases
    whose key ring is gone (a new one would leave every sealed value in them unreadable for good).
    """
    plan = missing(settings)
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
    if key_ring and _is_there(settings.person_key_database(), settings.data):
        raise OperatorError("the databases are there but their key ring is gone; restore it from its backup")


def _is_there(url: str, data: Path) -> bool:
    """Tell whether that database was ever prepared: the file of SQLite, any table on a server."""
    if url.startswith(_SQLITE):
        return sqlite_file(url, data).exists()
    with opened(url) as database, database.reading.connect() as connection:
        return bool(inspect(connection).get_table_names())


def _is_newest(settings: Settings) -> bool:
    """Ask without making a file: opening SQLite does make one."""
    url = settings.database()
    if url.startswith(_SQLITE) and not sqlite_file(url, settings.data).exists():
        return False
    with opened(url) as database:
        try:
            require_newest(database.reading)
        except OperatorError:
            return False
    return True


def sqlite_file(url: str, data: Path) -> Path:
    """Return the file behind a SQLite URL; for another database the data folder, which always exists."""
    return Path(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) else data
