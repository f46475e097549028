"""`GX-Replaces`: a corrected referral says which one it replaces (A-03)."""

import pytest
from builders import SHELTER, a_consent_document, a_referral
from line import MEDIA_TYPE
from web_door import Answer, Web


@pytest.fixture
def web() -> Web:
    """An application where she agreed to the shelter."""
    web = Web()
    web.ask("POST", "/v1/consents", a_consent_document(), {"Idempotency-Key": "key-consent-1"})
    return web


def refer(web: Web, key: str, replaces: object = None) -> Answer:
    headers = {
        "GX-Recipient": SHELTER,
        "GX-Purpose": "assistance.accommodation",
        "Content-Type": MEDIA_TYPE,
        "Idempotency-Key": key,
        **({"GX-Replaces": str(replaces)} if replaces else {}),
    }
    return web.ask("POST", "/v1/referrals", a_referral(), headers)


def test_a_03_the_answer_says_what_was_replaced_and_which_version_this_is(web: Web) -> None:
    first = refer(web, "key-0000001").json["decision_id"]
    answer = refer(web, "key-0000002", first)
    assert (answer.status, answer.json["replaces"], answer.json["version"]) == (201, first, 2)
    assert refer(web, "key-0000002", first).json["version"] == 2
    assert refer(web, "key-0000002").status == 422, "the same key with another header is another request"


def test_what_cannot_be_replaced_is_refused_in_one_shape(web: Web) -> None:
    first = refer(web, "key-0000001").json["decision_id"]
    refer(web, "key-0000002", first)
    unknown, replaced = refer(web, "key-0000003", "0" * 26), refer(web, "key-0000004", first)
    assert {(one.status, str(one.json["reasons"])) for one in (unknown, replaced)} == {
        (403, str(unknown.json["reasons"]))
    }
    assert "nothing_to_replace" in str(unknown.json["reasons"])


def test_an_id_that_is_none_is_a_wrong_header(web: Web) -> None:
    answer = refer(web, "key-0000001", "case-of-mirela")
    assert (answer.status, answer.faults) == (400, [("GX-Replaces", "pattern")])
