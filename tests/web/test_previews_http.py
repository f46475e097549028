"""POST a preview: the same request as a referral, and what the digest it answers is good for (M-13)."""

import json

import pytest
from builders import a_referral
from line import HILL
from web_door import Answer, Web

from schemas.documents import Json

ROUTE = {
    "GX-Recipient": "river-shelter",
    "GX-Purpose": "assistance.accommodation",
    "Content-Type": "application/vnd.referral-gateway.referral+json",
    "Idempotency-Key": "key-0000001",
}


@pytest.fixture
def web() -> Web:
    """An application in whose world she has said yes to the shelter."""
    made = Web()
    made.line.says()
    return made


def ask(web: Web, path: str, document: dict[str, Json] | None = None, **headers: str) -> Answer:
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.ask("POST", path, document or a_referral(), {**ROUTE, **changed})


def test_m_13_a_preview_answers_with_what_the_recipient_would_get(web: Web) -> None:
    answer = ask(web, "/v1/referrals/preview")
    assert answer.status == 200
    told = answer.json
    assert json.loads(told["rendered"]["body"])["document"] == told["document"]
    assert told["document"]["subject"]["pseudonym"] == "‹pseudonym›"
    assert "proof" not in told
    assert not web.line.book.parcels


def test_m_13_the_digest_it_answers_holds_for_the_same_and_not_for_another(web: Web) -> None:
    digest = str(ask(web, "/v1/referrals/preview").json["digest"])
    other = a_referral(needs=[{"code": "accommodation.longterm"}])
    differs = ask(web, "/v1/referrals", other, GX_Preview_Digest=digest)
    assert (differs.status, differs.code) == (409, "preview_differs")
    assert differs.json["reasons"][0]["rule"] == "M-13"
    assert ask(web, "/v1/referrals", GX_Preview_Digest=digest, Idempotency_Key="key-0000002").status == 201


@pytest.mark.parametrize("digest", ["", "x", "0" * 63, "A" * 64, "0" * 65])
def test_a_digest_that_cannot_be_is_refused(web: Web, digest: str) -> None:
    answer = ask(web, "/v1/referrals", GX_Preview_Digest=digest)
    assert (answer.status, answer.faults) == (400, [("GX-Preview-Digest", "pattern")])


def test_a_refused_preview_has_the_form_of_a_refused_referral(web: Web) -> None:
    shown, told = (ask(web, path, GX_Recipient=HILL) for path in ("/v1/referrals/preview", "/v1/referrals"))
    assert (shown.status, shown.headers, len(shown.body)) == (told.status, told.headers, len(told.body))
    assert {**shown.json, "decision_id": ""} == {**told.json, "decision_id": ""}


def test_a_document_that_is_wrong_is_answered_as_one_that_was_sent(web: Web) -> None:
    wrong = a_referral(unknown="x")
    shown, told = (ask(web, path, wrong) for path in ("/v1/referrals/preview", "/v1/referrals"))
    assert (shown.status, shown.body) == (told.status, told.body)
