"""Codes over HTTP: handed over, shown once, and answered alike when they are not accepted."""

import pytest
from builders import PERSON_REF, POLICE, SHELTER, a_consent_document
from line import BAY, HILL
from web_door import Answer, Web

from schemas.documents import Json

THEIR_REF = "H-77"
WRONG = "0000-0000-0000-0"


@pytest.fixture
def web() -> Web:
    """A fresh application in which the police know her."""
    made = Web()
    assert ask(made, "/v1/consents", a_consent_document()).status == 201
    return made


def ask(web: Web, path: str, body: dict[str, Json], agency: str = POLICE) -> Answer:
    """Post with a key of its own."""
    return web.ask("POST", path, body, {"Idempotency-Key": web.line.key()}, agency)


def code(web: Web) -> str:
    """Let the police make a code."""
    answer = ask(web, "/v1/introductions", {"person_ref": PERSON_REF})
    assert (answer.status, answer.json.keys()) == (201, {"code", "expires"})
    return str(answer.json["code"])


def binds(web: Web, shown: str, agency: str = HILL) -> Answer:
    """Show a code and bind a reference of one's own."""
    return ask(web, "/v1/bindings", {"person_ref": THEIR_REF, "code": shown}, agency)


def test_a_code_joins_what_two_agencies_know_and_either_stops_both(web: Web) -> None:
    answer = binds(web, code(web))
    assert (answer.status, answer.json) == (201, {"bound": True, "covers": "what is known under this record"})
    withdrawn = ask(web, "/v1/withdrawals", {"person_ref": THEIR_REF}, HILL)
    assert (withdrawn.status, withdrawn.json["withdrawn"]) == (200, 1)


def test_two_records_are_linked_by_both_and_the_answer_says_what_it_covers(web: Web) -> None:
    theirs = a_consent_document(discloser=HILL, recipient=BAY, person_ref=THEIR_REF)
    ask(web, "/v1/consents", theirs, HILL)
    shown = code(web)
    body: dict[str, Json] = {"person_ref": THEIR_REF, "code": shown}
    alone = ask(web, "/v1/links", body, HILL)
    assert alone.json == {"linked": False, "covers": "what is known under this record"}
    both = ask(web, "/v1/links", {**body, "person_ref": PERSON_REF})
    assert both.json == {"linked": True, "covers": "everything linked to this record"}
    withdrawn = ask(web, "/v1/withdrawals", {"person_ref": THEIR_REF}, HILL)
    assert (withdrawn.json["withdrawn"], withdrawn.json["covers"]) == (2, "everything linked to this record")


def test_codes_that_are_not_accepted_are_answered_alike(web: Web) -> None:
    used = code(web)
    binds(web, used)
    answers = [binds(web, shown, BAY) for shown in (used, WRONG, "nonsense")]
    assert {(answer.status, answer.code, answer.headers, answer.body) for answer in answers} == {
        (404, "code_not_accepted", answers[0].headers, answers[0].body)
    }


def test_a_client_that_guesses_is_locked_out(web: Web) -> None:
    shown = code(web)
    for digit in "12345":
        assert binds(web, f"{digit * 12}{check(digit)}", BAY).status == 404
    answer = binds(web, shown, BAY)
    assert (answer.status, answer.code, answer.header("retry-after")) == (429, "too_many_codes", "3600")
    assert binds(web, shown).status == 201


def check(digit: str) -> str:
    """Return the check character of twelve equal digits."""
    number = 0
    for _ in range(12):
        number = number * 32 + int(digit)
    return "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U"[number % 37]


def test_a_reference_that_is_taken_is_a_conflict(web: Web) -> None:
    ask(web, "/v1/consents", a_consent_document(discloser=HILL, recipient=BAY, person_ref=THEIR_REF), HILL)
    answer = binds(web, code(web))
    assert (answer.status, answer.code) == (409, "bound_otherwise")


def test_nobody_introduces_whom_it_does_not_know(web: Web) -> None:
    answers = [ask(web, "/v1/introductions", {"person_ref": PERSON_REF}, agency) for agency in (HILL, SHELTER)]
    assert {(answer.status, answer.code) for answer in answers} == {(404, "not_found")}


@pytest.mark.parametrize("path", ["/v1/introductions", "/v1/bindings", "/v1/links"])
@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"code": WRONG}, "/person_ref"),
        ({"person_ref": ""}, "/person_ref"),
        ({"person_ref": "x" * 81}, "/person_ref"),
        ({"person_ref": PERSON_REF, "name": "Canary"}, "/*"),
    ],
    ids=["nobody", "empty", "long", "more"],
)
def test_a_body_of_another_form_is_refused(web: Web, path: str, body: dict[str, Json], fault: str) -> None:
    answer = ask(web, path, body)
    assert answer.status == 422
    assert answer.faults[0][0] in {fault, "/*"}
    assert b"Canary" not in answer.body


def test_c_09_her_receipt_takes_back_what_it_is_about_at_any_agency(web: Web) -> None:
    told = ask(web, "/v1/consents", a_consent_document(safe_to_give=True, recipient=HILL)).json
    body: dict[str, Json] = {"code": told["withdrawal_code"]}
    answer = ask(web, "/v1/withdrawals", body, BAY)
    assert (answer.status, answer.json["withdrawn"]) == (200, 1)
    again = ask(web, "/v1/withdrawals", {**body, "everything": True}, BAY)
    assert (again.status, again.json["withdrawn"]) == (200, 1)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"code": WRONG}, 404),
        ({"code": "nonsense"}, 404),
        ({"code": 7}, 422),
        ({"code": WRONG, "everything": "yes"}, 422),
        ({"code": WRONG, "person_ref": PERSON_REF}, 422),
    ],
    ids=["wrong", "no code", "number", "perhaps", "both"],
)
def test_a_receipt_that_is_none_takes_nothing_back(web: Web, body: dict[str, Json], status: int) -> None:
    assert ask(web, "/v1/withdrawals", body, BAY).status == status
    assert ask(web, "/v1/withdrawals", {"person_ref": PERSON_REF}).json["withdrawn"] == 1


@pytest.mark.parametrize("reference", [" H-77", "H 77", "H\u201177", "Anamaria Canary", "H-77\n", "\u001b[2J"])
def test_p_02_a_reference_that_no_document_could_name_is_not_bound(web: Web, reference: str) -> None:
    """She could be found under it and never referred, and a name could stand there."""
    answer = ask(web, "/v1/bindings", {"person_ref": reference, "code": code(web)}, HILL)
    assert (answer.status, answer.faults) == (422, [("/person_ref", "pattern")])
    assert "Canary" not in answer.body.decode()
