"""A key ring that computes in this process; where the roots come from is somebody else's business (see `local`).

Python cannot wipe memory: whoever reads the memory of this process has the roots. Production puts them into a device.
"""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from typing_extensions import override

from gateway.core.crypto.keys import KEY_BYTES, KeyUse, Ring, derivation_info
from gateway.core.errors import OperatorError
from gateway.keyring.deriving import DerivingKeyRing, Signer

Roots = Mapping[Ring, Mapping[int, bytes]]
"""Each ring's roots by epoch: 32 uniform bytes each."""


class SoftwareKeyRing(DerivingKeyRing):
    """The KeyRing port over roots in memory."""

    def __init__(self, roots: Roots) -> None:
        """Take the roots: each ring has one or more, 32 bytes each, all different. Raises OperatorError otherwise."""
        self._adopt(roots)

    def _adopt(self, roots: Roots) -> None:
        _check_roots(roots)
        # roots first: a thread between the lines then finds the new epoch's root, never a current epoch without one
        self._roots = {ring: dict(roots[ring]) for ring in Ring}
        self._hold(self._roots)

    @override
    def _derive(self, use: KeyUse, context: bytes, epoch: int, length: int = KEY_BYTES) -> bytes:
        return HKDFExpand(SHA256(), length, derivation_info(use, context)).derive(self._root(use.ring, epoch))

    @override
    def _new_signer(self, use: KeyUse, epoch: int) -> Signer:
        key = Ed25519PrivateKey.from_private_bytes(self._derive(use, b"", epoch))
        return key.sign, key.public_key().public_bytes_raw()

    def _root(self, ring: Ring, epoch: int) -> bytes:
        root = self._roots[ring].get(epoch)
        if root is None:
            raise OperatorError("the key ring does not hold this epoch")
        return root


def _check_roots(roots: Roots) -> None:
    every = [root for ring in Ring for root in roots.get(ring, {}).values()]
    complete = all(roots.get(ring) and min(roots[ring]) >= 1 for ring in Ring)
    if not complete or any(len(root) != KEY_BYTES for root in every) or len(set(every)) != len(every):
        raise OperatorError("a key ring holds at least one epoch for each ring, every root 32 bytes and different")
