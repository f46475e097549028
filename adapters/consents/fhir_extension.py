"""What a FHIR Consent has no place for, said inside it all the same: in one extension of ours.

FHIR knows who, whom, what, why and when. In which text, language and presence she was asked stands in the extension,
whose own extensions are named as the members of consent/1.0 they are. It is taken apart from the resource before that
is read, as the supplement it is: it fills gaps, and overrules nothing.
"""

from collections.abc import Mapping
from typing import Final

from adapters.consents.members import Members
from adapters.consents.papers import OWN
from adapters.sdk import MalformedError, UnsupportedError
from schemas.documents import Document, Json

DETAILS: Final = f"{OWN}fhir:consent"
"""The extension's name."""

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
_VALUES: Final = ("valueString", "valueCode", "valueBoolean")
_PLACES: Final = {
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


def apart(resource: Document) -> tuple[Document, Document]:
    """Return a Consent without the extension, and what that says, as members of consent/1.0; neither is validated.

    Raises MalformedError or UnsupportedError where it is missing (C-05), not alone, or says what nobody knows.
    """
    extension = Members(resource, "").one("extension")
    extension.must("url", DETAILS)
    read: dict[str, Json] = {}
    for inner in extension.many("extension"):
        _add(inner, read)
    extension.done(("url", "extension"))
    return {name: value for name, value in resource.items() if name != "extension"}, read


def place_of(pointer: str) -> str:
    """Return where in the resource a place in consent/1.0 was said: what FHIR has no place for, in the extension."""
    return _PLACES.get(pointer.split("/")[1] if "/" in pointer else "", "/extension")


def _add(inner: Members, read: dict[str, Json]) -> None:
    name, value = inner.text("url"), _value(inner)
    if name in _LISTS:
        listed = read.setdefault(name, [])
        if isinstance(listed, list):
            listed.append({"id": value} if name == "accompanied_by" else value)
        return
    if name not in _PLAIN and name not in _NESTED:
        raise UnsupportedError(inner.at, "unknown_element")
    member, *parts = _NESTED.get(name, (name,))
    said: Json = {parts[0]: value} if parts else value
    known = read.get(member)
    if isinstance(known, Mapping) and isinstance(said, Mapping) and not known.keys() & said.keys():
        said = {**known, **said}
    elif known is not None:
        raise MalformedError(inner.at, "repeated")
    read[member] = said


def _value(inner: Members) -> Json:
    """The one value of an extension; two would be two answers."""
    given = [name for name in _VALUES if inner.has(name)]
    if len(given) != 1:
        raise MalformedError(inner.at, "type")
    value = inner.truth(given[0]) if given[0] == "valueBoolean" else inner.text(given[0])
    inner.done(("url", *_VALUES))
    return value
