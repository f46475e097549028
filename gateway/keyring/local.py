"""The embedded default: one encrypted file, opened with a secret that must not lie beside the database.

Losing the file or the secret loses every pseudonym and every data key: back the file up apart from the data, and the
secret apart from the file. Never writes a root in the clear, never keeps the secret: it is asked for again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self, final

from typing_extensions import override

from gateway.core.crypto.keys import KEY_BYTES, Ring
from gateway.core.errors import OperatorError
from gateway.keyring.envelope import Entropy, Envelope, stretch
from gateway.keyring.files import read_private, write_private
from gateway.keyring.software import Roots, SoftwareKeyRing

Unlock = Callable[[], bytes]
"""Gives the secret, each time it is needed."""


@final
class LocalKeyRing(SoftwareKeyRing):
    """`gateway.core.crypto.keys.KeptRing` over an encrypted file, which other processes may change."""

    def __init__(self, path: Path, unlock: Unlock, entropy: Entropy, roots: Roots) -> None:
        """Use `create` or `open`; this joins a file and the roots read from it."""
        super().__init__(roots)
        self._path, self._unlock, self._entropy = path, unlock, entropy

    @classmethod
    def create(cls, path: Path, unlock: Unlock, entropy: Entropy, on: date | None = None) -> Self:
        """Make a new key ring, epoch 1 in each ring. Raises OperatorError when the file exists: none is overwritten."""
        roots = {ring: {1: entropy(KEY_BYTES)} for ring in Ring}
        since = dict.fromkeys(Ring, on) if on else {}
        write_private(path, Envelope.seal(roots, unlock(), entropy, since).to_bytes(), replaces=None)
        return cls(path, unlock, entropy, roots)

    @classmethod
    def open(cls, path: Path, unlock: Unlock, entropy: Entropy) -> Self:
        """Open one. Raises OperatorError for a wrong secret, an altered file, or a file that others may read."""
        return cls(path, unlock, entropy, _Opened.of(path, unlock()).roots)

    def reload(self) -> None:
        """Take up what another process rotated or retired; what was derived before is forgotten."""
        self._adopt(_Opened.of(self._path, self._unlock()).roots)

    def rotate(self, ring: Ring, on: date) -> int:
        """Start a new epoch of one ring and return its number; older epochs stay until retired.

        Durable when it returns. Starts from the file, not from memory, so that no epoch of another process is lost.
        """
        found = _Opened.of(self._path, self._unlock())
        epoch = max(found.roots[ring]) + 1
        roots = {**found.roots, ring: {**found.roots[ring], epoch: self._entropy(KEY_BYTES)}}
        self._write(found, roots, {**found.since, ring: on})
        return epoch

    def retire(self, ring: Ring, epoch: int) -> None:
        """Destroy the root of an older epoch; what was wrapped or named under it is lost, so re-wrap and re-map first.

        Raises OperatorError for the current epoch and for one that is not held.
        """
        found = _Opened.of(self._path, self._unlock())
        if epoch not in found.roots[ring] or epoch == max(found.roots[ring]):
            raise OperatorError("only an older epoch that the key ring holds can be retired")
        kept = {number: root for number, root in found.roots[ring].items() if number != epoch}
        self._write(found, {**found.roots, ring: kept}, found.since)

    def since(self) -> Mapping[Ring, date]:
        """Return the day each ring's current epoch began, as the file says."""
        return began(self._path)

    def change_secret(self, new: Unlock) -> None:
        """Seal the file under another secret. Copies of the old file still open with the old one."""
        found = _Opened.of(self._path, self._unlock())
        self._unlock = new
        self._write(found, found.roots, found.since)

    @override
    def _root(self, ring: Ring, epoch: int) -> bytes:
        """Look into the file again for an epoch that another process may have begun."""
        if epoch > self._current[ring]:
            self.reload()
        return super()._root(ring, epoch)

    def _write(self, found: "_Opened", roots: Roots, since: Mapping[Ring, date]) -> None:
        sealed = Envelope.seal(roots, self._unlock(), self._entropy, since)
        write_private(self._path, sealed.to_bytes(), replaces=found.document)
        self._adopt(roots)


def began(path: Path) -> Mapping[Ring, date]:
    """Return the day each ring's current epoch began, as an unopened file says: no proof, but a hint for people."""
    return Envelope.parse(read_private(path)).since


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file as it was read, and what was in it."""

    document: bytes
    roots: Roots
    since: Mapping[Ring, date]

    @classmethod
    def of(cls, path: Path, secret: bytes) -> Self:
        document = read_private(path)
        envelope = Envelope.parse(document)
        return cls(document, envelope.open(stretch(secret, envelope.salt)), envelope.since)
