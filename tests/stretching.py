"""scrypt of one secret and one salt always gives the same key, and takes a quarter of a second to do so, as it should.

Tests open copies of one key ring again and again. In their process, and in what is forked for it, each is stretched
once; a process that is started anew does it as ever.
"""

from collections.abc import Sequence

from gateway.keyring import envelope, local

_SLOW = envelope.stretch
_KNOWN: dict[tuple[bytes, bytes], bytes] = {}


def once() -> None:
    """Remember in this process what scrypt gave."""
    if local.stretch is envelope.stretch is _SLOW:
        envelope.stretch = local.stretch = _stretched


def told() -> list[list[str]]:
    """Return what is remembered here."""
    return [[secret.hex(), salt.hex(), key.hex()] for (secret, salt), key in _KNOWN.items()]


def know(told: Sequence[Sequence[str]]) -> None:
    """Remember what another process was told."""
    for secret, salt, key in told:
        _KNOWN[bytes.fromhex(secret), bytes.fromhex(salt)] = bytes.fromhex(key)
    once()


def _stretched(secret: bytes, salt: bytes) -> bytes:
    if (secret, salt) not in _KNOWN:
        _KNOWN[secret, salt] = _SLOW(secret, salt)
    return _KNOWN[secret, salt]
