"""What reading one typical document of each format costs, guard and all: the best of many, in milliseconds.

The adapters are made and used once before, as they are when the gateway has started.
"""

import json
import time
from collections.abc import Mapping
from pathlib import Path

from checkout import ROOT
from trials.crossings import adapters

from adapters.sdk.contract import Inbound

FIXTURES = ROOT / "tests" / "adapters"
DOCUMENTS: Mapping[str, tuple[str, Path]] = {
    "canonical": ("canonical", FIXTURES / "canonical" / "fixtures" / "referral.in.json"),
    "errf": ("errf", FIXTURES / "errf" / "fixtures" / "alone.in.xml"),
    "fhir": ("fhir", FIXTURES / "fhir" / "fixtures" / "full.in.json"),
    "htcds": ("htcds", FIXTURES / "htcds" / "fixtures" / "survey.in.csv"),
    "ndex": ("ndex", ROOT / "gateway" / "demo" / "data" / "police-incident.xml"),
    "niem": ("niem", FIXTURES / "niem" / "fixtures" / "referral.in.xml"),
    "niem json": ("niem", FIXTURES / "niem" / "fixtures" / "message.in.json"),
    "primero": ("primero", FIXTURES / "primero" / "fixtures" / "full.in.json"),
    "uknrm": ("uknrm", FIXTURES / "uknrm" / "fixtures" / "referral.in.json"),
}
"""The document that is read for each format; that of `fhir` is a Bundle of eleven entries or more."""

MOST: Mapping[str, float] = {"fhir": 6.0}
"""Milliseconds a document may take, where that is not USUAL."""

USUAL = 2.0


def parsed_ms(times: int) -> dict[str, float]:
    """Return, by format, the processor time of the quickest of so many readings."""
    return {name: round(_quickest(key, path.read_bytes(), times), 3) for name, (key, path) in DOCUMENTS.items()}


def within(found: Mapping[str, float]) -> bool:
    """Whether every format keeps to its figure."""
    return all(spent <= MOST.get(name, USUAL) for name, spent in found.items())


def entries_of_the_bundle() -> int:
    """How many entries the FHIR document has."""
    return len(json.loads(DOCUMENTS["fhir"][1].read_bytes())["entry"])


def lines(found: Mapping[str, float]) -> str:
    """The figures as a table."""
    return "\n".join(
        [
            "reading one document",
            *(f"  {name:10} {spent:6.2f} of {MOST.get(name, USUAL):.0f} ms" for name, spent in found.items()),
        ]
    )


def _quickest(key: str, body: bytes, times: int) -> float:
    guard = adapters()[key]
    inbound = Inbound(body, next(iter(_spoken(guard.manifest.media_types, body)), guard.manifest.media_types[0]))
    guard.parse(inbound)
    best = float("inf")
    for _ in range(times):
        begun = time.process_time()
        guard.parse(inbound)
        best = min(best, time.process_time() - begun)
    return best * 1000


def _spoken(media_types: tuple[str, ...], body: bytes) -> list[str]:
    return [name for name in media_types if name.endswith("json")] if body.lstrip()[:1] == b"{" else []
