"""What a person may register a client for: bounds that fit its mode, and names of resource servers that are plain."""

from collections.abc import Set as AbstractSet
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from gateway.core.access.client_modes import ClientMode
from gateway.core.access.client_rights import ClientRights
from gateway.core.errors import RegistrationRefusedError
from gateway.core.rows import ClientRow

MOST_RECIPIENTS: Final = 32
"""Recipients or resource servers of one client: its limits stand in each of its tokens."""

_LONGEST: Final = 200


def check_rights(row: ClientRow, audiences: AbstractSet[str]) -> None:
    """Raise RegistrationRefusedError unless the bounds fit the mode; `audiences` are the resource servers there are."""
    rights, is_server = row.rights, row.mode is ClientMode.RESOURCE_SERVER
    if is_server is not (rights.audience is not None):
        raise RegistrationRefusedError("audience_missing")
    if rights.audience is not None:
        _check_server(row, rights.audience, audiences)
    elif not row.scopes:
        raise RegistrationRefusedError("key_or_scope_missing")
    if not rights.resources <= audiences:
        raise RegistrationRefusedError("resource_unknown")
    if max(len(rights.resources), len(rights.limit.recipients or ())) > MOST_RECIPIENTS:
        raise RegistrationRefusedError("too_many_recipients")


def _check_server(row: ClientRow, audience: str, audiences: AbstractSet[str]) -> None:
    if row.scopes or row.rights != ClientRights(audience=audience):
        raise RegistrationRefusedError("resource_server_asks_nothing")
    if not is_plain(audience):
        raise RegistrationRefusedError("audience_form")
    if audience in audiences:
        raise RegistrationRefusedError("audience_taken")


def is_plain(url: str) -> bool:
    """Tell whether a URL has one spelling: https (http on this machine), lower case, no user, query or fragment."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    authority = host if port is None else f"{host}:{port}"
    plain = f"{parts.scheme}://{authority}{parts.path}"
    safe = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    return safe and bool(host) and plain == url and len(url) <= _LONGEST and url.isascii() and url.isprintable()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
