"""Reads a FHIR Consent as what the gateway records: consent/1.0, whose rules are the desk's and stand nowhere else.

FHIR has places for who, whom, what, why and when. What it has none for (in which text, language and presence she was
asked) stands in one extension of ours; without it no consent is recordable, whatever its status says (C-05). An element
that is not read may not be there: it could narrow what she agreed to.
"""

from collections.abc import Mapping
from typing import Final

from adapters.sdk.errors import AdapterError, MalformedError, UnsupportedError
from gateway.core.consent_documents import ConsentRefusedError
from gateway.web.fhir import names
from schemas.documents import Document, Json
from schemas.errors import SchemaViolationError

DETAILS: Final = names.OWN + "consent"
"""The extension; each of its own extensions is named as the member of consent/1.0 it is."""

STATES: Final = {"active": "given", "rejected": "refused", "proposed": "requested"}
"""What each status says; the others end a consent, which is done by withdrawing it."""

_READ: Final = frozenset(
    {"resourceType", "identifier", "status", "patient", "dateTime", "organization", "provision", "extension"}
)
_SAYS_NOTHING: Final = frozenset(
    {"id", "meta", "text", "language", "scope", "category", "performer", "policyRule", "policy"}
)
_VALUES: Final = ("valueString", "valueCode", "valueBoolean")
_NESTED: Final = {
    "text_version": ("text", "version"),
    "text_sha256": ("text", "sha256"),
    "text_language": ("text", "language"),
    "interpreter": ("interpreter", "id"),
    "interpreter_none_needed": ("interpreter", "none_needed"),
    "taken_by": ("taken_by", "agency"),
    "taken_by_name": ("taken_by", "name"),
}
_LISTS: Final = frozenset({"person_languages", "accompanied_by"})
_PLAIN: Final = frozenset(
    {
        *("decision", "interpreter_relation", "information_confirmed", "mechanism", "given_by", "given_by_name"),
        *("withdrawal_method", "safe_to_give"),
    }
)
_WHERE: Final = {
    "person_ref": "/patient/identifier/value",
    "discloser": "/organization/0/identifier/value",
    "recipient": "/provision/actor/0/reference/identifier/value",
    "purposes": "/provision/purpose",
    "categories": "/provision/class",
    "restrictions": "/provision/provision",
    "state": "/status",
    "taken_at": "/dateTime",
    "valid_from": "/provision/period/start",
    "valid_until": "/provision/period/end",
}


def read_consent(resource: Document) -> Document:
    """Return consent/1.0, not yet validated. Raises AdapterError with a pointer into the resource."""
    if resource.get("resourceType") != "Consent":
        raise UnsupportedError("/resourceType", "kind")
    _closed(resource, "", _READ | _SAYS_NOTHING)
    provision = _object(resource.get("provision"), "/provision")
    _closed(provision, "/provision", frozenset({"type", "period", "actor", "purpose", "class", "provision"}))
    if provision.get("type", "permit") != "permit":
        raise UnsupportedError("/provision/type", "not_a_permit")
    period = _object(provision.get("period", {}), "/provision/period")
    _closed(period, "/provision/period", frozenset({"start", "end"}))
    read: dict[str, Json] = {
        "schema": "consent/1.0",
        "person_ref": _number(resource.get("patient"), "/patient", names.PERSON_REF),
        "discloser": _only_agency(resource.get("organization"), "/organization"),
        "recipient": _actor(provision.get("actor"), "/provision/actor"),
        "state": _state(resource),
        "purposes": _codes(provision.get("purpose"), "/provision/purpose", names.PURPOSE),
        "categories": _codes(provision.get("class"), "/provision/class", names.CATEGORY),
        **_present("taken_at", resource.get("dateTime")),
        **_present("valid_from", period.get("start")),
        **_present("valid_until", period.get("end")),
        **_details(resource),
    }
    nested = _listed(provision.get("provision"), "/provision/provision")
    restrictions = [one for place, inner in nested for one in _restrictions(inner, place)]
    return {**read, "restrictions": restrictions} if restrictions else read


def key_of(resource: Document) -> str:
    """Return the idempotency key: the first identifier of the Consent. Raises MalformedError."""
    for place, identifier in _listed(resource.get("identifier"), "/identifier"):
        number = _object(identifier, f"/identifier/{place}")
        value, system = number.get("value"), number.get("system", "")
        if isinstance(value, str) and value and isinstance(system, str):
            return f"fhir|{system}|{value}"
    raise MalformedError("/identifier", "required")


def in_the_resource(error: ConsentRefusedError | SchemaViolationError) -> AdapterError | ConsentRefusedError:
    """Return the same refusal with the place in the FHIR resource; what FHIR has no place for is in the extension."""
    match error:
        case ConsentRefusedError():
            return ConsentRefusedError(_place(error.pointer), error.rule)
        case SchemaViolationError():
            fault = error.faults[0]
            return UnsupportedError(_place(fault.pointer), fault.rule)


def _place(pointer: str) -> str:
    return _WHERE.get(pointer.split("/")[1] if "/" in pointer else "", "/extension")


def _state(resource: Document) -> str:
    status = resource.get("status")
    if not isinstance(status, str) or status not in STATES:
        raise UnsupportedError("/status", "unknown_code")
    return STATES[status]


def _restrictions(provision: Json, place: int) -> list[Json]:
    """What she wants withheld, and from whom (C-15): a nested provision that denies."""
    at = f"/provision/provision/{place}"
    inner = _object(provision, at)
    _closed(inner, at, frozenset({"type", "class", "actor"}))
    if inner.get("type") != "deny":
        raise UnsupportedError(f"{at}/type", "not_a_denial")
    whom: dict[str, Json] = {"recipient": _actor(inner["actor"], f"{at}/actor")} if "actor" in inner else {}
    return [{"category": code, **whom} for code in _codes(inner.get("class"), f"{at}/class", names.CATEGORY)]


def _details(resource: Document) -> dict[str, Json]:
    """The members FHIR has no place for."""
    extensions = _listed(resource.get("extension"), "/extension")
    if len(extensions) != 1:
        raise MalformedError("/extension", "repeated" if extensions else "required")
    ours = _object(extensions[0][1], "/extension/0")
    _closed(ours, "/extension/0", frozenset({"url", "extension"}))
    if ours.get("url") != DETAILS:
        raise UnsupportedError("/extension/0/url", "unknown_element")
    read: dict[str, Json] = {}
    for place, inner in _listed(ours.get("extension"), "/extension/0/extension"):
        at = f"/extension/0/extension/{place}"
        extension = _object(inner, at)
        name, value = str(extension.get("url")), _value(extension, at)
        if name in _NESTED:
            member, part = _NESTED[name]
            group = read.setdefault(member, {})
            if isinstance(group, dict) and group.setdefault(part, value) is not value:
                raise MalformedError(at, "repeated")
        elif name in _LISTS:
            listed = read.setdefault(name, [])
            if isinstance(listed, list):
                listed.append({"id": value} if name == "accompanied_by" else value)
        elif name not in _PLAIN or read.setdefault(name, value) is not value:
            raise UnsupportedError(at, "repeated" if name in _PLAIN else "unknown_element")
    return read


def _value(extension: Document, at: str) -> Json:
    values = [name for name in _VALUES if name in extension]
    if len(values) != 1 or len(extension) != len(("url", "value")):
        raise MalformedError(at, "type")
    return extension[values[0]]


def _actor(actors: Json, at: str) -> str:
    """The one agency among the actors: a consent names its recipient (C-03)."""
    listed = _listed(actors, at)
    if len(listed) != 1:
        raise UnsupportedError(at, "C-03")
    actor = _object(listed[0][1], f"{at}/0")
    _closed(actor, f"{at}/0", frozenset({"role", "reference"}))
    return _number(actor.get("reference"), f"{at}/0/reference", names.AGENCY)


def _only_agency(references: Json, at: str) -> str:
    listed = _listed(references, at)
    if len(listed) != 1:
        raise MalformedError(at, "required" if not listed else "repeated")
    return _number(listed[0][1], f"{at}/0", names.AGENCY)


def _number(reference: Json, at: str, system: str) -> str:
    """The value of a logical reference in that system of ours."""
    identifier = _object(_object(reference, at).get("identifier"), f"{at}/identifier")
    value = identifier.get("value")
    if identifier.get("system") != system or not isinstance(value, str):
        raise MalformedError(f"{at}/identifier", "system")
    return value


def _codes(codings: Json, at: str, system: str) -> list[Json]:
    """Codes of one system of ours; any other would be a purpose or category nobody weighed."""
    codes: list[Json] = []
    for place, one in _listed(codings, at):
        coding = _object(one, f"{at}/{place}")
        if coding.get("system") != system or not isinstance(coding.get("code"), str):
            raise UnsupportedError(f"{at}/{place}", "unknown_code")
        codes.append(coding["code"])
    if not codes:
        raise MalformedError(at, "required")
    return codes


def _closed(node: Document, at: str, known: frozenset[str]) -> None:
    if not node.keys() <= known:
        raise UnsupportedError(at, "unknown_element")


def _present(name: str, value: Json) -> dict[str, Json]:
    return {} if value is None else {name: value}


def _object(value: Json, at: str) -> Document:
    if not isinstance(value, Mapping):
        raise MalformedError(at, "required" if value is None else "type")
    return value


def _listed(value: Json, at: str) -> list[tuple[int, Json]]:
    """The members of an array, none where it is left out; anything else in its place could be meant to be one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise MalformedError(at, "type")
    return [*enumerate(value)]
