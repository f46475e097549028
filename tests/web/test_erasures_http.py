"""`POST /v1/erasures`: an agency asks to erase whom it recorded; her reference is in no answer (A-03, A-04, P-02)."""

import asyncio

import pytest
from builders import PERSON_REF, POLICE, SHELTER, a_consent_document, a_referral
from line import MEDIA_TYPE
from web_door import Answer, Web

from gateway.core.access.scopes import Scope
from gateway.core.erasure.erasures_asked import AskedErasures
from schemas.documents import Json

WHERE = {
    "GX-Recipient": SHELTER,
    "GX-Purpose": "assistance.accommodation",
    "GX-Urgency": "urgent",
    "Content-Type": MEDIA_TYPE,
}


@pytest.fixture
def web() -> Web:
    """An application where the police know her."""
    web = Web()
    web.ask("POST", "/v1/consents", a_consent_document(), {"Idempotency-Key": "key-consent-1"})
    return web


def erase(web: Web, key: str = "key-0000001", agency: str = POLICE, **body: Json) -> Answer:
    return web.ask("POST", "/v1/erasures", body or {"person_ref": PERSON_REF}, {"Idempotency-Key": key}, agency=agency)


def test_it_is_taken_down_once_and_the_repetition_gets_the_same_answer(web: Web) -> None:
    answer = erase(web)
    assert (answer.status, answer.json["outcome"]) == (202, "asked")
    assert (erase(web).status, erase(web).body) == (202, answer.body)
    assert PERSON_REF.encode() not in answer.body
    assert not web.line.book.people


def test_erased_unknown_and_recorded_by_others_only_are_answered_alike(web: Web) -> None:
    others = erase(web, "key-0000002", agency=SHELTER)
    unknown = erase(web, "key-0000003", person_ref="nobody-here")
    erase(web)
    again = erase(web, "key-0000004")
    assert {(one.status, one.body) for one in (others, unknown, again)} == {(404, unknown.body)}
    assert unknown.code == "not_found"


def looks(web: Web, referral: str, consent: str) -> list[Answer]:
    """Everything the police may try to find out what became of her after it asked for an erasure."""
    named: dict[str, Json] = {"person_ref": PERSON_REF}
    restricted: dict[str, Json] = {**named, "schema": "case_event/1.0", "event": {"processing_restricted": True}}
    asked: list[tuple[str, str, dict[str, Json]]] = [
        ("GET", f"/v1/referrals/{referral}", {}),
        ("GET", f"/v1/referrals/{referral}/explanation", {}),
        ("GET", f"/v1/consents/{consent}", {}),
        ("POST", "/v1/consents/search", named),
        ("POST", f"/v1/consents/{consent}/events", {"schema": "consent_event/1.0", "event": {"revoked": True}}),
        ("POST", "/v1/withdrawals", named),
        ("POST", "/v1/withdrawals", {**named, "consent": consent}),
        ("POST", "/v1/case-events", restricted),
        ("POST", "/v1/case-events/search", named),
        ("POST", "/v1/introductions", named),
        ("GET", f"/v1/referrals/{referral}/status", {}),
        ("GET", "/v1/child-notifications", {}),
        ("GET", "/v1/child-birthdays", {}),
        ("GET", "/v1/notices", {}),
        ("POST", "/v1/referrals/preview", a_referral()),
        ("POST", "/v1/referrals", a_referral()),
        ("POST", "/v1/erasures", named),
    ]
    return [
        web.ask(method, path, body or b"", {**WHERE, "Idempotency-Key": f"key-looks-{number}"} if body else None)
        for number, (method, path, body) in enumerate(asked)
    ]


def of_a_class(answer: Answer) -> tuple[int, list[tuple[str, str]], int]:
    """What (status, headers, length) may not tell apart; where something new lies differs each time."""
    return (
        answer.status,
        sorted((name, value) for name, value in answer.headers if name != "location"),
        len(answer.body),
    )


@pytest.mark.parametrize("rounds", [0, 1], ids=["at once", "after the next round"])
def test_a_04_nothing_an_agency_may_ask_says_whether_a_court_order_keeps_her(rounds: int) -> None:
    """Not the answer, and nothing it may look at afterwards (ADR 0150)."""
    free, held = (asked_under(order=order, carried_out=bool(rounds)) for order in (False, True))
    assert free == held


def test_what_is_looked_at_tells_somebody_known_from_somebody_erased() -> None:
    """The canary of the test above."""
    known, gone = (asked_under(order=False, carried_out=False, erased=erased) for erased in (False, True))
    assert sum(one != other for one, other in zip(known, gone, strict=True)) >= 10


def asked_under(*, order: bool, carried_out: bool, erased: bool = True) -> list[tuple[int, list[tuple[str, str]], int]]:
    web = Web()
    consent = web.line.says()
    sent = web.ask("POST", "/v1/referrals", a_referral(), {**WHERE, "Idempotency-Key": "key-referral"})
    assert sent.status == 201
    if order:
        under_a_court_order(web)
    if erased:
        erase(web)
    if carried_out:
        asyncio.run(AskedErasures(web.line.erasures).carry_out())
    assert bool(web.line.person_keys.keys) is (order or not carried_out)
    return [of_a_class(answer) for answer in looks(web, str(sent.json["decision_id"]), consent)]


def under_a_court_order(web: Web) -> None:
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
    assert web.ask("POST", "/v1/case-events", fact, {"Idempotency-Key": "key-order-1"}).status == 201


def test_the_scope_is_its_own(web: Web) -> None:
    web.verifier.scopes = frozenset(Scope) - {Scope.ERASE_PEOPLE}
    assert erase(web).status == 403
    assert web.line.book.people


def test_what_else_is_said_is_refused(web: Web) -> None:
    assert erase(web, person_ref=PERSON_REF, reason="because").status == 422
    assert web.line.book.people
