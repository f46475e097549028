"""The ways to seal bytes to a recipient's public key. Which one is said by the registered key, and by nothing else.

A recipient asks for another way than the usual one by registering a key for it (ADR 0060); no message negotiates, so
nobody on the way can talk it down to a weaker one. Never seals without `gateway.core.crypto.padding`, and never signs:
see `gateway.core.crypto.sealing`.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Final, TypeAlias, assert_never

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from gateway.core.encoding import base64url
from gateway.core.errors import RecipientError
from schemas.vocabulary import Coded


class Sealing(Coded):
    """How bytes are sealed to a recipient's key."""

    HPKE = "hpke-x25519", "HPKE (RFC 9180): DHKEM(X25519), HKDF-SHA-256, AES-256-GCM. Public key: 32 bytes."
    HYBRID = "hpke-mlkem768-x25519", "HPKE with ML-KEM-768 beside X25519. Public key: ML-KEM's 1184 bytes, then 32."
    JWE = "jwe-p256", "JWE (RFC 7516): ECDH-ES+A256KW and A256GCM on P-256. Public key: uncompressed point, 65 bytes."


PrivateKey: TypeAlias = X25519PrivateKey | MLKEM768X25519PrivateKey | EllipticCurvePrivateKey

_HPKE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_HYBRID: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_MLKEM_BYTES: Final = 1184
_ALG, _ENC = "ECDH-ES+A256KW", "A256GCM"


def boxed(how: Sealing, public_key: bytes, plaintext: bytes, info: bytes) -> bytes:
    """Seal; what comes out opens with the private key and the same `info` alone. Randomness is the library's own.

    Raises RecipientError for a key that cannot be sealed to in this way.
    """
    try:
        match how:
            case Sealing.HPKE:
                return _HPKE.encrypt(plaintext, _x25519(public_key), info)
            case Sealing.HYBRID:
                return _HYBRID.encrypt(plaintext, _hybrid(public_key), info)
            case Sealing.JWE:
                header = {"alg": _ALG, "enc": _ENC, "apv": _bound(info)}
                return jwe.encrypt_compact(header, plaintext, _p256(public_key), algorithms=[_ALG, _ENC]).encode()
            case _:
                assert_never(how)
    except (ValueError, JoseError) as error:
        raise RecipientError("the recipient's key cannot be sealed to in the way it is registered for") from error


def unboxed(private_key: PrivateKey, box: bytes, info: bytes) -> bytes:
    """Open, as a recipient does. Raises RecipientError for every fault alike."""
    try:
        match private_key:
            case X25519PrivateKey():
                return _HPKE.decrypt(box, private_key, info)
            case MLKEM768X25519PrivateKey():
                return _HYBRID.decrypt(box, private_key, info)
            case EllipticCurvePrivateKey():
                return _from_jwe(private_key, box, info)
    except (InvalidTag, ValueError, LookupError, TypeError, JoseError):  # An altered JWE header makes any of these.
        raise RecipientError("the box does not open") from None


def check_key(how: Sealing, public_key: bytes) -> None:
    """Raise RecipientError for what cannot be sealed to: wrong length, a point of small order or off the curve."""
    boxed(how, public_key, b"", b"")


def _from_jwe(private_key: EllipticCurvePrivateKey, box: bytes, info: bytes) -> bytes:
    opened = jwe.decrypt_compact(box, ECKey.import_key(private_key), algorithms=[_ALG, _ENC])
    if opened.protected.get("apv") != _bound(info) or opened.plaintext is None:
        raise ValueError
    return opened.plaintext


def _bound(info: bytes) -> str:
    """PartyVInfo (RFC 7518 4.6.1.3): what a message is bound to goes into the derivation of its key."""
    return base64url(sha256(info).digest())


@lru_cache(maxsize=256)
def _x25519(raw: bytes) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(raw)


@lru_cache(maxsize=64)
def _hybrid(raw: bytes) -> MLKEM768X25519PublicKey:
    lattice, curve = raw[:_MLKEM_BYTES], raw[_MLKEM_BYTES:]
    return MLKEM768X25519PublicKey(MLKEM768PublicKey.from_public_bytes(lattice), _x25519(curve))


@lru_cache(maxsize=64)
def _p256(raw: bytes) -> ECKey:
    """Import a point, once it is proven to lie on the curve."""
    return ECKey.import_key(EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw))
