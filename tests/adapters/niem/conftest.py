"""What the NIEM tests share: the adapter in its guard, in both of its forms, and the invented referral."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.sdk import Inbound, Parsed
from adapters.sdk.guard import Guard
from adapters.systems.niem.adapter import Niem

FIXTURES = Path(__file__).resolve().parent / "fixtures"


@pytest.fixture(scope="session")
def adapter() -> Guard:
    return Guard(Niem())


@pytest.fixture(scope="session")
def json_adapter() -> Guard:
    """The same adapter where its manifest names the other form."""
    made = Niem()
    made._manifest = replace(made._manifest, outgoing_media_type="application/ld+json")
    return Guard(made)


@pytest.fixture(scope="session")
def parse(adapter: Guard) -> Callable[..., Parsed]:
    def parse(body: bytes, subject: str | None = None) -> Parsed:
        media_type = "application/json" if body.lstrip()[:1] == b"{" else "application/xml"
        return adapter.parse(Inbound(body, media_type, subject))

    return parse


@pytest.fixture(scope="session")
def referral() -> bytes:
    return (FIXTURES / "referral.in.xml").read_bytes()
