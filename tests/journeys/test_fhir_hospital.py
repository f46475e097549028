"""A hospital's FHIR system, unmodified: SMART tokens, official documents, one woman referred, answered and protected.

The whole gateway with real files, over ASGI; the client knows FHIR and nothing else.
"""

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir_client import FhirClient
from fhir_door import a_lone_task, a_patient, a_request, agency, coded
from joserfc.jwk import ECKey
from journeys.grounds import spoken
from journeys.in_process import Line, a_line
from journeys.onward import agreed, joined, system
from journeys.searching import found
from journeys.test_leaks import files
from samples import sample

from gateway.core.access.client_modes import ClientMode
from gateway.core.access.scopes import Scope
from gateway.core.consents.desk import Actor
from gateway.demo.agencies import SHELTER
from gateway.demo.client import System
from schemas.documents import Document, Json
from schemas.vocabulary import FunctionClass, Purpose

HOSPITAL, HOSTEL, STRANGER = "hillside-hospital", "quay-hostel", "far-hospital"
PERSON = "urn:referral-gateway:person-ref"


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with a_line(tmp_path_factory.mktemp("hospital") / ".demo") as opened:
        hospital, hostel, _ = (
            joined(opened, HOSPITAL, FunctionClass.HEALTH, "fhir"),
            joined(opened, HOSTEL, FunctionClass.SHELTER, "fhir"),
            joined(opened, STRANGER, FunctionClass.HEALTH, "fhir"),
        )
        agreed(opened, hospital, hostel, Purpose.ACCOMMODATION)
        agreed(opened, hospital, opened.world.members[SHELTER], Purpose.ACCOMMODATION)
        yield opened


def client(line: Line, name: str) -> FhirClient:
    """Register a backend service for an agency, as its operator would, and sign it in."""
    key = ECKey.generate_key("P-384", auto_kid=True)
    registry, public = line.world.gateway.registry, key.as_dict(private=False)
    asyncio.run(registry.add_client(f"{name}-fhir", name, [public], frozenset(Scope), ClientMode.SMART))
    made = FhirClient(f"{line.world.url}/fhir", f"{name}-fhir", key, line.world.http, line.clock)
    made.sign_in()
    return made


@pytest.fixture(scope="module")
def hospital(line: Line) -> FhirClient:
    return client(line, HOSPITAL)


@pytest.fixture(scope="module")
def hostel(line: Line) -> FhirClient:
    return client(line, HOSTEL)


@pytest.fixture(scope="module")
def stranger(line: Line) -> FhirClient:
    return client(line, STRANGER)


def says(line: Line, person_ref: str, recipient: str = HOSTEL, **changes: Json) -> None:
    """Let her say yes at the hospital."""
    document = {**spoken(0), "person_ref": person_ref, "discloser": HOSPITAL, "recipient": recipient, **changes}
    outcome = asyncio.run(line.world.gateway.door.desk.record(Actor(HOSPITAL, None), document, f"yes-{person_ref}"))
    assert outcome.answer["active"]


def her(person_ref: str, **changes: Json) -> dict[str, Json]:
    return a_patient(**{"identifier": [{"system": PERSON, "value": person_ref}], "id": "her", **changes})


def a_referral(person_ref: str, number: str, recipient: str = HOSTEL, **changes: Json) -> dict[str, Json]:
    """Return the hospital's Task about her."""
    inside = [her(person_ref), a_request(id="request", subject={"reference": "#her"})]
    own = {"identifier": [{"value": number}], "owner": agency(recipient), "requester": agency(HOSPITAL)}
    return a_lone_task(**{**own, "contained": inside, **changes})


def test_a_referral_goes_out_and_its_answer_comes_back(
    line: Line, hospital: FhirClient, hostel: FhirClient, inbox: System
) -> None:
    def held(**filters: str) -> dict[str, Document]:
        entries = hostel.ask("GET", "/Task", **filters).json().get("entry", [])
        return {entry["resource"]["id"]: entry["resource"] for entry in entries}

    inbox.post("/v1/inbox/lease")
    before = held()
    says(line, "H-1")
    created = hospital.ask("POST", "/Task", a_referral("H-1", "VISIT-1"))
    assert created.status_code == 201, created.text
    assert held() == before, "not handed out yet"
    assert inbox.post("/v1/inbox/lease").status == 200
    [task] = [task for name, task in held(status="requested").items() if name not in before]
    for status in ("accepted", "in-progress", "completed"):
        task = hostel.ask("PUT", f"/Task/{task['id']}", {**task, "status": status}).json()
        seen = hospital.ask("GET", created.headers["Location"].removeprefix(hospital.base)).json()
        assert (task["status"], seen["status"]) == (status, status)


@pytest.fixture(scope="module")
def inbox(line: Line) -> System:
    """The hostel's inbox, which another system of it reads."""
    return system(line, HOSTEL, Scope.READ_INBOX, Scope.ACKNOWLEDGE_INBOX)


def test_a_token_for_this_endpoint_opens_no_other(line: Line, hospital: FhirClient) -> None:
    for scheme in ("Bearer", "DPoP"):
        answer = line.world.http.get(
            f"{line.world.url}/v1/notices", headers={"Authorization": f"{scheme} {hospital.token}"}
        )
        assert answer.status_code == 401


def test_a_third_hospital_finds_nothing_and_learns_nothing(
    line: Line, hospital: FhirClient, stranger: FhirClient
) -> None:
    says(line, "H-2")
    made = hospital.ask("POST", "/Task", a_referral("H-2", "VISIT-2")).json()
    assert "entry" not in stranger.ask("GET", "/Task").json()
    foreign, invented = stranger.ask("GET", f"/Task/{made['id']}"), stranger.ask("GET", f"/Task/{'0' * 26}")
    assert (foreign.status_code, foreign.content) == (invented.status_code, invented.content) == (404, foreign.content)


# ---------------------------------------------------------------------------------------------------------------- leaks

SECRETS = {
    "family": "Mirela-Kestrel",
    "given": "Zamfira",
    "telephone": "+40 721 555 0143",
    "street": "Strada Cerbului 44",
    "narrative": "She was held in the yellow house",
    "display": "Nurse Teodora Brancusi",
    "description": "locked in from May until Tuesday",
    "file": "MRN-55310-X",
    "unknown": "Quetzalcoatl-field",
}


def full_of_secrets(person_ref: str, number: str) -> dict[str, Json]:
    """Return a Task with a secret in every place where FHIR systems put one."""
    patient = her(
        person_ref,
        name=[{"family": SECRETS["family"], "given": [SECRETS["given"]]}],
        telecom=[{"system": "phone", "value": SECRETS["telephone"]}],
        address=[{"line": [SECRETS["street"]]}],
        text={"status": "generated", "div": f"<div>{SECRETS['narrative']}</div>"},
    )
    patient["identifier"] = [*patient["identifier"], {"system": "urn:invented:mrn", "value": SECRETS["file"]}]
    request = a_request(id="request", subject={"reference": "#her"}, note=[{"text": SECRETS["narrative"]}])
    return a_referral(
        person_ref,
        number,
        contained=[patient, request],
        description=SECRETS["description"],
        requester={**agency(HOSPITAL), "display": SECRETS["display"]},
        note=[{"text": SECRETS["narrative"]}],
    )


def test_nothing_of_a_document_comes_back_or_stays(line: Line, hospital: FhirClient) -> None:
    says(line, "H-3")
    lines, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(lines), root.level
    handler.addFilter(lambda record: not record.name.startswith("httpx"))  # the client's own log of its own requests
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        before = len(hospital.answers)
        document = full_of_secrets("H-3", "VISIT-3")
        assert hospital.ask("POST", "/Task", document).status_code == 201
        hospital.ask("POST", "/Task", {**document, SECRETS["unknown"]: SECRETS["family"]})
        hospital.ask("POST", "/Task", {**document, "status": SECRETS["family"]})
        hospital.ask("POST", "/Task", json.dumps(document).encode()[:-40])
        hospital.ask("GET", "/Task", None, patient=SECRETS["family"], _has=SECRETS["file"])
        hospital.ask("GET", f"/Task/{SECRETS['family']}")
        hospital.ask("GET", "/Task")
        assert [answer.status_code for answer in hospital.answers[before:]] == [201, 400, 422, 400, 400, 404, 200]
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    evidence = {f"answer {place}": answer.content for place, answer in enumerate(hospital.answers[before:])}
    evidence |= files(line.world.folder.root, "") | {"log lines": lines.getvalue().encode()}
    secrets = {name: value for name, value in SECRETS.items() if name != "unknown"}
    assert found(evidence, secrets, {}) == []
    assert found({"sent": json.dumps(document).encode()}, secrets, {}), "the canary: they were sent, and can be found"


# --------------------------------------------------------------------------------------------------- official documents


OFFICIAL_REQUEST = "ServiceRequest-SDOHCC-ServiceRequestActiveFoodPantryApplicationAssistExample"
OFFICIAL_TASK = "Task-SDOHCC-TaskReferralManagementOrderFulfillmentAcceptedExample"


def official() -> list[tuple[str, bytes]]:
    """Every JSON document of HL7, Gravity, BSeR and the NHS that is at hand."""
    folder = sample("fhir")
    return [(str(path.relative_to(folder)), path.read_bytes()) for path in sorted(folder.rglob("*.json"))]


def test_every_official_document_is_answered_in_fhir_and_never_by_a_fault(hospital: FhirClient) -> None:
    """Most are no referral, and many of the NHS's are no FHIR: all are refused with an outcome that says where."""
    for name, content in official():
        for path in ("", "/$process-message", "/Task"):
            answer = hospital.ask("POST", path, content)
            assert 400 <= answer.status_code < 500, (name, path, answer.status_code)
            OperationOutcome.model_validate(answer.json())


def test_an_official_task_is_a_referral_once_it_says_to_whom_and_about_whom(line: Line, hospital: FhirClient) -> None:
    """Gravity's own request and Task: an integrator adds four identifiers and nothing else."""
    says(line, "H-4")
    folder = sample("fhir", "gravity-sdohcc-2.3.0")
    request = json.loads(
        (folder / "ServiceRequest-SDOHCC-ServiceRequestActiveFoodPantryApplicationAssistExample.json").read_bytes()
    )
    task = json.loads((folder / "Task-SDOHCC-TaskReferralManagementOrderFulfillmentAcceptedExample.json").read_bytes())
    task |= {"status": "requested", "owner": agency(HOSTEL), "identifier": [{"value": "VISIT-4"}]}
    task["reasonCode"] = coded("urn:referral-gateway:fhir:purpose", "assistance.accommodation")
    patient = her("H-4", id=task["for"]["reference"].rpartition("/")[2])
    parts = [("task", task), ("request", request), ("her", patient)]
    entries = [{"resource": one, "request": {"method": "POST", "url": one["resourceType"]}} for _, one in parts]
    bundle: Document = {
        "resourceType": "Bundle",
        "type": "transaction",
        "identifier": {"value": "B-4"},
        "entry": entries,
    }
    answer = hospital.ask("POST", "", bundle)
    assert answer.status_code == 200, answer.text
    assert answer.json()["entry"][0]["response"]["status"] == "201 Created"
