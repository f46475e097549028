"""`preview`: an operator sees what would be sent, and a look is a look (M-13)."""

import json

import pytest
from builders import POLICE, SHELTER, a_referral, a_subject
from operators import Operator
from papers import consent


def _document(operator: Operator, person_ref: str) -> object:
    return operator.paper("referral.json", a_referral(subject=a_subject(person_ref=person_ref)))


def _typed(operator: Operator, person_ref: str, *more: str) -> object:
    asked = ("--agency", POLICE, "--to", SHELTER, "--purpose", "assistance.accommodation")
    return operator.types("preview", _document(operator, person_ref), *asked, *more)


def test_m_13_an_operator_is_shown_what_would_be_sent(either: Operator) -> None:
    paper = either.paper("consent.json", consent("P-preview"))
    recorded = either.types("consent", "record", paper, "--agency", POLICE, "--json")
    assert recorded.code == 0, recorded.err
    either.types("consent", "confirm", str(recorded.json["consent"]))

    said = _typed(either, "P-preview", "--json")

    assert said.code == 0, said.err
    assert said.json["outcome"] == "permitted"
    assert json.loads(said.json["rendered"]["body"])["document"]["subject"]["pseudonym"] == "‹pseudonym›"
    assert "P-preview" not in said.out


def test_of_somebody_nobody_knows_nothing_would_be_sent(running: Operator) -> None:
    said = _typed(running, "P-nobody")

    assert said.code == 0
    assert "not_permitted" in said.out
    assert "Nothing would be sent" in said.err


@pytest.mark.parametrize(
    "change", [("--agency", "nobody-here"), ("--to", "NOT AN AGENCY"), ("--media-type", "text/plain")]
)
def test_wrong_use_is_said_without_a_value(running: Operator, change: tuple[str, str]) -> None:
    said = _typed(running, "P-wrong", *change)

    assert said.code == 2
    assert "P-wrong" not in said.err


def test_a_decision_nobody_took_cannot_be_explained(running: Operator) -> None:
    said = running.types("explain", "0" * 26, "--json")

    assert (said.code, said.json["error"]) == (1, "decision_unknown")
