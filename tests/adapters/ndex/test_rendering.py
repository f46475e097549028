"""Whatever a profile lets through becomes a LEXS publish message that the official schema accepts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from lxml import etree

from adapters.sdk import CannotRenderError, Outgoing, ParsedReferral, ParsedRevocation, StatusUpdate, UnsupportedError
from adapters.sdk.codes import Document, Json, ReferralState, RejectionReason
from adapters.sdk.guard import Guard

FIXTURES = Path(__file__).resolve().parent / "fixtures"
Out = Callable[..., Outgoing]
NC = "{http://niem.gov/niem/niem-core/2.0}"
LEXS = "{http://usdoj.gov/leisp/lexs/3.1}"
J = "{http://niem.gov/niem/domains/jxdm/4.0}"
S = "{http://niem.gov/niem/structures/2.0}"


def _valid(schema: etree.XMLSchema, body: bytes) -> list[str]:
    schema.validate(etree.fromstring(body).getroottree())
    return [f"{error.line}: {error.type_name}" for error in schema.error_log]


def test_every_profile_renders_to_a_valid_publish_message(
    adapter: Guard, outgoing: Out, profile_document: Document, publish_schema: etree.XMLSchema
) -> None:
    rendered = adapter.render(outgoing(profile_document))
    assert rendered.media_type == "application/xml"
    assert _valid(publish_schema, rendered.body) == []


def test_every_published_example_renders_to_a_valid_publish_message(
    adapter: Guard, outgoing: Out, example: Document, publish_schema: etree.XMLSchema
) -> None:
    assert _valid(publish_schema, adapter.render(outgoing(example)).body) == []


def test_a_shelters_document_is_written_byte_for_byte_as_pinned(adapter: Guard, outgoing: Out) -> None:
    """The whole of a message, for a reader and for whoever changes the writer; to be pinned again only on purpose."""
    document = json.loads((FIXTURES / "shelter.document.json").read_text("utf-8"))
    rendered = adapter.render(outgoing(document))
    assert rendered.losses == ()
    assert rendered.body.decode() == (FIXTURES / "shelter.out.xml").read_text("utf-8")


def test_the_schema_used_here_can_refuse(adapter: Guard, outgoing: Out, publish_schema: etree.XMLSchema) -> None:
    body = adapter.render(outgoing({"subject": {"sex": "female"}})).body
    assert _valid(publish_schema, body.replace(b">F<", b">X<")) != []


def test_equal_input_gives_equal_bytes(adapter: Guard, outgoing: Out, profile_document: Document) -> None:
    first, second = (adapter.render(outgoing(profile_document)).body for _ in range(2))
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()


def test_losses_name_paths_of_the_outgoing_document_and_no_value(
    adapter: Guard, outgoing: Out, profile_document: Document
) -> None:
    values = {value for value in _scalars(profile_document) if len(value) > 3}
    for loss in adapter.render(outgoing(profile_document)).losses:
        assert loss.path.startswith(("/subject/", "/situation/", "/needs/", "/risk/", "/health/"))
        assert not any(value in loss.path.split("/") for value in values if not value.islower())


def test_what_lexs_cannot_say_is_reported(adapter: Guard, outgoing: Out) -> None:
    document: Document = {
        "subject": {
            "sex": "other",
            "citizenships": ["SS"],
            "birth": {"date": "2002", "estimated": True},
            "names": [{"use": "birth", "given": "A", "second_family": "B"}],
            "contacts": [{"channel": "post", "value": "x"}],
        },
        "third_parties": [{"role": "suspect", "name": "Darko Velten"}],
        "staff": [{"name": "Jonas Adler"}],
        "health": {"referral_reason": "x"},
    }
    rendered = adapter.render(outgoing(document))
    assert [(loss.path, loss.kind) for loss in rendered.losses] == [
        ("/health/referral_reason", "dropped"),
        ("/staff/*/name", "dropped"),
        ("/subject/birth/estimated", "dropped"),
        ("/subject/citizenships/*", "dropped"),
        ("/subject/contacts/*/channel", "dropped"),
        ("/subject/contacts/*/value", "dropped"),
        ("/subject/names/*/second_family", "dropped"),
        ("/subject/names/*/use", "coarsened"),
        ("/subject/sex", "dropped"),
        ("/third_parties/*/name", "dropped"),
        ("/third_parties/*/role", "dropped"),
    ]
    assert b"Darko" not in rendered.body
    assert b"Adler" not in rendered.body


def test_of_a_name_that_says_only_what_it_is_for_nothing_is_written_and_that_is_reported(
    adapter: Guard, outgoing: Out
) -> None:
    rendered = adapter.render(outgoing({"subject": {"names": [{"use": "married"}]}}))
    assert [(loss.path, loss.kind) for loss in rendered.losses] == [("/subject/names/*/use", "dropped")]
    assert b"PersonAlternateName" not in rendered.body


def test_the_pseudonym_and_the_band_stand_where_the_manifest_says(adapter: Guard, outgoing: Out) -> None:
    pseudonym = "01ARZ3NDEKTSV4RRFFQ69G5FAV*"
    body = adapter.render(outgoing({"subject": {"pseudonym": pseudonym, "age_band": "48+"}})).body
    root = etree.fromstring(body)
    number, years = (
        cast("list[etree._Element]", root.getroottree().xpath(str(place), namespaces=root.nsmap))
        for place in (adapter.manifest.pseudonym_place, adapter.manifest.age_band_place)
    )
    assert [element.text for element in number] == [pseudonym]
    assert [[child.text for child in element] for element in years] == [["48"]]  # open above: no maximum is made up


@pytest.mark.parametrize(
    ("band", "low", "high"),
    [("0--8", "0", "8"), ("9--17", "9", "17"), ("24--26", "24", "26"), ("48+", "48", None), ("adult", "18", None)],
)
def test_a_band_becomes_a_range_of_years(
    adapter: Guard, outgoing: Out, publish_schema: etree.XMLSchema, band: str, low: str, high: str | None
) -> None:
    body = adapter.render(outgoing({"subject": {"age_band": band}})).body
    root = etree.fromstring(body)
    assert root.findtext(f".//{NC}RangeMinimumValue") == low
    assert root.findtext(f".//{NC}RangeMaximumValue") == high
    assert root.find(f".//{NC}MeasurePointValue") is None
    assert _valid(publish_schema, body) == []


def test_ids_in_the_document_say_nothing_but_the_message(adapter: Guard, outgoing: Out, demo: bytes) -> None:
    document: Document = {
        "subject": {
            "names": [{"use": "official", "given": "Mirela"}],
            "contacts": [{"channel": "phone", "value": "+44 7700 900417"}],
        }
    }
    ids = [
        {element.get(f"{S}id") for element in etree.fromstring(adapter.render(outgoing(document, message)).body).iter()}
        for message in ("message-a", "0:b/c")
    ]
    assert ids[0] == {None, "Contact2-message-a", "Person1-message-a"}
    assert ids[1] == {None, "Contact2-0-b-c", "Person1-0-b-c"}


def test_a_notice_without_a_person_has_no_person(
    adapter: Guard, outgoing: Out, publish_schema: etree.XMLSchema
) -> None:
    notice: Document = {"situation": {"means": ["debt_bondage"], "events": [{"type": "exploitation", "from": "2026"}]}}
    for document in (notice, {"situation": {"means": ["debt_bondage"]}}):
        body = adapter.render(outgoing(document)).body
        assert b"EntityPerson" not in body
        assert _valid(publish_schema, body) == []


def test_dissemination_is_the_closest_n_dex_knows_and_obligations_travel(adapter: Guard, outgoing: Out) -> None:
    root = etree.fromstring(adapter.render(outgoing({"subject": {"sex": "female"}})).body)
    assert root.findtext(f".//{LEXS}DisseminationCriteriaText") == "Red"
    said = {
        attribute.findtext(f"{LEXS}AttributeName"): attribute.findtext(f"{LEXS}AttributeValue")
        for attribute in root.iter(f"{LEXS}DomainAttribute")
    }
    assert said == {
        "/envelope/recipient": "lake-imber-police",
        "/envelope/purpose": "investigation",
        "/envelope/urgency": "urgent",
        "/envelope/use_until": "2027-02-19",
        "/envelope/obligations/0": "no_onward_transfer",
        "/envelope/obligations/1": "delete_after_use",
    }


def test_only_the_day_of_sending_is_said(adapter: Guard, outgoing: Out) -> None:
    root = etree.fromstring(adapter.render(outgoing({"subject": {"sex": "female"}})).body)
    assert root.findtext(f".//{LEXS}MessageDateTime") == "2026-11-21T00:00:00Z"


@pytest.mark.parametrize("text", ["a\ufffeb", "a\x1bb"])
def test_text_that_xml_cannot_hold_is_refused_without_saying_it(adapter: Guard, outgoing: Out, text: str) -> None:
    with pytest.raises(CannotRenderError) as refusal:
        adapter.render(outgoing({"situation": {"narrative": [{"section": "other", "text": text}]}}))
    assert refusal.value.rule == "not_xml"
    assert text not in str(refusal.value)


def test_markup_in_text_stays_text(adapter: Guard, outgoing: Out, parse: Callable[..., ParsedReferral]) -> None:
    text = "</nc:ActivityDescriptionText><j:Victim/> & ]]> <!-- \"'\r\n\t."
    document: Document = {
        "subject": {"sex": "female"},
        "situation": {"narrative": [{"section": "account", "text": text}]},
    }
    parsed = parse(adapter.render(outgoing(document)).body)
    assert parsed.document["situation"] == {"narrative": [{"section": "account", "text": text}]}


def test_a_revoked_referral_is_a_delete_of_the_same_item(
    adapter: Guard, publish_schema: etree.XMLSchema, parse: Callable[..., ParsedRevocation]
) -> None:
    update = StatusUpdate("01J9Z0V3SH-7", ReferralState.REVOKED, None, "2026-11-22")
    for each in (update, replace(update, reason=RejectionReason.CLIENT_REFUSED)):
        rendered = adapter.render_status(each)
        assert _valid(publish_schema, rendered.body) == []
        assert parse(rendered.body).sender_reference == "01J9Z0V3SH-7"


@pytest.mark.parametrize("state", [state for state in ReferralState if state is not ReferralState.REVOKED])
def test_no_other_status_has_a_place_in_lexs(adapter: Guard, state: ReferralState) -> None:
    with pytest.raises(UnsupportedError) as refusal:
        adapter.render_status(StatusUpdate("A-1", state, None, "2026-11-22"))
    assert refusal.value.rule == "status"


def _scalars(value: Json) -> set[str]:
    if isinstance(value, dict):
        return {scalar for member in value.values() for scalar in _scalars(member)}
    if isinstance(value, list):
        return {scalar for member in value for scalar in _scalars(member)}
    return {value} if isinstance(value, str) else set()
