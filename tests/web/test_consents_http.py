"""Record, search and withdraw over HTTP; her reference is in bodies only and in no answer."""

import pytest
from builders import DAY, PERSON_REF, POLICE, SHELTER, a_consent_document, a_referral
from line import HILL
from web_door import Answer, Web

from schemas.documents import Json

CANARY = "Anamaria-Canary"
SENDING = {"GX-Recipient": SHELTER, "GX-Purpose": "assistance.accommodation", "GX-Urgency": "urgent"}


@pytest.fixture
def web() -> Web:
    """A fresh application."""
    return Web()


def record(web: Web, key: str = "key-0000001", agency: str = POLICE, **changes: Json) -> Answer:
    """Record her yes."""
    return web.ask("POST", "/v1/consents", a_consent_document(**changes), {"Idempotency-Key": key}, agency)


def search(web: Web, agency: str = POLICE, **body: Json) -> Answer:
    """Ask how her consents stand."""
    return web.ask("POST", "/v1/consents/search", {"person_ref": PERSON_REF, **body}, agency=agency)


def withdraw(web: Web, key: str = "key-0000002", agency: str = POLICE, **body: Json) -> Answer:
    """Take back one consent or all."""
    said = {"person_ref": PERSON_REF, **body}
    return web.ask("POST", "/v1/withdrawals", said, {"Idempotency-Key": key}, agency)


def refer(web: Web, recipient: str = SHELTER, key: str = "key-0000003") -> Answer:
    """Refer her to a shelter."""
    media_type = "application/vnd.referral-gateway.referral+json"
    headers = {**SENDING, "GX-Recipient": recipient, "Content-Type": media_type, "Idempotency-Key": key}
    return web.ask("POST", "/v1/referrals", a_referral(), headers)


def test_a_consent_is_recorded_and_told_by_id_and_state(web: Web) -> None:
    answer = record(web)
    assert answer.status == 201
    assert answer.json.keys() == {"consent", "state", "active", "confirmed", "ends"}
    assert (answer.json["state"], answer.json["active"]) == ("given", True)
    assert PERSON_REF.encode() not in answer.body


def test_a_repeated_recording_gets_the_first_answer(web: Web) -> None:
    first, again = record(web), record(web)
    assert (again.status, again.body) == (201, first.body)
    assert len(web.line.book.consents) == 1


def test_a_key_that_comes_with_another_consent_is_refused(web: Web) -> None:
    record(web)
    answer = record(web, recipient=HILL)
    assert (answer.status, answer.code) == (422, "idempotency_key_reused")


def test_a_consent_without_a_key_is_not_recorded(web: Web) -> None:
    answer = web.ask("POST", "/v1/consents", a_consent_document())
    assert (answer.status, answer.faults) == (400, [("Idempotency-Key", "required")])
    assert web.line.book.consents == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"recipient": "nobody-at-all"}, ("/recipient", "C-03")),
        ({"recipient": "border-command"}, ("/recipient", "C-03")),
        ({"discloser": HILL}, ("/discloser", "C-03")),
        ({"taken_at": "2031-03-14T12:00:01Z"}, ("/taken_at", "C-05")),
        ({"valid_until": "2031-03-14T11:00:00Z"}, ("/valid_until", "C-08")),
        ({"state": CANARY}, ("/state", "enum")),
    ],
    ids=["unknown recipient", "enforcement", "another discloser", "future", "ends first", "unknown state"],
)
def test_a_consent_that_may_not_be_recorded_is_told_why_without_its_words(
    web: Web, changes: dict[str, Json], fault: tuple[str, str]
) -> None:
    answer = record(web, **changes)
    assert answer.status == 422
    assert fault in answer.faults
    for value in (CANARY, PERSON_REF, "Anca Pop"):
        assert value.encode() not in answer.body
    assert web.line.book.consents == []


def test_how_her_consents_stand_is_told_to_the_agency_that_recorded_them_only(web: Web) -> None:
    consent = record(web).json["consent"]
    [shown] = search(web).json["consents"]
    assert (shown["consent"], shown["state"], shown["active"]) == (consent, "given", True)
    assert search(web, agency=HILL).json == {"consents": []}
    unknown = web.ask("POST", "/v1/consents/search", {"person_ref": "P-0999"})
    assert (unknown.status, unknown.json) == (200, {"consents": []})
    assert PERSON_REF.encode() not in search(web).body


@pytest.mark.parametrize("path", ["/v1/consents/search", "/v1/withdrawals"])
@pytest.mark.parametrize(
    ("body", "status", "fault"),
    [
        (b"", 400, ("", "syntax")),
        (b"[]", 422, ("", "type")),
        (b"{}", 422, ("/person_ref", "required")),
        (b'{"person_ref":""}', 422, ("/person_ref", "required")),
        (b'{"person_ref":7}', 422, ("/person_ref", "required")),
        (b'{"person_ref":"%s"}' % (b"x" * 81), 422, ("/person_ref", "required")),
        (b'{"person_ref":"P-1","Anamaria-Canary":1}', 422, ("/*", "additionalProperties")),
        (b'{"person_ref":"P-1","consent":["Anamaria-Canary"]}', 422, ("/consent", "type")),
        (b'{"person_ref":"\\ud800"}', 400, ("", "utf-8")),
    ],
    ids=["empty", "list", "nobody", "empty name", "number", "long", "more", "consent", "half a character"],
)
def test_a_body_that_names_nobody_is_refused(
    web: Web, path: str, body: bytes, status: int, fault: tuple[str, str]
) -> None:
    if path.endswith("search") and fault[0] == "/consent":
        fault = ("/*", "additionalProperties")  # A search names a person, never one consent.
    answer = web.ask("POST", path, body, {"Idempotency-Key": "key-0000001"})
    assert (answer.status, answer.faults) == (status, [fault])
    assert CANARY.encode() not in answer.body


def test_a_withdrawal_stops_what_waits_and_names_recipients_to_its_sender_only(web: Web) -> None:
    record(web)
    assert refer(web).status == 201
    answer = withdraw(web)
    assert answer.status == 200
    assert answer.json == {
        "withdrawn": 1,
        "stopped": 1,
        "may_have_left": 0,
        "notices": 0,
        "may_have_left_to": [],
        "covers": "what is known under this record",
    }
    assert refer(web, key="key-0000004").status == 403


def test_a_withdrawal_tells_what_may_have_left(web: Web) -> None:
    record(web)
    refer(web)
    assert len(web.ask("POST", "/v1/inbox/lease", agency=SHELTER).json["messages"]) == 1
    answer = withdraw(web)
    assert (answer.json["stopped"], answer.json["may_have_left"]) == (0, 1)
    assert answer.json["may_have_left_to"] == [SHELTER]


def test_one_consent_may_be_taken_back_and_the_others_stay(web: Web) -> None:
    first = record(web).json["consent"]
    record(web, "key-0000005", recipient=HILL)
    assert withdraw(web, consent=first).json["withdrawn"] == 1
    states = {one["recipient"]: one["state"] for one in search(web).json["consents"]}
    assert states == {SHELTER: "withdrawn", HILL: "given"}


def test_nobody_takes_back_what_is_not_under_its_own_reference(web: Web) -> None:
    consent = record(web).json["consent"]
    for answer in (withdraw(web, agency=HILL), withdraw(web, agency=HILL, consent=consent)):
        assert (answer.status, answer.code) == (404, "not_found")
    unknown = withdraw(web, consent="0" * 26)
    assert (unknown.status, unknown.code) == (404, "not_found")
    assert [one["state"] for one in search(web).json["consents"]] == ["given"]


def test_a_withdrawal_without_a_key_is_refused(web: Web) -> None:
    record(web)
    answer = web.ask("POST", "/v1/withdrawals", {"person_ref": PERSON_REF})
    assert (answer.status, answer.faults) == (400, [("Idempotency-Key", "required")])


def test_a_repeated_withdrawal_gets_the_first_answer(web: Web) -> None:
    """The first answer may have been lost on the way; a second one must not look as if nothing had been stopped."""
    record(web)
    refer(web)
    first, again = withdraw(web), withdraw(web)
    assert (again.status, again.body) == (200, first.body)


def events(web: Web, consent: Json, agency: str = POLICE, key: str = "key-0000009", **body: Json) -> Answer:
    """Say what happened to a consent."""
    said = {"schema": "consent_event/1.0", **body}
    return web.ask("POST", f"/v1/consents/{consent}/events", said, {"Idempotency-Key": key}, agency)


def test_what_happened_to_a_consent_is_told_and_told_again_to_a_repetition(web: Web) -> None:
    consent = record(web).json["consent"]
    refer(web)
    first = events(web, consent, type="revoked", revoked_by="court")
    assert (first.status, first.json["state"], first.json["stopped"]) == (201, "revoked", 1)
    again = events(web, consent, type="revoked", revoked_by="court")
    assert (again.status, again.body) == (201, first.body)
    assert events(web, consent, type="withdrawn").code == "idempotency_key_reused"


def test_an_event_that_fits_no_longer_is_a_conflict(web: Web) -> None:
    consent = record(web).json["consent"]
    events(web, consent, type="withdrawn")
    answer = events(web, consent, key="key-0000010", type="revoked", revoked_by="court")
    assert (answer.status, answer.code, answer.faults) == (409, "consent_event_unfit", [("/type", "state")])


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"type": "expired"}, ("/type", "enum")),
        ({"type": "revoked"}, ("/revoked_by", "required")),
        ({"type": "withdrawn", "reason": "not_informed"}, ("/reason", "additionalProperties")),
        ({"type": "narrowed", "note": CANARY}, ("/*", "additionalProperties")),
    ],
)
def test_an_event_of_another_form_is_refused_without_its_words(
    web: Web, body: dict[str, Json], fault: tuple[str, str]
) -> None:
    answer = events(web, record(web).json["consent"], **body)
    assert answer.status == 422
    assert fault in answer.faults
    assert CANARY.encode() not in answer.body


def test_one_consent_is_shown_as_it_stood_at_a_past_moment(web: Web) -> None:
    consent = record(web).json["consent"]
    web.moved(DAY)
    events(web, consent, type="withdrawn")
    path = f"/v1/consents/{consent}"
    now, then = web.ask("GET", path), web.ask("GET", path, query="at=2031-03-14T13:00:00Z")
    assert (now.json["state"], now.json["active"]) == ("withdrawn", False)
    assert (then.json["state"], then.json["active"]) == ("given", True)
    assert now.json["history"] == [
        {"type": "recorded", "at": "2031-03-14T12:00:00Z"},
        {"type": "withdrawn", "at": "2031-03-15T12:00:00Z"},
    ]
    assert PERSON_REF.encode() not in now.body
    [listed] = search(web, at="2031-03-14T13:00:00Z").json["consents"]
    assert listed["state"] == "given"
    assert search(web, at="2031-03-14T11:00:00Z").json == {"consents": []}


def test_c_08_a_consent_that_ran_out_is_shown_as_expired(web: Web) -> None:
    consent = record(web).json["consent"]
    web.moved(100 * DAY)
    answer = web.ask("GET", f"/v1/consents/{consent}")
    assert (answer.json["state"], answer.json["active"]) == ("expired", False)


def test_a_consent_of_another_agency_and_one_that_never_was_are_answered_alike(web: Web) -> None:
    consent = record(web).json["consent"]
    theirs = web.ask("GET", f"/v1/consents/{consent}", agency=HILL)
    nobodys = web.ask("GET", f"/v1/consents/{'0' * 26}", agency=HILL)
    assert (theirs.status, theirs.body) == (404, nobodys.body)
    said = [events(web, one, HILL, type="withdrawn") for one in (consent, "0" * 26)]
    assert [(answer.status, answer.body) for answer in said] == [(404, nobodys.body)] * 2
    assert search(web).json["consents"][0]["state"] == "given"


@pytest.mark.parametrize("query", ["at=yesterday", "at=2031-02-30T00:00:00Z", "at=", "since=2031-03-14T13:00:00Z"])
def test_a_moment_that_is_none_is_refused(web: Web, query: str) -> None:
    consent = record(web).json["consent"]
    assert web.ask("GET", f"/v1/consents/{consent}", query=query).status in {400, 422}
