"""Access tokens (RFC 9068), signed ES256, bound to a key or a certificate: how they are made and how read back.

Authlib makes the token; what it would leave to chance or to its defaults (key, kid, audience, clock, ten days of life,
type) is set here. There is no refresh token and no record of a token: what ends one early is the kill switch or its
jti.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from joserfc.jwk import ECKey, KeySet
from typing_extensions import override

from gateway.core.access.scopes import Scope
from gateway.core.access.token_details import Details, in_words
from gateway.core.callers import Caller, UsedProof
from gateway.core.lately import AHEAD
from gateway.oauth.algorithms import SIGNING
from gateway.oauth.clients import OAuthClient
from gateway.oauth.compact import read_header, read_object, seconds, split, token_id
from gateway.oauth.constraints import Constraint, ToNothing, confirmation, read_constraint, scheme
from gateway.oauth.details import details_of
from gateway.oauth.errors import UnverifiableError, Why
from gateway.oauth.keys import check_signature
from gateway.oauth.ports import TokenKeys
from gateway.oauth.profile import Profile

_NAMES: Final = frozenset({"alg", "typ", "kid"})
_TYPES: Final[frozenset[str | None]] = frozenset({"at+jwt"})


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token this gateway signed. It may have expired or been revoked: those change, so whoever uses it asks again.

    `issued` and `expires` are in seconds since 1970, `kid` who signed it.
    """

    client_id: str
    agency: str
    audience: str
    scopes: frozenset[Scope]
    jti: str
    issued: int
    expires: int
    constraint: Constraint
    kid: str
    details: Details = ()

    def is_over(self, now: float) -> bool:
        """Say whether it has run out; or a clock that ran ahead made it, and it would hold until that comes true."""
        return self.expires <= now or self.issued > now + AHEAD.total_seconds()


@dataclass(frozen=True, slots=True)
class Binding:
    """What is fixed for one token before it is made: moment (seconds since 1970), jti, binding, limits, audience."""

    issued: int
    jti: str
    constraint: Constraint
    details: Details = ()
    audience: str = ""


def limits(details: Details) -> Mapping[str, object]:
    """Return the member of a token, or of an answer, that says what the token is limited to, where it is."""
    return {"authorization_details": in_words(details)} if details else {}


class AccessTokens(JWTBearerTokenGenerator):
    """Makes one access token."""

    def __init__(self, profile: Profile, key: ECKey, binding: Binding) -> None:
        super().__init__(profile.issuer, SIGNING, None, lambda _client, _grant_type: profile.token_lifetime)
        self._profile = profile
        self._key = key
        self._binding = binding

    @override
    def get_jwks(self) -> KeySet:
        """Return the active key and no other: from several, joserfc would sign with any one."""
        return KeySet([self._key])

    @override
    def get_jti(self, client: OAuthClient, grant_type: str, user: None, scope: str) -> str:
        """Return the identifier drawn for this token."""
        return self._binding.jti

    @override
    def get_audiences(self, client: OAuthClient, user: None, scope: str) -> str:
        """Return the resource asked for (RFC 8707 section 2.2); the default would be the client itself."""
        return self._binding.audience or self._profile.resource

    @override
    def get_extra_claims(self, client: OAuthClient, grant_type: str, user: None, scope: str) -> Mapping[str, object]:
        """Bind the token (claim cnf), name the agency, and set the times by our own clock."""
        return {
            "iat": self._binding.issued,
            "exp": self._binding.issued + self._profile.token_lifetime,
            "agency": "" if client.known is None else client.known.agency,
            **limits(self._binding.details),
            **confirmation(self._binding.constraint),
        }

    @override
    def generate(
        self,
        grant_type: str,
        client: ClientMixin,
        user: None = None,
        scope: str | None = None,
        expires_in: int | None = None,
        include_refresh_token: bool = False,
    ) -> dict[str, str | int]:
        """Make the token answer of RFC 6749 section 5.1 with the type its binding asks for, never a refresh token."""
        answer = super().generate(grant_type, client, user, scope, expires_in, include_refresh_token=False)
        return {**answer, "token_type": scheme(self._binding.constraint)}


def caller_of(token: AccessToken, proof: UsedProof) -> Caller:
    """Return who sent a request with that token; `proof` is what must be used up before it has an effect."""
    return Caller(token.client_id, token.agency, token.scopes, token.jti, proof, token.details)


def read_access_token(text: str, keys: TokenKeys, profile: Profile) -> AccessToken:
    """Verify that this gateway signed the token for its API, and bound it. Raises `UnverifiableError`.

    Looks neither at the time nor at revocations.
    """
    kid, claims = read_claims(text, keys, profile.issuer, profile.resource)
    if isinstance(read_constraint(claims), ToNothing):
        raise UnverifiableError(Why.CLAIM)
    return token_of(claims, kid)


def read_token(text: str, keys: TokenKeys, issuer: str) -> AccessToken:
    """Read a token that this gateway signed, whoever it was made for. Raises `UnverifiableError`."""
    kid, claims = read_claims(text, keys, issuer, None)
    return token_of(claims, kid)


def read_claims(text: str, keys: TokenKeys, issuer: str, audience: str | None) -> tuple[str, dict[str, object]]:
    """Return key id and claims of a token that this gateway signed for that audience; None: for any.

    Raises `UnverifiableError`.
    """
    jws = split(text)
    header = read_header(jws.header, names=_NAMES, types=_TYPES)
    if header["alg"] != SIGNING:
        raise UnverifiableError(Why.ALGORITHM)
    key = next((key for key in keys.published() if key.kid == header.get("kid")), None)
    if key is None or key.kid is None:
        raise UnverifiableError(Why.KEY)
    check_signature(jws, SIGNING, key)
    claims = read_object(jws.payload)
    if claims.get("iss") != issuer:
        raise UnverifiableError(Why.ISSUER)
    if audience is not None and claims.get("aud") != audience:
        raise UnverifiableError(Why.AUDIENCE)
    return key.kid, claims


def token_of(claims: dict[str, object], kid: str) -> AccessToken:
    """Return the token of these claims. Raises `UnverifiableError` where one is missing."""
    return AccessToken(
        client_id=_text(claims, "client_id"),
        agency=_text(claims, "agency"),
        audience=_text(claims, "aud"),
        scopes=_scopes(_text(claims, "scope")),
        jti=token_id(claims),
        issued=seconds(claims, "iat"),
        expires=seconds(claims, "exp"),
        constraint=read_constraint(claims),
        kid=kid,
        details=details_of(claims["authorization_details"]) if "authorization_details" in claims else (),
    )


def _text(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise UnverifiableError(Why.CLAIM)
    return value


def _scopes(text: str) -> frozenset[Scope]:
    try:
        return frozenset(Scope(name) for name in text.split(" "))
    except ValueError:
        raise UnverifiableError(Why.SCOPE) from None
