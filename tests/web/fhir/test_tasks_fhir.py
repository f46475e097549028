"""A referral as a FHIR Task: read, found and updated by its two parties, and by nobody else."""

import copy
from datetime import timedelta

import pytest
from builders import POLICE, SHELTER
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.task import Task
from fhir_door import MESSAGE, FhirWeb, a_lone_task, a_web, coded, issues
from line import HILL

from gateway.core.access.scopes import Scope
from schemas.documents import Json

REASON = "urn:referral-gateway:fhir:status-reason"


@pytest.fixture
def web() -> FhirWeb:
    """An application in which one referral was sent and handed out."""
    made = a_web()
    made.send("/fhir/Task", a_lone_task())
    made.line.fetch()
    return made


def read(web: FhirWeb, agency: str) -> dict[str, Json]:
    """Return the one Task an agency has."""
    [task] = web.find(agency=agency)
    return task


def changed(task: dict[str, Json], **changes: Json) -> dict[str, Json]:
    return {**copy.deepcopy(task), **changes}


def test_both_parties_see_it_and_each_under_its_own_name(web: FhirWeb) -> None:
    sent, received = read(web, POLICE), read(web, SHELTER)
    assert sent["id"] != received["id"]
    assert received["identifier"] == [{"system": MESSAGE, "value": received["id"]}]
    assert sent["identifier"][0]["value"] == "CASE-2031/114"
    for task in (sent, received):
        Task.model_validate(task)
        assert task["requester"]["identifier"]["value"] == POLICE
        assert task["owner"]["identifier"]["value"] == SHELTER
        assert not {"for", "focus", "input", "note", "description", "contained"} & task.keys()


def test_the_senders_own_number_is_not_told_to_the_recipient(web: FhirWeb) -> None:
    answer = web.ask("GET", f"/fhir/Task/{read(web, SHELTER)['id']}", agency=SHELTER)
    assert answer.status == 200
    assert b"CASE-2031" not in answer.body


def test_c_04_a_recipient_sees_nothing_before_it_is_handed_out() -> None:
    web = a_web()
    web.send("/fhir/Task", a_lone_task())
    assert web.find(agency=SHELTER) == []
    [parcel] = web.line.book.parcels
    assert web.ask("GET", f"/fhir/Task/{parcel}", agency=SHELTER).status == 404


def test_m_04_anybody_elses_an_invented_and_an_impossible_one_are_alike(web: FhirWeb) -> None:
    mine, theirs = read(web, POLICE)["id"], read(web, SHELTER)["id"]
    answers = [
        web.ask("GET", f"/fhir/Task/{name}", agency=agency)
        for name, agency in ((mine, SHELTER), (theirs, POLICE), (mine, HILL), ("0" * 26, POLICE), ("P-0114", POLICE))
    ]
    assert {(one.status, one.headers, one.body) for one in answers} == {(404, answers[0].headers, answers[0].body)}
    assert issues(answers[0]) == [("not-found", "not_found", "")]


def test_each_side_needs_its_own_scope(web: FhirWeb) -> None:
    web.verifier.scopes = frozenset({Scope.READ_INBOX})
    assert len(web.find(agency=SHELTER)) == 1
    assert web.find(agency=POLICE) == []
    web.verifier.scopes = frozenset({Scope.SEND_REFERRALS})
    assert web.ask("GET", "/fhir/Task", agency=POLICE).status == 403


# ------------------------------------------------------------------------------------------------------------- search


def test_a_search_finds_by_what_it_shows(web: FhirWeb) -> None:
    mine = read(web, POLICE)
    for query, found in (
        (f"_id={mine['id']}", 1),
        ("_id=nobody", 0),
        ("status=requested", 1),
        ("status=accepted", 0),
        ("status=accepted,requested", 1),
        (f"owner:identifier=urn:referral-gateway:agency|{SHELTER}", 1),
        (f"owner:identifier={HILL}", 0),
        (f"requester:identifier={POLICE}", 1),
        (f"requester:identifier={SHELTER}", 0),
    ):
        assert len(web.find(query)) == found, query


def test_a_posted_form_finds_the_same(web: FhirWeb) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = web.ask("POST", "/fhir/Task/_search", b"status=requested&_count=5", form)
    assert len(answer.json["entry"]) == 1


@pytest.mark.parametrize(
    "query",
    [
        *("subject=Patient/1", "patient=P-0114", "_has:Task:x=y", "_include=Task:patient", "_revinclude=x", "_total=1"),
        *("_summary=count", "_elements=id", "_sort=status", "identifier=CASE-2031/114", "owner.name=x", "code=x"),
        *("status:not=accepted", "_content=Linnet", "_text=Linnet", "_filter=x", "for=x", "_lastUpdated=ge2000"),
    ],
)
def test_nothing_hidden_can_be_searched_for(web: FhirWeb, query: str) -> None:
    answer = web.ask("GET", "/fhir/Task", query=query)
    assert (answer.status, issues(answer)) == (400, [("not-supported", "unknown_parameter", "query")])
    lenient = web.ask("GET", "/fhir/Task", b"", {"Prefer": "handling=lenient"}, query=query)
    assert len(lenient.json["entry"]) == 1, "ignored, and so filtering nothing"
    assert lenient.json["link"][0]["url"] == "https://gateway.example/fhir/Task"


@pytest.mark.parametrize(
    "query",
    ["_count=0", "_count=-1", "_count=x", "status=zzz", "_id=/", "_cursor=x", "owner:identifier=*", "_id=a&_id=b"],
)
def test_a_parameter_of_another_form_is_a_400(web: FhirWeb, query: str) -> None:
    assert web.ask("GET", "/fhir/Task", query=query).status == 400


def test_pages_are_bounded_and_tell_no_total() -> None:
    web = a_web()
    for number in range(5):
        sent = web.send("/fhir/Task", a_lone_task(identifier=[{"value": f"CASE-{number}"}]))
        assert sent.status == 201
    found: list[str] = []
    query = "_count=2"
    for size in (2, 2, 1):
        answer = web.ask("GET", "/fhir/Task", query=query)
        Bundle.model_validate_json(answer.body)
        assert "total" not in answer.json
        assert len(answer.json["entry"]) == size
        found += [entry["resource"]["id"] for entry in answer.json["entry"]]
        more = [link["url"] for link in answer.json["link"] if link["relation"] == "next"]
        query = more[0].partition("?")[2] if more else ""
    assert not query
    assert len({*found}) == 5


def test_an_empty_page_says_nothing_of_others(web: FhirWeb) -> None:
    answer = web.ask("GET", "/fhir/Task", agency=HILL)
    assert answer.json.keys() == {"resourceType", "type", "link"}


# ------------------------------------------------------------------------------------------------------------- update


def test_m_05_the_recipient_accepts_by_changing_the_status(web: FhirWeb) -> None:
    task = read(web, SHELTER)
    answer = web.put(changed(task, status="accepted"), SHELTER)
    assert (answer.status, answer.json["status"]) == (200, "accepted")
    assert read(web, POLICE)["status"] == "accepted"
    assert [leaf["type"] for leaf in web.line.leaves("disclosure.")][-2:] == [
        "disclosure.delivered",
        "disclosure.answered",
    ], "a format without a receipt says both at once"
    assert web.line.parcel.payload == b""


def test_the_whole_life_of_a_referral(web: FhirWeb) -> None:
    for status in ("received", "accepted", "in-progress", "on-hold", "accepted", "completed"):
        answer = web.put(changed(read(web, SHELTER), status=status), SHELTER)
        assert (answer.status, answer.json["status"]) == (200, status)
        assert read(web, POLICE)["status"] == status


def test_m_06_a_reason_comes_back_as_a_code_and_text_does_not(web: FhirWeb) -> None:
    reason = {**coded(REASON, "lack_of_capacity"), "text": "Linnet would not like it here"}
    assert web.put(changed(read(web, SHELTER), status="rejected", statusReason=reason), SHELTER).status == 200
    told = read(web, POLICE)
    assert told["statusReason"]["coding"] == [{"system": REASON, "code": "lack_of_capacity"}]
    assert "Linnet" not in str(told)


def test_a_step_that_is_not_allowed_conflicts(web: FhirWeb) -> None:
    answer = web.put(changed(read(web, SHELTER), status="completed"), SHELTER)
    assert (answer.status, issues(answer)) == (409, [("conflict", "state_conflict", "")])
    assert read(web, SHELTER)["status"] == "requested"


def test_m_03_after_the_end_nothing_more_is_said(web: FhirWeb) -> None:
    web.put(changed(read(web, SHELTER), status="rejected"), SHELTER)
    assert web.put(changed(read(web, SHELTER), status="accepted"), SHELTER).status == 409


def test_the_same_update_again_changes_nothing(web: FhirWeb) -> None:
    task = changed(read(web, SHELTER), status="accepted")
    leaves = [web.put(task, SHELTER).status and len(web.line.book.leaves) for _ in range(3)]
    assert leaves[0] == leaves[1] == leaves[2]


def test_an_older_version_is_refused_where_the_client_names_it(web: FhirWeb) -> None:
    task = read(web, SHELTER)
    tag = f'W/"{task["meta"]["versionId"]}"'
    assert web.put(changed(task, status="accepted"), SHELTER, **{"If-Match": tag}).status == 200
    late = web.put(changed(task, status="completed"), SHELTER, **{"If-Match": tag})
    assert (late.status, issues(late)) == (412, [("conflict", "version", "If-Match")])


def test_a_version_is_another_one_for_each_client(web: FhirWeb) -> None:
    assert read(web, POLICE)["meta"] != read(web, SHELTER)["meta"]


def test_a_client_that_has_it_is_told_so(web: FhirWeb) -> None:
    task = read(web, SHELTER)
    known = {"If-None-Match": f'W/"{task["meta"]["versionId"]}"'}
    assert web.ask("GET", f"/fhir/Task/{task['id']}", b"", known, SHELTER).status == 304
    assert web.ask("GET", f"/fhir/Task/{task['id']}", b"", {"If-None-Match": 'W/"x"'}, SHELTER).status == 200


@pytest.mark.parametrize("written", ['"{}"', 'W/"x", W/"{}"', '"x","{}"', "*"])
def test_a_tag_may_be_written_in_every_way_there_is(web: FhirWeb, written: str) -> None:
    """RFC 9110 section 13.1: among others, or without the W/ that some clients take off."""
    task = read(web, SHELTER)
    tags = written.format(task["meta"]["versionId"])
    assert web.ask("GET", f"/fhir/Task/{task['id']}", b"", {"If-None-Match": tags}, SHELTER).status == 304
    assert web.put(changed(task, status="accepted"), SHELTER, **{"If-Match": tags}).status == 200


def test_what_is_no_tag_is_refused(web: FhirWeb) -> None:
    task = read(web, SHELTER)
    looked = web.ask("GET", f"/fhir/Task/{task['id']}", b"", {"If-None-Match": "unquoted"}, SHELTER)
    assert (looked.status, issues(looked)) == (400, [("invalid", "entity_tag", "If-None-Match")])
    changing = web.put(changed(task, status="accepted"), SHELTER, **{"If-Match": "unquoted"})
    assert (changing.status, issues(changing)) == (400, [("invalid", "entity_tag", "If-Match")])


def test_the_sender_may_cancel(web: FhirWeb) -> None:
    answer = web.put(changed(read(web, POLICE), status="cancelled"), POLICE)
    assert (answer.status, answer.json["status"]) == (200, "cancelled")
    web.moved(timedelta(hours=1))
    assert all(b"accommodation" not in got.body for got in web.line.fetch())


def test_and_say_nothing_else(web: FhirWeb) -> None:
    for status in ("accepted", "completed", "received"):
        answer = web.put(changed(read(web, POLICE), status=status), POLICE)
        assert (answer.status, issues(answer)) == (422, [("structure", "not_yours_to_say", "Task.status")])
    assert read(web, POLICE)["status"] == "requested"


def test_a_third_agency_updates_nothing(web: FhirWeb) -> None:
    task = changed(read(web, SHELTER), status="accepted")
    assert (web.put(task, HILL).status, web.put(task, POLICE).status) == (404, 404)
    assert read(web, SHELTER)["status"] == "requested"


@pytest.mark.parametrize(
    ("changes", "place"),
    [({"id": "0" * 26}, "Task.id"), ({"resourceType": "Patient"}, "Task.resourceType"), ({"status": 7}, "Task.status")],
)
def test_a_task_that_is_wrong_is_refused_with_its_place(web: FhirWeb, changes: dict[str, Json], place: str) -> None:
    task = read(web, SHELTER)
    answer = web.ask("PUT", f"/fhir/Task/{task['id']}", changed(task, **changes), FHIR, SHELTER)
    assert answer.status in {400, 422}
    assert issues(answer)[0][2] == place


def test_an_update_needs_its_scope(web: FhirWeb) -> None:
    task = changed(read(web, SHELTER), status="accepted")
    web.verifier.scopes = frozenset({Scope.READ_INBOX, Scope.READ_REFERRALS})
    assert web.put(task, SHELTER).status == 403
    web.verifier.scopes = frozenset({Scope.SEND_REFERRALS})
    assert web.put(task, SHELTER).status == 404, "the scope of a sender does not answer for a recipient"


FHIR = {"Content-Type": "application/fhir+json"}
