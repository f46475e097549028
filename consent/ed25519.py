"""Verify-only Ed25519 (RFC 8032 section 5.1), so that an auditor can check a checkpoint with Python alone.

Used by `python -m consent` and by nothing else: the gateway signs and verifies with a maintained library. There is no
private key here and nothing secret, so no step needs to take constant time; nothing that signs may ever be added.

Strict where the RFC leaves a choice: the scalar must be below the group order, the key must be the one canonical
encoding of a point that is not of small order, and R is compared as bytes, so only its canonical encoding passes.
"""

from hashlib import sha512
from typing import TypeAlias

from consent.errors import Fault, SignatureError

__all__ = ["PUBLIC_KEY_BYTES", "SIGNATURE_BYTES", "verify"]

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64

_Point: TypeAlias = tuple[int, int, int, int]
"""Extended homogeneous coordinates X, Y, Z, T with x = X/Z, y = Y/Z, x*y = T/Z (section 5.1.4)."""

# The constants of section 5.1, table 1.
_PRIME = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_CURVE_D = 37095705934669439343138083508754565189542113879843219016388785533085940283555
_ROOT_OF_MINUS_ONE = 19681161376707505956807079304988542015446066515923890162744021073123829784752
_BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
_BASE_Y = 46316835694926478169428394003475163141307993866256225615783033603165251855960

_IDENTITY: _Point = (0, 1, 1, 0)
_BASE: _Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _PRIME)
_SIGN_BIT = 255
_COFACTOR = 8


def verify(public_key: bytes, message: bytes, signature: bytes) -> None:
    """Check one signature (section 5.1.7); raise `SignatureError` unless it is valid.

    1. lengths  2. the scalar S is canonical  3. the key is a canonical point, not of small order
    4. [S]B - [k]A encodes to exactly the R of the signature, k being SHA-512(R || A || message)
    """
    # 1.
    if len(public_key) != PUBLIC_KEY_BYTES:
        raise SignatureError(Fault.KEY_LENGTH)
    if len(signature) != SIGNATURE_BYTES:
        raise SignatureError(Fault.SIGNATURE_LENGTH)
    # 2.
    claimed_r, scalar = signature[:32], int.from_bytes(signature[32:], "little")
    if scalar >= _ORDER:
        raise SignatureError(Fault.SCALAR_NOT_CANONICAL)
    # 3.
    key = _decoded(public_key)
    if _is_identity(_sum_of_products(_COFACTOR, key, 0, key)):
        raise SignatureError(Fault.KEY_NOT_A_POINT)
    # 4.
    challenge = int.from_bytes(sha512(claimed_r + public_key + message).digest(), "little") % _ORDER
    x, y, z, t = key
    found = _sum_of_products(scalar, _BASE, challenge, (-x, y, z, -t))
    if _encoded(found) != claimed_r:
        raise SignatureError(Fault.SIGNATURE_WRONG)


def _decoded(encoded: bytes) -> _Point:
    """Decode a point (section 5.1.3), refusing every encoding but the canonical one."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> _SIGN_BIT, number & ((1 << _SIGN_BIT) - 1)
    if y >= _PRIME:
        raise SignatureError(Fault.KEY_NOT_A_POINT)
    # x squared is u/v; the candidate root is off by a square root of -1 or there is none.
    u, v = (y * y - 1) % _PRIME, (_CURVE_D * y * y + 1) % _PRIME
    x = u * pow(v, 3, _PRIME) * pow(u * pow(v, 7, _PRIME), (_PRIME - 5) // 8, _PRIME) % _PRIME
    if v * x * x % _PRIME != u:
        x = x * _ROOT_OF_MINUS_ONE % _PRIME
    if v * x * x % _PRIME != u or (x == 0 and sign):
        raise SignatureError(Fault.KEY_NOT_A_POINT)
    if x & 1 != sign:
        x = _PRIME - x
    return (x, y, 1, x * y % _PRIME)


def _encoded(point: _Point) -> bytes:
    """Encode a point canonically (section 5.1.2)."""
    x, y, z, _ = point
    inverse = pow(z, -1, _PRIME)
    return (y * inverse % _PRIME | (x * inverse % _PRIME & 1) << _SIGN_BIT).to_bytes(32, "little")


def _is_identity(point: _Point) -> bool:
    x, y, z, _ = point
    return x % _PRIME == 0 and (y - z) % _PRIME == 0


def _sum(one: _Point, other: _Point) -> _Point:
    """Add two points (section 5.1.4). The formula is complete on this curve: it also doubles."""
    x1, y1, z1, t1 = one
    x2, y2, z2, t2 = other
    a = (y1 - x1) * (y2 - x2) % _PRIME
    b = (y1 + x1) * (y2 + x2) % _PRIME
    c = 2 * t1 * t2 * _CURVE_D % _PRIME
    d = 2 * z1 * z2 % _PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _PRIME, g * h % _PRIME, f * g % _PRIME, e * h % _PRIME)


def _sum_of_products(m: int, one: _Point, n: int, other: _Point) -> _Point:
    """Compute [m]one + [n]other, doubling once for both."""
    choices = (_IDENTITY, one, other, _sum(one, other))
    result = _IDENTITY
    for bit in range(max(m.bit_length(), n.bit_length()) - 1, -1, -1):
        result = _sum(result, result)
        chosen = (m >> bit & 1) | (n >> bit & 1) << 1
        if chosen:
            result = _sum(result, choices[chosen])
    return result
