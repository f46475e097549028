"""The data types of FHIR that this adapter writes, and checked access to a minimised document."""

from collections.abc import Mapping, Sequence

from adapters.sdk import CannotRenderError
from adapters.sdk.codes import Document, Json
from adapters.systems.fhir import names


def extension(url: str, kind: str, value: Json) -> Json:
    """Return an extension with one value[x]."""
    return {"url": url, kind: value}


def exactly(code: str) -> Json:
    """Return the extension that holds our own code beside a coarser one."""
    return extension(names.EXACT, "valueCode", code)


def concept(*codings: tuple[str, str]) -> Json:
    """Return a CodeableConcept without text or display."""
    return {"coding": [{"system": system, "code": code} for system, code in codings]}


def agency(agency_id: str, title: str | None = None) -> Json:
    """Return a logical reference to an agency: its number with us; no Organization is made up."""
    reference: dict[str, Json] = {
        "type": "Organization",
        "identifier": {"system": names.AGENCY, "value": agency_id},
    }
    return reference if title is None else reference | {"display": title}


def rows(parent: Document, name: str, at: str) -> Sequence[Json]:
    """Return an array, empty where there is none. Raises CannotRenderError where it is no array."""
    found = parent.get(name, ())
    if isinstance(found, str) or not isinstance(found, Sequence):
        raise CannotRenderError(f"{at}/{name}", "type")
    return found


def objects(parent: Document, name: str, at: str) -> list[Document]:
    """Return an array of objects. Raises CannotRenderError where it is none."""
    found = [row for row in rows(parent, name, at) if isinstance(row, Mapping)]
    if len(found) != len(rows(parent, name, at)):
        raise CannotRenderError(f"{at}/{name}", "type")
    return found


def text(parent: Document, name: str, at: str) -> str | None:
    """Return a text, or None where there is none. Raises CannotRenderError where it is no text, or blank to FHIR."""
    found = parent.get(name)
    if found is None:
        return None
    if not isinstance(found, str) or not found.strip():
        raise CannotRenderError(f"{at}/{name}", "type")
    return found
