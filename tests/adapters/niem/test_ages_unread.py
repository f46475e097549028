"""What a message says of her birth or age and is not read: it may be that she is a child (K-01)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

import pytest

from adapters.sdk import Parsed, ParsedReferral
from adapters.sdk.codes import Document

Parse = Callable[..., Parsed]
_AGE = re.compile(rb"<nc:PersonAgeMeasure>.*?</nc:PersonAgeMeasure>", re.DOTALL)
_BORN = re.compile(rb"<nc:PersonBirthDate>.*?</nc:PersonBirthDate>", re.DOTALL)
_YEARS = "<unece:TimeUnitCode>ANN</unece:TimeUnitCode>"


def _status(parse: Parse, referral: bytes, *, aged: str = "", born: str = "") -> object:
    body = referral
    for said, pattern in ((aged, _AGE), (born, _BORN)):
        name = "nc:PersonAgeMeasure" if pattern is _AGE else "nc:PersonBirthDate"
        if said:
            body, times = pattern.subn(f"<{name}>{said}</{name}>".encode(), body)
            assert times == 1
    parsed = parse(body, None)
    assert isinstance(parsed, ParsedReferral)
    return cast("Document", parsed.document["subject"]).get("minor_status")


@pytest.mark.parametrize(
    "aged",
    [
        "<nc:MeasureIntegerValue>90</nc:MeasureIntegerValue><unece:TimeUnitCode>WEE</unece:TimeUnitCode>",
        "<nc:MeasureIntegerValue>15</nc:MeasureIntegerValue>",
        "<nc:MeasureIntegerRange><nc:RangeMaximumIntegerValue>16</nc:RangeMaximumIntegerValue></nc:MeasureIntegerRange>",
    ],
)
def test_an_age_that_is_not_read_and_may_be_a_childs_makes_nobody_an_adult(
    parse: Parse, referral: bytes, aged: str
) -> None:
    assert _status(parse, referral, aged=aged) == "unknown"


def test_a_range_of_days_of_birth_makes_nobody_an_adult(parse: Parse, referral: bytes) -> None:
    spread = "<nc:DateRange><nc:StartDate><nc:Date>2008-01-01</nc:Date></nc:StartDate></nc:DateRange>"
    assert _status(parse, referral, born=spread) == "unknown"


@pytest.mark.parametrize("aged", ["<nc:MeasureIntegerValue>24</nc:MeasureIntegerValue>", _YEARS])
def test_an_age_that_can_be_no_childs_changes_nothing(parse: Parse, referral: bytes, aged: str) -> None:
    assert _status(parse, referral, aged=aged) == _status(parse, referral)
