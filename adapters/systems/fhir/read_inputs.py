"""Task.input of our own kinds, as the situation, risk and health of a canonical referral."""

from collections.abc import Mapping

from adapters.sdk import MalformedError, UnsupportedError
from adapters.sdk.codes import Json
from adapters.systems.fhir import names
from adapters.systems.fhir.node import Node
from adapters.systems.fhir.tables import Input, Member, Tables

Sections = dict[str, dict[str, Json]]
"""Members of the canonical referral by section and name."""


def read_inputs(task: Node, tables: Tables, into: Sections) -> None:
    """Add what the inputs say. Another system's inputs are reported as lost. Raises AdapterError."""
    for entry in task.nodes("input"):
        kinds = [code for code in entry.codes("type") if code.system == names.INPUT]
        if len(kinds) != 1:
            entry.losses.dropped(entry.at)
            continue
        kind = tables.inputs.get(kinds[0].code)
        if kind is None:
            raise UnsupportedError(f"{kinds[0].at}/code", "unknown_code:task-input")
        _place(into, kind, _value(entry, kind, tables), entry.at)
        entry.report_rest()


def _place(into: Sections, kind: Input, value: Json, at: str) -> None:
    section, key = kind.path
    members = into.setdefault(section, {})
    if not kind.many:
        if members.setdefault(key, value) != value:
            raise MalformedError(at, "repeated")
        return
    entries = members.setdefault(key, [])
    if isinstance(entries, list) and (isinstance(value, dict) or value not in entries):
        entries.append(value)


def _value(entry: Node, kind: Input, tables: Tables) -> Json:
    value = _checked(entry, kind.main, tables)
    if not kind.main.member:
        return value
    read: dict[str, Json] = {kind.main.member: value}
    known: Mapping[str, Member] = {names.OWN + member.member: member for member in kind.extensions}
    for url, extensions in entry.extensions(frozenset(known)).items():
        if len(extensions) > 1:
            raise MalformedError(extensions[1].at, "repeated")
        read[known[url].member] = _checked(extensions[0], known[url], tables)
        extensions[0].report_rest()
    return read


def _checked(holder: Node, member: Member, tables: Tables) -> str:
    value = holder.code(member.value)
    if value is None:
        raise MalformedError(holder.pointer(member.value), "required")
    if member.country:
        return tables.countries.from_iso2(value, holder.pointer(member.value))
    if member.codes is not None and value not in member.codes:
        raise UnsupportedError(holder.pointer(member.value), "unknown_code:task-input")
    return value
