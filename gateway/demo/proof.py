"""The proof as an auditor has it: files, and `python -m consent` in a Python without a single installed library."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import consent
from gateway.demo.folder import DemoFolder
from gateway.wiring import Gateway
from schemas.documents import Document


@dataclass(frozen=True, slots=True)
class Kept:
    """What an auditor holds: the log line by line, a checkpoint of it that was kept elsewhere, the key, one receipt."""

    export: Path
    checkpoint: Path
    receipt: Path
    key: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checker answered: its exit code and its sentences."""

    code: int
    said: str


def kept(gateway: Gateway, folder: DemoFolder, checkpoint: str, size: int, receipt: Document) -> Kept:
    """Export the first `size` entries of the log, byte for byte, and write the rest beside them."""
    files = Kept(
        folder.log / "export.jsonl",
        folder.log / "checkpoint.txt",
        folder.log / "receipt.json",
        gateway.door.tracking.verifier_key(),
    )
    files.export.write_bytes(b"".join(leaf + b"\n" for leaf in gateway.log.leaves(size)))
    files.checkpoint.write_text(checkpoint, encoding="utf-8")
    files.receipt.write_text(json.dumps(receipt, indent=1), encoding="utf-8")
    (folder.log / "key.txt").write_text(files.key + "\n", encoding="utf-8")
    return files


def check_receipt(files: Kept) -> Verdict:
    """Check that the entry of the receipt stands in the log."""
    return _consent(("verify-receipt", str(files.receipt), "--key", files.key))


def check_log(files: Kept, export: Path | None = None) -> Verdict:
    """Check an export against the checkpoint."""
    lines = str(export or files.export)
    return _consent(("verify", lines, "--checkpoint", str(files.checkpoint), "--key", files.key))


def tampered(files: Kept, old: bytes, new: bytes) -> Path:
    """Write a copy of the export in which the last `old` is `new`, as somebody would who wants another history."""
    head, found, tail = files.export.read_bytes().rpartition(old)
    copy = files.export.with_name("tampered.jsonl")
    copy.write_bytes(head + (new if found else b"") + tail)
    return copy


def _consent(arguments: Sequence[str]) -> Verdict:
    """Run the checker. `-S` leaves out every installed library: an auditor needs only Python."""
    home = Path(consent.__file__).resolve().parents[1]
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own module, and files this demonstration wrote
        (sys.executable, "-S", "-m", "consent", *arguments),
        env={"PYTHONPATH": str(home), "PYTHONUTF8": "1"},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    return Verdict(done.returncode, done.stdout + done.stderr)
