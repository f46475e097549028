"""FHIR in XML means what the same document means in JSON, losses and refusals too; what is no FHIR is refused."""

import json
from pathlib import Path

import pytest
from fhir_xml import in_xml
from samples import sample

from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, Parsed
from adapters.sdk.errors import AdapterError
from adapters.systems.fhir.adapter import Fhir

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.in.json"))
ONLY_IN_JSON = {
    # A byte order mark; an array for a single value, an object for an array: XML has neither.
    *("nhs-bars-1.4.0/service_request__PATCH-body", "nhs-bars-1.4.0/service_request__PUT-body"),
    *("r4-core/Bundle-Transaction", "r4-core/Patient", "r4-core/Patient-f001", "r4-core/ProvenanceHeader"),
}


def of_json(body: bytes) -> Parsed | AdapterError:
    return parse_outcome(Fhir(), Inbound(body, "application/fhir+json"))


def of_xml(body: bytes | str) -> Parsed | AdapterError:
    raw = body if isinstance(body, bytes) else body.encode()
    return parse_outcome(Fhir(), Inbound(raw, "application/fhir+xml"))


def same(one: Parsed | AdapterError, other: Parsed | AdapterError) -> bool:
    if isinstance(one, AdapterError):
        return (type(one), str(one)) == (type(other), str(other))
    return one == other


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_our_own_documents_mean_the_same_in_xml(path: Path) -> None:
    body = path.read_bytes()
    assert not isinstance(of_json(body), AdapterError)
    assert same(of_xml(in_xml(body)), of_json(body))


def test_the_official_xml_means_what_the_official_json_means() -> None:
    base = sample("fhir")
    paths = sorted(base.glob("bser-xml/*.xml"))
    assert len(paths) == len([*base.glob("bser-json/*.json")])
    for path in paths:
        assert same(of_xml(path.read_bytes()), of_json((base / "bser-json" / f"{path.stem}.json").read_bytes()))


def test_every_official_document_means_the_same_in_xml() -> None:
    base = sample("fhir")
    different = set()
    for path in sorted(base.glob("*/*.json")):
        body = path.read_bytes()
        if not same(of_xml(in_xml(body)), of_json(body)):
            different.add(str(path.relative_to(base).with_suffix("")))
    assert different == ONLY_IN_JSON


REQUEST = json.dumps(
    {
        "resourceType": "ServiceRequest",
        "id": "r1",
        "status": "active",
        "intent": "order",
        "contained": [
            {
                "resourceType": "Patient",
                "id": "p1",
                "name": [{"given": ["Mira", None], "_given": [None, {"id": "g2"}], "family": "Invented"}],
                "active": True,
                "birthDate": "1999-02-03",
                "_birthDate": {"extension": [{"url": "urn:x", "valueInteger": 7}]},
            }
        ],
        "subject": {"reference": "#p1"},
        "code": {"text": "Bed"},
    }
).encode()
XML = in_xml(REQUEST).decode()
BESIDE = "/contained/0/_birthDate/extension/0"


def test_what_stands_beside_a_single_value_is_read_too() -> None:
    """An extension of a date of birth that nobody knows makes nobody an adult, in XML as in JSON (K-01)."""
    assert "<birthDate value=" in XML
    assert same(of_xml(XML), of_json(REQUEST))
    plain = XML.replace('<extension url="urn:x"><valueInteger value="7"></valueInteger></extension>', "")
    assert plain != XML
    assert not same(of_xml(plain), of_json(REQUEST))


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        ("<status", "<colour value='x'/><status", "unknown_element at /*"),
        ("<status", "<resourceType value='Task'/><status", "unknown_element at /*"),
        ("<status", "<status xmlns='urn:other' value='active'/><status", "unknown_element at /*"),
        ("<status", "<status value='active'/><status", "type at /status"),
        ('<status value="active">', "<status>", "empty at /status"),
        ('<status value="active">', '<status value="active" colour="red">', "unknown_element at /_status/*"),
        ('<status value="active">', '<status value="active">now', "type at /_status"),
        ("<subject>", '<subject value="x">', "unknown_element at /subject/*"),
        ("<subject>", '<subject><id value="x"/>', "unknown_element at /subject/*"),
        ("</contained>", "<Patient/></contained>", "type at /contained/0"),
        ("</contained>", "</contained><contained/>", "type at /contained/1"),
        ('<active value="true">', '<active value="1">', "type at /contained/0/active"),
        ('<valueInteger value="7">', '<valueInteger value="07">', f"type at {BESIDE}/valueInteger"),
        ('<extension url="urn:x">', '<extension><url value="urn:x"/>', f"unknown_element at {BESIDE}/*"),
        ("<ServiceRequest ", "<!DOCTYPE x><ServiceRequest ", "dtd at "),
        ('"http://hl7.org/fhir"', '"http://hl7.org/other"', "unknown_element at /*"),
        ("</ServiceRequest>", "", "malformed at "),
        ("<subject>", "<subject>" + "<identifier><assigner>" * 20, "malformed at "),
    ],
)  # fmt: skip
def test_what_is_no_fhir_is_refused_by_its_place(old: str, new: str, outcome: str) -> None:
    assert old in XML
    assert str(of_xml(XML.replace(old, new, 1))) == outcome


def test_depth_has_a_bound() -> None:
    deep = "<identifier><assigner>" * 20 + "</assigner></identifier>" * 20
    assert str(of_xml(XML.replace("<subject>", f"<subject>{deep}", 1))) == "depth at "


def test_a_name_of_no_kind_of_resource_asks_for_nothing() -> None:
    assert str(of_xml('<Medication xmlns="http://hl7.org/fhir"/>')) == "kind at /resourceType"
    assert str(of_xml("<hello/>")) == "unknown_element at /*"
