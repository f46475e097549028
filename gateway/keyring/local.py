"""The embedded default: one encrypted file, opened with a secret that must not lie beside the database.

Losing the file or the secret loses every pseudonym and every data key: back the file up apart from the data, and the
secret apart from the file. Never writes a root in the clear, never keeps the secret.
"""

from pathlib import Path
from typing import Self, final

from gateway.core.errors import OperatorError
from gateway.core.keys import KEY_BYTES, Ring
from gateway.keyring.envelope import Entropy, Envelope, stretch
from gateway.keyring.files import read_private, write_private
from gateway.keyring.software import Roots, SoftwareKeyRing


@final
class LocalKeyRing(SoftwareKeyRing):
    """The KeyRing port over an encrypted file."""

    def __init__(self, path: Path, roots: Roots) -> None:
        """Use `create` or `open`; this joins a file and the roots read from it."""
        super().__init__(roots)
        self._path = path

    @classmethod
    def create(cls, path: Path, secret: bytes, entropy: Entropy) -> Self:
        """Make a new key ring, epoch 1 in each ring. Raises OperatorError when the file exists: none is overwritten."""
        roots = {ring: {1: entropy(KEY_BYTES)} for ring in Ring}
        made = cls(path, roots)
        write_private(path, Envelope.seal(roots, secret, entropy).to_bytes(), replaces=None)
        return made

    @classmethod
    def open(cls, path: Path, secret: bytes) -> Self:
        """Open one. Raises OperatorError for a wrong secret, an altered file, or a file that others may read."""
        return cls(path, _read(path, secret)[1])

    def reload(self, secret: bytes) -> None:
        """Take up what another process rotated or retired; what was derived before is forgotten."""
        self._adopt(_read(self._path, secret)[1])

    def rotate(self, ring: Ring, secret: bytes, entropy: Entropy) -> int:
        """Start a new epoch of one ring and return its number; older epochs stay until retired.

        Durable when it returns. Starts from the file, not from memory, so that no epoch of another process is lost.
        """
        document, roots = _read(self._path, secret)
        epoch = max(roots[ring]) + 1
        self._write(document, {**roots, ring: {**roots[ring], epoch: entropy(KEY_BYTES)}}, secret, entropy)
        return epoch

    def retire(self, ring: Ring, epoch: int, secret: bytes, entropy: Entropy) -> None:
        """Destroy the root of an older epoch; what was wrapped or named under it is lost, so re-wrap and re-map first.

        Raises OperatorError for the current epoch and for one that is not held.
        """
        document, roots = _read(self._path, secret)
        if epoch not in roots[ring] or epoch == max(roots[ring]):
            fault = "only an older epoch that the key ring holds can be retired"
            raise OperatorError(fault)
        kept = {number: root for number, root in roots[ring].items() if number != epoch}
        self._write(document, {**roots, ring: kept}, secret, entropy)

    def change_secret(self, secret: bytes, new_secret: bytes, entropy: Entropy) -> None:
        """Seal the file under another secret. Copies of the old file still open with the old one."""
        document, roots = _read(self._path, secret)
        self._write(document, roots, new_secret, entropy)

    def _write(self, replaced: bytes, roots: Roots, secret: bytes, entropy: Entropy) -> None:
        write_private(self._path, Envelope.seal(roots, secret, entropy).to_bytes(), replaces=replaced)
        self._adopt(roots)


def _read(path: Path, secret: bytes) -> tuple[bytes, Roots]:
    document = read_private(path)
    envelope = Envelope.parse(document)
    return document, envelope.open(stretch(secret, envelope.salt))
