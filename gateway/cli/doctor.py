"""What `doctor` does: looks at everything an operator can get wrong, and says which command mends it. Changes nothing.

Loaded by that command alone: it opens what most commands leave to the running gateway.
"""

from collections.abc import Mapping
from datetime import date

from gateway import __version__
from gateway.cli.failures import DOCTOR, PROGRAM, CommandFailedError, of_installation
from gateway.cli.session import Session, talk
from gateway.core.errors import OperatorError
from gateway.core.parties.agency_keys import Ending
from gateway.core.ports import Clock
from gateway.installation.examining import agency_keys, client_keys, examine, examine_closed
from gateway.installation.examining_records import approved, dead_letters
from gateway.installation.findings import Finding, quoted, sentence
from gateway.installation.folder import LOCK, InUseError, exclusive, is_open_to_others
from gateway.settings import Settings, read


def findings(clock: Clock) -> list[Finding]:
    """Look at everything: beside a running gateway what can be seen from outside, without one the databases too."""
    try:
        settings = read()
    except OperatorError as error:
        return [Finding("settings", ok=False, says=of_installation(error).says, next="env | grep ^GATEWAY_")]
    found = [Finding("settings", ok=True, says="Every one is known and valid."), *examine(settings, clock.now())]
    try:
        with exclusive(settings.data):
            return [*found, *examine_closed(settings, clock.now()), Finding("gateway", ok=True, says="None runs here.")]
    except InUseError:
        return [*found, *_running(settings, clock)]
    except OperatorError as error:
        if not all(one.ok for one in found if one.name == "data folder"):  # That has said so.
            return found
        place, lock = quoted(settings.data), quoted(settings.data / LOCK)
        mend = f"findmnt -T {place}; ls -ld {place} {lock}"
        return [*found, Finding("gateway", ok=False, says=sentence(error), next=mend)]


def line(one: Finding) -> str:
    """Write one finding for people; words, not colours."""
    said = f"{'ok' if one.ok else 'PROBLEM':<8}{one.name}: {one.says}"
    return said if one.ok else f"{said}\n        Next: {one.next}"


def _running(settings: Settings, clock: Clock) -> list[Finding]:
    """Ask the gateway that holds the folder; it has the key ring open, and knows its own schema."""
    name = "gateway"
    try:
        told, keys, clients, breaches, dead, policy, officers = talk(_asked, settings)
    except CommandFailedError as error:
        following = f"{PROGRAM} init" if error.next == DOCTOR else error.next
        return [Finding(name, ok=False, says=error.says, next=following)]
    if is_open_to_others(settings.socket):
        return [Finding(name, ok=False, says="Others may use its socket.", next=f"chmod 600 {settings.socket}")]
    if told["version"] != __version__:
        return [Finding(name, ok=False, says="It runs, in another version than this.", next=f"{PROGRAM} serve")]
    ends = keys["agencies"]
    found = [
        Ending(str(one["agency"]), str(one["key"]), date.fromisoformat(str(one["last_day"])))
        for one in (ends if isinstance(ends, list) else [])
    ]
    says, today = f"It runs; the log holds {told['entries']} entries.", clock.now().date()
    return [
        agency_keys(found, today),
        client_keys(_ends_of_clients(clients["clients"]), today),
        told_in_time(breaches["breaches"]),
        dead_letters(_many(dead["dead_letters"]) + bool(dead["more"])),
        approved(counts=settings.country_profile is None or not _many(officers["officers"]) or starts_again(policy)),
        Finding(name, ok=True, says=says),
    ]


async def _asked(session: Session) -> tuple[dict[str, object], ...]:
    paths = ("/status", "/keys", "/clients", "/breaches", "/dead-letters", "/policy/proposals", "/officers")
    return (*[await session.get(path) for path in paths],)


def starts_again(policy: Mapping[str, object]) -> bool:
    """Say whether two officers approved the profile in force: one that began without any ends with this run."""
    now, waiting = policy["in_force"], policy["proposals"]
    if not isinstance(now, dict) or not isinstance(waiting, list):
        return False
    return bool(now["approved"]) or any(one["digest"] == now["digest"] and not one["missing"] for one in waiting)


def _many(listed: object) -> int:
    return len(listed) if isinstance(listed, list) else 0


def told_in_time(listed: object) -> Finding:
    """Say whether somebody is still to be told of a breach, after the country's time for it (A-05)."""
    late = [one for one in (listed if isinstance(listed, list) else []) if one["overdue"]]
    if not late:
        return Finding("breaches", ok=True, says="Nobody waits to be told of one after its time.")
    says = f"{len(late)} were not told to everybody in time."
    return Finding("breaches", ok=False, says=says, next=f"{PROGRAM} breach list")


def _ends_of_clients(listed: object) -> list[Ending]:
    """Read the ends of the keys of clients that are not switched off, the soonest first."""
    clients = [one for one in (listed if isinstance(listed, list) else []) if one["enabled"]]
    found = [
        Ending(str(one["id"]), str(key["kid"]), date.fromisoformat(key["expires"]))
        for one in clients
        for key in one["keys"]
        if key["expires"]
    ]
    return sorted(found, key=lambda ending: ending.last_day)
