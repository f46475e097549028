"""`POST /v1/restrictions`: set and lifted in one call each, told to past recipients, tracked (A-03, C-15)."""

import pytest
from builders import PERSON_REF, POLICE, SHELTER, a_consent_document
from web_door import Answer, Web

from schemas.documents import Json
from schemas.notice_codes import NoticeKind


@pytest.fixture
def web() -> Web:
    """The shelter fetched a referral of the police about her."""
    web = Web()
    web.ask("POST", "/v1/consents", a_consent_document(), {"Idempotency-Key": "key-consent-1"})
    web.line.told()
    web.line.fetch()
    return web


def restrict(web: Web, key: str = "key-0000001", agency: str = POLICE, **body: Json) -> Answer:
    asked: dict[str, Json] = {"person_ref": PERSON_REF, **body}
    return web.ask("POST", "/v1/restrictions", asked, {"Idempotency-Key": key}, agency=agency)


def test_a_03_a_restriction_stops_what_follows_and_is_told_and_tracked(web: Web) -> None:
    answer = restrict(web, set=True)
    assert (answer.status, answer.json["type"], answer.json["notices"]) == (201, "processing_restricted", 1)
    assert web.line.told()["outcome"] == "refused"
    assert [one.kind for one in web.line.book.notices.values()] == [NoticeKind.RESTRICTION]
    [listed] = web.ask("GET", "/v1/notices").json["notices"]
    assert (listed["kind"], listed["asks"], listed["recipient"]) == ("restriction", "stop", SHELTER)


def test_a_03_lifted_by_who_set_it_it_permits_again(web: Web) -> None:
    restrict(web, set=True)
    answer = restrict(web, "key-0000002", set=False)
    assert (answer.status, answer.json["type"]) == (201, "processing_released")
    assert web.line.told()["outcome"] == "permitted"


def test_c_15_one_kind_of_data_is_withheld_from_one_recipient(web: Web) -> None:
    assert restrict(web, set=True, category="alias", recipient=SHELTER).json["type"] == "restriction_set"
    assert "alias" not in web.line.told()["sent"]
    assert restrict(web, "key-0000002", set=False, category="alias", recipient=SHELTER).status == 201
    assert "alias" in web.line.told()["sent"]


def test_a_repeated_request_gets_its_first_answer(web: Web) -> None:
    first = restrict(web, set=True)
    assert restrict(web, set=True).body == first.body
    assert restrict(web, set=False).status == 422


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/set"),
        ({"set": "yes"}, "/set"),
        ({"set": True, "recipient": SHELTER}, "/category"),
        ({"set": True, "why": "because"}, "/*"),
    ],
)
def test_what_is_not_understood_restricts_nothing(web: Web, body: dict[str, Json], pointer: str) -> None:
    answer = restrict(web, **body)
    assert (answer.status, answer.faults[0][0]) == (422, pointer)
    assert not web.line.leaves("case.")
