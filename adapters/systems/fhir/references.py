"""What a reference means: a resource of the document, one inside another, or somebody who is not in the document.

References are looked up once and never followed from resource to resource, so that no loop of them can be walked.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from adapters.sdk import MalformedError, SubjectUnclearError
from adapters.sdk.codes import Json
from adapters.systems.fhir.node import Node
from adapters.systems.fhir.shape import check
from adapters.systems.fhir.tables import RESOURCES, Tables

_PATIENT, _PATIENT_TYPE = "Patient", "http://hl7.org/fhir/StructureDefinition/Patient"
_RESTFUL = re.compile(r"(?:(?P<base>https?://.+)/)?(?P<kind>[A-Z][A-Za-z]{1,63})/[A-Za-z0-9.-]{1,64}(?:/_history/.*)?")
"""A reference to a resource of a server: its base where it is written out, and what kind of resource it is."""

_CONDITIONAL = re.compile(r"Patient\?identifier=([^&|]+(?:\||%7[Cc])[^&|]+)")
"""A reference in a transaction to whoever has a number (R4, http, 3.1.0.11.2)."""
_ESCAPED = re.compile("%([2-7][0-9A-Fa-f])")


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a document; `names` are all by which a reference may mean it, `base` the server it is of."""

    kind: str
    node: Mapping[str, Json]
    at: str
    names: tuple[str, ...]
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Inside:
    """What lies inside a resource, in its order, and by id."""

    resources: tuple[Resource, ...]
    by_id: Mapping[str, list[Resource]]


@dataclass(frozen=True, slots=True)
class Index:
    """The resources of a document by name and server, and its patients by their numbers as `_logical` writes them.

    `inside` remembers by place what has been looked into: one resource may hold thousands that refer to each other.
    """

    by_name: Mapping[str, Mapping[str | None, Resource]]
    by_number: Mapping[str, list[Resource]]
    inside: dict[str, Inside] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Meant:
    """Who a request is about: a patient of the document, or what the reference says; `number` where it says one."""

    person: str
    patient: Resource | None
    number: str | None = None


def index_of(resources: Iterable[Resource]) -> Index:
    """Raises MalformedError for two resources of one name, unless they are of two servers: it would mean either."""
    by_name: dict[str, dict[str | None, Resource]] = {}
    by_number: dict[str, list[Resource]] = {}
    for resource in resources:
        for name in resource.names:
            held = by_name.setdefault(name, {})
            if held and (resource.base is None or not held.keys().isdisjoint({None, resource.base})):
                raise MalformedError(resource.at, "duplicate_id")
            held[resource.base] = resource
        if resource.kind == _PATIENT:
            for number in dict.fromkeys(_numbers(resource)):
                by_number.setdefault(number, []).append(resource)
    return Index(by_name, by_number)


def base_of(reference: str | None) -> str | None:
    """Return the server that a reference or a full url names, or None where it names none."""
    found = None if reference is None else _RESTFUL.fullmatch(reference)
    return None if found is None else found["base"]


def referred(reference: Node, resource: Resource, index: Index, tables: Tables) -> Meant:
    """Return whom a reference in `resource` means.

    Raises SubjectUnclearError for whoever is no Patient: a group, a device, a relative.
    """
    text = reference.code("reference")
    if reference.code("type") not in {None, _PATIENT, _PATIENT_TYPE}:
        raise SubjectUnclearError(reference.at)
    if text is None:
        return _numbered(reference, index)
    if (conditional := _CONDITIONAL.fullmatch(text)) is not None:
        reference.report_rest()
        return _of_number(_plain(conditional[1]), reference, index)
    patient = resolved(text, resource, index, tables)
    written = _RESTFUL.fullmatch(text)
    if (written is not None and written["kind"] != _PATIENT) or (patient is not None and patient.kind != _PATIENT):
        raise SubjectUnclearError(reference.at)
    if patient is None:
        reference.dropped("reference")
    reference.report_rest()
    return Meant(text if patient is None else patient.at, patient)


def _numbered(reference: Node, index: Index) -> Meant:
    """A person who is named by a number: the one Patient of the document who has it in that system, or a stranger."""
    identifier = reference.node("identifier")
    number = None if identifier is None else _logical(identifier)
    reference.report_rest()
    if number is None:
        raise SubjectUnclearError(reference.at)
    return _of_number(number, reference, index)


def _plain(written: str) -> str:
    return _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), written)


def _of_number(number: str, reference: Node, index: Index) -> Meant:
    found = index.by_number.get(number, [])
    if len(found) > 1:
        raise SubjectUnclearError(reference.at)
    patient = found[0] if found else None
    return Meant(number if patient is None else patient.at, patient, number)


def _numbers(patient: Resource) -> Iterator[str]:
    """Yield her numbers that are in use, each with its system: without it a number is anybody's."""
    written = patient.node.get("identifier")
    for identifier in written if isinstance(written, list) else ():
        if not isinstance(identifier, Mapping):
            continue
        system, value = identifier.get("system"), identifier.get("value")
        if identifier.get("use") != "old" and isinstance(system, str) and isinstance(value, str):
            yield f"{system}|{value}"


def _logical(identifier: Node) -> str | None:
    """Name a person by a number, with the system it is of: two systems may give two people the same."""
    system, number = identifier.code("system"), identifier.code("value")
    if system is not None:
        identifier.dropped("system")
    identifier.report_rest()
    return number if system is None or number is None else f"{system}|{number}"


def resolved(text: str, resource: Resource, index: Index, tables: Tables) -> Resource | None:
    """Return what a reference in `resource` means: inside it, or beside it in the document; None for neither.

    Raises MalformedError for a fragment that is not there or twice, SubjectUnclearError for one name of two servers.
    """
    if not text.startswith("#"):
        return _named(text.partition("/_history/")[0], resource, index)
    found = contained(resource, index, tables).by_id.get(text[1:], [])
    if len(found) > 1:
        raise MalformedError(found[1].at, "duplicate_id")
    if not found:
        raise MalformedError(f"{resource.at}/contained", "reference")
    return found[0]


def _named(text: str, resource: Resource, index: Index) -> Resource | None:
    """The resource of that name: a relative reference means the server of the resource it stands in.

    R4, bundle, 2.36.4.1. Whoever has the same id on another server is another person.
    """
    held = index.by_name.get(text, {})
    if base_of(text) is None and resource.base is not None:
        return held.get(resource.base) or held.get(None)
    if len(held) > 1:
        raise SubjectUnclearError(resource.at)
    return next(iter(held.values()), None)


def contained(resource: Resource, index: Index, tables: Tables) -> Inside:
    """Return what lies inside a resource. Raises AdapterError where it is no FHIR."""
    found = index.inside.get(resource.at)
    if found is None:
        resources = tuple(_contained(resource, tables))
        by_id: dict[str, list[Resource]] = {}
        for inner in resources:
            number = inner.node.get("id")
            if isinstance(number, str):
                by_id.setdefault(number, []).append(inner)
        found = index.inside[resource.at] = Inside(resources, by_id)
    return found


def _contained(resource: Resource, tables: Tables) -> Iterator[Resource]:
    inside = resource.node.get("contained")
    for number, node in enumerate(inside if isinstance(inside, list) else ()):
        at = f"{resource.at}/contained/{number}"
        kind = node.get("resourceType") if isinstance(node, Mapping) else None
        if not isinstance(node, Mapping) or not isinstance(kind, str):
            raise MalformedError(f"{at}/resourceType", "required")
        if kind in RESOURCES:
            check(node, kind, at, tables)
        yield Resource(kind, node, at, ())
