"""What the N-DEx tests share: the adapter in its guard, our documents, the official schemas, a document a profile."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from full_document import FULL, cut
from jsonschema import Draft202012Validator
from lxml import etree
from samples import sample

from adapters.sdk import Envelope, Inbound, Outgoing, Parsed
from adapters.sdk.codes import Document, Json, Purpose, Urgency
from adapters.sdk.guard import Guard
from adapters.systems.ndex.adapter import NDEx

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = Path(__file__).resolve().parent / "fixtures"
DEMO = ROOT / "gateway" / "demo" / "data" / "police-incident.xml"
_PROFILES = ROOT / "schemas" / "profiles"
EXAMPLES = sorted((_PROFILES / "examples").glob("*.json"))
PROFILES = sorted(path for path in _PROFILES.glob("*/*.json") if "examples" not in path.parent.name)


@pytest.fixture(scope="session")
def adapter() -> Guard:
    return Guard(NDEx())


@pytest.fixture(scope="session")
def parse(adapter: Guard) -> Callable[..., Parsed]:
    def parse(body: bytes, subject: str | None = None) -> Parsed:
        return adapter.parse(Inbound(body, "application/xml", subject))

    return parse


@pytest.fixture(scope="session")
def demo() -> bytes:
    return DEMO.read_bytes()


@pytest.fixture(scope="session")
def two_items() -> bytes:
    return (FIXTURES / "two-items.xml").read_bytes()


@pytest.fixture(scope="session")
def publish_schema() -> etree.XMLSchema:
    """The official schema of LEXS publish messages."""
    schema = sample("niem", "ndex-2.1.1", "xsd", "lexs", "publish-discover", "3.1", "publish-discover.xsd")
    return etree.XMLSchema(etree.parse(str(schema)))


@pytest.fixture(scope="session")
def payload_schema() -> etree.XMLSchema:
    """The official schema of N-DEx structured payloads."""
    schema = sample("niem", "ndex-2.1.1", "xsd", "ndexia", "ndexia", "2.1", "ndexia.xsd")
    return etree.XMLSchema(etree.parse(str(schema)))


@pytest.fixture(scope="session")
def canonical() -> Draft202012Validator:
    return Draft202012Validator(json.loads((ROOT / "schemas" / "referral" / "1.0.json").read_text()))


@pytest.fixture(scope="session")
def outgoing() -> Callable[[Document], Outgoing]:
    def outgoing(document: Document, message_id: str = "01J9Z0V3SH-7") -> Outgoing:
        envelope = Envelope(
            message_id=message_id,
            sender="norhaven-police",
            sender_title="Norhaven City Police",
            recipient="lake-imber-police",
            purpose=Purpose.INVESTIGATION,
            urgency=Urgency.URGENT,
            sent_on="2026-11-21",
            use_until="2027-02-19",
            obligations=("no_onward_transfer", "delete_after_use"),
        )
        return Outgoing(envelope, document)

    return outgoing


@pytest.fixture(params=PROFILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def profile_document(request: pytest.FixtureRequest) -> Document:
    """The fullest document a profile allows, checked against the profile."""
    schema = json.loads(cast("Path", request.param).read_text())
    document = cast("dict[str, Json]", cut(schema, FULL))
    document["schema"] = schema["properties"]["schema"]["const"]
    assert not [(error.json_path, error.validator) for error in Draft202012Validator(schema).iter_errors(document)]
    return document


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.stem)
def example(request: pytest.FixtureRequest) -> Document:
    """A document the schemas publish as an example of a profile."""
    return cast("Document", json.loads(cast("Path", request.param).read_text()))
