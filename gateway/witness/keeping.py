"""What a witness keeps: its private key, and for each log the newest checkpoint it cosigned. Nothing else, ever.

A checkpoint is on disk before its cosignature is made: a witness that forgot one could be shown another log.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.checkpoint import NoteSignature, VerifierKey, claimed_by, opened, unproven
from consent.cosignature import WitnessKey, cosignature
from consent.errors import ConsentError
from consent.merkle import EMPTY_ROOT, TreeHead
from consent.witnessing import Submission, judged
from gateway.core.errors import GivenError
from gateway.core.ports import Clock

_KEY, _NAME, _LOCK = "witness.key", "witness.name", "witness.lock"
_NOTHING = TreeHead(0, EMPTY_ROOT)


class UnknownLogError(GivenError):
    """A checkpoint of a log that this witness was not told to watch."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """The folder of one witness. `logs` are the keys of the logs it watches: several of one that changed its key."""

    folder: Path
    name: str
    private: Ed25519PrivateKey
    logs: Sequence[VerifierKey]
    clock: Clock

    @classmethod
    def opened(cls, folder: Path, logs: Sequence[VerifierKey], clock: Clock) -> Self:
        """Open a folder that `founded` made. Raises OperatorError."""
        try:
            seed, name = (folder / _KEY).read_bytes(), (folder / _NAME).read_text("utf-8")
            private = Ed25519PrivateKey.from_private_bytes(seed)
        except (OSError, ValueError):
            raise GivenError("there is no witness in this folder") from None
        return cls(folder, name, private, logs, clock)

    @property
    def key(self) -> WitnessKey:
        """Its public key: what the operator of the log and every auditor pin."""
        return WitnessKey(self.name, self.private.public_key().public_bytes_raw())

    def cosigned(self, sent: Submission) -> NoteSignature:
        """Judge what a log sent, keep it, and only then cosign it.

        Raises UnknownLogError, or what `consent.witnessing.judged` raises; then nothing was kept.
        """
        origin = unproven(sent.note).origin
        keys = [key for key in self.logs if key.name == origin]
        if not keys:
            raise UnknownLogError("the log is not one of those this witness watches")
        with self._alone():
            checkpoint = judged(sent, self._known(origin, keys), claimed_by(sent.note, keys))
            self._keep(origin, sent.note)
            return cosignature(checkpoint, self.key, int(self.clock.now().timestamp()), self.private.sign)

    def _known(self, origin: str, keys: Sequence[VerifierKey]) -> TreeHead:
        """Return what it knows of a log. A file that is there and does not read is no reason to begin anew."""
        try:
            kept = self._file(origin).read_bytes().decode()
            return opened(kept, claimed_by(kept, keys)).head
        except FileNotFoundError:
            return _NOTHING
        except (OSError, ConsentError, UnicodeDecodeError):
            raise GivenError("what this witness kept of the log does not read") from None

    def _keep(self, origin: str, note: str) -> None:
        durable(self._file(origin), note.encode())

    def _file(self, origin: str) -> Path:
        return self.folder / f"{sha256(origin.encode()).hexdigest()}.note"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Look and keep as one step, whatever else cosigns from this folder."""
        descriptor = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def founded(folder: Path, name: str, entropy: Callable[[int], bytes]) -> WitnessKey:
    """Make a witness of that name in a folder; its public key. Raises OperatorError where there is one already."""
    seed = entropy(32)
    try:
        key = WitnessKey(name, Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())
    except ConsentError:
        raise GivenError("the name of a witness holds no space and no plus sign") from None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / _KEY).exists():
        raise GivenError("there is a witness in this folder already")
    durable(folder / _NAME, name.encode())
    durable(folder / _KEY, seed)
    return key


def durable(file: Path, content: bytes) -> None:
    """Replace a file as one step, private to this user and on disk when this returns."""
    part = file.with_name(f"{file.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
