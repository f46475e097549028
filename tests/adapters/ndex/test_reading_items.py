"""Our own report, one change at a time: the item, what happened, other prefixes, several items."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from adapters.sdk import MalformedError, Parsed, ParsedReferral, ParsedRevocation, UnsupportedError

FIXTURES = Path(__file__).resolve().parent / "fixtures"
Parse = Callable[..., Parsed]
Referral = dict[str, Any]

INCIDENT = "/lexspd:doPublish/lexs:PublishMessageContainer/lexs:PublishMessage/lexs:DataItemPackage"


def _document(parsed: Parsed) -> Referral:
    assert isinstance(parsed, ParsedReferral)
    return cast("Referral", parsed.document)


def _losses(parsed: Parsed) -> set[tuple[str, str]]:
    return {(loss.path.removeprefix(INCIDENT), loss.kind) for loss in parsed.losses}


def _changed(body: bytes, old: str, new: str) -> bytes:
    assert body.count(old.encode()) == 1, "the change must be at one place"
    return body.replace(old.encode(), new.encode())


# -- one change at a time: the item


def test_an_update_is_a_referral_and_a_missing_instruction_an_insert(parse: Parse, demo: bytes) -> None:
    instruction = "<lexs:DataItemPublishInstruction>Insert</lexs:DataItemPublishInstruction>"
    for new in (instruction.replace("Insert", "Update"), ""):
        assert isinstance(parse(_changed(demo, instruction, new)), ParsedReferral)


def test_a_delete_takes_the_item_back_and_tells_nothing_else(parse: Parse, demo: bytes) -> None:
    parsed = parse(_changed(demo, ">Insert<", ">Delete<"))
    assert isinstance(parsed, ParsedRevocation)
    assert parsed.sender_reference == "NCP-2026-004182"
    assert ("/lexs:Digest", "dropped") in _losses(parsed)


def test_an_unknown_instruction_is_refused(parse: Parse, demo: bytes) -> None:
    with pytest.raises(UnsupportedError) as refusal:
        parse(_changed(demo, ">Insert<", ">Merge<"))
    assert refusal.value.rule == "unknown_code:publish_instruction"


def test_another_version_of_lexs_is_refused(parse: Parse, demo: bytes) -> None:
    with pytest.raises(UnsupportedError) as refusal:
        parse(_changed(demo, ">3.1.4<", ">4.0<"))
    assert refusal.value.rule == "version"


def test_an_item_number_that_is_not_a_token_is_lost(parse: Parse, demo: bytes) -> None:
    parsed = parse(_changed(demo, ">NCP-2026-004182<", ">Kosturi, Mirela (new)<"))
    assert "sender_reference" not in _document(parsed)
    assert ("/lexs:PackageMetadata/lexs:DataItemID", "dropped") in _losses(parsed)


def test_an_item_number_that_is_not_a_token_cannot_be_taken_back(parse: Parse, demo: bytes) -> None:
    with pytest.raises(UnsupportedError) as refusal:
        parse(_changed(_changed(demo, ">Insert<", ">Delete<"), ">NCP-2026-004182<", ">Kosturi, Mirela (new)<"))
    assert refusal.value.rule == "reference"
    assert "Kosturi" not in str(refusal.value)


@pytest.mark.parametrize("name", ["lexs:DataItemID", "lexs:LEXSVersion"])
def test_a_missing_part_is_named(parse: Parse, demo: bytes, name: str) -> None:
    start = demo.index(f"<{name}>".encode())
    end = demo.index(f"</{name}>".encode()) + len(name) + 3
    with pytest.raises(MalformedError) as refusal:
        parse(demo[:start] + demo[end:])
    assert refusal.value.rule == "required"
    assert refusal.value.pointer.endswith(f"/{name}")


# -- one change at a time: what happened


OFFENCE = "64A Human Trafficking, Commercial Sex Acts"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("64A", "64A"),
        ("64B - Involuntary servitude", "64B"),
        ("Intimidation", "13C"),
        ("100", "100"),
        ("100 euro were taken", None),
        ("64Amber", None),
        ("99Z", None),
        ("A quarrel", None),
    ],
)
def test_an_offence_is_a_ucr_code_or_lost(parse: Parse, demo: bytes, text: str, code: str | None) -> None:
    parsed = parse(_changed(demo, OFFENCE, text))
    expected = None if code is None else [{"system": "ucr", "code": code}]
    assert _document(parsed)["situation"].get("offences") == expected
    exploitation = _document(parsed)["situation"].get("exploitation")
    assert exploitation == ([{"type": "sexual"}] if code == "64A" else None)


def test_an_offence_of_the_payload_is_read_by_its_title(parse: Parse, demo: bytes) -> None:
    offence = (
        "<ndexia:Offense><ndexia:ActivityAugmentation><lexslib:SameAsDigestReference lexslib:ref='Offense1'/>"
        "</ndexia:ActivityAugmentation><ndexia:OffenseCode>Forcible Rape</ndexia:OffenseCode></ndexia:Offense>"
        "</ndexia:IncidentReport>"
    )
    body = _changed(_changed(demo, OFFENCE, "see report"), "</ndexia:IncidentReport>", offence)
    assert _document(parse(body))["situation"]["offences"] == [{"system": "ucr", "code": "11A"}]


def test_what_was_done_to_a_suspect_is_not_hers(parse: Parse, two_items: bytes) -> None:
    parsed = parse(two_items, "P-child")
    assert "Arrest" not in str(_document(parsed))
    assert ("/lexs:Digest/lexsdigest:EntityActivity", "dropped") in _losses(parsed)


def test_a_place_named_by_a_country_we_know_has_a_country(parse: Parse, demo: bytes) -> None:
    city = "<nc:LocationPostalCode>NH4 7QX</nc:LocationPostalCode>\n                </nc:StructuredAddress>"
    assert demo.count(city.encode()) == 2
    for name, iso in (("Albania", "AL"), ("Atlantis", "GB")):  # for the unknown name the payload's code counts
        country = f"<nc:LocationCountryName>{name}</nc:LocationCountryName>{city}"
        subject = _document(parse(demo.replace(city.encode(), country.encode())))["subject"]
        assert cast("list[dict[str, str]]", subject["addresses"])[0]["country"] == iso


# -- other prefixes, another encoding, several items


def test_prefixes_and_encoding_do_not_matter(parse: Parse, two_items: bytes, canonical: Draft202012Validator) -> None:
    document = _document(parse(two_items, "P-mother"))
    assert not list(canonical.iter_errors(document))
    assert document["subject"] == {
        "names": [{"use": "official", "given": "Lan", "middle": "Bích Ái", "family": "Trúc-Ferran"}],
        "identifiers": [{"type": "national_id", "value": "VN-77-0001"}],
        "birth": {"date": "1991"},
        "sex": "female",
        "citizenships": ["VN", "CZ"],
        "languages": [{"code": "vi", "preferred": True}],
        "addresses": [{"use": "last", "line": "Boat shed, north pier, Imber"}],  # a residence that has ended
    }
    assert document["third_parties"] == [{"role": "victim", "name": "Quang Trúc-Ferran"}]
    assert "staff" not in document
    assert "sender_reference" not in document


@pytest.mark.parametrize(("surname", "lost"), [(b"Ferran-X", ["dropped"]), (b"Quang", [])])
def test_a_part_of_a_name_that_the_whole_does_not_repeat_is_lost(
    parse: Parse, two_items: bytes, surname: bytes, lost: list[str]
) -> None:
    full = re.compile(rb"<([a-z]+):PersonFullName>(Quang[^<]*)</[a-z]+:PersonFullName>")
    said = rb"<\1:PersonSurName>" + surname + rb"</\1:PersonSurName><\1:PersonFullName>\2</\1:PersonFullName>"
    changed, count = full.subn(said, two_items)
    parsed = parse(changed, "P-mother")
    assert count == 1
    assert _document(parsed)["third_parties"] == [{"role": "victim", "name": "Quang Trúc-Ferran"}]
    assert [loss.kind for loss in parsed.losses if loss.path.endswith("/nc:PersonSurName")] == lost


def test_relatives_are_known_by_their_association(parse: Parse, two_items: bytes) -> None:
    document = _document(parse(two_items, "P-child"))
    assert document["third_parties"] == [{"role": "relative", "name": "Lan Bích Ái Trúc-Ferran"}]
    assert document["subject"]["age"] == {"min": 2, "max": 2}


def test_the_item_is_the_one_the_person_is_in(parse: Parse, two_items: bytes) -> None:
    document = _document(parse(two_items, "V2"))
    assert document["sender_reference"] == "LI-2026-2"
    assert "third_parties" not in document


def test_an_insert_beside_a_delete_is_refused(parse: Parse, two_items: bytes) -> None:
    for old in (">Update<", "<DataItemReferenceID>A-2</DataItemReferenceID>"):
        deletion = (
            ">Delete<"
            if old == ">Update<"
            else (f"{old}<DataItemPublishInstruction>Delete</DataItemPublishInstruction>")
        )
        with pytest.raises(UnsupportedError) as refusal:
            parse(_changed(two_items, old, deletion), "P-child")
        assert refusal.value.rule == "several_data_items"


def test_a_message_without_an_item_is_refused(parse: Parse, demo: bytes) -> None:
    start, end = demo.index(b"<lexs:DataItemPackage>"), demo.index(b"</lexs:DataItemPackage>") + 23
    attachment = b"<lexs:Attachment><lexs:AttachmentURI>urn:x</lexs:AttachmentURI></lexs:Attachment>"
    with pytest.raises(UnsupportedError) as refusal:
        parse(demo[:start] + attachment + demo[end:])
    assert refusal.value.rule == "no_data_item"


def test_an_item_needs_a_number_that_says_something(parse: Parse, demo: bytes) -> None:
    with pytest.raises(MalformedError) as refusal:
        parse(_changed(demo, ">NCP-2026-004182<", "> <"))
    assert refusal.value.rule == "required"


def test_the_narrative_of_an_item_is_a_narrative(parse: Parse, demo: bytes) -> None:
    body = _changed(
        demo, "</lexs:StructuredPayload>", "</lexs:StructuredPayload><lexs:Narrative>As told.</lexs:Narrative>"
    )
    assert _document(parse(body))["situation"]["narrative"][1] == {"section": "other", "text": "As told."}


def test_a_report_in_our_fixtures_is_read_as_pinned(
    parse: Parse, publish_schema: etree.XMLSchema, canonical: Draft202012Validator
) -> None:
    body = (FIXTURES / "found-child.in.xml").read_bytes()
    assert publish_schema.validate(etree.fromstring(body).getroottree())
    document = _document(parse(body))
    assert not list(canonical.iter_errors(document))
    assert document == json.loads((FIXTURES / "found-child.canonical.json").read_text("utf-8"))
