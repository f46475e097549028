"""`backup`: the database apart from people's data keys, and those apart from everything, for a week (DESIGN section 6).

A backup of the data is a copy and a manifest with a checkpoint of the log, signed by the gateway that took it. A backup
of the key store is sealed under a key of its week, which lies in a folder of its own and is destroyed seven days after
its week: an erased person's key outlives her in a backup for a fortnight at most. The list of who was erased goes out
by itself, as often as anybody likes: digests that say nothing without the key ring.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.core.crypto.keys import KEY_BYTES
from gateway.core.crypto.sealing import NONCE_BYTES
from gateway.core.errors import GivenError, OperatorError
from gateway.core.ports import Entropy
from gateway.installation.snapshots import backend, read, taken
from gateway.keyring.files import read_private, write_private
from gateway.settings import Settings

MANIFEST, DATA = "manifest.json", "data"
_FORMAT: Final = "referral-gateway/backup"
_KEYS_LABEL: Final = b"referral-gateway/key-store-backup/1"
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of. `checkpoint` is a signed note of a log that the copy holds at least."""

    at: datetime
    backend: str
    digest: str
    checkpoint: str

    def to_bytes(self) -> bytes:
        """Write it."""
        said = {"format": _FORMAT, "version": 1, "at": self.at.isoformat(), "backend": self.backend}
        return json.dumps({**said, "sha256": self.digest, "checkpoint": self.checkpoint}, indent=2).encode() + b"\n"

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Read it. Raises OperatorError for what is none of ours."""
        try:
            found = _ours((folder / MANIFEST).read_bytes(), _FORMAT)
            at, kind, digest, note = (str(found[name]) for name in ("at", "backend", "sha256", "checkpoint"))
            return cls(datetime.fromisoformat(at), kind, digest, note)
        except (OSError, ValueError, LookupError, TypeError):
            raise GivenError("there is no backup of ours in that folder") from None


def backed_up(settings: Settings, folder: Path, checkpoint: str, at: datetime) -> Manifest:
    """Copy the database, without people's data keys, into a new folder. The gateway may serve meanwhile.

    Raises OperatorError where the folder is there already, or lies in the data folder.
    """
    if folder.exists() or settings.lies_beside(folder):
        raise GivenError("a backup goes into a new folder, apart from the data")
    folder.mkdir(mode=0o700, parents=True)
    try:
        taken(settings.database(), folder / DATA)
        manifest = Manifest(at, backend(settings.database()), digest_of(folder / DATA), checkpoint)
        _written(folder / MANIFEST, manifest.to_bytes())
    except BaseException:  # Half a backup would be in the way of the next attempt, and be taken for one.
        rmtree(folder)
        raise
    return manifest


def keys_backed_up(settings: Settings, to: Path, weekly: Path, today: date, entropy: Entropy) -> Path:
    """Seal a copy of the key store under this week's key, and destroy the keys of weeks that are over for seven days.

    Return the file of the week's key. Raises OperatorError where the two would lie together, or with the data.
    """
    if to.parent.resolve() == weekly.resolve() or settings.lies_beside(weekly) or settings.lies_beside(to):
        raise GivenError("the backup of the key store, its weekly key and the data lie in three places")
    if to.exists():
        raise GivenError("a backup goes into a new file; there is one of that name")
    weekly.mkdir(mode=0o700, parents=True, exist_ok=True)
    _destroy_old(weekly, today)
    file = weekly / f"{_week(today)}.key"
    if not file.exists():
        _written(file, entropy.bytes(KEY_BYTES))
    # Unsealed in memory alone: a file would outlive a kill, and with it the keys of whoever is erased afterwards.
    _written(to, sealed_copy(read_weeks_key(file), read(settings.person_key_database()), entropy))
    return file


def read_weeks_key(file: Path) -> bytes:
    """Read the key of a week. Raises OperatorError."""
    try:
        return read_private(file)
    except OperatorError:
        raise GivenError("the week's key cannot be read: it is a file of its owner's alone (mode 0600)") from None


def _written(file: Path, content: bytes) -> None:
    try:
        write_private(file, content, replaces=None)
    except OperatorError:
        raise GivenError("the backup cannot be written there: no room, or not this user's folder") from None


def sealed_copy(key: bytes, copy: bytes, entropy: Entropy) -> bytes:
    """Seal the bytes of a key store."""
    nonce = entropy.bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, copy, _KEYS_LABEL)


def opened_copy(key: bytes, sealed: bytes) -> bytes:
    """Open what `sealed_copy` made. Raises OperatorError."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _KEYS_LABEL)
    except (InvalidTag, ValueError):
        raise GivenError("the backup of the key store does not open: another week's key, or altered") from None


def erased_list(erased: Mapping[int, Iterable[bytes]]) -> bytes:
    """Write the list of who was erased: digests by the epoch they were made under."""
    listed = {str(epoch): sorted(digest.hex() for digest in digests) for epoch, digests in sorted(erased.items())}
    return json.dumps({"format": f"{_FORMAT}/erased", "version": 1, "erased": listed}, indent=1).encode() + b"\n"


def read_erased_list(file: Path) -> dict[int, frozenset[bytes]]:
    """Read such a list. Raises OperatorError."""
    try:
        listed = _ours(file.read_bytes(), f"{_FORMAT}/erased")["erased"]
        if isinstance(listed, str):
            listed = {}
        return {int(epoch): frozenset(map(bytes.fromhex, digests)) for epoch, digests in listed.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        raise GivenError("that is not a list of who was erased") from None


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    digest = sha256()
    with file.open("rb") as content:
        while chunk := content.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _ours(content: bytes, name: str) -> Mapping[str, str | Mapping[str, Sequence[str]]]:
    """Read JSON of that format in version 1. Raises ValueError, LookupError, TypeError."""
    found = json.loads(content)
    if (found["format"], found["version"]) != (name, 1):
        raise ValueError
    return dict(found)


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _destroy_old(weekly: Path, today: date) -> None:
    """Overwrite and remove the keys of weeks that ended at least seven days ago."""
    for file in weekly.glob("????-W??.key"):
        monday = date.fromisoformat(f"{file.stem}-1")
        if today >= monday + 2 * _WEEK:
            file.write_bytes(bytes(KEY_BYTES))
            file.unlink()
