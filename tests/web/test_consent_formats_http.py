"""Consents in other people's formats over HTTP: out by Accept, in by Content-Type, and never wider than they were."""

import json
from collections.abc import Mapping

import pytest
from builders import POLICE, SHELTER, a_consent_document
from happening import INFORMED, WHO, happens
from line import ENFORCERS, HILL
from web_door import Answer, Web

from adapters.consents import FORMATS
from schemas.documents import Json
from schemas.validation import satisfies

CANARY = "Anamaria-Canary"
KINDS = {key: form.media_type for key, form in FORMATS.items()}
SUPPLEMENT = "application/vnd.referral-gateway.supplement+json"
TERMS = ("recipient", "decision", "state", "active", "purposes", "categories", "begins", "ends", "given_by")


@pytest.fixture
def web() -> Web:
    return Web()


def record(web: Web, **changes: Json) -> str:
    """Record her yes; its id."""
    web.line.requests += 1
    headers = {"Idempotency-Key": f"first-key-{web.line.requests}"}
    answer = web.ask("POST", "/v1/consents", a_consent_document(**changes), headers)
    assert answer.status == 201, answer.body
    return str(answer.json["consent"])


def shown(web: Web, consent: str, accept: str = "application/json", agency: str = POLICE) -> Answer:
    return web.ask("GET", f"/v1/consents/{consent}", headers={"Accept": accept}, agency=agency)


def sent(web: Web, kind: str, body: bytes, supplement: Mapping[str, Json] | None = None) -> Answer:
    """Send a consent in another's format, with what the format lacks."""
    web.line.requests += 1
    headers = {"Idempotency-Key": f"import-key-{web.line.requests}", "Content-Type": kind}
    if supplement is not None:
        headers["Content-Type"] = f'multipart/related; boundary="between"; type="{kind}"'
        parts = ((kind, body), (SUPPLEMENT, json.dumps(supplement).encode()))
        body = b"".join(f"--between\r\nContent-Type: {one}\r\n\r\n".encode() + part + b"\r\n" for one, part in parts)
        body += b"--between--\r\n"
    return web.ask("POST", "/v1/consents", body, headers)


def lacks(answer: Answer, **changes: Json) -> dict[str, Json]:
    """What an answer says its format has no place for, as the agency knows it."""
    document = a_consent_document(**changes)
    lost = (answer.header("gx-not-carried") or "").split(", ")
    return {name: document[name] for path in lost if (name := path.removeprefix("/")) in document and name != "state"}


@pytest.mark.parametrize("key", KINDS)
def test_a_consent_goes_out_and_comes_in_again_with_the_same_meaning(web: Web, key: str) -> None:
    restrictions: Json = None if key == "kantara" else [{"category": "alias", "recipient": HILL}]
    consent = record(web, restrictions=restrictions)
    out = shown(web, consent, KINDS[key])
    assert (out.status, out.header("content-type")) == (200, KINDS[key])

    elsewhere = Web()
    came = sent(elsewhere, KINDS[key], out.body, lacks(out, valid_from="2031-03-14T11:00:00Z"))
    assert came.status == 201, came.body
    before, after = shown(web, consent).json, shown(elsewhere, str(came.json["consent"])).json
    assert {name: before[name] for name in TERMS} == {name: after[name] for name in TERMS}
    assert before["restrictions"] == after["restrictions"]


@pytest.mark.parametrize("key", KINDS)
def test_a_01_each_that_goes_out_is_an_entry_of_the_log(web: Web, key: str) -> None:
    shown(web, record(web), KINDS[key])
    [leaf] = web.line.leaves("consent.exported")
    assert satisfies(leaf, "ledger/1.0")


@pytest.mark.parametrize("key", KINDS)
def test_another_agencys_consent_and_one_that_never_was_are_answered_alike(web: Web, key: str) -> None:
    consent = record(web)
    answers = [shown(web, consent, KINDS[key], HILL), shown(web, "0" * 26, KINDS[key], HILL)]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].body == answers[1].body
    assert web.line.leaves("consent.exported") == []


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/fhir+json, application/json;q=0.1"])
def test_whoever_takes_our_own_format_gets_it(web: Web, accept: str) -> None:
    assert shown(web, record(web), accept).header("content-type") == "application/json"


def test_a_format_nobody_writes_is_not_acceptable(web: Web) -> None:
    assert shown(web, record(web), "application/pdf").status == 406


def test_c_17_anothers_format_speaks_of_now_only(web: Web) -> None:
    path, headers = f"/v1/consents/{record(web)}", {"Accept": KINDS["fhir"]}
    assert web.ask("GET", path, headers=headers, query="at=2031-03-14T11:30:00Z").status == 400


def test_c_19_what_waits_for_a_second_person_is_not_told_as_a_consent(web: Web) -> None:
    answer = shown(web, record(web, taken_by={"agency": POLICE, "name": CANARY}), KINDS["fhir"])
    assert (answer.status, answer.faults) == (406, [("/state", "C-19")])
    assert CANARY.encode() not in answer.body


def test_c_19_what_comes_in_waits_for_a_second_person_like_anything(web: Web) -> None:
    consent = record(web)
    out = shown(web, consent, KINDS["fhir"])
    added = {**lacks(out), "taken_by": {"agency": POLICE, "name": CANARY}}
    came = sent(Web(), KINDS["fhir"], out.body, added)
    assert (came.status, came.json["active"]) == (201, False)


@pytest.mark.parametrize("key", KINDS)
def test_c_05_without_what_the_format_lacks_it_is_not_recorded(web: Web, key: str) -> None:
    out, elsewhere = shown(web, record(web), KINDS[key]), Web()
    came = sent(elsewhere, KINDS[key], out.body)
    assert (came.status, came.code) == (422, "document_invalid")
    assert {rule for _, rule in came.faults} == {"required"}
    assert not elsewhere.line.book.people


def test_c_16_a_supplement_adds_and_never_overrules(web: Web) -> None:
    out = shown(web, record(web), KINDS["fhir"])
    came = sent(Web(), KINDS["fhir"], out.body, {**lacks(out), "categories": ["narrative"]})
    assert (came.status, came.faults) == (422, [("/categories", "conflict")])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"recipient": ENFORCERS}, ("/recipient", "C-03")),
        ({"recipient": "nobody-known"}, ("/recipient", "C-03")),
        ({"discloser": HILL}, ("/discloser", "C-03")),
    ],
    ids=["enforcement", "nobody", "another discloser"],
)
def test_f_01_c_03_the_rules_are_those_of_every_consent(
    web: Web, change: dict[str, str], fault: tuple[str, str]
) -> None:
    out = shown(web, record(web), KINDS["fhir"])
    [(name, agency)] = change.items()
    said = {"recipient": SHELTER, "discloser": POLICE}[name]
    body = json.dumps(renamed(json.loads(out.body), said, agency)).encode()
    came = sent(Web(), KINDS["fhir"], body, lacks(out))
    assert (came.status, came.faults) == (422, [fault])


def renamed(node: Json, before: str, after: str) -> Json:
    if isinstance(node, dict):
        return {name: renamed(inner, before, after) for name, inner in node.items()}
    if isinstance(node, list):
        return [renamed(inner, before, after) for inner in node]
    return after if node == before else node


def test_what_is_not_certain_is_refused_with_a_pointer_and_no_value(web: Web) -> None:
    document = json.loads(shown(web, record(web), KINDS["fhir"]).body)
    document["note"] = CANARY
    came = sent(web, KINDS["fhir"], json.dumps(document).encode())
    assert (came.status, came.faults) == (422, [("/*", "not_carried")])
    assert CANARY.encode() not in came.body


def test_it_is_told_as_it_stands_narrowed_renewed_and_withdrawn(web: Web) -> None:
    consent = record(web)
    happens(web.line, consent, "narrowed", **WHO, categories=["need"])
    happens(web.line, consent, "renewed", **INFORMED)
    record_ = json.loads(shown(web, consent, KINDS["iso27560"]).body)
    process, [event] = record_["dpv:hasProcess"], record_["dpv:hasConsentStatus"]
    assert event["@type"] == "dpv:RenewedConsentGiven"
    assert process["dpv:hasNotice"]["dct:hasVersion"] == "2031-02"
    assert len(process["dpv:hasPersonalData"]) == 1
    web.line.takes_back(consent)
    [ended] = json.loads(shown(web, consent, KINDS["iso27560"]).body)["dpv:hasConsentStatus"]
    assert ended["@type"] == "dpv:ConsentWithdrawn"
