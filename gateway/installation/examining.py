"""What is wrong with an installation, found out without changing it. No sentence carries a value of a setting."""

import os
import shutil
import stat
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from gateway.clock import SystemClock, SystemEntropy
from gateway.core.crypto.keys import KeptRing
from gateway.core.errors import OperatorError
from gateway.core.lately import RELEASED
from gateway.core.parties.agency_keys import SOON, Ending, endings
from gateway.core.parties.client_keys import client_endings
from gateway.core.rotation.key_keeping import overdue
from gateway.installation.examining_databases import examine_belonging, examine_databases
from gateway.installation.examining_files import examine_files
from gateway.installation.examining_records import examine_records
from gateway.installation.findings import Finding, quoted, sentence, tried
from gateway.installation.folder import (
    AnotherUsersError,
    NoFolderError,
    OpenFolderError,
    is_open_to_others,
    require_private,
)
from gateway.installation.preparing import sqlite_file
from gateway.installation.unlocking import is_anothers, looked_at, to_open, without_secret
from gateway.keyring.choosing import begun, opened_ring
from gateway.keyring.device import SCHEME
from gateway.packaging_guard import OURS, pip, require_own_packages
from gateway.plugins.configured import adapters_of
from gateway.plugins.finding import LeftOut
from gateway.settings import Settings
from gateway.store.clocks import ClocksDifferError, ServerClock
from gateway.store.database import opened
from gateway.store.reading.books import BookReader
from gateway.store.reading.clients import ClientReader
from gateway.store.roles import too_much

SMALLEST_SPACE = 512 * 1024 * 1024
"""Bytes that must be free where the databases lie: a full disk stops every record."""


_CLOCK_ERROR = timedelta(minutes=5)

_APART = f"python3 -m venv NEW && NEW/bin/pip install --require-hashes -r requirements/run.txt && NEW/bin/{OURS}"


def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Look at everything that can be looked at beside a running gateway."""
    folder = _folder(settings)
    if not (folder.ok or _may_look(settings)):  # Whatever else were said would be about what this user may not see.
        return [_packages(), folder]
    return [
        _packages(),
        folder,
        _secret(settings),
        _files(settings),
        _space(settings),
        _clock(settings, now),
        _ages(settings, now.date()),
        _adapters(settings),
        *examine_files(settings, now),
        *_role(settings),
    ]


def examine_closed(settings: Settings, now: datetime) -> list[Finding]:
    """Look at what only one process may open: call it under the folder's lock, when no gateway runs."""
    return [
        tried("key ring", "It opens.", lambda: _open_ring(settings), _to_open(settings)),
        *examine_databases(settings, now.date()),
        *examine_belonging(settings),
        _agency_keys(settings, now.date()),
        _client_keys(settings, now.date()),
        *examine_records(settings),
    ]


def _packages() -> Finding:
    return tried("packages", "All four are ours alone.", require_own_packages, _APART)


def _folder(settings: Settings) -> Finding:
    name, place = "data folder", quoted(settings.data)
    try:
        require_private(settings.data)
    except AnotherUsersError as error:
        as_its_user = f'sudo -u "$(sudo stat -c %U {place})" env GATEWAY_DATA={place} referral-gateway doctor'
        return Finding(name, ok=False, says=sentence(error), next=as_its_user)
    except OpenFolderError as error:
        return Finding(name, ok=False, says=sentence(error), next=f"chmod 700 {place}")
    except NoFolderError as error:
        beside = next(folder for folder in settings.data.resolve().parents if folder.exists())
        make = "referral-gateway init" if os.access(beside, os.W_OK) else f'sudo install -d -m 700 -o "$USER" {place}'
        return Finding(name, ok=False, says=sentence(error), next=make)
    except OperatorError as error:
        return Finding(name, ok=False, says=sentence(error), next=f"ls -ld {place}")
    return Finding(name, ok=True, says="Private to this user.")


def _secret(settings: Settings) -> Finding:
    """A running gateway needs no secret from whoever runs `doctor`; a wrong one that is given is told all the same."""
    name, file = "secret", settings.secret_file
    if file is None and settings.secret is None:
        return Finding(name, ok=True, says="None is set here; the server that unlocks the key ring has its own.")
    if file is not None and is_anothers(file):
        return Finding(name, ok=False, says="This user may not read the secret file.", next=looked_at(file))
    if file is not None and file.exists() and is_open_to_others(file):
        return Finding(name, ok=False, says="Others may read the secret file.", next=f"chmod 600 {quoted(file)}")
    if file is not None and not file.exists():
        says, mend = without_secret(settings, file)
        return Finding(name, ok=False, says=says, next=mend)
    mend = f"mv {quoted(file)} ~/.gateway-secret && export GATEWAY_SECRET_FILE=~/.gateway-secret" if file else ""
    return tried(name, "It is there, and not beside the database.", settings.unlocking_secret, mend)


def _files(settings: Settings) -> Finding:
    """Inside a private folder nobody gets at them; a file that is let open does not stay private when it is copied."""
    inside = sorted(settings.data.iterdir()) if settings.data.is_dir() else []
    wrong = [path for path in inside if not stat.S_ISLNK(path.lstat().st_mode) and is_open_to_others(path)]
    if wrong:
        mend = f"chmod -R go= {quoted(settings.data)}"
        return Finding("file modes", ok=False, says=f"Others may use {wrong[0].name}.", next=mend)
    return Finding("file modes", ok=True, says="Nothing in the data folder is open to others.")


def _space(settings: Settings) -> Finding:
    place = next(folder for folder in (settings.data, *settings.data.resolve().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    says = f"{free // (1024 * 1024)} MB are free."
    return Finding(
        "disk space", free >= SMALLEST_SPACE, says, "" if free >= SMALLEST_SPACE else f"df -h {quoted(place)}"
    )


def _clock(settings: Settings, now: datetime) -> Finding:
    """A wrong clock makes consents run out early or never; it is compared with what the database last saw."""
    name = "clock"
    if now < RELEASED:
        return Finding(name, ok=False, says="It is before this program was made.", next="timedatectl status")
    database = sqlite_file(settings.database(), settings.data)
    if database.exists():
        written = datetime.fromtimestamp(_newest(database), UTC)
        if now + _CLOCK_ERROR < written:
            return Finding(name, ok=False, says="The database was written in its future.", next="timedatectl status")
    try:
        _ask_server(settings)
    except ClocksDifferError as error:
        return Finding(name, ok=False, says=sentence(error), next="timedatectl status")
    except OperatorError:  # That it does not answer is a finding of its own.
        pass
    return Finding(name, ok=True, says="Nothing contradicts it.")


def _ask_server(settings: Settings) -> None:
    if not settings.database().startswith("sqlite"):
        with opened(settings.database()) as database:
            ServerClock(database.reading, SystemClock()).require()


def _newest(database: Path) -> float:
    beside = (database, database.with_name(f"{database.name}-wal"))
    return max(path.stat().st_mtime for path in beside if path.exists())


def _ages(settings: Settings, today: date) -> Finding:
    """Tell from the outside of the key ring how old its keys are."""
    name = "key ages"
    try:
        late = overdue(begun(settings), today)
    except OperatorError:
        return Finding(name, ok=True, says="There is no key ring to ask.")
    if not late:
        return Finding(name, ok=True, says="No ring waits to be rotated.")
    says = f"Older than it should be: {', '.join(ring.value for ring in late)}."
    return Finding(name, ok=False, says=says, next=f"referral-gateway keys rotate {late[0].value}")


def agency_keys(found: Iterable[Ending], today: date) -> Finding:
    """Say which registered keys of agencies end soon, or have ended."""
    return _endings("agency keys", found, today, "referral-gateway agency add --help")


def client_keys(found: Iterable[Ending], today: date) -> Finding:
    """Say which keys of clients end soon, or have ended: nobody gets in with one that has."""
    return _endings("client keys", found, today, "referral-gateway client key add --help")


def _endings(name: str, found: Iterable[Ending], today: date, mend: str) -> Finding:
    soon = [one for one in found if one.last_day <= today + SOON]
    if not soon:
        return Finding(name, ok=True, says="None ends within a month.")
    first = f"{soon[0].key} of {soon[0].agency}, {soon[0].last_day.isoformat()}"
    return Finding(name, ok=False, says=f"{len(soon)} end within a month or ended; first {first}.", next=mend)


def _adapters(settings: Settings) -> Finding:
    """Say which run, and which were found and do not; try whether a worker starts for each that is not ours."""
    name = "adapters"
    try:
        found = adapters_of(settings)
    except OperatorError as error:
        return Finding(name, ok=False, says=sentence(error), next=pip("check"))
    try:
        stillborn = [
            LeftOut(key, "its worker does not start", was_allowed=True)
            for key, crew in found.crews.items()
            if not crew.comes_to_life()
        ]
    finally:
        found.close()
    says = f"Installed: {', '.join(sorted(found.by_key))}." if found.by_key else "None is installed."
    left_out = [*found.left_out, *stillborn]
    says = " ".join([says, *(f"Not run: {one.name}, {one.why}." for one in left_out)])
    if any(one.was_allowed for one in left_out):
        return Finding(name, ok=False, says=says, next="referral-gateway adapter allowed")
    return Finding(name, bool(found.by_key), says, "" if found.by_key else OURS)


def _open_ring(settings: Settings) -> KeptRing:
    return opened_ring(settings, SystemEntropy())


def _role(settings: Settings) -> list[Finding]:
    """Look at what the gateway's role may do in a PostgreSQL database; an embedded database has no roles."""
    if settings.database().startswith("sqlite"):
        return []
    name, mend = "database role", "GATEWAY_DATABASE_OWNER_URL=... referral-gateway init"
    with opened(settings.database()) as database:
        try:
            found = too_much(database.reading)
        except OperatorError as error:
            return [Finding(name, ok=False, says=sentence(error), next="pg_isready")]
    if found:
        return [Finding(name, ok=False, says=f"The gateway's role may do too much: {'; '.join(found)}.", next=mend)]
    return [Finding(name, ok=True, says="It adds to the log and changes nothing there.")]


def _to_open(settings: Settings) -> str:
    """Return the command for a key ring that does not open: `init` only where none was ever made."""
    if not (settings.keyring.startswith(SCHEME) or settings.keyring_file.exists() or _has_keys(settings)):
        return "referral-gateway init"
    return to_open(settings)


def _has_keys(settings: Settings) -> bool:
    """Say whether there is a database of people's keys, which only a key ring opens."""
    return sqlite_file(settings.person_key_database(), settings.data).exists()


def _may_look(settings: Settings) -> bool:
    """Say whether this user may look into the data folder, or where it would lie."""
    try:
        return not settings.data.is_dir() or os.access(settings.data, os.R_OK | os.X_OK)
    except PermissionError:
        return False


def _agency_keys(settings: Settings, today: date) -> Finding:
    if not sqlite_file(settings.database(), settings.data).exists():
        return agency_keys((), today)
    with opened(settings.database()) as database:
        try:
            return agency_keys(endings(BookReader(database.reading).agency_documents()), today)
        except OperatorError:
            return Finding("agency keys", ok=True, says="There is no register to ask.")


def _client_keys(settings: Settings, today: date) -> Finding:
    if not sqlite_file(settings.database(), settings.data).exists():
        return client_keys((), today)
    with opened(settings.database()) as database:
        try:
            enabled = ((one.client_id, one.jwks) for one in ClientReader(database.reading).clients() if one.enabled)
            return client_keys(client_endings(enabled), today)
        except OperatorError:
            return Finding("client keys", ok=True, says="There is no register to ask.")
