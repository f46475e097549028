"""GET an explanation: in full of what the sender can mend or recorded itself, and alike for every other no."""

import json

import pytest
from builders import NOON, POLICE, SHELTER, a_referral, a_subject, an_agreement
from fakes import run
from line import HILL, MEDIA_TYPE
from web_door import Answer, Web

from schemas.validation import satisfies

ROUTE = {"GX-Purpose": "assistance.accommodation", "Content-Type": MEDIA_TYPE}


@pytest.fixture
def web() -> Web:
    """An application in whose world she has said yes to the shelter."""
    made = Web()
    made.line.says()
    return made


def decided(web: Web, recipient: str = SHELTER, person_ref: str = "P-0114") -> str:
    headers = {**ROUTE, "GX-Recipient": recipient, "Idempotency-Key": web.line.key()}
    document = a_referral(subject=a_subject(person_ref=person_ref))
    return str(web.ask("POST", "/v1/referrals", document, headers).json["decision_id"])


def explained(web: Web, decision: str, agency: str = POLICE) -> Answer:
    return web.ask("GET", f"/v1/referrals/{decision}/explanation", agency=agency)


def test_a_permit_is_explained(web: Web) -> None:
    told = explained(web, decided(web)).json
    assert (told["outcome"], told["would_need"], told["reasons"]) == ("permitted", [], [])
    assert {step["held"] for step in told["steps"]} == {"yes"}


def test_refusals_for_which_the_sender_recorded_nothing_are_explained_alike(web: Web) -> None:
    answers = [explained(web, decided(web, HILL)), explained(web, decided(web, SHELTER, "P-0999"))]
    assert answers[0].json | {"decision_id": ""} == answers[1].json | {"decision_id": ""}
    assert (answers[0].headers, len(answers[0].body)) == (answers[1].headers, len(answers[1].body))
    assert answers[0].json["reasons"][0]["code"] == "not_permitted"


def test_what_the_sender_recorded_itself_it_hears_in_full(web: Web) -> None:
    web.line.takes_back()
    told = explained(web, decided(web)).json
    assert told["reasons"][0]["code"] == "consent_withdrawn"


def test_a_restriction_is_never_told(web: Web) -> None:
    """She may have stated it to somebody else."""
    web.line.says(recipient=HILL, restrictions=[{"category": "need"}])
    assert explained(web, decided(web)).json["reasons"][0]["code"] == "not_permitted"


def test_f_03_enforcement_and_nobody_are_explained_alike(web: Web) -> None:
    answers = [explained(web, decided(web, recipient)).json for recipient in ("border-command", "nobody")]
    assert answers[0] | {"decision_id": ""} == answers[1] | {"decision_id": ""}


def test_nobody_elses_decision_is_explained(web: Web) -> None:
    decision = decided(web)
    assert explained(web, decision, HILL).status == 404
    assert explained(web, decision, HILL).body == explained(web, "0" * 26, HILL).body


def test_a_01_to_ask_is_an_entry_about_her(web: Web) -> None:
    explained(web, decided(web))
    leaf = web.line.book.leaves[-1]
    assert leaf.person is not None
    assert json.loads(leaf.content)["type"] == "decision.explained"
    assert satisfies(json.loads(leaf.content), "ledger/1.0")


def test_at_the_operators_socket_the_true_reason_is_told(web: Web) -> None:
    told = run(web.door.explaining.in_full(decided(web, HILL)))
    assert told is not None
    assert (told["reasons"][0]["code"], told["sender"], told["recipient"]) == ("no_consent", POLICE, HILL)
    assert run(web.door.explaining.in_full("0" * 26)) is None


def test_at_the_operators_socket_it_is_tried_what_would_make_it_a_yes(web: Web) -> None:
    refused, permitted = (run(web.door.explaining.in_full(decided(web, to))) for to in (HILL, SHELTER))
    assert refused is not None
    assert [change["code"] for change in refused["would_permit"]] == ["yes"]
    assert permitted is not None
    assert permitted["would_permit"] == []


def test_where_two_things_stand_in_the_way_no_single_change_is_named(web: Web) -> None:
    decision = decided(web, HILL)
    web.line.directory.agree(an_agreement(id=f"agreement-{HILL}", recipient=HILL, ends=NOON))
    told = run(web.door.explaining.in_full(decision))
    assert told is not None
    assert told["would_permit"] == []


def test_no_sender_hears_what_was_tried(web: Web) -> None:
    assert "would_permit" not in explained(web, decided(web, HILL)).json
    assert "would_permit" not in explained(web, decided(web)).json
