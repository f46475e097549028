"""What is asked for: each ServiceRequest as one need, and the forms of exploitation its reason codes name."""

import re
from collections.abc import Iterator

from adapters.sdk import UnsupportedError
from adapters.sdk.codes import Json, Need
from adapters.systems.fhir import names
from adapters.systems.fhir.node import Code, Node
from adapters.systems.fhir.tables import Tables

TAKEN_BACK = frozenset({"revoked", "entered-in-error"})
OVER = TAKEN_BACK | {"completed"}
"""States of a request of which no further activity will come."""
_NEEDS = frozenset(need.value for need in Need)
_ASKS = frozenset({"plan", "directive", "order", "original-order", "reflex-order", "filler-order", "instance-order"})
_NOTE = 500
_ENCOUNTER_LETTER = re.compile(r"[X0-9]*[A-Z]?")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}")


def must_ask(request: Node, status: str | None) -> None:
    """Return when `request` asks for something now. Raises UnsupportedError."""
    if status != "active":
        raise UnsupportedError(request.pointer("status"), "not_active")
    if request.code("intent") not in _ASKS:
        raise UnsupportedError(request.pointer("intent"), "not_an_order")
    if request.says("doNotPerform", said=True):
        raise UnsupportedError(request.pointer("doNotPerform"), "do_not_perform")


def read_need(request: Node, tables: Tables) -> dict[str, Json] | None:
    """Return the need, or None for a request that is ours and names none."""
    codes, categories = request.codes("code"), [code for node in request.nodes("category") for code in node.codings()]
    note = _note(request)
    need = _need(request, codes, categories, tables)
    if need is None:
        if note is not None:
            request.dropped("note")
        return None
    return {"code": need} if note is None else {"code": need, "note": note}


def _need(request: Node, codes: list[Code], categories: list[Code], tables: Tables) -> str | None:
    """Our own code says it exactly; a category says it coarsely; what says nothing is another need."""
    for code in codes:
        if code.system == names.NEED:
            if code.code not in _NEEDS:
                raise UnsupportedError(f"{code.at}/code", "unknown_code:need")
            return code.code
    if any(code.system == names.PURPOSE for code in codes):
        return None
    for code in (*codes, *categories):
        request.losses.coarsened(code.at)
    for system, table in ((names.SDOHCC, "sdoh_need"), (names.SNOMED, "snomed_need")):
        for code in categories:
            if code.system == system and (known := tables.of(table).find(code.code)) is not None:
                return known
    return Need.OTHER.value


def _note(request: Node) -> str | None:
    """The first note that fits; a note is prose of the sender's, and free text with us (M-09)."""
    found: str | None = None
    for note in request.nodes("note"):
        text = note.text("text", _NOTE) if found is None else None
        note.report_rest()
        if found is None:
            found = text
    return found


def read_reasons(request: Node, tables: Tables) -> Iterator[str]:
    """Yield forms of exploitation. Whether they are confirmed or suspected, and at what age, is not said with us."""
    for reason in request.nodes("reasonCode"):
        for code in reason.codings():
            known = _exploitation(code, tables)
            if known is None:
                request.losses.dropped(code.at)
            else:
                request.losses.coarsened(code.at)
                yield known


def _exploitation(code: Code, tables: Tables) -> str | None:
    stem, dot, rest = code.code.partition(".")
    if code.system != names.ICD10CM or not dot or _ENCOUNTER_LETTER.fullmatch(rest) is None:
        return None
    return tables.of("icd10cm_exploitation").find(f"{stem}.{rest[:2]}")


def reference_of(resource: Node) -> str | None:
    """Return the number under which the sender knows the item: the placer's, another of its own, or the id.

    The filler's number is the recipient's and is lost. A number that does not look like one is lost too.
    """
    found: str | None = None
    others: list[str] = []
    for identifier in resource.nodes("identifier"):
        kinds = {code.code for code in identifier.codes("type") if code.system == names.V2_IDENTIFIER_TYPE}
        value, system = identifier.code("value"), identifier.code("system")
        if system is not None:
            identifier.dropped("system")
        if value is None or "FILL" in kinds or system == names.MESSAGE or _REFERENCE.fullmatch(value) is None:
            identifier.losses.dropped(identifier.at)
        elif "PLAC" in kinds and found is None:
            found = value
        else:
            others.append(value)
        identifier.report_rest()
    number = resource.code("id")
    if found is None and others:
        found = others.pop(0)
    if others:
        resource.dropped("identifier")
    if number is not None and found is None and _REFERENCE.fullmatch(number) is not None:
        return number
    if number is not None and number != found:
        resource.dropped("id")
    return found


def day_of(resource: Node) -> str | None:
    """Return the day of `authoredOn`, or None where it is not known to the day."""
    written = resource.code("authoredOn")
    if written is None:
        return None
    day = written[:10]
    if len(day) < len("2031-05-06"):
        resource.dropped("authoredOn")
        return None
    if day != written:
        resource.losses.coarsened(resource.pointer("authoredOn"))
    return day
