"""Whether both databases are there, whole, each in its place and of this version; and the command that mends it."""

from collections.abc import Callable
from datetime import date
from typing import Final

from gateway.clock import SystemEntropy
from gateway.core.errors import DamagedError, LostError, MixedError, NewerError, OperatorError, SwappedError
from gateway.installation.findings import Finding, quoted, sentence
from gateway.installation.preparing import refuse_both_lost, refuse_lost
from gateway.keyring.choosing import opened_ring
from gateway.packaging_guard import OURS
from gateway.settings import Settings
from gateway.store.belonging import require_together
from gateway.store.database import opened
from gateway.store.person_keys import PersonKeyStore, require_there
from gateway.store.schema_state import require_newest

_INIT: Final = "referral-gateway init"
_NO_STORE_YET: Final = "There is no store of people's data keys yet."


def examine_databases(settings: Settings, today: date) -> list[Finding]:
    """Look at each: call it under the folder's lock, when no gateway runs."""
    says, mend = _together(settings, today)
    if says:
        return [Finding("schema", ok=False, says=says, next=mend)]
    keys = _looked_at("person keys", "They are there, apart from the data.", lambda: _keys(settings), mend, "keys")
    if mend == _INIT and not keys.ok and keys.next == _INIT:  # Nothing is gone that never was.
        keys = Finding(keys.name, ok=False, says=_NO_STORE_YET, next=_INIT)
    return [_looked_at("schema", "The newest.", lambda: _data(settings), mend, "data"), keys]


def examine_belonging(settings: Settings) -> list[Finding]:
    """Say whether both databases and the key ring are one installation's; nothing where one of them does not open."""
    name, mend = "installation", _looked_for(settings)
    try:
        with opened(settings.database()) as database, opened(settings.person_key_database()) as keys:
            require_newest(database.reading)
            require_there(keys)
            require_together(database, PersonKeyStore(keys, opened_ring(settings, SystemEntropy()), SystemEntropy()))
    except MixedError as error:
        return [Finding(name, ok=False, says=sentence(error), next=mend)]
    except OperatorError:  # It has a finding of its own.
        return []
    return [Finding(name, ok=True, says="The key ring, people's data keys and the database belong together.")]


def _looked_for(settings: Settings) -> str:
    return f"env | grep ^GATEWAY_; ls -l {quoted(settings.data)}"


def _together(settings: Settings, today: date) -> tuple[str, str]:
    """Return what is wrong with both, if anything, and the command for one that is missing.

    Not `init` where the other is there and knows people.
    """
    try:
        refuse_lost(settings)
        refuse_both_lost(settings, today)
    except LostError as error:
        return "", f"referral-gateway restore {error.part} --help"
    except SwappedError as error:
        return sentence(error), _looked_for(settings)
    except OperatorError:
        return "", f"df -h {quoted(settings.data)}" if settings.database().startswith("sqlite") else "pg_isready"
    return "", _INIT


def _looked_at(name: str, well: str, check: Callable[[], object], missing: str, part: str) -> Finding:
    try:
        check()
    except DamagedError as error:
        return Finding(name, ok=False, says=sentence(error), next=f"referral-gateway restore {part} --help")
    except LostError as error:
        return Finding(name, ok=False, says=sentence(error), next=f"referral-gateway restore {error.part} --help")
    except NewerError as error:
        return Finding(name, ok=False, says=sentence(error), next=OURS)
    except OperatorError as error:
        return Finding(name, ok=False, says=sentence(error), next=missing)
    return Finding(name, ok=True, says=well)


def _data(settings: Settings) -> None:
    with opened(settings.database()) as database:
        require_newest(database.reading)


def _keys(settings: Settings) -> None:
    with opened(settings.person_key_database()) as database:
        require_there(database)
