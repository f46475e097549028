"""Every official example ends in a named outcome, as the table says; so do the malformed ones, once repaired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from jsonschema import Draft202012Validator
from lxml import etree
from samples import sample

from adapters.sdk import (
    MalformedError,
    Parsed,
    ParsedReferral,
    ParsedRevocation,
    SubjectUnclearError,
    UnsupportedError,
)

Parse = Callable[..., Parsed]
ROOT = "/lexspd:doPublish"


@dataclass(frozen=True, slots=True)
class Row:
    """What one document is, as it lies there, and once what stands before its XML declaration is cut off."""

    name: str
    outcome: type
    rule: str = ""
    repaired: type | None = None
    repaired_rule: str = ""


TABLE = (
    Row("N-DEx-and-NIBRS-delete.xml", MalformedError, "malformed", ParsedRevocation),
    Row("N-DEx-delete-lexs.xml", ParsedRevocation),
    Row("N-DEx-delete.xml", MalformedError, "malformed", ParsedRevocation),
    Row("all-fields-lexs.xml", ParsedReferral),
    Row("all-fields-ndex.xml", UnsupportedError, "payload_without_digest"),
    Row("burglary-incident-w-arrest-basic-lexs.xml", ParsedReferral),
    Row("burglary-incident-w-arrest-basic.xml", MalformedError, "malformed", ParsedReferral),
    Row("burglary-incident-w-arrest-expanded-lexs.xml", ParsedReferral),
    Row("burglary-incident-w-arrest-expanded.xml", MalformedError, "malformed", ParsedReferral),
    Row("missing-person-lexs.xml", SubjectUnclearError, "no_victim"),
    Row("missing-person-ndex.xml", UnsupportedError, "payload_without_digest"),
    Row("rape-with-sketch-incident-ndex.xml", UnsupportedError, "payload_without_digest"),
    Row("rape-with-sketch-incident.xml", MalformedError, "malformed", ParsedReferral),
    Row("service-call-lexs.xml", SubjectUnclearError, "no_victim"),
    Row("service-call.xml", MalformedError, "malformed", SubjectUnclearError, "no_victim"),
)
MALFORMED = [row for row in TABLE if row.repaired is not None]
REFERRALS = [row for row in TABLE if ParsedReferral in {row.outcome, row.repaired}]


def _read(name: str) -> bytes:
    return sample("niem", "ndex-2.1.1", "xml", name).read_bytes()


def _repaired(name: str) -> bytes:
    body = _read(name)
    return body[body.index(b"<?xml") :]


def _outcome(parse: Parse, body: bytes) -> tuple[type, str]:
    try:
        return type(parse(body)), ""
    except (MalformedError, SubjectUnclearError, UnsupportedError) as refusal:
        return type(refusal), refusal.rule


def test_the_table_lists_every_official_document() -> None:
    assert sorted(path.name for path in sample("niem", "ndex-2.1.1", "xml").glob("*.xml")) == [
        row.name for row in TABLE
    ]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_an_official_document_ends_as_the_table_says(parse: Parse, row: Row) -> None:
    assert _outcome(parse, _read(row.name)) == (row.outcome, row.rule)


@pytest.mark.parametrize("row", MALFORMED, ids=lambda row: row.name)
def test_a_repaired_official_document_ends_as_the_table_says(parse: Parse, row: Row) -> None:
    assert _outcome(parse, _repaired(row.name)) == (row.repaired, row.repaired_rule)


@pytest.mark.parametrize("row", REFERRALS, ids=lambda row: row.name)
def test_what_is_read_is_a_canonical_referral(parse: Parse, canonical: Draft202012Validator, row: Row) -> None:
    parsed = parse(_repaired(row.name))
    assert isinstance(parsed, ParsedReferral)
    assert [(error.json_path, error.validator) for error in canonical.iter_errors(parsed.document)] == []


@pytest.mark.parametrize("name", ["missing-person-lexs.xml", "service-call-lexs.xml"])
def test_a_missing_person_is_read_when_named(parse: Parse, canonical: Draft202012Validator, name: str) -> None:
    for subject in ("Person1", "MissingPerson1"):
        parsed = parse(_read(name), subject)
        assert isinstance(parsed, ParsedReferral)
        assert [(error.json_path, error.validator) for error in canonical.iter_errors(parsed.document)] == []
        person = parsed.document["subject"]
        assert isinstance(person, dict)
        assert {"names", "birth", "age", "citizenships", "addresses"} <= set(person)


@pytest.mark.parametrize("row", REFERRALS, ids=lambda row: row.name)
def test_no_report_of_losses_holds_a_name_or_a_number_of_anybody(parse: Parse, row: Row) -> None:
    body = _repaired(row.name)
    telling = ("GivenName", "MiddleName", "SurName", "FullName", "IdentificationID", "FullID", "EmailID", "CityName")
    texts = {
        (element.text or "").strip()
        for element in etree.fromstring(body).iter(etree.Element)
        if element.tag.endswith(telling)
    }
    words = {word.casefold() for text in texts for word in text.split() if len(word) > 2}
    assert words
    parsed = parse(body)
    assert isinstance(parsed, ParsedReferral)
    paths = " ".join(loss.path.casefold() for loss in parsed.losses)
    said = {word for word in words if f":{word}/" in paths or f":{word} " in paths}
    assert not said, len(said)


def test_the_victim_her_age_her_home_and_the_account_are_found(parse: Parse) -> None:
    parsed = parse(_read("burglary-incident-w-arrest-expanded-lexs.xml"))
    assert isinstance(parsed, ParsedReferral)
    subject, situation = parsed.document["subject"], parsed.document["situation"]
    assert isinstance(subject, dict)
    assert isinstance(situation, dict)
    assert {"names", "birth", "age", "addresses"} <= set(subject)
    assert {"events", "narrative"} <= set(situation)
    assert parsed.document["third_parties"]
    assert parsed.document["staff"]
