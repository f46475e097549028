"""Which requests of a document are asked for: a bundle may hold orders of hers that have nothing to do with a referral.

A Task says it by its `focus`; by what it is `basedOn`, where it has no focus; by a `groupIdentifier` that is the
`requisition` of requests. Requests of one requisition were made together and go together.
Without a Task a message says it by the focus of its header; where nothing says it, every request asks for itself.
"""

from collections.abc import Iterable, Iterator, Mapping

from adapters.sdk import UnsupportedError
from adapters.sdk.codes import Json
from adapters.systems.fhir.references import Index, Resource, resolved
from adapters.systems.fhir.tables import Tables

_REQUEST = "ServiceRequest"
_A_REQUEST = frozenset({None, _REQUEST, f"http://hl7.org/fhir/StructureDefinition/{_REQUEST}"})

Number = tuple[Json, str]
"""An identifier: its system, where it has one, and its value."""


Numbered = Mapping[Number, list[str]]
"""The places of requests by each number of theirs."""


def numbered(requests: Iterable[Resource]) -> Numbered:
    """Return the requests by number, once for all Tasks of a document."""
    found: dict[Number, list[str]] = {}
    for request in requests:
        for number in dict.fromkeys(_numbers(request)):
            found.setdefault(number, []).append(request.at)
    return found


def named_by(task: Resource, requests: Numbered, index: Index, tables: Tables) -> frozenset[str]:
    """Return the places of the requests that a Task says it is to fulfil. Raises UnsupportedError, rule focus.

    It does where the focus is no request of the document: what lies beside it is then something else.
    """
    focus = task.node.get("focus")
    if isinstance(focus, Mapping) and ("reference" in focus or "identifier" in focus):
        found = _meant(focus, task, requests, index, tables)
        if found is None:
            raise UnsupportedError(f"{task.at}/focus", "focus")
        return frozenset({found})
    based_on = task.node.get("basedOn")
    listed = based_on if isinstance(based_on, list) else []
    places = (_meant(one, task, requests, index, tables) for one in listed if isinstance(one, Mapping))
    return frozenset(place for place in places if place is not None)


def named_in_a_message(header: Resource, index: Index, tables: Tables) -> frozenset[str]:
    """Return the places of the requests that a message says it is about; it may name a Task, or a Patient, instead."""
    focus = header.node.get("focus")
    listed = focus if isinstance(focus, list) else []
    places = (_meant(one, header, {}, index, tables) for one in listed if isinstance(one, Mapping))
    return frozenset(place for place in places if place is not None)


def made_together(named: frozenset[str], tasks: Iterable[Resource], requests: Iterable[Resource]) -> frozenset[str]:
    """Return the places that are named, and those of the requests of the same requisition."""
    listed = [*requests]
    numbers = {_number(one.node.get("requisition")) for one in listed if one.at in named}
    numbers |= {_number(task.node.get("groupIdentifier")) for task in tasks}
    wanted = numbers - {None}
    return named | {one.at for one in listed if _number(one.node.get("requisition")) in wanted}


def are_one_asking(requests: Iterable[Resource]) -> bool:
    """Whether requests that nothing names are one, or say of themselves that they were made together."""
    listed = [*requests]
    numbers = {_number(one.node.get("requisition")) for one in listed}
    return len(listed) <= 1 or (len(numbers) == 1 and None not in numbers)


def _meant(
    reference: Mapping[str, Json], holder: Resource, requests: Numbered, index: Index, tables: Tables
) -> str | None:
    """Return the place of the request that a reference means, or None where it means none of the document."""
    text = reference.get("reference")
    if isinstance(text, str):
        found = resolved(text, holder, index, tables)
        return found.at if found is not None and found.kind == _REQUEST else None
    number = _number(reference.get("identifier"))
    if number is None or reference.get("type") not in _A_REQUEST:
        return None
    having = requests.get(number, [])
    return having[0] if len(having) == 1 else None


def _numbers(request: Resource) -> Iterator[Number]:
    written = request.node.get("identifier")
    for identifier in written if isinstance(written, list) else ():
        if (number := _number(identifier)) is not None:
            yield number


def _number(identifier: Json) -> Number | None:
    value = identifier.get("value") if isinstance(identifier, Mapping) else None
    return (identifier.get("system"), value) if isinstance(identifier, Mapping) and isinstance(value, str) else None
