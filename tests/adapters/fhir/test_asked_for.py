"""What of a document is asked for, where a Task stands beside requests of hers that are none of its business."""

from collections.abc import Callable
from typing import Any

import pytest

from adapters.sdk import ParsedReferral

Read = Callable[..., Any]
SHELTER, LABORATORY, LAWYER = "urn:uuid:2", "urn:uuid:3", "urn:uuid:4"
CODES = {SHELTER: "accommodation.emergency", LABORATORY: "health.general", LAWYER: "legal.immigration"}
TOGETHER = {"system": "urn:ward:requisition", "value": "R-1"}


def request(code: str, **said: object) -> dict[str, Any]:
    return {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "urn:uuid:1"},
        "code": {"coding": [{"system": "urn:referral-gateway:fhir:need", "code": code}]},
        **said,
    }


def bundle(task: dict[str, Any] | None, **said: dict[str, object]) -> dict[str, Any]:
    entry = [{"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "p", "gender": "female"}}]
    for url, code in CODES.items():
        entry.append({"fullUrl": url, "resource": request(code, **said.get(url[-1:], {}))})
    if task is not None:
        kept = {"resourceType": "Task", "status": "requested", "intent": "order", "for": {"reference": "urn:uuid:1"}}
        entry.append({"fullUrl": "urn:uuid:9", "resource": {**kept, **task}})
    return {"resourceType": "Bundle", "type": "collection", "entry": entry}


def needs(parsed: object) -> list[object]:
    assert isinstance(parsed, ParsedReferral), str(parsed)
    listed = parsed.document["needs"]
    assert isinstance(listed, list)
    return [need["code"] for need in listed if isinstance(need, dict)]


def test_a_task_asks_for_its_focus_and_not_for_her_other_orders(read: Read) -> None:
    parsed = read(bundle({"focus": {"reference": SHELTER, "display": "a bed"}}))
    assert needs(parsed) == ["accommodation.emergency"]
    lost = {loss.path for loss in parsed.losses}
    assert {"/entry/2/resource", "/entry/3/resource", "/entry/*/resource/focus/display"} <= lost
    assert not {"/entry/1/resource", "/entry/*/resource", "/entry/*/resource/focus"} & lost


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ({"focus": {"reference": SHELTER}}, {"2": {"requisition": TOGETHER}, "4": {"requisition": TOGETHER}}),
        ({"groupIdentifier": TOGETHER}, {"2": {"requisition": TOGETHER}, "4": {"requisition": TOGETHER}}),
        ({"focus": {"reference": SHELTER}, "groupIdentifier": TOGETHER}, {"4": {"requisition": TOGETHER}}),
        ({"basedOn": [{"reference": SHELTER}, {"reference": LAWYER}, {"reference": "CarePlan/1"}]}, {}),
    ],
    ids=["requisition of the focus", "group", "focus and group", "based on"],
)
def test_what_was_made_together_goes_together(read: Read, task: dict[str, Any], said: dict[str, Any]) -> None:
    assert needs(read(bundle(task, **said))) == ["accommodation.emergency", "legal.immigration"]


def test_the_order_above_the_focus_is_not_asked_for_again(read: Read) -> None:
    task = {"focus": {"reference": SHELTER}, "basedOn": [{"reference": LABORATORY}]}
    assert needs(read(bundle(task))) == ["accommodation.emergency"]


def test_one_number_of_two_systems_is_no_common_requisition(read: Read) -> None:
    other = {**TOGETHER, "system": "urn:laboratory"}
    document = bundle(
        {"focus": {"reference": SHELTER}}, **{"2": {"requisition": TOGETHER}, "3": {"requisition": other}}
    )
    assert needs(read(document)) == ["accommodation.emergency"]


@pytest.mark.parametrize(
    "task",
    [
        {},
        {"focus": {"display": "the bed"}},
        {"focus": {"reference": "ServiceRequest/elsewhere"}},
        {"focus": {"reference": "https://b.example/fhir/ServiceRequest/2"}},
        {"focus": {"reference": "urn:uuid:1"}},
        {"focus": {"identifier": {"system": "urn:ward", "value": "nobody"}}},
        {"focus": {"reference": "ServiceRequest/elsewhere"}, "basedOn": [{"reference": SHELTER}]},
    ],
    ids=["nothing", "words", "elsewhere", "another server", "a patient", "a stranger's number", "elsewhere, based on"],
)
def test_a_task_that_does_not_say_which_is_refused(read: Read, task: dict[str, Any]) -> None:
    assert str(read(bundle(task))) == "focus at /entry/4/resource/focus"


def test_a_focus_is_found_by_its_number(read: Read) -> None:
    number = {"system": "urn:ward", "value": "77"}
    task = {"focus": {"type": "ServiceRequest", "identifier": number}}
    assert needs(read(bundle(task, **{"4": {"identifier": [number]}}))) == ["legal.immigration"]
    twice = bundle(task, **{"3": {"identifier": [number]}, "4": {"identifier": [number]}})
    assert str(read(twice)) == "focus at /entry/4/resource/focus"
    task["focus"]["type"] = "Procedure"
    assert str(read(bundle(task, **{"4": {"identifier": [number]}}))) == "focus at /entry/4/resource/focus"


def test_a_focus_of_the_same_id_on_another_server_is_another_request(read: Read) -> None:
    task = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "focus": {"reference": "ServiceRequest/s"},
        "for": {"reference": "Patient/p"},
    }
    asked = {**request("health.general"), "subject": {"reference": "https://a.example/fhir/Patient/p"}}
    for server, found in (("a", True), ("b", False)):
        entry = [
            {"fullUrl": f"https://{server}.example/fhir/ServiceRequest/s", "resource": asked},
            {"fullUrl": "https://a.example/fhir/Patient/p", "resource": {"resourceType": "Patient"}},
            {"fullUrl": "https://a.example/fhir/Task/t", "resource": task},
        ]
        parsed = read({"resourceType": "Bundle", "type": "collection", "entry": entry})
        assert isinstance(parsed, ParsedReferral) is found, str(parsed)


def test_without_a_task_each_request_asks_for_itself(read: Read) -> None:
    assert needs(read(bundle(None))) == [*CODES.values()]


def test_a_message_without_a_task_asks_for_what_its_header_names(read: Read) -> None:
    header: dict[str, Any] = {
        "resourceType": "MessageHeader",
        "eventCoding": {"system": "http://terminology.hl7.org/CodeSystem/v2-0003", "code": "I12"},
        "source": {"endpoint": "https://example.org/out"},
        "focus": [{"reference": LAWYER}],
    }
    document = bundle(None)
    document |= {"type": "message", "entry": [{"fullUrl": "urn:uuid:0", "resource": header}, *document["entry"]]}
    assert needs(read(document)) == ["legal.immigration"]
    header["focus"] = [{"reference": "urn:uuid:1"}]
    assert needs(read(document)) == [*CODES.values()]


def test_of_tasks_that_name_nobody_that_one_is_hers_whose_focus_is(read: Read) -> None:
    entry = []
    for at, server in ((1, "a"), (2, "b")):
        subject = {"reference": f"urn:uuid:p{at}"}
        entry += [
            {"fullUrl": f"urn:uuid:p{at}", "resource": {"resourceType": "Patient", "id": server}},
            {"fullUrl": f"urn:uuid:s{at}", "resource": {**request([*CODES.values()][at]), "subject": subject}},
            {
                "fullUrl": f"urn:uuid:t{at}",
                "resource": {
                    "resourceType": "Task",
                    "id": f"task-{server}",
                    "status": "requested",
                    "intent": "order",
                    "focus": {"reference": f"urn:uuid:s{at}"},
                },
            },
        ]
    parsed = read({"resourceType": "Bundle", "type": "collection", "entry": entry}, "b")
    assert needs(parsed) == ["legal.immigration"]
    assert parsed.document["sender_reference"] == "task-b"
