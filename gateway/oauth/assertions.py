"""Client authentication by private_key_jwt (RFC 7523 section 3, as FAPI 2.0 and profile GX-M2M 1 narrow it).

Authlib walks the steps; what it leaves open is closed here: algorithms by a list, header size, typ, audience as one
string that is the issuer, lifetime, iat and nbf, client_id in the body, keys from the registration only. The assertion
is NOT used up here: `BoundRequest.assertion` must be inserted, once, before a token is made.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final

from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc.jwk import Key
from typing_extensions import override

from gateway.core.callers import UsedProof
from gateway.oauth.algorithms import ALGORITHMS
from gateway.oauth.clients import Decoys, OAuthClient
from gateway.oauth.compact import read_header, read_object, seconds, split, token_id
from gateway.oauth.errors import InvalidClientError, UnverifiableError, Why
from gateway.oauth.keys import check_signature
from gateway.oauth.profile import LONGEST_SKEW, Profile
from gateway.oauth.requests import BoundRequest

# No jwk, jku, x5u or x5c: a key that comes with the message it signs proves nothing.
_NAMES: Final = frozenset({"typ", "alg", "kid", "x5t", "x5t#S256"})
_TYPES: Final[frozenset[str | None]] = frozenset({None, "jwt", "client-authentication+jwt"})


def claimed_client(form: Mapping[str, str]) -> str:
    """Name the client a form claims to come from, in a form of bounded length. It is a claim and nothing more."""
    try:
        claimed = read_object(split(form.get("client_assertion", "")).payload).get("sub")
    except UnverifiableError:
        claimed = form.get("client_id")
    return sha256(str(claimed).encode("utf-8", "backslashreplace")).hexdigest()


class PrivateKeyJWT(JWTBearerClientAssertion):
    """Authenticates the client of ONE request, and writes on the request what has to be used up."""

    def __init__(self, profile: Profile, decoys: Decoys, now: float) -> None:
        super().__init__(leeway=profile.skew)
        self._profile = profile
        self._decoys = decoys
        self._now = now
        self._header: Mapping[str, object] = {}
        self._claims: dict[str, object] = {}
        self._genuine = False
        self._used: UsedProof | None = None
        self._audience = profile.issuer

    @override
    def __call__(self, query_client: Callable[[str], OAuthClient], request: BoundRequest) -> OAuthClient | None:
        """Return the authenticated client, or None where the request holds no assertion."""
        walk: Callable[..., OAuthClient | None] = super().__call__
        client = walk(query_client, request)
        if client is not None and request.form.get("client_id", client.client_id) != client.client_id:
            raise InvalidClientError(Why.ISSUER)
        request.assertion = self._used
        return client

    @override
    def extract_assertion(self, assertion: str) -> tuple[dict[str, object], dict[str, object]]:
        """Take the assertion apart, unverified; Authlib reads the claimed client from it."""
        try:
            jws = split(assertion)
            header = read_header(jws.header, names=_NAMES, types=_TYPES)
            self._claims = read_object(jws.payload)
        except UnverifiableError as error:
            raise InvalidClientError(error.why) from None
        if header["alg"] not in ALGORITHMS:
            raise InvalidClientError(Why.ALGORITHM)
        self._header = header
        return header, self._claims

    @override
    def resolve_client_public_key(self, client: OAuthClient) -> Key:
        """Choose the registered key the header names, or a decoy; SMART clients name the token endpoint instead."""
        self._audience = self._profile.token_endpoint if client.is_smart else self._profile.issuer
        key, self._genuine = self._decoys.choose(client, self._algorithm, self._header.get("kid"), self._now)
        return key

    @override
    def process_assertion_claims(self, assertion: str, resolve_key: Key) -> dict[str, object]:
        """Verify the signature, then the claims. With a decoy it has done its work; `authenticate_client` refuses."""
        try:
            check_signature(split(assertion), self._algorithm, resolve_key)
            self.verify_claims(self._claims)
        except UnverifiableError as error:
            if self._genuine:
                raise InvalidClientError(error.why) from None
        return self._claims

    @override
    def verify_claims(self, claims: dict[str, object]) -> None:
        """Check the claims of a signed assertion and note what has to be used up. Raises `UnverifiableError`."""
        client_id = claims["sub"]
        if claims.get("iss") != client_id:
            raise UnverifiableError(Why.ISSUER)
        # One string: a list that merely contains the issuer is what CVE-2025-27370 lived on.
        if claims.get("aud") != self._audience:
            raise UnverifiableError(Why.AUDIENCE)
        expires = seconds(claims, "exp")
        if expires <= self._now:
            raise UnverifiableError(Why.EXPIRED)
        # A client whose clock is ahead by the allowed skew may still use the whole lifetime.
        if expires > self._now + self._profile.assertion_lifetime + self._profile.skew:
            raise UnverifiableError(Why.LONG_LIVED)
        for name in ("iat", "nbf"):
            if name in claims and seconds(claims, name) > self._now + self._profile.skew:
                raise UnverifiableError(Why.NOT_YET)
        name = f"assertion|{len(str(client_id))}|{client_id}|{token_id(claims)}"
        # A client_id is any text, also one UTF-8 cannot write; such a client is not registered.
        self._used = UsedProof(sha256(name.encode("utf-8", "backslashreplace")).digest(), expires + LONGEST_SKEW)

    @override
    def authenticate_client(self, client: OAuthClient) -> OAuthClient:
        """Let the client in if it may come in at all; last, so that who may not has cost the same work."""
        client.check_allowed(self._algorithm)
        if not self._genuine:
            raise InvalidClientError(Why.KEY)
        return client

    @property
    def _algorithm(self) -> str:
        return str(self._header["alg"])
