"""Where the official documents and vectors lie that tests read but the project does not carry.

They stand beside the checkout, in `../shared/samples` and `../shared/vectors`. Nothing of them is copied into the
project. Where one is missing the test that wants it skips and says so, and the run counts those skips at its end
(tests/conftest.py); with REQUIRE_SAMPLES=1 a missing one fails instead, so that CI cannot pass by absence.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
ABSENT = "absent official document: "
"""How every skip for a missing document begins; the summary counts by it."""


def sample(*parts: str) -> Path:
    """The official sample at `parts` below `samples`; skips (or fails, REQUIRE_SAMPLES=1) where it is missing."""
    return _present(SHARED / "samples", parts)


def vector(*parts: str) -> Path:
    """The official test vector at `parts` below `vectors`; skips (or fails, REQUIRE_SAMPLES=1) where it is missing."""
    return _present(SHARED / "vectors", parts)


def _present(base: Path, parts: tuple[str, ...]) -> Path:
    path = base.joinpath(*parts)
    if path.exists():
        return path
    missing = ABSENT + "/".join((base.name, *parts))
    if os.environ.get("REQUIRE_SAMPLES") == "1":
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing, allow_module_level=True)
