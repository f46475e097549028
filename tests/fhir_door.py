"""The FHIR endpoint over the fakes of tests/line.py, and the documents a clinic would send it; the people are invented.

The police of the line speak FHIR here, and so does the shelter: both are unmodified FHIR systems.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Self

from behind import Behind
from builders import PERSON_REF, POLICE, SHELTER, an_agency
from fastapi import FastAPI
from line import HILL, KEYS, a_line
from web_door import Answer, Web, _nothing

from adapters.sdk.guard import Guard
from gateway.core.tasks import PartyTask, Side, Tasks, Wanted
from gateway.reference.endpoints import router as reference
from gateway.web.application import application
from gateway.web.door import Door
from gateway.web.fhir.application import router
from gateway.web.fhir.door import FhirDoor
from schemas.documents import Json
from schemas.vocabulary import FunctionClass

BASE = "https://gateway.example"
JSON = {"Content-Type": "application/fhir+json"}
AGENCY = "urn:referral-gateway:agency"
MESSAGE = "urn:referral-gateway:message"
PERSON = "urn:referral-gateway:person-ref"
PURPOSE = "urn:referral-gateway:fhir:purpose"
NEED = "urn:referral-gateway:fhir:need"
OUR_NUMBER = "CASE-2031/114"
HANDED_OUT = ("sending", "delivered", "recalled")


class FakeTaskReader:
    """`gateway.core.tasks.TaskReader` over a book."""

    def __init__(self, web: Web) -> None:
        self.book = web.line.book

    def of_party(self, agency: str, wanted: Wanted, limit: int) -> Sequence[PartyTask]:
        sent = [self._sent(row.id) for row in self.book.referrals.values() if row.sender == agency and row.recipient]
        kept = [one for one in self.book.parcels.values() if one.parcel.recipient == agency]
        received = [self._received(one.parcel.id) for one in kept if one.state in HANDED_OUT]
        return [
            one
            for found in (sent, received)
            for one in sorted(found, key=lambda task: task.id)
            if _is_wanted(one, wanted)
        ][:limit]

    def _sent(self, referral: str) -> PartyTask:
        row = self.book.referrals[referral]
        seen = (row.sender, row.recipient or "", row.purpose, row.state, row.reason, row.at, row.answered)
        return PartyTask(row.id, Side.SENT, *seen, row.person, row.reference.sealed if row.reference else None)

    def _received(self, message: str) -> PartyTask:
        row = self.book.referrals[self.book.parcels[message].parcel.referral]
        seen = (row.sender, row.recipient or "", row.purpose, row.state, row.reason, row.at, row.answered)
        return PartyTask(message, Side.RECEIVED, *seen)


def _is_wanted(task: PartyTask, wanted: Wanted) -> bool:
    asked = ((task.id, wanted.id), (task.sender, wanted.sender), (task.recipient, wanted.recipient))
    behind = wanted.on(task.side)
    fits = all(value is None or shown == value for shown, value in asked)
    return fits and behind is not None and task.id > behind and (wanted.states is None or task.state in wanted.states)


class FhirWeb(Web):
    """An application with the FHIR endpoint."""

    def use(self, door: Door) -> None:
        self.line.adapters.known["fhir"] = Guard(import_module("adapters.systems.fhir.adapter").Fhir())
        self.line.directory.put(an_agency(adapter="fhir"))
        for shelter in (SHELTER, HILL):
            self.line.directory.put(an_agency(shelter, FunctionClass.SHELTER, adapter="fhir"))
        self.tasks = Tasks(FakeTaskReader(self), self.line.person_keys, KEYS)
        super().use(door)

    @classmethod
    def made(cls, now: Callable[[], Self | None]) -> FastAPI:
        web = Behind(now)
        door = Behind(lambda: web.used)
        rooms = router(FhirDoor(door, Behind(lambda: web.tasks), BASE), "1.2.3"), reference("1.2.3")
        return application(door, rooms, web.is_ready, _nothing, "1.2.3")

    def send(self, path: str, document: Mapping[str, Json], agency: str = POLICE, **headers: str) -> Answer:
        """POST a resource."""
        return self.ask("POST", path, document, {**JSON, **headers}, agency)

    def put(self, task: Mapping[str, Json], agency: str, **headers: str) -> Answer:
        """PUT a Task back to where it came from."""
        return self.ask("PUT", f"/fhir/Task/{task['id']}", task, {**JSON, **headers}, agency)

    def find(self, query: str = "", agency: str = POLICE, **headers: str) -> list[dict[str, Json]]:
        """Search Tasks and return the resources found."""
        answer = self.ask("GET", "/fhir/Task", b"", headers, agency, query)
        assert answer.status == 200, answer.body
        return [entry["resource"] for entry in answer.json.get("entry", [])]


def a_web() -> FhirWeb:
    """Return an application in which she has said yes to the shelter."""
    web = FhirWeb(line=a_line())
    web.line.says()
    return web


def issues(answer: Answer) -> list[tuple[str, str, str]]:
    """(issue code, our last code, place) of every issue of an OperationOutcome; it must be one in every respect."""
    from fhir.resources.R4B.operationoutcome import OperationOutcome  # noqa: PLC0415 - a slow import, of tests only

    assert answer.header("content-type") == "application/fhir+json;charset=utf-8"
    OperationOutcome.model_validate_json(answer.body)
    return [
        (
            issue["code"],
            issue["details"]["coding"][-1]["code"],
            (issue.get("expression") or [issue.get("diagnostics", "")])[0],
        )
        for issue in answer.json["issue"]
    ]


# --------------------------------------------------------------------------------------------------------- documents


def agency(name: str) -> dict[str, Json]:
    return {"identifier": {"system": AGENCY, "value": name}}


def coded(system: str, code: str) -> dict[str, Json]:
    return {"coding": [{"system": system, "code": code}]}


def a_patient(**changes: Json) -> dict[str, Json]:
    """Return her, under the sender's own reference for her."""
    patient: dict[str, Json] = {
        "resourceType": "Patient",
        "identifier": [{"system": PERSON, "value": PERSON_REF}],
        "name": [{"use": "official", "family": "Invented", "given": ["Linnet"]}],
        "gender": "female",
        "birthDate": "1999-01-05",
        "communication": [{"language": coded("urn:ietf:bcp:47", "ro"), "preferred": True}],
    }
    return {**patient, **changes}


def a_request(**changes: Json) -> dict[str, Json]:
    """Return a request for a bed tonight."""
    request: dict[str, Json] = {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "code": coded(NEED, "accommodation.emergency"),
        "subject": {"reference": "urn:uuid:her"},
    }
    return {**request, **changes}


def a_task(**changes: Json) -> dict[str, Json]:
    """Return the Task that asks the shelter to fulfil it."""
    task: dict[str, Json] = {
        "resourceType": "Task",
        "identifier": [{"type": coded("http://terminology.hl7.org/CodeSystem/v2-0203", "PLAC"), "value": OUR_NUMBER}],
        "status": "requested",
        "intent": "order",
        "priority": "urgent",
        "code": coded("http://hl7.org/fhir/CodeSystem/task-code", "fulfill"),
        "reasonCode": coded(PURPOSE, "assistance.accommodation"),
        "requester": agency(POLICE),
        "owner": agency(SHELTER),
        "for": {"reference": "urn:uuid:her"},
        "focus": {"reference": "urn:uuid:request"},
    }
    return {**task, **changes}


def a_lone_task(**changes: Json) -> dict[str, Json]:
    """Return a Task that holds everything in itself."""
    inside: list[Json] = [
        a_patient(id="her"),
        a_request(id="request", subject={"reference": "#her"}),
    ]
    own: dict[str, Json] = {
        "contained": inside,
        "for": {"reference": "#her"},
        "focus": {"reference": "#request"},
    }
    return a_task(**{**own, **changes})


def a_bundle(kind: str, *resources: tuple[str, Mapping[str, Json]], **changes: Json) -> dict[str, Json]:
    """Return a Bundle; each resource comes with the end of its full url."""
    written = kind == "transaction"
    entries = [
        {
            "fullUrl": f"urn:uuid:{name}",
            "resource": resource,
            **({"request": {"method": "POST", "url": resource["resourceType"]}} if written else {}),
        }
        for name, resource in resources
    ]
    number: dict[str, Json] = {"identifier": {"system": "urn:invented:messages", "value": "message-1"}}
    return {"resourceType": "Bundle", "type": kind, **number, "entry": json.loads(json.dumps(entries)), **changes}


def a_transaction(*, task: Mapping[str, Json] | None = None, **changes: Json) -> dict[str, Json]:
    """Return Patient, request and Task as one transaction."""
    parts = (("her", a_patient()), ("request", a_request()), ("task", task or a_task()))
    return a_bundle("transaction", *parts, **changes)


def a_message(*, event: str = "I12", task: Mapping[str, Json] | None = None, **changes: Json) -> dict[str, Json]:
    """Return the same as BSeR sends it: a message whose focus is the Task."""
    header: dict[str, Json] = {
        "resourceType": "MessageHeader",
        "id": "header-1",
        "eventCoding": {"system": "http://terminology.hl7.org/CodeSystem/v2-0003", "code": event},
        "destination": [{"endpoint": "https://gateway.example/fhir", "receiver": agency(SHELTER)}],
        "source": {"endpoint": "https://clinic.example/fhir"},
        "focus": [{"reference": "urn:uuid:task"}],
    }
    parts = (("header", header), ("task", task or a_task()), ("request", a_request()), ("her", a_patient()))
    return a_bundle("message", *parts, **changes)
