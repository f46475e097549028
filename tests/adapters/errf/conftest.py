"""What the eRRF tests share: the adapter in its guard, and the two invented forms, whole or with something changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from adapters.sdk import Inbound, ParsedReferral
from adapters.sdk.guard import Guard
from adapters.systems.errf.adapter import Errf
from schemas.documents import Document, Json
from schemas.validation import validate

FIXTURES = Path(__file__).resolve().parent / "fixtures"


@pytest.fixture(scope="session")
def adapter() -> Guard:
    return Guard(Errf())


@pytest.fixture(scope="session")
def read(adapter: Guard) -> Callable[..., ParsedReferral]:
    """Read the form of Mira (4.1), or another, with one text replaced by another everywhere."""

    def read(old: str = "", new: str = "", *, form: str = "alone", subject: str | None = None) -> ParsedReferral:
        text = (FIXTURES / f"{form}.in.xml").read_text("utf-8")
        assert old in text
        parsed = adapter.parse(Inbound(text.replace(old, new).encode() if old else text.encode(), "text/xml", subject))
        assert isinstance(parsed, ParsedReferral)
        validate(parsed.document, "referral/1.0")
        return parsed

    return read


@pytest.fixture(scope="session")
def subject(read: Callable[..., ParsedReferral]) -> Callable[..., dict[str, Json]]:
    """What is read of her with one text replaced."""

    def subject(old: str = "", new: str = "", **how: str) -> dict[str, Json]:
        return cast("dict[str, Json]", cast("Document", read(old, new, **how).document)["subject"])

    return subject
