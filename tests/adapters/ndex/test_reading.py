"""Our own report, read leaf by leaf, and one change at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from adapters.sdk import Inbound, MalformedError, Parsed, ParsedReferral, UnsupportedError
from adapters.sdk.codes import Json
from adapters.sdk.guard import Guard

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


# -- the report as it is


def test_our_own_documents_satisfy_the_official_schemas(
    demo: bytes, two_items: bytes, publish_schema: etree.XMLSchema, payload_schema: etree.XMLSchema
) -> None:
    # The schema of 2010 knows no Update, which systems send; everything else of the document it knows.
    for body in (demo, two_items.replace(b">Update<", b">Insert<")):
        assert publish_schema.validate(etree.fromstring(body).getroottree()), publish_schema.error_log
    report = etree.fromstring(demo).find(".//{http://fbi.gov/cjis/N-DEx/IncidentArrest/2.1}IncidentReport")
    assert report is not None
    assert payload_schema.validate(etree.fromstring(etree.tostring(report)).getroottree()), payload_schema.error_log


EXPECTED = {
    "schema": "referral/1.0",
    "sender_reference": "NCP-2026-004182",
    "recorded_on": "2026-11-14",
    "subject": {
        "names": [
            {"use": "official", "given": "Mirela", "family": "Kosturi"},
            {"use": "other", "given": "Mira"},
            {"use": "other", "full": "Mirela Lisi Kosturi"},
        ],
        "identifiers": [
            {"type": "case_number", "value": "NCP-P-99120"},
            {"type": "passport", "value": "BX0412377", "country": "AL"},
        ],
        "birth": {"date": "2002-03-09"},
        "age": {"min": 24, "max": 24},
        "sex": "female",
        "citizenships": ["AL"],
        "languages": [{"code": "sq", "preferred": True}, {"code": "it"}],
        "contacts": [
            {"channel": "phone", "value": "+44 7700 900417", "safe": "unknown"},
            {"channel": "email", "value": "mirela.k@mail.example", "safe": "unknown"},
        ],
        "addresses": [
            {
                "use": "current",
                "country": "GB",
                "region": "East Shore",
                "locality": "Norhaven",
                "line": "18 Ropewalk Lane, Room 22",
                "postal_code": "NH4 7QX",
            }
        ],
    },
    "situation": {
        "exploitation": [{"type": "sexual"}],
        "events": [
            {
                "type": "incident",
                "from": "2026-08-03",
                "to": "2026-11-13",
                "country": "GB",
                "region": "East Shore",
                "locality": "Norhaven",
                "line": "18 Ropewalk Lane",
            }
        ],
        "offences": [{"system": "ucr", "code": "64A"}],
    },
    "third_parties": [
        {"role": "suspect", "name": "Darko Velten"},
        {"role": "witness", "name": "Hedda Brinkmoor"},
    ],
    "staff": [
        {"role": "Case Officer", "name": "Ingrid Falk", "unit": "Trafficking Desk", "phone": "+44 1632 960110"},
        {"role": "DataOwnerContact", "name": "Rehberg"},
        {
            "role": "SystemContact",
            "name": "Tomas Rehberg",
            "unit": "Records Office",
            "email": "records@police.norhaven.example",
        },
        {"role": "IncidentReportingOfficial", "name": "Jonas Adler", "unit": "Norhaven City Police, Patrol 7"},
    ],
}


def test_a_report_becomes_a_referral_of_its_victim(parse: Parse, demo: bytes, canonical: Draft202012Validator) -> None:
    document = _document(parse(demo))
    assert [(error.json_path, error.validator) for error in canonical.iter_errors(document)] == []
    narrative = cast("list[dict[str, str]]", document["situation"].pop("narrative"))
    assert [entry["section"] for entry in narrative] == ["incident"]
    assert "Mirela Kosturi" in narrative[0]["text"]  # names hide in prose: why narrative is a category of its own
    assert document == EXPECTED


def test_whatever_is_not_carried_is_in_the_report_of_losses(parse: Parse, demo: bytes) -> None:
    losses = _losses(parse(demo))
    person = "/lexs:Digest/lexsdigest:EntityPerson/lexsdigest:Person"
    activity = "/lexs:Digest/lexsdigest:EntityActivity/nc:Activity"
    assert {
        (f"{person}/nc:PersonEyeColorCode", "dropped"),
        (f"{person}/nc:PersonPassportIdentification/nc:IdentificationExpirationDate", "dropped"),
        (f"{activity}/nc:ActivityDateRange/nc:EndDate/nc:DateTime", "coarsened"),
        (f"{activity}/nc:ActivityDescriptionText", "coarsened"),  # the offence's text, of which the code is kept
        ("/lexs:PackageMetadata/lexs:DisseminationCriteriaValue", "dropped"),
        ("/lexs:Digest/lexsdigest:EntityPerson/j:Witness/j:WitnessAccountDescriptionText", "dropped"),
    } <= losses
    assert list(parse(demo).losses) == sorted(parse(demo).losses, key=lambda loss: (loss.path, loss.kind))


def test_reading_twice_gives_the_same(parse: Parse, demo: bytes) -> None:
    assert parse(demo) == parse(demo)


@pytest.mark.parametrize("media_type", ["application/xml", "text/xml", "application/vnd.fbi.ndex+xml"])
def test_three_media_types_are_read(adapter: Guard, demo: bytes, media_type: str) -> None:
    assert isinstance(adapter.parse(Inbound(demo, media_type)), ParsedReferral)


def test_another_media_type_is_not(adapter: Guard, demo: bytes) -> None:
    with pytest.raises(UnsupportedError):
        adapter.parse(Inbound(demo, "application/json"))


# -- one change at a time: the person


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<nc:Date>2002-03-09</nc:Date>", "<nc:YearMonth>2002-03</nc:YearMonth>", "2002-03"),
        ("<nc:Date>2002-03-09</nc:Date>", "<nc:Year>2002</nc:Year>", "2002"),
        ("<nc:Date>2002-03-09</nc:Date>", "<nc:Date>2002-03-09+02:00</nc:Date>", "2002-03-09"),
        ("<nc:Date>2002-03-09</nc:Date>", "<nc:DateTime>2002-03-09T23:30:00Z</nc:DateTime>", "2002-03-09"),
        ("<nc:Date>2002-03-09</nc:Date>", "<nc:Date>\n 2002-03-09 \n</nc:Date>", "2002-03-09"),
    ],
)
def test_a_birth_date_keeps_its_precision(parse: Parse, demo: bytes, old: str, new: str, expected: str) -> None:
    assert _document(parse(_changed(demo, old, new)))["subject"]["birth"] == {"date": expected}


@pytest.mark.parametrize(
    "date", ["2002-02-30", "09.03.2002", "2002-3-9", "20020309", "-0002-03-09", "0000-01-01", "٢٠٠٢-٠٣-٠٩"]
)
def test_a_date_that_is_none_is_refused_and_not_repeated(parse: Parse, demo: bytes, date: str) -> None:
    with pytest.raises(MalformedError) as refusal:
        parse(_changed(demo, "2002-03-09", date))
    assert refusal.value.rule == "date"
    assert refusal.value.pointer.endswith("/nc:PersonBirthDate[1]/nc:Date[1]")
    assert date not in str(refusal.value)


POINT = "<nc:MeasurePointValue>24</nc:MeasurePointValue>\n                <nc:TimeUnitCode>ANN</nc:TimeUnitCode>"


def _span(low: str, high: str, unit: str = "<nc:TimeUnitCode>ANN</nc:TimeUnitCode>") -> str:
    return f"<nc:MeasureRangeValue>{low}{high}</nc:MeasureRangeValue>{unit}"


def _low(value: str) -> str:
    return f"<nc:RangeMinimumValue>{value}</nc:RangeMinimumValue>"


def _high(value: str) -> str:
    return f"<nc:RangeMaximumValue>{value}</nc:RangeMaximumValue>"


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (_span(_low("20"), _high("25")), {"min": 20, "max": 25}),
        (_span(_low("18"), ""), {"min": 18, "max": 130}),
        (_span("", _high("17")), {"min": 0, "max": 17}),
        (
            "<nc:MeasurePointValue>24.9</nc:MeasurePointValue><nc:TimeUnitCode>ANN</nc:TimeUnitCode>",
            {"min": 24, "max": 24},
        ),
        ("<nc:MeasurePointValue>30</nc:MeasurePointValue><nc:TimeUnitCode>MON</nc:TimeUnitCode>", {"min": 2, "max": 2}),
        # Weeks are a baby's, and without a unit 30 may be months: dropped, and unknown counts as a child.
        ("<nc:MeasurePointValue>30</nc:MeasurePointValue><nc:TimeUnitCode>WEE</nc:TimeUnitCode>", None),
        ("<nc:MeasurePointValue>30</nc:MeasurePointValue>", None),
    ],
)
def test_an_age_is_full_years_from_and_to(parse: Parse, demo: bytes, measure: str, expected: Json) -> None:
    assert _document(parse(_changed(demo, POINT, measure)))["subject"].get("age") == expected


@pytest.mark.parametrize("value", ["-1", "131", "1e1", "24 years", "٢٤", "9999", "0x18"])
def test_an_age_that_is_none_is_refused_and_not_repeated(parse: Parse, demo: bytes, value: str) -> None:
    point = f"<nc:MeasurePointValue>{value}</nc:MeasurePointValue><nc:TimeUnitCode>ANN</nc:TimeUnitCode>"
    with pytest.raises(MalformedError) as refusal:
        parse(_changed(demo, POINT, point))
    assert refusal.value.rule == "age"
    assert value not in str(refusal.value)


def test_a_range_that_ends_before_it_begins_is_refused(parse: Parse, demo: bytes) -> None:
    with pytest.raises(MalformedError) as refusal:
        parse(_changed(demo, POINT, _span(_low("30"), _high("20"))))
    assert refusal.value.rule == "age"


def test_an_unknown_unit_of_age_is_refused(parse: Parse, demo: bytes) -> None:
    with pytest.raises(UnsupportedError) as refusal:
        parse(_changed(demo, POINT, POINT.replace("ANN", "XXX")))
    assert refusal.value.rule == "unknown_code:time_unit"


@pytest.mark.parametrize(("code", "expected"), [("F", "female"), ("M", "male"), ("U", "unknown"), ("X", None)])
def test_a_sex_code_is_one_of_three_or_dropped(parse: Parse, demo: bytes, code: str, expected: str | None) -> None:
    body = _changed(demo, "<nc:PersonSexCode>F</nc:PersonSexCode>", f"<nc:PersonSexCode>{code}</nc:PersonSexCode>")
    assert _document(parse(body))["subject"].get("sex") == expected


CITIZENSHIP = "<nc:PersonCitizenshipFIPS10-4Code>AL</nc:PersonCitizenshipFIPS10-4Code>"


@pytest.mark.parametrize(
    ("fips", "iso"), [("GM", "DE"), ("SW", "SE"), ("SZ", "CH"), ("UK", "GB"), ("RS", "RU"), ("AS", "AU")]
)
def test_citizenships_are_fips_and_not_iso(parse: Parse, demo: bytes, fips: str, iso: str) -> None:
    body = _changed(demo, CITIZENSHIP, CITIZENSHIP.replace("AL", fips))
    assert _document(parse(body))["subject"]["citizenships"] == [iso]


@pytest.mark.parametrize("code", ["ZQ", "DE1", "al", "OS"])
def test_a_citizenship_that_fips_gives_to_no_country_is_refused(parse: Parse, demo: bytes, code: str) -> None:
    with pytest.raises(UnsupportedError) as refusal:
        parse(_changed(demo, CITIZENSHIP, CITIZENSHIP.replace("AL", code)))
    assert refusal.value.rule == "unknown_code:fips_10_4"
    assert refusal.value.pointer.endswith("/nc:PersonCitizenshipFIPS10-4Code[1]")


def test_a_pseudonym_is_its_recipients_and_never_read_as_a_number_of_hers(parse: Parse, demo: bytes) -> None:
    body = _changed(
        demo,
        "<j:PersonIDCategoryCode>OA</j:PersonIDCategoryCode>",
        "<nc:IdentificationCategoryText>Pseudonym</nc:IdentificationCategoryText>",
    )
    parsed = parse(body)
    identifiers = cast("list[dict[str, str]]", _document(parsed)["subject"]["identifiers"])
    assert [entry["type"] for entry in identifiers] == ["passport"]
    path = "/lexs:Digest/lexsdigest:EntityPerson/lexsdigest:Person/nc:PersonOtherIdentification"
    assert (path, "dropped") in _losses(parsed)
