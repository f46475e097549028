"""What every key ring does alike, wherever its roots are: from an HMAC under a root to every operation of the port.

HKDF-Expand (RFC 5869 2.3) asks nothing of a root but HMACs, so a ring in a device derives the same bytes as one in a
file. What is derived is kept in this process for the busy hour; a root need not be. Never logs, prints or pickles; no
method gives out a root.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.core.crypto.keys import (
    KEY_BYTES,
    PERSON_ID_BYTES,
    KeyUse,
    Operation,
    Ring,
    wrapped_epoch,
    wrapped_prefix,
)
from gateway.core.errors import Defect, OperatorError

# about a kilobyte each; one for every (use, context) of the busy hour, contexts being recipients, columns, clients
_CACHED_KEYS: Final = 4096
# order of the group of P-256 (FIPS 186-5, SP 800-186 3.2.1.3)
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_P256_SEED_BYTES: Final = 48
_NUMBER_BYTES: Final = 4

Signer = tuple[Callable[[bytes], bytes], bytes]
"""How to sign with Ed25519, and the public key: 32 raw bytes."""


class DerivingKeyRing(ABC):
    """The KeyRing port over `_derive` and `_new_signer`. May be used from many threads."""

    def _hold(self, epochs: Mapping[Ring, Iterable[int]]) -> None:
        """Say which epochs there are; what was derived before is forgotten."""
        self._held = {ring: tuple(sorted(epochs[ring])) for ring in Ring}
        self._keyed = lru_cache(maxsize=_CACHED_KEYS)(self._new_keyed)
        self._signer = lru_cache(maxsize=64)(self._new_signer)
        self._current = {ring: max(self._held[ring]) for ring in Ring}

    @abstractmethod
    def _derive(self, use: KeyUse, context: bytes, epoch: int, length: int = KEY_BYTES) -> bytes:
        """HKDF-Expand of that epoch's root. Raises OperatorError for one the ring does not hold."""

    @abstractmethod
    def _new_signer(self, use: KeyUse, epoch: int) -> Signer:
        """Return the signer of one use in one epoch. Raises OperatorError for one the ring does not hold."""

    def epoch(self, ring: Ring = Ring.PERSON) -> int:
        """Return the current epoch of a ring."""
        return self._current[ring]

    def epochs(self, ring: Ring = Ring.PERSON) -> tuple[int, ...]:
        """Return every epoch the ring holds, ascending."""
        return self._held[ring]

    def mac(self, use: KeyUse, context: bytes, message: bytes, epoch: int | None = None) -> bytes:
        """HMAC-SHA-256 under the key of (use, context, epoch). Hot path: a kept keyed state is copied and finished."""
        keyed = self._keyed(use, context, self._current[use.ring] if epoch is None else epoch).copy()
        keyed.update(message)
        return keyed.finalize()

    def wrap_data_key(self, person_id: bytes, key: bytes) -> bytes:
        """Version byte, epoch, AES-256 key wrap (RFC 3394) under a key derived for this person: 45 bytes.

        Key wrap needs no nonce, and the derived key binds the person, which RFC 3394 alone could not.
        """
        if len(key) != KEY_BYTES:
            raise Defect("a data key is 32 random bytes")
        epoch = self._current[Ring.DATA]
        return wrapped_prefix(epoch) + aes_key_wrap(self._wrapping_key(person_id, epoch), key)

    def unwrap_data_key(self, person_id: bytes, wrapped: bytes) -> bytes:
        """Give back the data key; raises OperatorError for altered bytes, another person, an epoch that is gone."""
        epoch = wrapped_epoch(wrapped)
        try:
            return aes_key_unwrap(self._wrapping_key(person_id, epoch), wrapped.removeprefix(wrapped_prefix(epoch)))
        except InvalidUnwrap:
            raise OperatorError("a wrapped data key does not open for this person") from None

    def rewrap_data_key(self, person_id: bytes, wrapped: bytes) -> bytes:
        """Wrap under the current epoch; what is current already is returned as it is."""
        if wrapped_epoch(wrapped) == self._current[Ring.DATA]:
            return wrapped
        return self.wrap_data_key(person_id, self.unwrap_data_key(person_id, wrapped))

    def sign_checkpoint(self, message: bytes) -> bytes:
        """Ed25519 under the current checkpoint key."""
        return self._signer(KeyUse.CHECKPOINT, self._current[Ring.LEDGER])[0](message)

    def checkpoint_public_key(self, epoch: int | None = None) -> bytes:
        """Ed25519 public key, 32 raw bytes."""
        return self._signer(KeyUse.CHECKPOINT, self._current[Ring.LEDGER] if epoch is None else epoch)[1]

    def sign_message(self, message: bytes) -> bytes:
        """Ed25519 under the current message key."""
        return self._signer(KeyUse.MESSAGE, self._current[Ring.LEDGER])[0](message)

    def message_public_key(self, epoch: int | None = None) -> bytes:
        """Ed25519 public key, 32 raw bytes."""
        return self._signer(KeyUse.MESSAGE, self._current[Ring.LEDGER] if epoch is None else epoch)[1]

    def token_signing_key(self, epoch: int | None = None, number: int = 0) -> bytes:
        """P-256 private key, PKCS#8 PEM, derived by FIPS 186-5 A.2.1 (extra random bits)."""
        epoch = self._current[Ring.TOKENS] if epoch is None else epoch
        context = number.to_bytes(_NUMBER_BYTES) if number else b""
        seed = self._derive(KeyUse.ACCESS_TOKEN, context, epoch, _P256_SEED_BYTES)
        key = ec.derive_private_key(int.from_bytes(seed) % (_P256_ORDER - 1) + 1, ec.SECP256R1())
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def _new_keyed(self, use: KeyUse, context: bytes, epoch: int) -> HMAC:
        if use.operation is not Operation.MAC:
            raise Defect("a key made for another operation was asked for a MAC")
        return HMAC(self._derive(use, context, epoch), SHA256())

    def _wrapping_key(self, person_id: bytes, epoch: int) -> bytes:
        # not kept: there are as many as people, and one costs about as much as looking it up in a full cache
        if len(person_id) != PERSON_ID_BYTES:
            raise Defect("a person id is 16 bytes")
        return self._derive(KeyUse.DATA_KEY, person_id, epoch)
