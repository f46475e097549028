"""Profile GX-M2M 1 as numbers and addresses: what this authorization server calls itself and how long things live.

Addresses come from configuration and are compared with what clients signed. They are never built from a Host header,
which the sender of a request chooses.
"""

import ipaddress
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from gateway.oauth.errors import UnsafeProfileError

LONGEST_SKEW: Final = 60
"""Seconds. FAPI 2.0 section 5.3.2.1: what lies further in the future is refused, whatever is configured."""
LONGEST_LIFETIME: Final = 300


@dataclass(frozen=True, slots=True)
class Profile:
    """What the door is configured with; making one checks it. Times are in seconds.

    `issuer` is the outside address of the gateway, without path: https, or http on a loopback address for a
    demonstration. `resource` is the API as clients name it (RFC 8707) and the audience of every access token. `skew` is
    how far a client's clock may be ahead. `proof_lifetime` is how old a DPoP proof may be by its own clock; its nonce
    is what limits it by ours. `mutual_tls` is the address at which a proxy asks clients for certificates
    (RFC 8705 section 5); without one there are no such clients.
    """

    issuer: str
    resource: str
    token_lifetime: int = LONGEST_LIFETIME
    assertion_lifetime: int = LONGEST_LIFETIME
    proof_lifetime: int = 120
    skew: int = 10
    mutual_tls: str = ""

    def __post_init__(self) -> None:
        issuer = _address(self.issuer)
        if issuer.path:
            raise UnsafeProfileError("the issuer is an address without path and without a slash at its end")
        _address(self.resource)
        if self.mutual_tls and _address(self.mutual_tls).path:
            raise UnsafeProfileError("the address for mutual TLS is one without path and without a slash at its end")
        lifetimes = (self.token_lifetime, self.assertion_lifetime, self.proof_lifetime)
        if not all(0 < lifetime <= LONGEST_LIFETIME for lifetime in lifetimes):
            raise UnsafeProfileError("a lifetime is longer than the profile allows, or not positive")
        if not 0 <= self.skew <= LONGEST_SKEW:
            raise UnsafeProfileError("the clock skew is larger than the profile allows")

    @property
    def fhir(self) -> str:
        """The FHIR endpoint as clients name it, and the audience of every token that is bound to no key."""
        return f"{self.issuer}/fhir"

    @property
    def token_endpoint(self) -> str:
        """RFC 6749 section 3.2."""
        return f"{self.issuer}/oauth/token"

    @property
    def revocation_endpoint(self) -> str:
        """RFC 7009 section 2."""
        return f"{self.issuer}/oauth/revoke"

    @property
    def introspection_endpoint(self) -> str:
        """RFC 7662 section 2."""
        return f"{self.issuer}/oauth/introspect"

    @property
    def jwks_uri(self) -> str:
        """RFC 8414 section 2."""
        return f"{self.issuer}/oauth/jwks"

    @property
    def resource_origin(self) -> str:
        """Scheme and authority of the API; a request's path is put behind it to know which URL its proof must name."""
        parts = urlsplit(self.resource)
        return f"{parts.scheme}://{parts.netloc}"


def _address(text: str) -> SplitResult:
    """Take a configured address apart. Raises `UnsafeProfileError` unless it is in the one form clients will sign."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise UnsafeProfileError("an address cannot be read") from None
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    default = {"https": 443, "http": 80}.get(parts.scheme)
    plain = f"{parts.scheme}://{host}{'' if port is None else f':{port}'}{parts.path}"
    if not parts.hostname or plain != text or port == default or default is None:
        raise UnsafeProfileError("an address is not in plain form: lower case, no user, no default port, no query")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise UnsafeProfileError("an address uses http and is not this machine's own")
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
