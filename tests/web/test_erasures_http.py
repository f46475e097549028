"""`POST /v1/erasures`: an agency erases whom it recorded; her reference stands in no answer (A-03, A-04, P-02)."""

import pytest
from builders import PERSON_REF, POLICE, SHELTER, a_consent_document
from web_door import Answer, Web

from gateway.core.scopes import Scope
from schemas.documents import Json


@pytest.fixture
def web() -> Web:
    """An application where the police know her."""
    web = Web()
    web.ask("POST", "/v1/consents", a_consent_document(), {"Idempotency-Key": "key-consent-1"})
    return web


def erase(web: Web, key: str = "key-0000001", agency: str = POLICE, **body: Json) -> Answer:
    return web.ask("POST", "/v1/erasures", body or {"person_ref": PERSON_REF}, {"Idempotency-Key": key}, agency=agency)


def test_she_is_erased_once_and_the_repetition_gets_the_same_answer(web: Web) -> None:
    answer = erase(web)
    assert (answer.status, answer.json["outcome"]) == (200, "erased")
    assert (erase(web).status, erase(web).body) == (200, answer.body)
    assert PERSON_REF.encode() not in answer.body
    assert not web.line.book.people


def test_erased_unknown_and_recorded_by_others_only_are_answered_alike(web: Web) -> None:
    others = erase(web, "key-0000002", agency=SHELTER)
    unknown = erase(web, "key-0000003", person_ref="nobody-here")
    erase(web)
    again = erase(web, "key-0000004")
    assert {(one.status, one.body) for one in (others, unknown, again)} == {(404, unknown.body)}
    assert unknown.code == "not_found"


def test_a_court_order_in_her_case_is_a_coded_refusal(web: Web) -> None:
    order: dict[str, Json] = {
        "kind": "court_order",
        "recipient": SHELTER,
        "categories": ["name"],
        "person_told": "yes",
        "reference": "Court of the harbour, order 12",
    }
    fact: dict[str, Json] = {
        "schema": "case_event/1.0",
        "person_ref": PERSON_REF,
        "event": {"instrument_recorded": order},
    }
    web.ask("POST", "/v1/case-events", fact, {"Idempotency-Key": "key-order-1"})
    answer = erase(web)
    assert (answer.status, answer.code) == (409, "legal_hold")
    assert web.line.book.people


def test_the_scope_is_its_own(web: Web) -> None:
    web.verifier.scopes = frozenset(Scope) - {Scope.ERASE_PEOPLE}
    assert erase(web).status == 403
    assert web.line.book.people


def test_what_else_is_said_is_refused(web: Web) -> None:
    assert erase(web, person_ref=PERSON_REF, reason="because").status == 422
    assert web.line.book.people


def test_while_the_key_store_does_not_answer_nothing_is_promised(web: Web) -> None:
    web.line.key_store.fails = 1
    assert erase(web).status == 503
    assert erase(web).status == 200
    assert not web.line.person_keys.keys
