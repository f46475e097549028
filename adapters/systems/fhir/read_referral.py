"""What a document's requests say, together, as one canonical referral about one person."""

from collections.abc import Mapping

from adapters.sdk import Losses, ParsedReferral, UnsupportedError
from adapters.sdk.codes import Json
from adapters.systems.fhir.bundle import Found, Request
from adapters.systems.fhir.node import Node, at_most
from adapters.systems.fhir.read_inputs import Sections, read_inputs
from adapters.systems.fhir.read_patient import read_patient
from adapters.systems.fhir.read_request import OVER, TAKEN_BACK, day_of, must_ask, read_need, read_reasons, reference_of
from adapters.systems.fhir.references import Resource
from adapters.systems.fhir.tables import Tables

_MOST_NEEDS = 25
"""As many as the canonical referral takes; further ones are lost."""


def read_referral(found: Found, tables: Tables, losses: Losses) -> ParsedReferral:
    """Read the requests in `found`. Raises AdapterError."""
    requests = _active(found)
    if not requests:
        raise UnsupportedError(f"{found.tasks[0].resource.at}/focus" if found.tasks else "", "focus")
    document: dict[str, Json] = {"schema": "referral/1.0", "subject": {}}
    needs: list[tuple[str, Json]] = []
    sections: Sections = {}
    for request in requests:
        need = read_need(request.node, tables)
        if need is not None:
            needs.append((request.resource.at, need))
        _add_reasons(request, tables, sections)
    for task in found.tasks:
        _must_ask(task)
        read_inputs(task.node, tables, sections)
    document |= _reference([*found.tasks, *requests])
    if needs:
        document["needs"] = at_most(_MOST_NEEDS, needs, losses)
    document |= sections
    if (patient := _patient(found)) is not None:
        node = Node(patient.node, patient.at, losses)
        number = node.code("id")
        document["subject"] = read_patient(node, tables)
        if number is not None:
            losses.dropped(node.pointer("id"))
    report(found, losses, patient)
    return ParsedReferral(document, losses.report())


def _active(found: Found) -> list[Request]:
    """Requests that ask for something now; one taken back or carried out beside them asks for nothing."""
    asking = _in_state(found, OVER) or _in_state(found, TAKEN_BACK)
    for request in found.requests:
        status = request.node.code("status")
        if request.resource.at in asking:
            must_ask(request.node, status)
        else:
            request.node.losses.dropped(request.resource.at)
    for task in found.tasks:
        _must_fulfil_one_of(asking, task, found)
    return [request for request in found.requests if request.resource.at in asking]


def _in_state(found: Found, over: frozenset[str]) -> set[str]:
    return {item.resource.at for item in found.requests if item.resource.node.get("status") not in over}


def _must_fulfil_one_of(asking: set[str], task: Request, found: Found) -> None:
    """Return when the request that a Task is to fulfil asks for something. Raises UnsupportedError.

    A focus that lies elsewhere is lost: the requests beside the Task are then what is known of it.
    """
    focus = task.resource.node.get("focus")
    text = focus.get("reference") if isinstance(focus, Mapping) else None
    if not isinstance(text, str):
        return
    resources = (*(item.resource for item in found.requests), *found.others)
    meant = {item.at for item in resources if item.kind == "ServiceRequest" and _is_named(text, item, task)}
    if meant and meant.isdisjoint(asking):
        raise UnsupportedError(f"{task.resource.at}/focus", "focus")


def _is_named(text: str, resource: Resource, task: Request) -> bool:
    if text.startswith("#"):
        return resource.at.startswith(f"{task.resource.at}/contained/") and resource.node.get("id") == text[1:]
    return text.partition("/_history/")[0] in resource.names


def _must_ask(task: Request) -> None:
    task.node.code("status")
    if task.node.code("intent") in {"unknown", "proposal", "option"}:
        raise UnsupportedError(task.node.pointer("intent"), "not_an_order")


def _add_reasons(request: Request, tables: Tables, sections: Sections) -> None:
    for form in read_reasons(request.node, tables):
        forms = sections.setdefault("situation", {}).setdefault("exploitation", [])
        if isinstance(forms, list) and {"type": form} not in forms:
            forms.append({"type": form})


def _reference(items: list[Request]) -> dict[str, Json]:
    """The first item's number and day; a Task comes before what it asks for, as it does when it is taken back."""
    said: dict[str, Json] = {}
    for item in items:
        reference, day = reference_of(item.node), day_of(item.node)
        for name, element, value in (("sender_reference", "identifier", reference), ("recorded_on", "authoredOn", day)):
            if value is not None and said.setdefault(name, value) is not value:
                item.node.dropped(element if item.node.has(element) else "id")
    return said


def _patient(found: Found) -> Resource | None:
    """The one the requests are about; `chosen` saw to it that they are about one."""
    return next((item.patient for item in (*found.tasks, *found.requests) if item.patient is not None), None)


def report(found: Found, losses: Losses, read: Resource | None = None) -> None:
    """Report what was not looked at: elements, contained resources, and the resources nobody read."""
    for node in (*found.envelope, *(item.node for item in (*found.tasks, *found.requests))):
        for inner in node.nodes("contained"):
            if inner.at not in {item.resource.at for item in found.requests} and (read is None or inner.at != read.at):
                losses.dropped(inner.at)
        node.report_rest()
    for other in found.others:
        if read is None or other.at != read.at:
            losses.dropped(other.at)
