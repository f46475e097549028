"""What a document's requests say, together, as one canonical referral about one person."""

from adapters.sdk import Losses, ParsedReferral, UnsupportedError
from adapters.sdk.codes import Json
from adapters.systems.fhir.asked_for import are_one_asking, made_together
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
    """Requests that ask for something now; one that nobody names, or that is over, beside them asks for nothing."""
    wanted = {request.resource.at for request in _wanted(found)}
    asking = wanted & (_in_state(found.requests, OVER) or _in_state(found.requests, TAKEN_BACK))
    for task in found.tasks:
        if task.asks and task.asks.isdisjoint(asking):
            raise UnsupportedError(f"{task.resource.at}/focus", "focus")
    for request in found.requests:
        status = request.node.code("status")
        if request.resource.at in asking:
            must_ask(request.node, status)
        else:
            request.node.losses.dropped_item(request.resource.at)
    return [request for request in found.requests if request.resource.at in asking]


def _wanted(found: Found) -> list[Request]:
    """Requests that somebody names. Raises UnsupportedError for a Task that does not say which of several it means."""
    every = [request.resource for request in found.requests]
    named = frozenset[str]().union(*(task.asks for task in found.tasks)) if found.tasks else found.message
    places = made_together(named, [task.resource for task in found.tasks], every)
    if places:
        return [request for request in found.requests if request.resource.at in places]
    live = _in_state(found.requests, OVER)
    if found.tasks and not are_one_asking(one for one in every if one.at in live):
        raise UnsupportedError(f"{found.tasks[0].resource.at}/focus", "focus")
    return found.requests


def _in_state(requests: list[Request], over: frozenset[str]) -> set[str]:
    return {item.resource.at for item in requests if item.resource.node.get("status") not in over}


def _must_ask(task: Request) -> None:
    task.node.code("status")
    if (focus := task.node.node("focus")) is not None:
        focus.code("reference")
        focus.report_rest()
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
    taken = {item.resource.at for item in found.requests}
    for node in (*found.envelope, *(item.node for item in (*found.tasks, *found.requests))):
        for inner in node.nodes("contained"):
            if inner.at not in taken and (read is None or inner.at != read.at):
                losses.dropped_item(inner.at)
        node.report_rest()
    for other in found.others:
        if read is None or other.at != read.at:
            losses.dropped_item(other.at)
