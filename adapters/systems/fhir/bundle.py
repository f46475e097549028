"""Which resources of a document ask for something, and whom they are about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from adapters.sdk import Losses, MalformedError, SubjectUnclearError, UnsupportedError
from adapters.sdk.codes import Document, Json
from adapters.systems.fhir.asked_for import Numbered, named_by, named_in_a_message, numbered
from adapters.systems.fhir.names import V2_EVENT
from adapters.systems.fhir.node import Node
from adapters.systems.fhir.references import Index, Resource, base_of, contained, index_of, referred
from adapters.systems.fhir.shape import check
from adapters.systems.fhir.tables import RESOURCES, Tables

_READ_FROM = frozenset({"transaction", "collection", "message"})
_WRITES = frozenset({"POST", "PUT"})


@dataclass(frozen=True, slots=True)
class Request:
    """A Task or ServiceRequest, and who it is about: a patient of the document, or what the reference says.

    `number` is how the reference names her where it does not point: with the system it is of, if it says one.
    `asks` are the places of the requests that a Task that asks is to fulfil, where it names them.
    """

    resource: Resource
    person: str | None
    patient: Resource | None
    node: Node
    number: str | None = None
    asks: frozenset[str] = frozenset()


@dataclass(slots=True)
class Found:
    """What a document holds, in its own order. `cancels` is True for a message that takes a referral back.

    `message` are the places of the requests that the header of a message names.
    """

    tasks: list[Request] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    others: list[Resource] = field(default_factory=list)
    envelope: list[Node] = field(default_factory=list)
    cancels: bool = False
    message: frozenset[str] = frozenset()


def find(document: Document, tables: Tables, losses: Losses) -> Found:
    """Return the requests in `document`. Raises AdapterError where it is no FHIR, or asks for nothing."""
    kind = document.get("resourceType")
    if not isinstance(kind, str):
        raise MalformedError("/resourceType", "required")
    if kind in {"Task", "ServiceRequest"}:
        check(document, kind, "", tables)
        resources = [Resource(kind, document, "", ())]
        found = Found()
    elif kind == "Bundle":
        check(document, "Bundle", "", tables)
        found, resources = _bundled(document, tables, losses)
    else:
        raise UnsupportedError("/resourceType", "kind")
    index = index_of(resources)
    for resource in resources:
        if resource.kind in {"Task", "ServiceRequest"}:
            request = _request(resource, index, tables, losses)
            (found.tasks if resource.kind == "Task" else found.requests).append(request)
        elif resource.kind != "MessageHeader":
            found.others.append(resource)
        elif resource is resources[0]:
            found.message = named_in_a_message(resource, index, tables)
    for task in found.tasks:
        found.requests.extend(_contained_requests(task, index, tables, losses))
    by_number = numbered(request.resource for request in found.requests)
    found.tasks = [_asking(task, by_number, index, tables) for task in found.tasks]
    if not found.tasks and not found.requests:
        raise UnsupportedError("", "kind")
    return found


def chosen(found: Found, subject: str | None) -> Found:
    """Return what of `found` is about the one person meant. Raises SubjectUnclearError."""
    everything = [*found.tasks, *found.requests]
    if subject is not None:
        meant = {request.person for request in everything if _is_meant(request, subject)}
    else:
        meant = {request.person for request in everything} - {None}
    if len(meant) > 1 or (subject is not None and not meant):
        raise SubjectUnclearError("")
    if not meant:
        return found
    (person,) = meant
    requests = [request for request in found.requests if request.person == person]
    hers = {request.resource.at for request in requests}
    tasks = [task for task in found.tasks if task.person == person or (task.person is None and _is_hers(task, hers))]
    kept = {item.resource.at for item in (*tasks, *requests)}
    aside = [item.resource for item in everything if item.resource.at not in kept]
    return Found(tasks, requests, [*found.others, *aside], found.envelope, found.cancels, found.message)


def _is_hers(task: Request, hers: set[str]) -> bool:
    """Whether a Task that names nobody is for her: what it names, if it names anything, is asked for her."""
    return not task.asks or not hers.isdisjoint(task.asks)


def _is_meant(request: Request, subject: str) -> bool:
    number = request.number
    if request.person == subject or (number is not None and (number == subject or number.endswith(f"|{subject}"))):
        return True
    return request.patient is not None and subject in {request.patient.node.get("id"), *request.patient.names}


# ------------------------------------------------------------------------------------------------------------ a bundle


def _bundled(document: Document, tables: Tables, losses: Losses) -> tuple[Found, list[Resource]]:
    bundle = Node(document, "", losses)
    kind = bundle.code("type")
    if kind not in _READ_FROM:
        raise UnsupportedError("/type", "bundle_type")
    resources: list[Resource] = []
    for entry in bundle.nodes("entry"):
        resources.append(_entry(entry, kind, document, tables))
        entry.report_rest()
    found = Found(envelope=[bundle])
    headers = [resource for resource in resources if resource.kind == "MessageHeader"]
    if kind == "message":
        if not resources or resources[0].kind != "MessageHeader" or len(headers) != 1:
            raise MalformedError("/entry/0/resource", "message_header")
        found.cancels = _event(headers[0], losses) == "I14"
    else:
        found.others.extend(headers)
    return found, resources


def _entry(entry: Node, bundle_type: str, document: Document, tables: Tables) -> Resource:
    request = entry.node("request")
    if bundle_type == "transaction":
        if request is None:
            raise MalformedError(entry.pointer("request"), "required")
        if request.code("method") not in _WRITES:
            raise UnsupportedError(f"{entry.pointer('request')}/method", "method")
    written, at = entry.node("resource"), entry.pointer("resource")
    if written is None:
        raise MalformedError(at, "required")
    kind = written.code("resourceType")
    if kind is None:
        raise MalformedError(f"{at}/resourceType", "required")
    node = _raw(document, entry.at)
    if kind in RESOURCES:
        check(node, kind, at, tables)
    return Resource(kind, node, at, tuple(dict.fromkeys(_names(entry, node, kind))), base_of(entry.code("fullUrl")))


def _raw(document: Document, entry_at: str) -> Mapping[str, Json]:
    entries = document["entry"]
    entry = entries[int(entry_at.rpartition("/")[2])] if isinstance(entries, list) else None
    node = entry.get("resource") if isinstance(entry, Mapping) else None
    return node if isinstance(node, Mapping) else {}


def _names(entry: Node, node: Mapping[str, Json], kind: str) -> Iterator[str]:
    """The full url, its end as a relative reference, and the type with the id."""
    url, number = entry.code("fullUrl"), node.get("id")
    if url is not None:
        yield url
        parts = url.rsplit("/", 2)
        if len(parts) == len(("base", "type", "id")) and parts[1] == kind:
            yield f"{kind}/{parts[2]}"
        entry.dropped("fullUrl")
    if isinstance(number, str):
        yield f"{kind}/{number}"


def _event(header: Resource, losses: Losses) -> str:
    """BSeR's I12 refers a patient, I14 takes a referral back."""
    node = Node(header.node, header.at, losses)
    if node.has("response"):
        raise UnsupportedError(node.pointer("response"), "response")
    coding = node.node("eventCoding")
    event = None if coding is None else coding.code("code")
    if coding is None or coding.code("system") != V2_EVENT or event not in {"I12", "I14"}:
        raise UnsupportedError(node.pointer("eventCoding"), "unknown_code:message-event")
    coding.report_rest()
    node.report_rest()
    return event


# --------------------------------------------------------------------------------------------------------- whom about


def _request(resource: Resource, index: Index, tables: Tables, losses: Losses) -> Request:
    node = Node(resource.node, resource.at, losses)
    name = "for" if resource.kind == "Task" else "subject"
    reference = node.node(name)
    if reference is None:
        return Request(resource, None, None, node)
    meant = referred(reference, resource, index, tables)
    return Request(resource, meant.person, meant.patient, node, meant.number)


def _asking(task: Request, requests: Numbered, index: Index, tables: Tables) -> Request:
    """Look up what a Task is to fulfil, where it asks; what an answer was about is the gateway's to know."""
    if task.resource.node.get("status") != "requested":
        return task
    return replace(task, asks=named_by(task.resource, requests, index, tables))


def _contained_requests(task: Request, index: Index, tables: Tables, losses: Losses) -> Iterator[Request]:
    """The ServiceRequest that a Task carries inside itself, about a patient beside it."""
    for inner in contained(task.resource, index, tables).resources:
        if inner.kind == "ServiceRequest":
            node = Node(inner.node, inner.at, losses)
            reference = node.node("subject")
            if reference is None:
                raise MalformedError(node.pointer("subject"), "required")
            meant = referred(reference, task.resource, index, tables)
            yield Request(inner, meant.person, meant.patient, node, meant.number)
