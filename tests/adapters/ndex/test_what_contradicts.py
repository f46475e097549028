"""What a report says of her several times over, of somebody who is no longer alive, or of somebody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

from adapters.sdk import Parsed, ParsedReferral, UnsupportedError
from adapters.sdk.codes import Json

Parse = Callable[..., Parsed]
BORN = b"<nc:PersonBirthDate>\n                <nc:Date>2002-03-09</nc:Date>\n              </nc:PersonBirthDate>"
AGE = (
    b"<nc:PersonAgeMeasure>\n                <nc:MeasurePointValue>24</nc:MeasurePointValue>\n"
    b"                <nc:TimeUnitCode>ANN</nc:TimeUnitCode>\n              </nc:PersonAgeMeasure>"
)
PAYLOAD = b"<ndexia:Person>\n              <nc:PersonSecondaryLanguage>"


def _beside(body: bytes, said: bytes, *others: bytes) -> bytes:
    assert body.count(said) == 1, "the change must be at one place"
    return body.replace(said, b"".join((said, *others)))


def _born(element: str, text: str) -> bytes:
    return f"<nc:PersonBirthDate><nc:{element}>{text}</nc:{element}></nc:PersonBirthDate>".encode()


def _subject(parsed: Parsed) -> dict[str, Json]:
    assert isinstance(parsed, ParsedReferral)
    subject = parsed.document["subject"]
    assert isinstance(subject, dict)
    return subject


@pytest.mark.parametrize(
    "others",
    [
        [("Date", "2009-11-02")],
        [("Date", "2002-03-09"), ("Year", "2010")],
        [("Year", "2002"), ("YearMonth", "2002-03"), ("Date", "2002-03-10"), ("Date", "2009-11-02")],
    ],
)
def test_two_dates_of_birth_make_nobody_an_adult(
    parse: Parse, demo: bytes, publish_schema: etree.XMLSchema, others: list[tuple[str, str]]
) -> None:
    body = _beside(demo, BORN, *(_born(*other) for other in others))
    assert publish_schema.validate(etree.fromstring(body).getroottree()), publish_schema.error_log
    parsed = parse(body)
    subject = _subject(parsed)
    assert (subject["birth"], subject["minor_status"]) == ({"date": "2002-03-09"}, "unknown")
    assert any("PersonBirthDate" in loss.path for loss in parsed.losses)


@pytest.mark.parametrize("others", [[("Date", "2002-03-09")], [("Year", "2002")], [("YearMonth", "2002-03")]])
def test_a_date_of_birth_said_twice_contradicts_nothing(
    parse: Parse, demo: bytes, others: list[tuple[str, str]]
) -> None:
    subject = _subject(parse(_beside(demo, BORN, *(_born(*other) for other in others))))
    assert subject["birth"] == {"date": "2002-03-09"}
    assert "minor_status" not in subject


def test_two_ages_make_nobody_an_adult(parse: Parse, demo: bytes) -> None:
    parsed = parse(_beside(demo, AGE, AGE, AGE.replace(b">24<", b">16<")))
    subject = _subject(parsed)
    assert (subject["age"], subject["minor_status"]) == ({"min": 24, "max": 24}, "unknown")
    assert any("PersonAgeMeasure" in loss.path for loss in parsed.losses)
    assert "minor_status" not in _subject(parse(_beside(demo, AGE, AGE)))


def _saying(body: bytes, living: str) -> bytes:
    assert body.count(PAYLOAD) == 1
    indicator = f"<nc:PersonLivingIndicator>{living}</nc:PersonLivingIndicator>".encode()
    return body.replace(PAYLOAD, PAYLOAD.replace(b"<nc:PersonS", indicator + b"<nc:PersonS"))


@pytest.mark.parametrize("living", ["false", "0"])
def test_who_is_dead_is_not_referred(parse: Parse, demo: bytes, living: str) -> None:
    body = _saying(demo, living)
    with pytest.raises(UnsupportedError) as refusal:
        parse(body)
    assert refusal.value.rule == "deceased"
    assert refusal.value.pointer.endswith("/ndexia:Person[1]/nc:PersonLivingIndicator[1]")
    assert isinstance(parse(body, "WitnessPerson1"), ParsedReferral)


@pytest.mark.parametrize("living", ["true", "1"])
def test_who_is_alive_is(parse: Parse, demo: bytes, living: str) -> None:
    assert _subject(parse(_saying(demo, living)))["sex"] == "female"


# ------------------------------------------------------------------------------------------------------ where she was


@pytest.mark.parametrize("association", ["ResidenceAssociation", "PersonCurrentLocationAssociation"])
def test_where_she_no_longer_is_is_not_where_she_is(parse: Parse, demo: bytes, association: str) -> None:
    ended = b"<nc:AssociationEndDate><nc:Date>2026-10-01</nc:Date></nc:AssociationEndDate>"
    body = demo.replace(b"nc:ResidenceAssociation>", f"nc:{association}>".encode())
    opening = f"<nc:{association}>".encode()
    for said, use in ((body, "current"), (body.replace(opening, opening + ended), "last")):
        addresses = _subject(parse(said))["addresses"]
        assert isinstance(addresses, list)
        assert [address["use"] for address in addresses if isinstance(address, dict)] == [use]


# ---------------------------------------------------------------------------------- what is not read of her age (K-01)


def _replaced(body: bytes, said: bytes, by: bytes) -> bytes:
    assert body.count(said) == 1
    return body.replace(said, by)


_YEARS = "<nc:TimeUnitCode>ANN</nc:TimeUnitCode>"
_POINT = "<nc:MeasurePointValue>24</nc:MeasurePointValue>"
_RANGE = "<nc:MeasureRangeValue><nc:RangeMaximumValue>16</nc:RangeMaximumValue></nc:MeasureRangeValue>"


@pytest.mark.parametrize(
    "measure",
    [
        f"{_POINT}{_RANGE}{_YEARS}",
        f"{_POINT}<nc:MeasureText>or 15</nc:MeasureText>{_YEARS}",
        f"{_POINT}{_YEARS}</nc:PersonAgeMeasure><nc:PersonAgeMeasure><nc:MeasurePointValue>15</nc:MeasurePointValue>",
        f"{_POINT}<nc:TimeUnitCode>WEE</nc:TimeUnitCode>",
        "<nc:MeasurePointValue>15</nc:MeasurePointValue>",
        _RANGE,
        f"about {_POINT}{_YEARS}",
    ],
)
def test_an_age_that_is_not_read_and_may_be_a_childs_makes_nobody_an_adult(
    parse: Parse, demo: bytes, measure: str
) -> None:
    """She was an adult by what was read, be it her date of birth or the other number."""
    aged = f"<nc:PersonAgeMeasure>{measure}</nc:PersonAgeMeasure>".encode()
    parsed = parse(_replaced(demo, AGE, aged))
    assert _subject(parsed)["minor_status"] == "unknown"
    assert any("PersonAgeMeasure" in loss.path for loss in parsed.losses)


@pytest.mark.parametrize("measure", [_POINT, "<nc:MeasurePointValue/>", f"{_POINT}<nc:TimeUnitCode/>", _YEARS])
def test_an_age_that_can_be_no_childs_changes_nothing(parse: Parse, demo: bytes, measure: str) -> None:
    aged = f"<nc:PersonAgeMeasure>{measure}</nc:PersonAgeMeasure>".encode()
    assert "minor_status" not in _subject(parse(_replaced(demo, AGE, aged)))


@pytest.mark.parametrize(
    "born",
    [
        "<nc:Date>2002-03-09</nc:Date><nc:Year>2012</nc:Year>",
        "<nc:Date>2002-03-09</nc:Date><nc:DateMarginOfErrorText>10 years</nc:DateMarginOfErrorText>",
        "<nc:DateRange><nc:Date>2008-01-01</nc:Date></nc:DateRange>",
        '<nc:Date x:exact="no" xmlns:x="urn:x">2002-03-09</nc:Date>',
        "<nc:Date>2002-03-09</nc:Date> or later",
    ],
)
def test_a_date_of_birth_beside_which_something_is_not_read_makes_nobody_an_adult(
    parse: Parse, demo: bytes, born: str
) -> None:
    parsed = parse(_replaced(demo, BORN, f"<nc:PersonBirthDate>{born}</nc:PersonBirthDate>".encode()))
    assert _subject(parsed)["minor_status"] == "unknown"


@pytest.mark.parametrize("born", ["<nc:Date>2002-03-09</nc:Date><nc:Year>2002</nc:Year>", "<nc:Year/>", ""])
def test_a_date_of_birth_that_says_nothing_more_changes_nothing(parse: Parse, demo: bytes, born: str) -> None:
    body = _replaced(demo, BORN, f"<nc:PersonBirthDate>{born}</nc:PersonBirthDate>".encode())
    assert "minor_status" not in _subject(parse(body))
