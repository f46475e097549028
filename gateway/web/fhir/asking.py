"""Reads from a FHIR document what other senders say in headers: to whom, what for, how urgently, under which key.

What it says about her is not looked at here: that is the adapter's, on the line. Whatever is said twice must be said
alike, and whatever is not said is not guessed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from adapters.sdk.contract import Inbound
from adapters.sdk.errors import MalformedError, UnsupportedError
from gateway.core.callers import Caller
from gateway.core.stages import Authenticated, Routing
from gateway.web.fhir import names
from schemas.decoding import decode_json
from schemas.documents import Document, Json
from schemas.vocabulary import Coded, Ground, Purpose, Urgency

URGENCIES: Final = {
    "routine": Urgency.ROUTINE,
    "urgent": Urgency.URGENT,
    "asap": Urgency.URGENT,
    "stat": Urgency.EMERGENCY,
}
"""What FHIR's request priorities are with us."""

_ASKING: Final = ("Task", "ServiceRequest", "MessageHeader")
"""Who may say what is asked; a Task goes before what it asks for."""
_LONGEST_KEY: Final = 512
_Code = TypeVar("_Code", bound=Coded)
_Found = tuple[str, Document]


def asked_in(caller: Caller, body: bytes, media_type: str) -> Authenticated:
    """Return what a document asks for. Raises AdapterError or SchemaViolationError, which point into it."""
    document = decode_json(body)
    resources = sorted(_resources(document), key=lambda found: _ASKING.index(str(found[1]["resourceType"])))
    routing = Routing(
        recipient=_recipient(resources),
        purpose=_code(resources, names.PURPOSE, Purpose, None),
        urgency=_urgency(resources),
        ground=_code(resources, names.GROUND, Ground, Ground.CONSENT),
        idempotency_key=_key(document, resources),
    )
    return Authenticated(caller, routing, Inbound(body, media_type), None)


def require(document: Document, kind: str, bundle_type: str | None = None) -> None:
    """Raise UnsupportedError unless the document is a resource of that type, and a Bundle one of that kind."""
    if document.get("resourceType") != kind:
        raise UnsupportedError("/resourceType", "kind")
    if bundle_type is not None and document.get("type") != bundle_type:
        raise UnsupportedError("/type", "bundle_type")


def entries(document: Document) -> list[_Found]:
    """Return the resources of a Bundle, in its order, each with its pointer."""
    found = enumerate(_list(document.get("entry")))
    return [(f"/entry/{place}/resource", _object(_object(entry).get("resource"))) for place, entry in found]


def _resources(document: Document) -> Iterator[_Found]:
    """Yield whatever may say what is asked: the resource itself or those of the Bundle, and those a Task contains."""
    outer = entries(document) if document.get("resourceType") == "Bundle" else [("", document)]
    for at, resource in outer:
        if resource.get("resourceType") in _ASKING:
            yield at, resource
        for place, inner in enumerate(_list(resource.get("contained"))):
            if _object(inner).get("resourceType") == "ServiceRequest":
                yield f"{at}/contained/{place}", _object(inner)


def _recipient(resources: Sequence[_Found]) -> str:
    """The one agency that Tasks, requests and message name, by a logical reference: no Organization is kept here."""
    return _one([*_agencies(resources)], f"{_first(resources)}/owner")


def _agencies(resources: Sequence[_Found]) -> Iterator[tuple[str, str]]:
    for at, resource in resources:
        match resource.get("resourceType"):
            case "Task":
                named = [(f"{at}/owner", resource.get("owner"))]
            case "ServiceRequest":
                listed = enumerate(_list(resource.get("performer")))
                named = [(f"{at}/performer/{place}", one) for place, one in listed]
            case _:
                listed = enumerate(_list(resource.get("destination")))
                named = [(f"{at}/destination/{place}/receiver", _object(one).get("receiver")) for place, one in listed]
        for where, reference in named:
            identifier = _object(_object(reference).get("identifier"))
            if identifier.get("system") == names.AGENCY:
                yield where, _text(identifier.get("value"), f"{where}/identifier/value")


def _code(resources: Sequence[_Found], system: str, codes: type[_Code], default: _Code | None) -> _Code:
    """The one code of that system: in reasonCode or code of a Task or request, or in the message's reason."""
    found = [
        (f"{at}/{name}", _text(coding.get("code"), f"{at}/{name}"))
        for at, resource in resources
        for name in ("reasonCode", "code", "reason")
        for coding in _codings(resource.get(name))
        if coding.get("system") == system
    ]
    if not found and default is not None:
        return default
    value = _one(found, f"{_first(resources)}/reasonCode")
    try:
        return codes(value)
    except ValueError:
        raise UnsupportedError(found[0][0], "unknown_code") from None


def _codings(value: Json) -> Iterator[Document]:
    for concept in value if isinstance(value, list) else [value]:
        yield from (_object(coding) for coding in _list(_object(concept).get("coding")))


def _urgency(resources: Sequence[_Found]) -> Urgency:
    """The most urgent priority of all that is asked; none is routine, as FHIR says."""
    asked = [Urgency.ROUTINE]
    for at, resource in resources:
        priority = resource.get("priority")
        if priority is None:
            continue
        if not isinstance(priority, str) or priority not in URGENCIES:
            raise UnsupportedError(f"{at}/priority", "unknown_code")
        asked.append(URGENCIES[priority])
    return max(asked, key=[*Urgency].index)


def _key(document: Document, resources: Sequence[_Found]) -> str:
    """The idempotency key: the Bundle's identifier, or else that of the first Task or request that has one.

    Beside the status, because the same Task comes again when it is taken back.
    """
    holders = [("", document), *resources]
    for at, resource in holders:
        written = resource.get("identifier")
        listed = [(f"{at}/identifier/{place}", one) for place, one in enumerate(_list(written))]
        for where, one in listed or [(f"{at}/identifier", written)]:
            identifier = _object(one)
            if "value" in identifier:
                value, system = _text(identifier["value"], where), identifier.get("system", "")
                return f"fhir|{resource.get('status', '')}|{_text(system, where, empty=True)}|{value}"
    raise MalformedError("/identifier", "required")


def _one(found: Iterable[tuple[str, str]], where: str) -> str:
    listed = [*found]
    if not listed:
        raise MalformedError(where, "required")
    if any(value != listed[0][1] for _, value in listed):
        raise UnsupportedError(listed[-1][0], "contradiction")
    return listed[0][1]


def _first(resources: Sequence[_Found]) -> str:
    return resources[0][0] if resources else ""


def _text(value: Json, where: str, *, empty: bool = False) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_KEY or not (value or empty):
        raise MalformedError(where, "type")
    return value


def _object(value: Json) -> Document:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
