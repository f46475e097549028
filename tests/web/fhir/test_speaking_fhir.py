"""The manners of the endpoint: media types, versions, unknown paths, and a statement of what it can do that is true."""

import re

import pytest
from fastapi import APIRouter
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir_door import FhirWeb, a_lone_task, a_web, issues
from line import a_line
from web_door import Answer

from adapters.consents import fhir_names as consent_names
from adapters.systems.fhir import names as adapter_names
from adapters.systems.fhir.tables import read_tables
from gateway.core.limits import Buckets, Limits
from gateway.web.fhir import names
from gateway.web.fhir.asking import URGENCIES
from gateway.web.fhir.capabilities import capability_statement

ID = "0" * 26
TYPES = ("Task", "Consent", "Patient", "ServiceRequest", "Bundle", "Observation", "AuditEvent")


@pytest.fixture(scope="module")
def web() -> FhirWeb:
    return a_web()


@pytest.fixture(scope="module")
def statement(web: FhirWeb) -> dict:
    answer = web.ask("GET", "/fhir/metadata", agency=None)
    assert answer.status == 200
    CapabilityStatement.model_validate_json(answer.body)
    return answer.json


def exists(web: FhirWeb, method: str, path: str) -> bool:
    """Say whether a request is understood: anything but an unknown path or method."""
    answer = web.ask(method, path, b"{}", {"Content-Type": "application/fhir+json"}, agency=None)
    assert answer.status in {401, 404, 405}
    assert issues(answer)
    return answer.status == 401


def test_everything_it_announces_exists_and_nothing_else_does(web: FhirWeb, statement: dict) -> None:
    """Held against behaviour: every interaction FHIR has, with every kind of resource."""
    [rest] = statement["rest"]
    said = {(one["type"], done["code"]) for one in rest["resource"] for done in one["interaction"]}
    tried = {
        "create": ("POST", "/fhir/{}"),
        "read": ("GET", f"/fhir/{{}}/{ID}"),
        "vread": ("GET", f"/fhir/{{}}/{ID}/_history/1"),
        "history-instance": ("GET", f"/fhir/{{}}/{ID}/_history"),
        "update": ("PUT", f"/fhir/{{}}/{ID}"),
        "patch": ("PATCH", f"/fhir/{{}}/{ID}"),
        "delete": ("DELETE", f"/fhir/{{}}/{ID}"),
        "search-type": ("GET", "/fhir/{}"),
    }
    found = {
        (kind, name)
        for kind in TYPES
        for name, (method, path) in tried.items()
        if exists(web, method, path.format(kind))
    }
    assert found == said
    assert exists(web, "POST", "/fhir") is (rest["interaction"] == [{"code": "transaction"}])
    assert [one["name"] for one in rest["operation"]] == ["process-message"]
    assert exists(web, "POST", "/fhir/$process-message")
    assert not exists(web, "POST", "/fhir/$everything")
    assert not exists(web, "GET", "/fhir")


def test_a_route_more_is_an_interaction_more() -> None:
    """The canary of the test above: the statement is read off the routes."""
    routes = APIRouter(prefix="/fhir")
    routes.add_api_route("/Consent/{consent}", lambda: None, methods=["GET"])
    [rest] = capability_statement(routes.routes, "", "1")["rest"]
    assert [(one["type"], one["interaction"]) for one in rest["resource"]] == [("Consent", [{"code": "read"}])]


def test_the_search_parameters_it_announces_are_understood(web: FhirWeb, statement: dict) -> None:
    [task] = [one for one in statement["rest"][0]["resource"] if one["type"] == "Task"]
    for parameter in task["searchParam"]:
        suffix = ":identifier" if parameter["type"] == "reference" else ""
        value = "open-door" if suffix else "requested"
        assert web.ask("GET", "/fhir/Task", query=f"{parameter['name']}{suffix}={value}").status == 200


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        *(("application/fhir+json", 200), ("application/json", 200), ("*/*", 200), ("text/html, */*;q=0.1", 200)),
        *(("application/fhir+json; fhirVersion=4.0", 200), ("application/fhir+xml, application/fhir+json", 200)),
        *(("application/fhir+xml", 406), ("text/html", 406), ("application/fhir+json; fhirVersion=5.0", 406)),
        ("application/fhir+json;q=0", 406),
    ],
)
def test_json_of_r4_is_what_there_is(web: FhirWeb, accept: str, status: int) -> None:
    answer = web.ask("GET", "/fhir/metadata", b"", {"Accept": accept}, agency=None)
    assert answer.status == status
    assert answer.header("content-type") == "application/fhir+json;charset=utf-8"


@pytest.mark.parametrize(
    ("form", "status"),
    [
        *(("json", 200), ("application/fhir%2Bjson", 200), ("application/fhir+json", 200), ("xml", 406), ("ttl", 406)),
        *(("application/json;charset=utf-8", 200), ("application/fhir%2Bjson; fhirVersion=4.0", 200)),
        *(("json;charset=latin-1", 406), (";", 406), ("%3B%C3%B8", 406), ("", 406), ("*/*", 406), ("JSON", 406)),
        *(("json&_format=json", 200), ("json&_format=xml", 406)),
    ],
)
def test_a_form_in_the_query_goes_before_what_is_accepted(web: FhirWeb, form: str, status: int) -> None:
    headers = {"Accept": "application/fhir+xml"}
    answer = web.ask("GET", "/fhir/metadata", b"", headers, agency=None, query=f"_format={form}")
    assert answer.status == status


@pytest.mark.parametrize(
    "sent",
    [
        "application/fhir+xml",
        "text/plain",
        "application/fhir+json;charset=utf-16",
        "application/fhir+json;fhirVersion=3.0",
    ],
)
def test_another_form_of_document_is_a_415(web: FhirWeb, sent: str) -> None:
    answer = web.ask("POST", "/fhir/Task", a_lone_task(), {"Content-Type": sent})
    assert (answer.status, issues(answer)) == (415, [("not-supported", "media_type", "Content-Type")])


def test_who_has_to_wait_is_told_so_in_the_words_of_what_he_asked_for() -> None:
    line = a_line()
    web = FhirWeb(line, limits=Limits(line.clock, addresses=Buckets(1, 1)))
    web.ask("GET", "/fhir/metadata", agency=None)
    told = [web.ask("GET", path, agency=None) for path in ("/fhir/metadata", "/openapi.json")]
    assert [(one.status, kind_of(one)) for one in told] == [
        (429, "application/fhir+json"),
        (429, "application/problem+json"),
    ]


def test_what_smart_puts_under_this_address_speaks_no_fhir(web: FhirWeb) -> None:
    told = web.ask("GET", "/fhir/.well-known/smart-configuration", agency=None)  # Here without the OAuth door.
    assert (told.status, kind_of(told)) == (404, "application/problem+json")


def kind_of(answer: Answer) -> str:
    return (answer.header("content-type") or "").partition(";")[0]


def test_an_unknown_path_is_an_operation_outcome(web: FhirWeb) -> None:
    answer = web.ask("GET", "/fhir/Nothing/here")
    assert (answer.status, [code for code, _, _ in issues(answer)]) == (404, ["not-found"])
    assert web.ask("GET", "/nothing/here").code == "not_found", "outside the endpoint a problem stays a problem"
    assert web.ask("GET", "/fhirish").code == "not_found"


def test_a_defect_is_an_operation_outcome_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    web = a_web()
    monkeypatch.setattr(web.log, "looked_up", None)
    web.line.adapters.known.pop("fhir")
    answer = web.send("/fhir/Task", a_lone_task())
    assert answer.status in {500, 503}
    assert [code for code, _, _ in issues(answer)] == ["transient"]


def test_too_large_a_document_is_a_413() -> None:
    web = a_web()
    answer = web.ask("POST", "/fhir/Task", b" " * 70_000, {"Content-Type": "application/fhir+json"})
    assert (answer.status, issues(answer)[0][0]) == (413, "too-long")


def test_the_names_are_those_of_the_adapter() -> None:
    shared = {name for name in vars(names) if name.isupper() and hasattr(adapter_names, name)}
    assert {*shared} >= {"AGENCY", "MESSAGE", "PURPOSE", "TASK_CODE", "V2_EVENT"}
    assert all(getattr(names, name) == getattr(adapter_names, name) for name in shared)


@pytest.mark.parametrize("name", ["AGENCY", "PERSON_REF", "PURPOSE"])
def test_a_consent_names_agencies_people_and_purposes_as_a_referral_does(name: str) -> None:
    assert getattr(consent_names, name) == getattr(adapter_names, name)


def test_the_priorities_are_those_of_the_adapter() -> None:
    written = read_tables().of("urgency_priority")
    assert {URGENCIES[written.codes[urgency]] for urgency in written.codes} == {*URGENCIES.values()}
    assert all(URGENCIES[code].value == urgency for urgency, code in written.codes.items())


def test_no_address_is_made_from_the_host_header(web: FhirWeb) -> None:
    answer = web.ask("GET", "/fhir/Task", b"", {"Host": "evil.example"})
    assert not re.search(rb"evil", answer.body)


def test_a_client_is_challenged_in_the_scheme_it_used(web: FhirWeb) -> None:
    """RFC 9110 section 11.6.1; whoever used none is told of both."""
    for shown, schemes in (("Bearer x", ["Bearer"]), ("DPoP", ["DPoP"]), ("", ["DPoP", "Bearer"])):
        headers = {"Authorization": shown} if shown else {}
        answer = web.ask("GET", "/fhir/Task", b"", headers, agency=None)
        challenges = [value for name, value in answer.headers if name == "www-authenticate"]
        assert (answer.status, [one.partition(" ")[0] for one in challenges]) == (401, schemes)
