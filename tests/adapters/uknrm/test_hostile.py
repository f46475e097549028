"""Submissions that are damaged, huge or built to hurt are refused with a rule, or read without what hurts."""

import json

import pytest

from adapters.sdk.checks import CANARY, parse_outcome
from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.sdk.errors import AdapterDefectError, AdapterError
from adapters.systems.uknrm.adapter import UkNrm
from schemas.validation import validate

UKNRM = UkNrm()
GOOD = {"Type": "560734", "NRMOrDuty": "NRM", "Customer.Surname": CANARY}


def outcome(body: bytes) -> object:
    return parse_outcome(UKNRM, Inbound(body, "application/json"))


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(GOOD).encode("utf-16"),
        json.dumps(GOOD).encode() + b"\x00",
        json.dumps(GOOD).encode() + json.dumps(GOOD).encode(),
        b'{"Type":"560734","Type":"662265","NRMOrDuty":"DTN"}',
        b'{"Type":"560734","NRMOrDuty":"NRM","Customer.Surname":"\xff"}',
        b'{"Type":"560734","NRMOrDuty":"NRM","Customer.Surname":"\\ud800"}',
        json.dumps([GOOD]).encode(),
        json.dumps({**GOOD, "Customer": {"Surname": CANARY}}).encode(),
        json.dumps({**GOOD, "Customer.Surname": {"$ref": CANARY}}).encode(),
    ],
)
def test_what_is_no_flat_submission_is_refused(body: bytes) -> None:
    """Two answers in one body, as the case system sends them at times, are none."""
    found = outcome(body)
    assert isinstance(found, AdapterError)
    assert not isinstance(found, AdapterDefectError)
    assert CANARY not in f"{found!r} {found.pointer} {found.rule}"


def test_ten_thousand_fields_of_somebodys_own_are_one_loss() -> None:
    found = outcome(json.dumps({**GOOD, **{f"{CANARY}{number}": "x" for number in range(10_000)}}).encode())
    assert isinstance(found, ParsedReferral)
    assert [loss.path for loss in found.losses] == ["/*"]


def test_a_huge_text_is_lost_and_never_cut_short() -> None:
    found = outcome(json.dumps({**GOOD, "VictimAccount": "x" * 60_001, "Customer.Alias": "y" * 201}).encode())
    assert isinstance(found, ParsedReferral)
    assert {loss.path for loss in found.losses} == {"/VictimAccount", "/Customer.Alias"}


def test_a_text_with_a_control_character_is_lost() -> None:
    found = outcome(json.dumps({**GOOD, "Customer.Forename1": "a\x1b[2Jb"}).encode())
    assert isinstance(found, ParsedReferral)
    validate(found.document, "referral/1.0")
    assert {loss.path for loss in found.losses} == {"/Customer.Forename1"}


@pytest.mark.parametrize(
    ("wrong", "refused"),
    [
        ({"Customer.DOB": "2003-02-30"}, "pattern at /Customer.DOB"),
        ({"Customer.DOB": "14/09/2003"}, "pattern at /Customer.DOB"),
        ({"Customer.Custom10": 1.5}, "type at /Customer.Custom10"),
        ({"Customer.Forename1": None}, "type at /Customer.Forename1"),
    ],
)
def test_what_no_submission_says_is_refused_where_it_stands(wrong: dict[str, object], refused: str) -> None:
    assert str(outcome(json.dumps({**GOOD, **wrong}).encode())) == refused


@pytest.mark.parametrize(
    "text",
    [
        "see https://files.example/x?token=secret now",
        "HTTP://FILES.EXAMPLE/secret",
        "www.files.example/secret",
        "s3://b/secret",
    ],
)
def test_an_address_in_prose_is_taken_out(text: str) -> None:
    found = outcome(json.dumps({**GOOD, "VictimAccount": text}).encode())
    assert isinstance(found, ParsedReferral)
    assert "secret" not in json.dumps(found.document)
    assert [(loss.path, loss.kind) for loss in found.losses] == [("/VictimAccount", "coarsened")]
