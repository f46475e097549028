"""What the database of a gateway that does not run says keeps it from serving, or waits for a person. Reads only."""

from sqlalchemy import Engine

from gateway.core.erasure.restoring import waits
from gateway.core.errors import OperatorError
from gateway.core.heads import RESTORED
from gateway.core.oversight.national import policy_in
from gateway.core.oversight.policy_approval import may_begin, standing
from gateway.courier.fetching import believes_nobody
from gateway.installation.findings import Finding
from gateway.installation.preparing import sqlite_file
from gateway.settings import Settings
from gateway.store.database import opened
from gateway.store.heads import version_of
from gateway.store.reading.courier import CourierReader
from gateway.store.reading.officers import OfficerReader
from gateway.store.reading.policies import PolicyReader
from gateway.store.schema_state import require_newest

MANY = 1_000
"""Dead letters that are counted; of more it is only said that there are more."""


def examine_records(settings: Settings) -> list[Finding]:
    """Look at each; nothing where there is no database of this version, which has a finding of its own."""
    if not sqlite_file(settings.database(), settings.data).exists():
        return []
    with opened(settings.database()) as database:
        try:
            require_newest(database.reading)
        except OperatorError:
            return []
        outward = CourierReader(database.reading)
        found = [dead_letters(len(outward.dead(MANY + 1))), _release(database.reading)]
        away = any(not endpoint.loopback for endpoint in outward.endpoints())
        if away or settings.anchors or settings.primero_hooks:
            found.append(_authorities())
        try:
            return [*found, _approval(settings, database.reading)]
        except OperatorError:  # A profile that cannot be loaded has a finding of its own.
            return found


def dead_letters(count: int) -> Finding:
    """Say whether something was given up that somebody has to look after: nobody tries it again by itself."""
    name = "dead letters"
    if not count:
        return Finding(name, ok=True, says="Nothing was given up.")
    says = f"{count if count <= MANY else f'More than {MANY}'} could not be brought, and were given up."
    return Finding(name, ok=False, says=says, next="referral-gateway courier dead")


def _authorities() -> Finding:
    """Others are reached by TLS alone: who believes nobody brings nothing, and nobody sees the log."""
    name = "authorities"
    if not believes_nobody():
        return Finding(name, ok=True, says="This machine has a list of those it believes.")
    says = "This machine believes no authority, so no other system can be reached."
    return Finding(name, ok=False, says=says, next="apt-get install -y ca-certificates")


def approved(*, counts: bool) -> Finding:
    """Say whether a gateway may be started with the country profile that the settings name."""
    name = "profile approval"
    if counts:
        return Finding(name, ok=True, says="A gateway may be started with the country profile.")
    says = "Two officers have not approved the country profile: no gateway starts with it."
    return Finding(name, ok=False, says=says, next="referral-gateway policy propose --help")


def _release(engine: Engine) -> Finding:
    name = "restored database"
    with engine.connect() as connection:
        waiting = waits(version_of(connection, RESTORED))
    if not waiting:
        return Finding(name, ok=True, says="None waits for a person.")
    says = "It was restored from a backup, and serves nobody until a person releases it (docs/backups.md)."
    return Finding(name, ok=False, says=says, next="referral-gateway restore release")


def _approval(settings: Settings, engine: Engine) -> Finding:
    shipped = settings.country_profile is None
    policy = policy_in(settings.profile(), settings.country)
    known = standing(PolicyReader(engine).steps()[0])
    return approved(counts=may_begin(known, policy, OfficerReader(engine), shipped=shipped))
