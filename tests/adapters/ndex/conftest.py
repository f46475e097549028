"""What the N-DEx tests share: the adapter in its guard, our documents, the official schemas, a document a profile."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
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

FULL: Document = {
    "subject": {
        "pseudonym": "01ARZ3NDEKTSV4RRFFQ69G5FAV*",
        "alias": "Lindenblatt",
        "names": [
            {"use": "official", "given": "Mirela", "middle": "Ana", "family": "Kosturi", "full": "Mirela Ana Kosturi"},
            {"use": "birth", "given": "Mirela", "family": "Lisi", "second_family": "Dervo"},
            {"use": "other", "full": "Mira"},
        ],
        "identifiers": [
            {"type": "passport", "value": "BX0412377", "country": "AL"},
            {"type": "national_id", "value": "K20309"},
            {"type": "social_security", "value": "900-55-0111", "country": "US"},
            {"type": "social_security", "value": "SV 77", "country": "DE"},
            {"type": "driver_licence", "value": "D-1"},
            {"type": "alien_number", "value": "A-1"},
            {"type": "case_number", "value": "C-1"},
            {"type": "unhcr", "value": "U-1"},
            {"type": "other", "value": "O-1", "country": "PS"},
        ],
        "birth": {"date": "2002-03-09", "estimated": True},
        "age_band": "24--26",
        "minor_status": "adult",
        "sex": "female",
        "citizenships": ["AL", "SS"],
        "languages": ["sq", "it", "xyz"],
        "interpreter": {"needed": True, "language": "sq", "gender": "female"},
        "contacts": [
            {"channel": "phone", "value": "+44 7700 900417"},
            {"channel": "email", "value": "mirela.k@mail.example"},
            {"channel": "message", "value": "mira_k"},
            {"channel": "caseworker", "value": "through the desk"},
        ],
        "addresses": [
            {
                "use": "current",
                "country": "GB",
                "region": "East Shore",
                "locality": "Norhaven",
                "line": "18 Ropewalk Lane",
            },
            {"use": "last", "country": "AL", "postal_code": "1001"},
            {"use": "birth", "locality": "Ura e Re"},
            {"use": "other", "line": "c/o harbour mission"},
        ],
        "meeting_point": "Main entrance of the library",
        "dependants": 2,
    },
    "situation": {
        "victim_status": "presumed",
        "decided_by": "police",
        "exploitation": [{"type": "sexual", "industry": "hospitality", "country": "GB"}, {"type": "criminal"}],
        "means": ["debt_bondage", "withholds_documents"],
        "recruitment": ["online_advertisement"],
        "last_contact": "week",
        "events": [
            {"type": "exploitation", "from": "2026", "to": "2026", "country": "GB"},
            {"type": "incident", "from": "2026-11-13"},
            {"type": "transit", "from": "2026-07", "to": "2026-08-01"},
        ],
        "narrative": [
            {"section": "account", "text": "She said <no> & left.\r\nThen she came back."},
            {"section": "other", "text": "Ж"},
        ],
        "offences": [{"system": "ucr", "code": "64A"}, {"system": "national", "code": "MSA2015/s2"}],
        "immigration_status": "visa",
        "reflection_until": "2026-12-30",
        "cooperation": "undecided",
    },
    "needs": [{"code": "accommodation.emergency"}, {"code": "interpretation", "note": "a woman, please"}],
    "risk": {"level": "high", "reasons": ["threats", "exploiter_knows_place"]},
    "health": {"access_needs": ["female_staff"], "alerts": ["medication"]},
}
"""Every leaf any profile may hold, and codes that LEXS cannot say."""


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
    document = cast("dict[str, Json]", _cut(schema, FULL))
    document["schema"] = schema["properties"]["schema"]["const"]
    assert not [(error.json_path, error.validator) for error in Draft202012Validator(schema).iter_errors(document)]
    return document


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.stem)
def example(request: pytest.FixtureRequest) -> Document:
    """A document the schemas publish as an example of a profile."""
    return cast("Document", json.loads(cast("Path", request.param).read_text()))


def _cut(schema: dict[str, object], value: Json) -> Json:
    """What of `value` a closed schema names and allows; {} where that is nothing."""
    if isinstance(value, dict):
        properties = cast("dict[str, dict[str, object]]", schema.get("properties", {}))
        kept = {key: _cut(properties[key], member) for key, member in value.items() if key in properties}
        kept = {key: member for key, member in kept.items() if member not in ({}, [])}
        needed = cast("list[str]", schema.get("required", []))
        return kept if set(needed) <= {*kept, "schema"} else {}
    if isinstance(value, list):
        items = cast("dict[str, object]", schema["items"])
        return [cut for member in value if (cut := _cut(items, member)) != {}]
    if schema.get("pattern") == "^[0-9]{4}$" and isinstance(value, str):
        return value[:4]
    return value if value in cast("list[Json]", schema.get("enum", [value])) else {}
