"""Client authentication by mutual TLS (RFC 8705 section 2), as Authlib asks for it.

TLS itself proved, to the proxy, that the sender holds the certificate's key; here it is only said whose it is. Unknown
client, other client and other certificate are refused in the same way and after the same work.
"""

from collections.abc import Callable

from gateway.core.access.certificates import is_named, is_pinned
from gateway.core.access.client_modes import ClientMode
from gateway.oauth.clients import OAuthClient
from gateway.oauth.errors import InvalidClientError, Why
from gateway.oauth.requests import BoundRequest


def authenticate(query_client: Callable[[str], OAuthClient], request: BoundRequest) -> OAuthClient | None:
    """Return the authenticated client, or None where the request does not ask for this.

    Raises `InvalidClientError`.
    """
    client_id, shown = request.form.get("client_id"), request.certificate
    if client_id is None or shown is None:
        return None
    client = query_client(client_id)
    if client.known is None:
        raise InvalidClientError(Why.CLIENT_UNKNOWN)
    if not client.known.enabled:
        raise InvalidClientError(Why.CLIENT_DISABLED)
    if client.mode is not ClientMode.MTLS:
        raise InvalidClientError(Why.MODE)
    pinned = is_pinned(shown.certificate, client.known.jwks, shown.at)
    if not (pinned or (shown.vouched and is_named(shown.certificate, client.known.names))):
        raise InvalidClientError(Why.BINDING)
    return client
