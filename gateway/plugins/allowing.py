"""The operator's list of adapters from elsewhere that may run: name, version and hash, one file per installation.

What is not on it is not started. A file that somebody else may write, or that is not understood, allows nothing.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.core.errors import OperatorError
from gateway.plugins.distributions import Announced, Proven
from schemas.canonical import canonical
from schemas.decoding import decode_json
from schemas.documents import Json
from schemas.errors import SchemaViolationError

_MEMBERS: Final = frozenset({"distribution", "version", "sha256"})
_NOT_UNDERSTOOD: Final = "the list of allowed adapters is not understood"


@dataclass(frozen=True, slots=True)
class Pin:
    """One distribution in one version with one content."""

    distribution: str
    version: str
    sha256: str


def pin_of(found: Proven) -> Pin:
    """Return what allows exactly this."""
    return Pin(found.announced.name, found.announced.version, found.digest)


def why_not(pin: Pin | None, found: Announced, digest: str | None) -> str | None:
    """Say why a pin does not allow what was found, or None. Without `digest` its content is not looked at."""
    if pin is None:
        return "it is not on the list of allowed adapters"
    if pin.version != found.version:
        return "another version of it is allowed"
    return "it is not what was allowed: the hash differs" if digest not in {None, pin.sha256} else None


def allowed(file: Path) -> dict[str, Pin]:
    """Return the list by distribution; no file is an empty one. Raises OperatorError."""
    if not file.exists():
        return {}
    if file.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH) or file.stat().st_uid not in {0, os.geteuid()}:
        raise OperatorError("others may write the list of allowed adapters")
    try:
        entries = decode_json(file.read_bytes()).get("allowed")
        return {pin.distribution: pin for pin in map(_pin, entries if isinstance(entries, list) else [None])}
    except (OSError, SchemaViolationError):
        raise OperatorError(_NOT_UNDERSTOOD) from None


def write(file: Path, pins: dict[str, Pin]) -> None:
    """Replace the list in one step. Raises OperatorError."""
    entries: list[Json] = [
        {"distribution": pin.distribution, "version": pin.version, "sha256": pin.sha256}
        for _, pin in sorted(pins.items())
    ]
    new = file.with_name(f"{file.name}.new")
    try:
        new.touch(mode=0o600)
        new.write_bytes(canonical({"allowed": entries}) + b"\n")
        new.replace(file)
    except OSError:
        raise OperatorError("the list of allowed adapters cannot be written") from None


def _pin(entry: Json) -> Pin:
    if not isinstance(entry, dict) or entry.keys() != _MEMBERS:
        raise OperatorError(_NOT_UNDERSTOOD)
    name, version, digest = entry["distribution"], entry["version"], entry["sha256"]
    if not (isinstance(name, str) and isinstance(version, str) and isinstance(digest, str)):
        raise OperatorError(_NOT_UNDERSTOOD)
    return Pin(name, version, digest)
