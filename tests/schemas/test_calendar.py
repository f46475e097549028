"""A date is one the calendar has."""

from __future__ import annotations

import pytest

from schemas.calendar import date_tree, is_in_calendar, misdated
from schemas.catalogue import load
from schemas.documents import Json
from schemas.errors import Fault


@pytest.mark.parametrize(
    "text",
    ["2031", "0001", "9999", "2031-02", "2031-02-28", "2032-02-29", "2000-02-29", "2031-12-31", "2032-02-29T23:59:59Z"],
)
def test_days_that_are(text: str) -> None:
    assert is_in_calendar(text)


@pytest.mark.parametrize(
    "text",
    ["0000", "0000-01", "0000-01-01", "2031-02-29", "2100-02-29", "2031-02-30", "2031-04-31", "2031-02-29T00:00:00Z"],
)
def test_days_that_are_not(text: str) -> None:
    assert not is_in_calendar(text)


def test_every_date_of_the_referral_is_looked_up() -> None:
    assert date_tree(load("referral/1.0")) == {
        "recorded_on": None,
        "subject": {"birth": {"date": None}},
        "situation": {"events": {"*": {"from": None, "to": None}}, "reflection_until": None},
    }


def test_every_moment_of_a_leaf_a_consent_and_an_agreement_is_looked_up() -> None:
    assert date_tree(load("ledger/1.0")) == {"at": None}
    assert date_tree(load("consent/1.0")) == {"taken_at": None, "valid_from": None, "valid_until": None}
    assert date_tree(load("agreement/1.0")) == {"agreement": {"in_force": {"from": None, "to": None}}}
    assert date_tree(load("receipt/1.0")) == {"use_until": None}


def test_each_place_is_named_and_the_rest_passed_over() -> None:
    tree = date_tree(load("referral/1.0"))
    document: Json = {
        "recorded_on": "2031-02-30",
        "subject": {"alias": "0000", "birth": {"date": "2031-06-31"}},
        "situation": {"events": [{"type": "transit"}, {"from": "2031-02", "to": "2031-11-31"}]},
    }
    assert list(misdated(document, tree)) == [
        Fault("/recorded_on", "date"),
        Fault("/subject/birth/date", "date"),
        Fault("/situation/events/1/to", "date"),
    ]
    assert list(misdated({"subject": {}}, tree)) == []
