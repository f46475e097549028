"""Everything this door refuses, by the error code of the standard, with the reason that only the operator sees.

The client is told the code (RFC 6749 section 5.2, RFC 8707 section 2, RFC 9396 section 5, RFC 9449 sections 5 and 7.1)
and nothing else: a description would tell a guesser which client exists. Neither code nor reason ever carries a value
from the request. Which HTTP status a code has is said once, in `endpoints`.
"""

from typing import ClassVar

from gateway.core.callers import CallerRefusedError
from gateway.core.errors import OperatorError, SenderError
from gateway.oauth.algorithms import ALGORITHMS
from schemas.vocabulary import Coded


class ErrorCode(Coded):
    """What a client may be told."""

    INVALID_REQUEST = "invalid_request", "The request is malformed or repeats a parameter."
    INVALID_CLIENT = "invalid_client", "The client was not authenticated."
    UNAUTHORIZED_CLIENT = "unauthorized_client", "This client is registered for something else."
    INVALID_SCOPE = "invalid_scope", "A scope is unknown or not registered for this client."
    INVALID_TARGET = "invalid_target", "The resource is not the API, nor a server this client is registered for."
    INVALID_AUTHORIZATION_DETAILS = (
        "invalid_authorization_details",
        "The authorization details are of another type or form, or beyond what is registered for this client.",
    )
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type", "Only client_credentials is granted."
    INVALID_DPOP_PROOF = "invalid_dpop_proof", "The DPoP proof is missing or wrong."
    USE_DPOP_NONCE = "use_dpop_nonce", "Make the proof again with the nonce that comes with this answer."
    INVALID_TOKEN = "invalid_token", "The access token is missing, wrong, expired or revoked."


class Why(Coded):
    """Why something was refused, for the operator's logs and metrics; never sent to the client."""

    FORM = "form", "The body is not a form in UTF-8."
    MEDIA_TYPE = "media_type", "The body is not application/x-www-form-urlencoded."
    TOO_LARGE = "too_large", "The body is larger than the limit."
    REPEATED = "repeated", "A parameter or header stands more than once."
    IN_QUERY = "in_query", "Parameters stand in the URL."
    PARAMETER_MISSING = "parameter_missing", "A required parameter is missing."
    GRANT_TYPE = "grant_type", "Another grant type than client_credentials."
    SECOND_METHOD = "second_method", "Another way to authenticate than private_key_jwt, or more than one."
    CLIENT_UNKNOWN = "client_unknown", "No such client."
    CLIENT_DISABLED = "client_disabled", "The client is switched off."
    CLIENT_REVOKED = "client_revoked", "The client is under the kill switch."
    SCOPE = "scope", "A scope is unknown or not registered for this client."
    DETAILS = "details", "The authorization details are not of the one type, or malformed."
    DETAILS_BEYOND = "details_beyond", "The authorization details go beyond the client's registration."
    RESOURCE = "resource", "The resource is another one."
    MISSING = "missing", "There is none."
    NOT_COMPACT = "not_compact", "Not a JWS in compact form, or too large."
    NOT_JSON = "not_json", "A part is not one JSON object with distinct names."
    HEADER = "header", "A header parameter is missing, unknown here or of the wrong kind."
    TYPE = "type", "The explicit type (typ) is another one."
    ALGORITHM = "algorithm", "The algorithm is not allowed, or not the one of the key."
    KEY = "key", "The key is private, symmetric, weak, malformed or not known."
    SIGNATURE = "signature", "The signature does not hold."
    CLAIM = "claim", "A claim is missing or of the wrong kind."
    ISSUER = "issuer", "Issuer, subject and client are not the same, or the issuer is another one."
    AUDIENCE = "audience", "The audience is not this server, as one string."
    EXPIRED = "expired", "Too old."
    NOT_YET = "not_yet", "From the future."
    LONG_LIVED = "long_lived", "Valid for longer than the profile allows."
    METHOD = "method", "The proof is for another HTTP method."
    TARGET = "target", "The proof is for another URL."
    NONCE = "nonce", "The nonce is missing, old or not ours."
    TOKEN_HASH = "token_hash", "The proof is for another access token."
    BINDING = "binding", "The access token, or the client, is bound to another key or certificate."
    CERTIFICATE = "certificate", "Not one client certificate as RFC 9440 writes it, or one that is not allowed."
    NO_CERTIFICATE = "no_certificate", "No client certificate came through the proxy's socket."
    NOT_IN_FORCE = "not_in_force", "The client certificate has expired, or is not valid yet."
    MODE = "mode", "The client is registered for another kind of token."
    REPLAYED = "replayed", "Used before."
    REVOKED = "revoked", "The token or its client is revoked."


class UnverifiableError(SenderError):
    """A JWT or key is not what it must be. Internal: whoever asked turns it into an `OAuthError`."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class OAuthError(CallerRefusedError):
    """Root of what this door refuses; at the API its `challenge` is what WWW-Authenticate says."""

    error: ClassVar[ErrorCode]

    def __init__(self, why: Why, nonce: str | None = None) -> None:
        super().__init__(self.error.value, why.value, self.challenge_for(self.error), nonce)
        self.reason = why

    @staticmethod
    def challenge_for(error: ErrorCode | None) -> str:
        """Write the challenge; without an error where nothing was tried (RFC 6750 section 3.1)."""
        algorithms = f'algs="{" ".join(ALGORITHMS)}"'
        return f"DPoP {algorithms}" if error is None else f'DPoP error="{error.value}", {algorithms}'


class InvalidRequestError(OAuthError):
    """RFC 6749 section 5.2."""

    error = ErrorCode.INVALID_REQUEST


class InvalidClientError(OAuthError):
    """RFC 6749 section 5.2; one shape whether the client is unknown, switched off or signed wrongly."""

    error = ErrorCode.INVALID_CLIENT


class UnauthorizedClientError(OAuthError):
    """RFC 6749 section 5.2; only a client that was authenticated hears it."""

    error = ErrorCode.UNAUTHORIZED_CLIENT


class InvalidScopeError(OAuthError):
    """RFC 6749 section 5.2."""

    error = ErrorCode.INVALID_SCOPE


class InvalidAuthorizationDetailsError(OAuthError):
    """RFC 9396 section 5."""

    error = ErrorCode.INVALID_AUTHORIZATION_DETAILS


class InvalidTargetError(OAuthError):
    """RFC 8707 section 2."""

    error = ErrorCode.INVALID_TARGET


class UnsupportedGrantTypeError(OAuthError):
    """RFC 6749 section 5.2."""

    error = ErrorCode.UNSUPPORTED_GRANT_TYPE


class InvalidDPoPProofError(OAuthError):
    """RFC 9449 sections 5 and 7.1."""

    error = ErrorCode.INVALID_DPOP_PROOF


class UseDPoPNonceError(OAuthError):
    """RFC 9449 sections 8 and 9. Not a failure: nothing was used up, and `nonce` makes the next try succeed."""

    error = ErrorCode.USE_DPOP_NONCE


class InvalidTokenError(OAuthError):
    """RFC 6750 section 3.1."""

    error = ErrorCode.INVALID_TOKEN

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        if why is Why.MISSING:
            self.challenge = self.challenge_for(None)


class InvalidBearerTokenError(InvalidTokenError):
    """The same for a token that came under the scheme Bearer, which is then what the challenge names."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.challenge = f'Bearer error="{ErrorCode.INVALID_TOKEN.value}"'


class UnsafeProfileError(OperatorError):
    """Issuer, resource or a limit is set to something the profile forbids; the gateway must not start."""
