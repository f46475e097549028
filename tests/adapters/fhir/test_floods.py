"""Much of one thing: no document of the size the guard lets through takes long, whatever in it refers to what."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from adapters.sdk.errors import AdapterDefectError

Read = Callable[..., Any]
MANY = 1_000


def request(number: int, subject: str) -> dict[str, Any]:
    return {
        "resourceType": "ServiceRequest",
        "id": f"r{number}",
        "identifier": [{"system": "urn:ward", "value": f"q{number}"}],
        "requisition": {"value": "together"},
        "status": "active",
        "intent": "order",
        "subject": {"reference": subject},
    }


def task(**said: object) -> dict[str, Any]:
    return {"resourceType": "Task", "status": "requested", "intent": "order", **said}


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    patient = {"resourceType": "Patient", "id": "p"}
    entry = [{"fullUrl": f"urn:uuid:{at}", "resource": one} for at, one in enumerate((patient, *resources))]
    return {"resourceType": "Bundle", "type": "collection", "entry": entry}


FLOODS = {
    "requests inside a task": task(
        contained=[{"resourceType": "Patient", "id": "p"}, *(request(number, "#p") for number in range(MANY))],
        groupIdentifier={"value": "together"},
        **{"for": {"reference": "#p"}},
    ),
    "tasks that name a request by a number": bundle(
        *(request(number, "Patient/p") for number in range(MANY // 2)),
        *(task(focus={"identifier": {"system": "urn:ward", "value": f"q{number}"}}) for number in range(MANY // 2)),
    ),
    "a task based on many": bundle(
        *(request(number, "Patient/p") for number in range(MANY // 2)),
        task(basedOn=[{"identifier": {"system": "urn:ward", "value": f"q{number}"}} for number in range(MANY)]),
    ),
}


@pytest.mark.parametrize("document", FLOODS.values(), ids=FLOODS)
def test_a_flood_is_read_or_refused_at_once(read: Read, document: dict[str, Any]) -> None:
    """Every reference to a contained resource looked at all of them: half a minute for a hundred kilobytes."""
    begun = time.process_time()
    outcome = read(document)
    assert not isinstance(outcome, AdapterDefectError)
    assert time.process_time() - begun < 2, "it grows with the square of the document"
