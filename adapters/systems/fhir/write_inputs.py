"""The situation, risk and health of a minimised document as Task.input: codes, dates and, where asked for, a text."""

from collections.abc import Iterator

from adapters.sdk import CannotRenderError, Losses
from adapters.sdk.codes import Document, Json
from adapters.sdk.members import section
from adapters.systems.fhir import names
from adapters.systems.fhir.tables import Input, Tables
from adapters.systems.fhir.write_types import concept, extension, objects, rows, text

_SECTIONS = ("situation", "risk", "health")


def write_inputs(document: Document, tables: Tables, losses: Losses) -> list[Json]:
    """Return an input for each value. Raises CannotRenderError."""
    kinds = {kind.path: name for name, kind in tables.inputs.items()}
    inputs: list[Json] = []
    for name in _SECTIONS:
        members = section(document, name)
        for key in sorted(members):
            kind = kinds.get((name, key))
            if kind is None:
                losses.dropped(f"/{name}/{key}")
            else:
                inputs.extend(_inputs(kind, tables.inputs[kind], members, losses))
    return inputs


def _inputs(name: str, kind: Input, members: Document, losses: Losses) -> Iterator[Json]:
    part, key = kind.path
    at = f"/{part}"
    type_of: Json = concept((names.INPUT, name))
    if kind.main.member:
        for row in objects(members, key, at):
            yield {"type": type_of, **_object(row, kind, f"{at}/{key}/0", losses)}
        return
    values = rows(members, key, at) if kind.many else [text(members, key, at)]
    for value in values:
        if not isinstance(value, str):
            raise CannotRenderError(f"{at}/{key}", "type")
        yield {"type": type_of, kind.main.value: value}


def _object(row: Document, kind: Input, at: str, losses: Losses) -> dict[str, Json]:
    value = text(row, kind.main.member, at)
    if value is None:
        raise CannotRenderError(f"{at}/{kind.main.member}", "required")
    known = {member.member: member for member in kind.extensions}
    for name in sorted(row.keys() - known.keys() - {kind.main.member}):
        losses.dropped(f"{at}/{name}")
    marks: list[Json] = [
        extension(names.OWN + name, member.value, said)
        for name, member in known.items()
        if (said := text(row, name, at)) is not None
    ]
    return {kind.main.value: value, "extension": marks} if marks else {kind.main.value: value}
