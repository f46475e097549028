"""From the outside, every refusal that rests on her record is one; and an unknown recipient is a forbidden one."""

from collections.abc import Iterator

import httpx
import pytest
from journeys.grounds import GROUNDS
from journeys.in_process import Line, a_line
from journeys.test_bad_input import REFERRALS, request

from gateway.demo.agencies import CLINIC, CLINIC_SYSTEM, ENFORCEMENT, NOBODY, POLICE, RAPPORTEUR, RECORDS, SHELTER
from gateway.demo.messages import NDEX, police_incident, related, routing, supplement, written
from schemas.vocabulary import Need, Purpose


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with a_line(tmp_path_factory.mktemp("line") / ".demo") as opened:
        yield opened


@pytest.fixture(scope="module")
def refusals(line: Line) -> dict[str, httpx.Response]:
    """Send one referral for each woman."""
    clinic = line.world.systems[CLINIC_SYSTEM]
    for reason, said in GROUNDS.items():
        for document in said:
            assert request(clinic, "/v1/consents", written(document)).status_code == 201
            if reason == "consent_withdrawn":
                body = written({"person_ref": document["person_ref"]})
                assert request(clinic, "/v1/withdrawals", body).status_code == 200
    return {reason: sent(line, said[0]["person_ref"] if said else "C-6999") for reason, said in GROUNDS.items()}


def sent(line: Line, person_ref: str, recipient: str = SHELTER) -> httpx.Response:
    """Send the same referral as for everybody else."""
    document = {
        "schema": "referral/1.0",
        "subject": {"person_ref": person_ref, "minor_status": "adult"},
        "needs": [{"code": Need.ACCOMMODATION_EMERGENCY}],
    }
    headers = {**routing(recipient, Purpose.ACCOMMODATION), "Content-Type": "application/json"}
    return request(line.world.systems[CLINIC_SYSTEM], REFERRALS, written(document), headers)


def seen(answer: httpx.Response) -> tuple[object, ...]:
    """Return what an onlooker can compare: everything but the random id of the decision and of the nonce."""
    body = {name: value for name, value in answer.json().items() if name != "decision_id"}
    names = [name for name, _ in answer.headers.multi_items()]
    return answer.status_code, names, len(answer.content), len(answer.json().get("decision_id", "")), body


@pytest.mark.parametrize("reason", GROUNDS)
def test_the_sender_hears_the_one_collapsed_reason(refusals: dict[str, httpx.Response], reason: str) -> None:
    answer = refusals[reason]
    assert answer.status_code == 403
    assert [one["code"] for one in answer.json()["reasons"]] == ["not_permitted"]


def test_no_two_of_them_can_be_told_apart(refusals: dict[str, httpx.Response]) -> None:
    assert len({repr(seen(answer)) for answer in refusals.values()}) == 1


def test_the_log_knows_each_true_reason(line: Line, refusals: dict[str, httpx.Response]) -> None:
    """The canary of the test above: they are refused for reasons that really differ."""
    log = line.world.gateway.log
    leaves = b"\n".join(log.leaves(log.head().size))
    assert refusals
    for reason in GROUNDS:
        assert f'"reasons":["{reason}"]'.encode() in leaves


def test_each_leaves_the_same_traces(line: Line) -> None:
    """What is written for one refusal is written for all: an onlooker who counts rows learns nothing more."""
    grown = []
    for person_ref in ("C-7001", "C-7004", "C-6998"):
        before = line.rows()
        sent(line, person_ref)
        after = line.rows()
        grown.append({table: after[table] - before[table] for table in after})
    assert grown[0] == grown[1] == grown[2]
    assert (grown[0]["ledger_leaf"], grown[0]["referral"], grown[0]["parcel"]) == (1, 1, 0)


def test_a_repeated_refusal_gets_the_same_answer(line: Line) -> None:
    clinic = line.world.systems[CLINIC_SYSTEM]
    headers = {
        **routing(SHELTER, Purpose.ACCOMMODATION),
        "Content-Type": "application/json",
        "Idempotency-Key": "again-0001",
    }
    document = {"schema": "referral/1.0", "subject": {"person_ref": "C-6997", "minor_status": "adult"}}
    body = written({**document, "needs": [{"code": "other"}]})
    answers = [request(clinic, REFERRALS, body, headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert seen(answers[0]) == seen(answers[1])


def test_another_format_makes_no_difference(line: Line, refusals: dict[str, httpx.Response]) -> None:
    body, announced = related(police_incident(), NDEX, supplement("P-0001", Need.HEALTH_GENERAL))
    headers = {**routing(CLINIC, Purpose.HEALTH), **announced}
    answer = request(line.world.systems[RECORDS], REFERRALS, body, headers)
    assert seen(answer) == seen(refusals["person_unknown"])


def test_an_unknown_recipient_looks_like_every_one_that_may_not_receive(line: Line) -> None:
    named = (NOBODY, ENFORCEMENT, RAPPORTEUR, POLICE, CLINIC)
    answers = {name: sent(line, f"C-5{number:03d}", name) for number, name in enumerate(named)}
    assert len({repr(seen(answer)) for answer in answers.values()}) == 1
    assert [one["code"] for one in answers[ENFORCEMENT].json()["reasons"]] == ["no_agreement"]


def test_for_an_unknown_recipient_it_makes_no_difference_who_she_is(line: Line) -> None:
    known, unknown = sent(line, "C-0311", NOBODY), sent(line, "C-4000", NOBODY)
    assert seen(known) == seen(unknown)


def test_a_yes_is_still_a_yes(line: Line, refusals: dict[str, httpx.Response]) -> None:
    """The canary of all of these: she who agreed is referred."""
    answer = sent(line, "C-0311")
    assert answer.status_code == 201
    assert seen(answer) != seen(refusals["no_consent"])
