"""The files that settings name, read as the gateway will when it starts: what would stop it, and what ends soon.

Certificates of others that the gateway trusts end like keys, and nobody tells it: once a time-stamping authority's root
has ended, its answers prove nothing, and disclosures stop four hours later.
"""

from collections.abc import Iterable
from datetime import date, datetime

from gateway.clock import SystemClock
from gateway.core.access.certificates import read_authorities
from gateway.core.errors import OperatorError
from gateway.core.oversight.national import policy_in
from gateway.core.parties.agency_keys import SOON
from gateway.courier.anchor_file import read_anchors
from gateway.courier.primero_hooks import read_hooks
from gateway.courier.time_stamps import Authority
from gateway.installation.findings import Finding, quoted, sentence, tried
from gateway.settings import Settings


def examine_files(settings: Settings, now: datetime) -> list[Finding]:
    """Look at every one of them."""
    return [
        _hooks(settings),
        _witnesses(settings, now.date()),
        _client_authorities(settings, now.date()),
        _profile(settings),
    ]


def _hooks(settings: Settings) -> Finding:
    name, file = "hooks", settings.primero_hooks
    if file is None:
        return Finding(name, ok=True, says="No Primero webhook is registered.")
    return tried(name, "Every Primero webhook is complete.", lambda: read_hooks(settings), f"less {quoted(file)}")


def _witnesses(settings: Settings, today: date) -> Finding:
    name, file = "witnesses", settings.anchors
    if file is None:
        return Finding(name, ok=True, says="Nobody outside is named to see the log.")
    mend = f"less {quoted(file)}"
    try:
        found = read_anchors(settings, lambda _older, _newer: (), SystemClock())
    except OperatorError as error:
        return Finding(name, ok=False, says=sentence(error), next=mend)
    days = [one.root.not_valid_after_utc.date() for one in found.anchors if isinstance(one, Authority)]
    says = f"{len(found.anchors)} see the log, {found.needed} of them needed."
    return _ending(name, days, today, mend) or Finding(name, ok=True, says=says)


def _client_authorities(settings: Settings, today: date) -> Finding:
    name, file = "client authorities", settings.client_authorities
    if file is None:
        return Finding(name, ok=True, says="No client certificate is believed by name.")
    mend = f"less {quoted(file)}"
    try:
        days = read_authorities(settings.authorities() or b"").last_days()
    except OperatorError as error:
        return Finding(name, ok=False, says=sentence(error), next=mend)
    return _ending(name, days, today, mend) or Finding(name, ok=True, says="None ends within a month.")


def _ending(name: str, days: Iterable[date], today: date, mend: str) -> Finding | None:
    soon = sorted(last for last in days if last <= today + SOON)
    if not soon:
        return None
    says = f"{len(soon)} certificates end within a month or ended; the first {soon[0].isoformat()}."
    return Finding(name, ok=False, says=says, next=mend)


def _profile(settings: Settings) -> Finding:
    """Whether two officers approved it, only the database knows: `policy status`."""
    name, file = "country profile", settings.country_profile
    if file is None:
        return Finding(name, ok=True, says="The one that ships, which protects most.")
    mend = f"less {quoted(file)}"
    return tried(name, "It can be loaded.", lambda: policy_in(settings.profile(), settings.country), mend)
