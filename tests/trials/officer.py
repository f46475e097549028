"""An officer who keeps checkpoints outside, and checks an export of the log with `python -m consent verify`."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from furnished import Installation
from served import ROOT

from consent.checkpoint import Checkpoint, VerifierKey, signed
from gateway.keyring.local import LocalKeyRing
from gateway.store.database import opened
from gateway.store.ledger import LedgerReader

PROVEN, DOES_NOT_VERIFY = 0, 5
"""Exit codes of the command."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Knows the log's public key. The key ring is the gateway's: it signs a checkpoint as the gateway does."""

    url: str
    origin: str
    ring: LocalKeyRing

    @classmethod
    def of(cls, installed: Installation) -> Self:
        """Return the officer of that installation."""
        settings = installed.settings()
        ring = LocalKeyRing.open(settings.keyring_file, settings.unlocking_secret, os.urandom)
        return cls(settings.database(), settings.origin, ring)

    @property
    def key(self) -> VerifierKey:
        """The public key of the log."""
        return VerifierKey(self.origin, self.ring.checkpoint_public_key())

    def checkpoint(self) -> str:
        """Sign the log as it stands now."""
        database = opened(self.url)
        try:
            head = LedgerReader(database.reading).head()
        finally:
            database.dispose()
        return signed(Checkpoint(self.origin, head.size, head.root), self.key, self.ring.sign_checkpoint)

    def verifies(self, *checkpoints: str) -> int:
        """Export the whole log and check it against these checkpoints; the command's exit code."""
        with tempfile.TemporaryDirectory() as folder:
            export = Path(folder) / "export.jsonl"
            export.write_bytes(self._exported())
            command = [sys.executable, "-m", "consent", "verify", str(export), "--key", self.key.text]
            for number, checkpoint in enumerate(checkpoints):
                held = Path(folder) / f"checkpoint-{number}"
                held.write_bytes(checkpoint.encode())
                command += ["--checkpoint", str(held)]
            return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode

    def _exported(self) -> bytes:
        database = opened(self.url)
        try:
            reader = LedgerReader(database.reading)
            return b"".join(leaf + b"\n" for leaf in reader.leaves(reader.head().size))
        finally:
            database.dispose()
