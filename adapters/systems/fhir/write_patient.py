"""The person of a minimised document as a Patient: FHIR's own elements, and extensions of ours where it has none.

The pseudonym is an identifier in a system of ours, the age band an extension; `birthDate` is a date of birth or absent.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from adapters.sdk import CannotRenderError, Losses
from adapters.sdk.codes import Document, Json
from adapters.systems.fhir import names
from adapters.systems.fhir.tables import Tables
from adapters.systems.fhir.write_types import concept, exactly, extension, objects, rows, text

_AT = "/subject"
_OWN = {
    "age_band": (names.AGE_BAND, "valueCode"),
    "minor_status": (names.MINOR_STATUS, "valueCode"),
    "meeting_point": (names.MEETING_POINT, "valueString"),
}
_SAME_CODE_BOTH_WAYS = frozenset({"official", "birth"})
_ADDRESS = (("locality", "city"), ("region", "state"), ("postal_code", "postalCode"), ("country", "country"))
_MEMBERS = frozenset(
    {
        *_OWN,
        "pseudonym",
        "names",
        "alias",
        "identifiers",
        "birth",
        "sex",
        "citizenships",
        "languages",
        "interpreter",
        "contacts",
        "addresses",
        "dependants",
    }
)


@dataclass(frozen=True, slots=True)
class _Writer:
    subject: Document
    tables: Tables
    losses: Losses


def write_patient(subject: Document, message_id: str, tables: Tables, losses: Losses) -> dict[str, Json]:
    """Return the Patient. Raises CannotRenderError for a code or a form that no profile has."""
    writer = _Writer(subject, tables, losses)
    for name in sorted(subject):
        if name not in _MEMBERS:
            losses.dropped(f"{_AT}/{name}")
    elements: tuple[tuple[str, Callable[[_Writer], Iterator[Json]]], ...] = (
        ("extension", _extensions),
        ("name", _names),
        ("telecom", _contacts),
        ("address", _addresses),
        ("communication", _languages),
    )
    patient: dict[str, Json] = {
        "resourceType": "Patient",
        "identifier": [*_identifiers(writer), {"system": names.MESSAGE, "value": message_id}],
    }
    patient |= {name: made for name, write in elements if (made := list(write(writer)))}
    if (sex := text(subject, "sex", _AT)) is not None:
        patient["gender"] = _code(tables, "gender", sex, f"{_AT}/sex")
    return patient | _birth(writer)


def _code(tables: Tables, table: str, code: str, at: str) -> str:
    found = tables.of(table).find(code)
    if found is None:
        raise CannotRenderError(at, "enum")
    return found


def _identifiers(writer: _Writer) -> Iterator[Json]:
    if (pseudonym := text(writer.subject, "pseudonym", _AT)) is not None:
        yield {"system": names.PSEUDONYM, "value": pseudonym}
    for number in objects(writer.subject, "identifiers", _AT):
        at = f"{_AT}/identifiers/0"
        kind, value = text(number, "type", at), text(number, "value", at)
        if kind is None or value is None:
            writer.losses.dropped(at)
            continue
        known = writer.tables.of("type_identifier").find(kind)
        system = names.IDENTIFIER_TYPE if known is None else names.V2_IDENTIFIER_TYPE
        identifier: dict[str, Json] = {"type": concept((system, known or kind)), "value": value}
        if (country := text(number, "country", at)) is not None:
            identifier["extension"] = [extension(names.COUNTRY, "valueCode", country)]
        yield identifier


def _names(writer: _Writer) -> Iterator[Json]:
    for name in objects(writer.subject, "names", _AT):
        written = _name(name, f"{_AT}/names/0", writer.tables)
        if written is None:
            writer.losses.dropped(f"{_AT}/names/0")
        else:
            yield written
    if (alias := text(writer.subject, "alias", _AT)) is not None:
        mark = extension(names.ALIAS, "valueBoolean", value=True)
        yield {"use": "anonymous", "text": alias, "extension": [mark]}


def _name(name: Document, at: str, tables: Tables) -> Json:
    use = text(name, "use", at)
    written: dict[str, Json] = {} if use is None else {"use": _code(tables, "use_name", use, f"{at}/use")}
    marks: list[Json] = [] if use is None or use in _SAME_CODE_BOTH_WAYS else [exactly(use)]
    given, middle, full = text(name, "given", at), text(name, "middle", at), text(name, "full", at)
    if given is not None:
        written["given"] = [given] if middle is None else [given, middle]
    elif middle is not None:
        marks.append(extension(names.MIDDLE, "valueString", middle))
    if (family := text(name, "family", at)) is not None:
        written["family"] = family
    if (second := text(name, "second_family", at)) is not None:
        # FHIR has one surname; a receiver that does not know the extension sees the first.
        marks.append(extension(names.SECOND_FAMILY, "valueString", second))
    if full is not None:
        written["text"] = full
        if any(part in name for part in ("given", "middle", "family", "second_family")):
            marks.append(extension(names.FULL_NAME, "valueString", full))
    if not name.keys() - {"use"}:
        return None
    return written | {"extension": marks} if marks else written


def _birth(writer: _Writer) -> dict[str, Json]:
    birth = writer.subject.get("birth")
    if birth is None:
        return {}
    if not isinstance(birth, Mapping):
        raise CannotRenderError(f"{_AT}/birth", "type")
    date, estimated = text(birth, "date", f"{_AT}/birth"), birth.get("estimated")
    if date is None:
        writer.losses.dropped(f"{_AT}/birth")
        return {}
    if estimated is None:
        return {"birthDate": date}
    return {"birthDate": date, "_birthDate": {"extension": [extension(names.ESTIMATED, "valueBoolean", estimated)]}}


def _languages(writer: _Writer) -> Iterator[Json]:
    for code in rows(writer.subject, "languages", _AT):
        if not isinstance(code, str):
            raise CannotRenderError(f"{_AT}/languages/0", "type")
        yield {"language": concept((names.BCP47, code))}


def _contacts(writer: _Writer) -> Iterator[Json]:
    """The profile lets only safe channels through (M-07), so each of these is one."""
    for contact in objects(writer.subject, "contacts", _AT):
        at = f"{_AT}/contacts/0"
        channel, value = text(contact, "channel", at), text(contact, "value", at)
        if channel is None or value is None:
            writer.losses.dropped(at)
            continue
        system = _code(writer.tables, "channel_telecom", channel, f"{at}/channel")
        telecom: dict[str, Json] = {"system": system, "value": value}
        if writer.tables.of("telecom_channel").find(system) != channel:
            telecom["extension"] = [exactly(channel)]
        yield telecom


def _addresses(writer: _Writer) -> Iterator[Json]:
    for address in objects(writer.subject, "addresses", _AT):
        at = f"{_AT}/addresses/0"
        use, written = text(address, "use", at), _address(address, at)
        if use == "birth":
            continue
        if use is None or not written:
            writer.losses.dropped(at)
            continue
        written["use"] = _code(writer.tables, "use_address", use, f"{at}/use")
        yield written | {"extension": [exactly(use)]} if use == "other" else written


def _address(address: Document, at: str) -> dict[str, Json]:
    written: dict[str, Json] = {}
    for ours, theirs in _ADDRESS:
        if (part := text(address, ours, at)) is not None:
            written[theirs] = part
    if (line := text(address, "line", at)) is not None:
        written["line"] = [line]
    return written


# --------------------------------------------------------------------------------------------------------- extensions


def _extensions(writer: _Writer) -> Iterator[Json]:
    for name, (url, kind) in _OWN.items():
        if (value := text(writer.subject, name, _AT)) is not None:
            yield extension(url, kind, value)
    dependants = writer.subject.get("dependants")
    if dependants is not None:
        yield extension(names.DEPENDANTS, "valueInteger", dependants)
    for country in rows(writer.subject, "citizenships", _AT):
        if not isinstance(country, str):
            raise CannotRenderError(f"{_AT}/citizenships/0", "type")
        code = extension("code", "valueCodeableConcept", concept((names.ISO3166, country)))
        yield {"url": names.CITIZENSHIP, "extension": [code]}
    for address in objects(writer.subject, "addresses", _AT):
        if address.get("use") == "birth" and (place := _address(address, f"{_AT}/addresses/0")):
            yield extension(names.BIRTH_PLACE, "valueAddress", place)
    yield from _interpreter(writer)


def _interpreter(writer: _Writer) -> Iterator[Json]:
    interpreter = writer.subject.get("interpreter")
    if interpreter is None:
        return
    at = f"{_AT}/interpreter"
    if not isinstance(interpreter, Mapping):
        raise CannotRenderError(at, "type")
    needed = interpreter.get("needed")
    if not isinstance(needed, bool):
        writer.losses.dropped(at)
        return
    yield extension(names.INTERPRETER_REQUIRED, "valueBoolean", needed)
    parts: list[Json] = [
        extension(name, "valueCode", code)
        for name in ("language", "gender")
        if (code := text(interpreter, name, at)) is not None
    ]
    if parts:
        yield {"url": names.INTERPRETER, "extension": parts}
