"""A registered client as Authlib sees it, and a decoy for one that is not registered.

An unknown client walks the same way as a known one up to the signature, which is then verified against a decoy key: so
neither the answer nor its time tells who is registered. A decoy never authenticates, whatever its signature says.
"""

from collections.abc import Collection
from hashlib import sha256
from typing import Final

from authlib.oauth2.rfc6749 import ClientMixin
from joserfc.jwk import ECKey, Key, OKPKey
from typing_extensions import override

from gateway.core.access.client_modes import ClientMode
from gateway.core.access.scopes import Scope
from gateway.core.errors import Defect
from gateway.oauth.algorithms import ALGORITHMS, KeyShape, registered
from gateway.oauth.compact import encode
from gateway.oauth.errors import InvalidClientError, InvalidScopeError, UnverifiableError, Why
from gateway.oauth.keys import Jwk, public_key
from gateway.oauth.ports import RegisteredClient
from gateway.oauth.smart_scopes import SMART_PREFIX, granted

AUTHENTICATION: Final = "private_key_jwt"
MUTUAL_TLS: Final = "tls_client_auth"
SELF_SIGNED: Final = "self_signed_tls_client_auth"
"""Told in the metadata; what is asked of a client is what it was registered by, whichever of the two it is."""
GRANT: Final = "client_credentials"


class OAuthClient(ClientMixin):
    """The client named by an assertion or a form, for the length of one request; `known` is None for an unknown one."""

    def __init__(self, client_id: str, known: RegisteredClient | None) -> None:
        self.client_id = client_id
        self.known = known

    @property
    def registered(self) -> RegisteredClient:
        """The registration of a client that was authenticated."""
        if self.known is None:
            raise Defect("a client nobody registered was authenticated")
        return self.known

    @property
    def mode(self) -> ClientMode:
        """How a person registered it; an unknown one is as most are."""
        return ClientMode.DPOP if self.known is None else self.known.mode

    @property
    def is_smart(self) -> bool:
        """Whether a person registered it for bearer tokens."""
        return self.mode is ClientMode.SMART

    @override
    def get_client_id(self) -> str:
        """Return the client identifier (RFC 6749 section 2.2)."""
        return self.client_id

    @override
    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Allow at every endpoint the one way it was registered for, and nothing else at any."""
        return method == (MUTUAL_TLS if self.mode is ClientMode.MTLS else AUTHENTICATION)

    @override
    def check_grant_type(self, grant_type: str) -> bool:
        """Allow client_credentials only."""
        return grant_type == GRANT

    @override
    def get_allowed_scope(self, scope: Collection[str] | str | None) -> str:
        """Return the scopes to grant: those asked for, or all registered ones where none are named.

        Never narrows: one scope that is unknown or not registered refuses the request (RFC 6749 section 3.3). Only a
        SMART client may ask in SMART's words, and then may get less than it asks for.
        """
        held = frozenset[Scope]() if self.known is None else self.known.scopes
        if self.is_smart and isinstance(scope, str) and scope.startswith(SMART_PREFIX):
            smart = granted(scope, held)
            return " ".join(one.value for one in Scope if one in smart)
        try:
            asked = frozenset(Scope(name) for name in scope.split(" ")) if isinstance(scope, str) and scope else held
        except ValueError:
            raise InvalidScopeError(Why.SCOPE) from None
        if not asked or not asked <= held:
            raise InvalidScopeError(Why.SCOPE)
        return " ".join(one.value for one in Scope if one in asked)

    def check_allowed(self, algorithm: str) -> RegisteredClient:
        """Return the registration. Raises `InvalidClientError`; call it only after the signature was looked at."""
        if self.known is None:
            raise InvalidClientError(Why.CLIENT_UNKNOWN)
        if not self.known.enabled:
            raise InvalidClientError(Why.CLIENT_DISABLED)
        if not registered(algorithm, self.known.algorithms):
            raise InvalidClientError(Why.ALGORITHM)
        return self.known


class Decoys:
    """Public keys of which nobody holds the private half, one for each kind of key."""

    def __init__(self) -> None:
        self._jwks = {shape: _decoy(shape) for shape in set(ALGORITHMS.values())}

    def choose(self, client: OAuthClient, algorithm: str, kid: object, now: float) -> tuple[Key, bool]:
        """Return the client's key for that algorithm and kid and True, or a decoy and False where it has none now.

        Without a kid the client must have exactly one key of that kind (RFC 7515 section 4.1.4: a hint, never a reason
        to try several).
        """
        held = (
            [] if client.known is None else [jwk for jwk in client.known.jwks if _fits(jwk, ALGORITHMS[algorithm], now)]
        )
        named = held if kid is None else [jwk for jwk in held if jwk.get("kid") == kid]
        if len(named) == 1:
            try:
                return public_key(named[0], algorithm), True
            except UnverifiableError:
                pass
        return public_key(self._jwks[ALGORITHMS[algorithm]], algorithm), False


def _fits(jwk: Jwk, shape: KeyShape, now: float) -> bool:
    ends = jwk.get("exp")
    is_over = isinstance(ends, int) and ends <= now
    return jwk.get("kty") == shape.kty and (shape.crv is None or jwk.get("crv") == shape.crv) and not is_over


def _decoy(shape: KeyShape) -> Jwk:
    match shape.crv:
        case "P-256" | "P-384":
            return ECKey.generate_key(shape.crv, private=False).as_dict()
        case "Ed25519":
            return OKPKey.generate_key(shape.crv, private=False).as_dict()
        case _:
            # Making a real RSA key takes a tenth of a second. Verifying takes as long with any odd number of its size.
            bits = b"".join(sha256(bytes([block])).digest() for block in range(8))
            modulus = int.from_bytes(bits) | 1 << 2047 | 1
            return {"kty": shape.kty, "n": encode(modulus.to_bytes(256)), "e": "AQAB"}
