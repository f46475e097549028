"""Two things agencies ask of each other before anything leaves: is there room (M-05), may it be counted (P-06).

Both over HTTP and through the operator's routes, in a whole gateway: room is asked about nobody and used up by one
referral; a table of people leaves once every agency whose people are in it has agreed, and is made once.
"""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from journeys.facts import later, refer, says, text
from journeys.in_process import Line, a_line
from journeys.onward import agreed, fetched, joined, system, values

from gateway.app import create_operator_app
from gateway.core.access.scopes import Scope
from gateway.core.crypto.pseudonyms import release_of
from gateway.demo.agencies import CLINIC, RAPPORTEUR, SHELTER, Member
from gateway.demo.client import Answer, System
from gateway.demo.messages import Wish, routing, written
from schemas.documents import Document
from schemas.vocabulary import DataCategory, FunctionClass, Need, Purpose

HOUSE, HER = "quiet-house", "P-room-1"
CATEGORIES = (DataCategory.PSEUDONYM, DataCategory.NEED, DataCategory.SEX, DataCategory.AGE_BAND)
BED: Document = {
    "schema": "capacity_question/1.0",
    "recipient": HOUSE,
    "purpose": "assistance.accommodation",
    "need": "accommodation.emergency",
    "age": "adult",
}
YES: Document = {"schema": "capacity_answer/1.0", "answer": "yes"}


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """The world of the demonstration; opening it takes a while."""
    with a_line(tmp_path_factory.mktemp("rooms")) as found:
        yield found


def operator(line: Line, method: str, path: str, **headers: str) -> httpx.Response:
    """Ask the operator's application."""

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(create_operator_app(line.world.gateway), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            return await client.request(method, path, content=b"{}", headers=headers)

    return asyncio.run(once())


@pytest.fixture(scope="module")
def house(line: Line) -> tuple[System, System, Member]:
    """A clinic's system and a house that is asked for room before anything about anybody is told."""
    member, clinic = joined(line, HOUSE, FunctionClass.SHELTER), line.world.members[CLINIC]
    agreed(line, clinic, member, Purpose.ACCOMMODATION, capacity_first=True)
    asks = system(line, CLINIC, Scope.SEND_REFERRALS, Scope.RECORD_CONSENTS, Scope.APPROVE_STATISTICS)
    reads = system(line, HOUSE, Scope.READ_INBOX, Scope.ACKNOWLEDGE_INBOX, Scope.APPROVE_STATISTICS)
    return asks, reads, member


def her(reference: str) -> Document:
    """A referral of somebody who needs a bed tonight."""
    subject: Document = {"person_ref": reference, "minor_status": "adult", "sex": "female"}
    return {"schema": "referral/1.0", "subject": subject, "needs": [{"code": Need.ACCOMMODATION_EMERGENCY}]}


def sends(clinic: System, question: str = "") -> Answer:
    headers = {**routing(HOUSE, Purpose.ACCOMMODATION), **({"GX-Capacity": question} if question else {})}
    return clinic.post("/v1/referrals", written(her(HER)), headers)


def test_m_05_room_is_asked_about_nobody_and_a_yes_is_used_up_by_one_referral(
    line: Line, house: tuple[System, System, Member]
) -> None:
    clinic, reads, member = house
    says(line, clinic, Wish(HER, CLINIC, HOUSE, Purpose.ACCOMMODATION, CATEGORIES))
    assert codes(sends(clinic)) == ["no_room_said"]
    asked = clinic.post("/v1/capacity-questions", written(BED))
    assert asked.status == 201, asked.body
    question = str(asked.objects("questions")[0]["question"])
    assert codes(sends(clinic, question)) == ["no_room_said"], "it was asked, and nobody has answered"
    [waiting] = reads.get("/v1/capacity-questions/waiting").objects("questions")
    assert waiting["question"] == question
    assert not {HER, CLINIC} & values(waiting), "the house is told neither who she is nor who asks"
    assert fetched(line, reads, member) == []
    assert reads.post(f"/v1/capacity-questions/{question}/answer", written(YES)).status == 200
    assert sends(clinic, question).status == 201
    assert len(fetched(line, reads, member)) == 1
    assert codes(sends(clinic, question)) == ["no_room_said"], "one yes is one bed"


def codes(answer: Answer) -> list[str]:
    assert answer.status == 403, answer.body
    return [str(one["code"]) for one in answer.objects("reasons")]


def test_p_06_numbers_leave_once_everybody_in_them_agreed(line: Line, house: tuple[System, System, Member]) -> None:
    (clinic, stranger, _), reference = house, "P-counted-1"
    says(line, clinic, Wish(reference, CLINIC, SHELTER, Purpose.ACCOMMODATION, CATEGORIES))
    ends = text(line.clock.now() + timedelta(days=200))
    reporting = {"decision": "reporting", "purposes": ["statistics"], "valid_until": ends}
    says(line, clinic, Wish(reference, CLINIC, RAPPORTEUR, Purpose.STATISTICS, CATEGORIES), **reporting)
    assert refer(clinic, her(reference), SHELTER, Purpose.ACCOMMODATION).status == 201
    quarter = release_of(line.clock.now().date())
    key = {"Idempotency-Key": "statistics-0001"}
    early = operator(line, "POST", f"/statistics/releases?quarter={quarter}", **key)
    assert (early.status_code, early.json()["code"]) == (403, "quarter_not_over")
    later(line, timedelta(days=93), clinic, stranger)
    wrong = operator(line, "POST", "/statistics/releases?quarter=soon", **key)
    assert wrong.status_code == 400
    proposed = operator(line, "POST", f"/statistics/releases?quarter={quarter}", **key)
    assert proposed.status_code == 200, proposed.text
    assert operator(line, "POST", f"/statistics/releases?quarter={quarter}", **key).json() == proposed.json()
    release = str(proposed.json()["release"])
    assert proposed.json()["missing"] == [CLINIC]
    assert operator(line, "POST", f"/statistics/releases/{release}/document").json()["code"] == "approval_missing"
    assert not stranger.get("/v1/statistics/releases").objects("releases")
    assert stranger.post(f"/v1/statistics/releases/{release}/approval").status == 404
    assert clinic.get("/v1/statistics/releases").objects("releases") == ({"release": release, "quarter": quarter},)
    assert clinic.post(f"/v1/statistics/releases/{release}/approval").status == 200
    made = operator(line, "POST", f"/statistics/releases/{release}/document")
    assert made.status_code == 200, made.text
    assert operator(line, "POST", f"/statistics/releases/{release}/document").json() == made.json(), "made once"
    assert made.json()["cells"] == [], "one person is too few to be shown (P-04)"
    assert not {reference, CLINIC} & values(made.json())
    [listed] = operator(line, "GET", "/statistics/releases").json()["releases"]
    assert listed == {"release": release, "quarter": quarter, "approved": 1, "missing": [], "made": True}
    assert operator(line, "POST", f"/statistics/releases/{'0' * 26}/document").status_code == 403
