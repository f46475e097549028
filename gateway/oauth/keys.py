"""Keys: which public key of a stranger may be tried, and the gateway's own keys that sign access tokens.

A key from outside is rebuilt from its public members alone, so that nothing it says about itself (a private part,
another use, an algorithm) reaches the library. Private keys never leave `SigningKeys`, and no function here fetches
anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, import_key
from joserfc.jws import JWSRegistry

from gateway.core.errors import OperatorError
from gateway.oauth.algorithms import ALGORITHMS, LARGEST_RSA, SMALLEST_RSA
from gateway.oauth.compact import Compact, decode
from gateway.oauth.errors import UnverifiableError, Why

Jwk: TypeAlias = Mapping[str, object]

_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_LONGEST_MEMBER: Final = 1024
_EXPONENTS: Final = range(2**16 + 1, 2**32, 2)
"""FIPS 186-5 section 5.4 asks for an odd exponent above 2^16; the upper end bounds the work."""


def public_key(jwk: object, algorithm: str) -> Key:
    """Import a public key of somebody else for one algorithm of the closed list.

    Raises `UnverifiableError` for a private, symmetric, weak, malformed or unfitting key.
    """
    shape = ALGORITHMS.get(algorithm)
    if shape is None:
        raise UnverifiableError(Why.ALGORITHM)
    if not isinstance(jwk, Mapping) or _PRIVATE & jwk.keys():
        raise UnverifiableError(Why.KEY)
    if jwk.get("kty") != shape.kty or (shape.crv is not None and jwk.get("crv") != shape.crv):
        raise UnverifiableError(Why.ALGORITHM)
    _check_purpose(jwk, algorithm)
    members = {name: _member(jwk, name) for name in shape.members}
    if shape.kty == "RSA":
        _check_rsa(members)
    try:
        key = import_key({"kty": shape.kty, **members})
        key.public_key  # noqa: B018 - decodes the point now: a key that is none must fail here, not in use
    except (JoseError, ValueError, TypeError, UnsupportedAlgorithm):
        raise UnverifiableError(Why.KEY) from None
    return key


def check_signature(jws: Compact, algorithm: str, key: Key) -> None:
    """Verify (RFC 7515 section 5.2, step 8) with the algorithm the CALLER chose. Raises `UnverifiableError`."""
    try:
        holds = JWSRegistry.algorithms[algorithm].verify(jws.signing_input, decode(jws.signature), key)
    except (JoseError, ValueError):
        holds = False
    if not holds:
        raise UnverifiableError(Why.SIGNATURE)


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The gateway's own keys as `ports.TokenKeys`: one signs, the others are published so that nobody is surprised.

    A new key stands in `others` for a day before it becomes `current`, and an old one for ten minutes after (profile
    GX-M2M 1). An access token verifies under any of them, so a key that leaked must leave both places.
    """

    current: ECKey
    others: tuple[ECKey, ...] = ()

    def active(self) -> ECKey:
        """Return the one key that signs; it has a kid."""
        return self.current

    def published(self) -> Sequence[ECKey]:
        """Return every key a valid access token may be signed with."""
        return (self.current, *self.others)


def signing_key(pem: bytes) -> ECKey:
    """Import a P-256 private key (PKCS#8 PEM) that signs access tokens; its kid is its thumbprint (RFC 7638).

    Raises OperatorError when it is another kind of key.
    """
    try:
        key = ECKey.import_key(pem)
    except (JoseError, ValueError, TypeError):
        raise OperatorError("the access-token key cannot be read") from None
    if not key.is_private or key.curve_name != "P-256":
        raise OperatorError("the access-token key is not a private P-256 key")
    key.ensure_kid()
    return key


def _check_purpose(jwk: Jwk, algorithm: str) -> None:
    if jwk.get("use", "sig") != "sig":
        raise UnverifiableError(Why.KEY)
    operations = jwk.get("key_ops")
    if operations is not None and (not isinstance(operations, list) or "verify" not in operations):
        raise UnverifiableError(Why.KEY)
    named = jwk.get("alg")
    # Equal shapes are one algorithm under two names (Ed25519, EdDSA).
    if named is not None and ALGORITHMS.get(str(named)) is not ALGORITHMS[algorithm]:
        raise UnverifiableError(Why.ALGORITHM)


def _member(jwk: Jwk, name: str) -> str:
    value = jwk.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= _LONGEST_MEMBER:
        raise UnverifiableError(Why.KEY)
    return value


def _check_rsa(members: Mapping[str, str]) -> None:
    try:
        modulus, exponent = (int.from_bytes(decode(members[name])) for name in ("n", "e"))
    except UnverifiableError:
        raise UnverifiableError(Why.KEY) from None
    if not SMALLEST_RSA <= modulus.bit_length() <= LARGEST_RSA or exponent not in _EXPONENTS:
        raise UnverifiableError(Why.KEY)
