"""Notices over HTTP: fetched like any message, answered in codes, listed to the sender (C-10, A-03)."""

import base64
import json
from datetime import timedelta

import pytest
from builders import PERSON_REF, POLICE, SHELTER
from line import HILL
from web_door import Answer, Web

from schemas.documents import Json
from schemas.validation import satisfies

LATER = timedelta(minutes=31)


@pytest.fixture
def web() -> Web:
    """An application in which the shelter fetched a referral and she took it back."""
    made = Web()
    made.line.says()
    made.line.accept()
    made.line.fetch()
    assert withdraw(made).json["notices"] == 1
    made.moved(LATER)
    return made


def withdraw(web: Web) -> Answer:
    return web.ask("POST", "/v1/withdrawals", {"person_ref": PERSON_REF}, {"Idempotency-Key": "withdrawal-1"})


def notice(web: Web) -> dict[str, Json]:
    """Fetch the one notice."""
    [found] = web.ask("POST", "/v1/inbox/lease", agency=SHELTER).json["messages"]
    assert isinstance(found, dict)
    return found


def say(web: Web, name: Json, path: str = "acknowledgement", agency: str = SHELTER, **body: Json) -> Answer:
    web.line.requests += 1
    headers = {"Idempotency-Key": f"key-{web.line.requests:07d}"}
    sent = {"schema": "notice_answer/1.0", **body} if path == "status" else b""
    return web.ask("POST", f"/v1/inbox/{name}/{path}", sent, headers, agency)


def listed(web: Web, query: str = "", agency: str = POLICE) -> Answer:
    return web.ask("GET", "/v1/notices", query=query, agency=agency)


def test_it_is_fetched_like_any_message_and_its_media_type_tells(web: Web) -> None:
    found = notice(web)
    assert found["media_type"] == "application/vnd.referral-gateway.notice+json"
    assert found.keys() == {"message", "media_type", "body", "lease_until", "signature"}
    assert found["signature"].keys() == {"by", "signature"}
    assert satisfies(json.loads(base64.b64decode(str(found["body"]))), "notice/1.0")


def test_it_is_acknowledged_and_then_answered(web: Web) -> None:
    name = notice(web)["message"]
    assert (say(web, name).status, say(web, name, "status", state="erased").status) == (200, 200)
    assert listed(web).json == {"notices": []}
    [shown] = listed(web, "state=all").json["notices"]
    assert (shown["state"], shown["late"]) == ("erased", False)


def test_an_objection_carries_its_ground_to_the_sender(web: Web) -> None:
    name = notice(web)["message"]
    say(web, name)
    assert say(web, name, "status", state="objected", ground="legal_claims").status == 200
    [shown] = listed(web, "state=all").json["notices"]
    assert (shown["state"], shown["ground"]) == ("objected", "legal_claims")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"state": "objected"}, ("/ground", "ground")),
        ({"state": "erased", "ground": "archiving"}, ("/ground", "ground")),
        ({"state": "objected", "ground": "Anamaria-Canary"}, ("/ground", "enum")),
        ({"state": "acknowledged"}, ("/state", "enum")),
        ({"state": "erased", "why": "Anamaria-Canary"}, ("/*", "additionalProperties")),
        ({}, ("/state", "required")),
    ],
    ids=["no ground", "ground of nothing", "own words", "no end", "more", "nothing"],
)
def test_anything_else_is_no_answer(web: Web, body: dict[str, Json], fault: tuple[str, str]) -> None:
    name = notice(web)["message"]
    say(web, name)
    answer = say(web, name, "status", **body)
    assert (answer.status, answer.faults) == (422, [fault])
    assert b"Canary" not in answer.body


def test_an_answer_before_the_acknowledgement_conflicts(web: Web) -> None:
    answer = say(web, notice(web)["message"], "status", state="erased")
    assert (answer.status, answer.code) == (409, "state_conflict")


def test_m_04_anothers_notice_is_not_found_like_an_invented_one(web: Web) -> None:
    name = notice(web)["message"]
    answers = [say(web, name, agency=HILL), say(web, "0123456789ABCDEFGHJKMNPQRS"), say(web, name, agency=POLICE)]
    assert {(answer.status, answer.body) for answer in answers} == {(404, answers[0].body)}


def test_the_sender_sees_who_was_told_and_never_the_recipients_message(web: Web) -> None:
    answer = listed(web)
    [shown] = answer.json["notices"]
    [referral] = web.line.book.referrals
    assert shown == {
        "referral": referral,
        "recipient": SHELTER,
        "kind": "withdrawal",
        "asks": "erase",
        "state": "queued",
        "on": "2031-03-14",
        "answer_by": "2031-03-17",
        "late": False,
    }
    assert not any(name.encode() in answer.body for name in (*web.line.book.parcels, *web.line.book.notices))


@pytest.mark.parametrize("agency", [HILL, SHELTER])
def test_m_04_nobody_else_sees_it(web: Web, agency: str) -> None:
    assert listed(web, "state=all", agency).json == {"notices": []}


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("state=late", "state"),
        ("after=x", "after"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1&limit=2", "limit"),
        ("person_ref=P-0114", "query"),
    ],
)
def test_no_other_question_is_understood(web: Web, query: str, where: str) -> None:
    answer = listed(web, query)
    assert (answer.status, answer.faults[0][0]) == (400, where)


def test_a_long_list_comes_in_pages(web: Web) -> None:
    for minute in (32, 33):
        web.moved(timedelta(minutes=1))
        web.line.says(taken_at=f"2031-03-14T12:{minute}:00Z")
        web.line.accept()
        web.line.fetch()
        web.line.takes_back()
    seen, query = [], "limit=1"
    while True:
        answer = listed(web, query)
        seen += answer.json["notices"]
        if "next" not in answer.json:
            assert answer.header("link") is None
            break
        query = f"limit=1&after={answer.json['next']}"
        assert answer.header("link") == f'</v1/notices?{query}>; rel="next"'
    assert len({one["referral"] for one in seen}) == len(seen) == 3


def test_a_page_that_ends_between_two_of_one_kind_about_one_referral_loses_none() -> None:
    """A restriction that is released and set again is told again."""
    web = Web()
    web.line.says()
    web.line.accept()
    web.line.fetch()
    for is_set in (True, False, True):
        web.line.requests += 1
        said: dict[str, Json] = {"person_ref": PERSON_REF, "set": is_set}
        assert web.ask("POST", "/v1/restrictions", said, {"Idempotency-Key": web.line.key()}).status == 201
        web.moved(LATER)
        if is_set:
            name = notice(web)["message"]
            say(web, name)
            assert say(web, name, "status", state="stopped").status == 200
    whole = listed(web, "state=all").json["notices"]
    first = listed(web, "state=all&limit=1").json
    rest = listed(web, f"state=all&limit=1&after={first['next']}").json["notices"]
    assert (len(whole), [*first["notices"], *rest]) == (2, whole)
