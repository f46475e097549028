"""The question for room over HTTP: asked, listed, answered, named with a referral (M-05)."""

import json
from datetime import timedelta

import pytest
from builders import POLICE, SHELTER, a_consent_document, a_referral, an_agreement
from line import MEDIA_TYPE
from web_door import Answer, Web

from schemas.documents import Json

BED: dict[str, Json] = {
    "schema": "capacity_question/1.0",
    "recipient": SHELTER,
    "purpose": "assistance.accommodation",
    "need": "accommodation.emergency",
    "age": "adult",
}
YES: dict[str, Json] = {"schema": "capacity_answer/1.0", "answer": "yes"}


@pytest.fixture
def web() -> Web:
    """An application where the shelter wants to be asked for room first."""
    web = Web()
    agreement = an_agreement(id=f"agreement-{SHELTER}", recipient=SHELTER, capacity_first=True)
    web.line.directory.agree(agreement)
    web.ask("POST", "/v1/consents", a_consent_document(), {"Idempotency-Key": "key-consent-1"})
    return web


def asks(web: Web, key: str = "key-question-1", **changes: Json) -> Answer:
    return web.ask("POST", "/v1/capacity-questions", {**BED, **changes}, {"Idempotency-Key": key})


def answers(
    web: Web, question: str, said: dict[str, Json] = YES, agency: str = SHELTER, key: str = "key-answer-1"
) -> Answer:
    path = f"/v1/capacity-questions/{question}/answer"
    return web.ask("POST", path, said, {"Idempotency-Key": key}, agency)


def refer(web: Web, question: str | None, key: str) -> Answer:
    headers = {
        "Content-Type": MEDIA_TYPE,
        "Idempotency-Key": key,
        "GX-Recipient": SHELTER,
        "GX-Purpose": "assistance.accommodation",
        **({"GX-Capacity": question} if question else {}),
    }
    return web.ask("POST", "/v1/referrals", json.dumps(a_referral()).encode(), headers)


def test_m_05_asked_answered_and_named_with_the_referral(web: Web) -> None:
    refused = refer(web, None, "key-referral-1")
    assert refused.status == 403
    assert [(one["code"], one["rule"]) for one in refused.json["reasons"]] == [("no_room_said", "M-05")]
    asked = asks(web)
    assert asked.status == 201
    [listed] = asked.json["questions"]
    question = str(listed["question"])
    waiting = web.ask("GET", "/v1/capacity-questions/waiting", agency=SHELTER)
    [told] = waiting.json["questions"]
    assert told["question"] == question
    assert POLICE.encode() not in waiting.body
    assert answers(web, question).json == {"question": question, "answer": "yes"}
    [mine] = web.ask("GET", "/v1/capacity-questions/asked").json["questions"]
    assert (mine["recipient"], mine["answer"]) == (SHELTER, "yes")
    assert refer(web, question, "key-referral-2").status == 201
    assert refer(web, question, "key-referral-3").status == 403
    assert answers(web, question, key="key-answer-2").code == "state_conflict"


def test_m_05_what_may_not_be_asked_or_answered_is_told_by_pointer(web: Web) -> None:
    wrong = asks(web, purpose="emergency")
    assert (wrong.status, wrong.code, wrong.faults) == (422, "question_not_askable", [("/purpose", "M-05")])
    assert asks(web, "key-question-2", person_ref="Canary").status == 422
    nobody = asks(web, "key-question-3", recipient="nobody-here")
    assert (nobody.status, nobody.code) == (403, "refused")
    question = str(asks(web, "key-question-4").json["questions"][0]["question"])
    late = answers(web, question, {"schema": "capacity_answer/1.0", "answer": "wait"})
    assert late.faults == [("/from", "required")]


def test_m_05_anothers_question_and_an_invented_one_are_answered_alike(web: Web) -> None:
    question = str(asks(web).json["questions"][0]["question"])
    for name, agency in ((question, "hill-shelter"), ("0" * 26, SHELTER), ("short", SHELTER)):
        missing = answers(web, name, agency=agency)
        assert (missing.status, missing.code) == (404, "not_found")


def test_a_repeated_question_gets_its_first_answer_and_a_reused_key_none(web: Web) -> None:
    assert asks(web).body == asks(web).body
    assert asks(web, age="child").code == "idempotency_key_reused"


def listed(web: Web, path: str, agency: str, size: int = 100) -> list[str]:
    """Read a list to its end, page by page."""
    seen, query = [], f"limit={size}"
    while True:
        answer = web.ask("GET", f"/v1/capacity-questions/{path}", agency=agency, query=query)
        seen += [str(one["question"]) for one in answer.json["questions"]]
        if "next" not in answer.json:
            return seen
        query = f"limit={size}&after={answer.json['next']}"
        assert answer.header("link") == f'</v1/capacity-questions/{path}?{query}>; rel="next"'


@pytest.mark.parametrize("size", [1, 3, 100])
def test_m_05_nobody_hides_anothers_question_by_asking_much(web: Web, size: int) -> None:
    asked = []
    for number in range(7):
        asked.append(str(asks(web, f"key-question-{number}").json["questions"][0]["question"]))
        web.moved(timedelta(minutes=number % 2))
    answers(web, asked[2], {"schema": "capacity_answer/1.0", "answer": "no"})
    assert sorted(listed(web, "waiting", SHELTER, size)) == sorted(asked)
    assert sorted(listed(web, "asked", POLICE, size)) == sorted(asked)


def test_m_05_a_cursor_is_for_one_list_of_one_client(web: Web) -> None:
    for number in range(2):
        asks(web, f"key-question-{number}")
    cursor = web.ask("GET", "/v1/capacity-questions/asked", query="limit=1").json["next"]
    for path, agency, after in (
        ("waiting", SHELTER, cursor),
        ("asked", "hill-shelter", cursor),
        ("asked", POLICE, "x"),
    ):
        answer = web.ask("GET", f"/v1/capacity-questions/{path}", agency=agency, query=f"after={after}")
        assert (answer.status, answer.faults) == (400, [("after", "pattern")])
