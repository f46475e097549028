"""What a Patient says about who she is and where she can be reached, as the canonical `subject`."""

import re
from collections.abc import Iterator, Mapping

from adapters.sdk import MalformedError, UnsupportedError
from adapters.sdk.codes import AgeStatus, Json
from adapters.systems.fhir import names
from adapters.systems.fhir.node import Node, at_most, is_over, single
from adapters.systems.fhir.read_marks import LANGUAGE, read_marks
from adapters.systems.fhir.read_places import address
from adapters.systems.fhir.tables import Tables

_NAME, _FULL_NAME, _NUMBER, _VALUE, _POINT, _ALIAS = 80, 200, 80, 200, 200, 40
_MOST, _MOST_NUMBERS = 10, 20  # entries the canonical referral has room for; further ones are lost
_PSEUDONYM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:*~$=-]{0,79}")
_NAME_MARKS = frozenset({names.ALIAS, names.EXACT, names.FULL_NAME, names.MIDDLE, names.SECOND_FAMILY})
_OWN = frozenset(
    {
        names.AGE_BAND,
        names.MINOR_STATUS,
        names.MEETING_POINT,
        names.DEPENDANTS,
        names.INTERPRETER,
        names.INTERPRETER_REQUIRED,
        names.CITIZENSHIP,
        names.BIRTH_PLACE,
    }
)


def read_patient(patient: Node, tables: Tables) -> dict[str, Json]:
    """Return the canonical subject. Raises AdapterError."""
    _must_stand(patient)
    extensions = patient.extensions(_OWN)
    all_names, losses = list(_names(patient, tables)), patient.losses
    countries = _citizenships(extensions, tables)
    subject: dict[str, Json] = {
        "names": at_most(_MOST, ((at, name) for at, name in all_names if "use" in name), losses),
        **_numbers(patient, tables),
        **_birth(patient),
        "languages": at_most(_MOST, _languages(patient, tables), losses),
        "contacts": at_most(_MOST, _contacts(patient, tables), losses),
        "addresses": at_most(_MOST, _addresses(patient, extensions, tables), losses),
        "citizenships": at_most(_MOST, {code: (at, code) for at, code in countries}.values(), losses),
        **read_marks(extensions),
    }
    for at, name in all_names:
        if "use" not in name and subject.setdefault("alias", name["alias"]) != name["alias"]:
            losses.dropped(at)
    gender = patient.code("gender")
    if gender is not None:
        subject["sex"] = tables.of("gender").of(gender, patient.pointer("gender"))
    patient.report_rest()
    return {name: value for name, value in subject.items() if value != []}


def _must_stand(patient: Node) -> None:
    """Return when the record is of somebody alive, and is the one to use. Raises UnsupportedError.

    The three elements are modifiers (R4, patient, 8.1.1): they change what everything beside them means.
    """
    if patient.says("active", said=False):
        raise UnsupportedError(patient.pointer("active"), "inactive")
    if patient.says("deceasedBoolean", said=True):
        raise UnsupportedError(patient.pointer("deceasedBoolean"), "deceased")
    if patient.code("deceasedDateTime") is not None:
        raise UnsupportedError(patient.pointer("deceasedDateTime"), "deceased")
    for link in patient.nodes("link"):
        if link.code("type") == "replaced-by":
            raise UnsupportedError(link.pointer("type"), "replaced")
        patient.losses.dropped(link.at)


def exact(node: Node, ours: str, theirs: str | None, table: Mapping[str, str]) -> str | None:
    """Return our own code beside a coarser one of FHIR's, if it is there and says the same; None where it is not.

    Raises UnsupportedError where it is none of ours, MalformedError where the two contradict each other.
    """
    extension = single(node.extensions(frozenset({names.EXACT})), names.EXACT)
    if extension is None:
        return None
    code = extension.value("valueCode")
    if code not in table:
        raise UnsupportedError(extension.pointer("valueCode"), f"unknown_code:{ours}")
    if table[code] != theirs:
        raise MalformedError(extension.pointer("valueCode"), "contradiction")
    return code


def _names(patient: Node, tables: Tables) -> Iterator[tuple[str, dict[str, Json]]]:
    """Each with its place; the one she chose, which only our own mark says, has no `use` (a nickname is no alias)."""
    written = list(patient.nodes("name"))
    current = sum(not is_over(name) for name in written)
    for name in written:
        marks = name.extensions(_NAME_MARKS)
        mark = single(marks, names.ALIAS)
        if mark is not None and mark.truth("valueBoolean"):
            name.code("use")
            alias = name.text("text", _ALIAS)
            name.report_rest()
            if alias is not None:
                yield name.at, {"alias": alias}
            continue
        if parts := _parts(name, marks):
            yield name.at, {"use": _use(name, marks, tables, alone=current == 1), **parts}
        name.report_rest()


def _use(name: Node, marks: Mapping[str, list[Node]], tables: Tables, *, alone: bool) -> str:
    """What kind of name it is; the only one the sender has for her now is the one it knows her by."""
    written = name.code("use")
    mark = single(marks, names.EXACT)
    if mark is not None:
        code = mark.value("valueCode")
        if tables.of("use_name").of(code, mark.pointer("valueCode")) != written:
            raise MalformedError(mark.pointer("valueCode"), "contradiction")
        return code
    if is_over(name) and written != "maiden":
        name.losses.coarsened(name.at)
        return "other"
    if written is None:
        name.losses.guessed(name.at)
        return "official" if alone else "other"
    if written not in {"official", "maiden"}:
        name.losses.coarsened(name.pointer("use"))
    return tables.of("name_use").of(written, name.pointer("use"))


def _parts(name: Node, marks: Mapping[str, list[Node]]) -> dict[str, Json]:
    """Her name in parts where there are any: `text` then repeats them."""
    given = name.texts("given")
    parts: dict[str, Json] = {}
    if given and name.fits(given[0], "given", _NAME):
        parts["given"] = given[0]
    middle = " ".join(given[1:])
    if middle and name.fits(middle, "given", _NAME):
        parts["middle"] = middle
    family = name.text("family", _NAME)
    if family is not None:
        parts["family"] = family
    for key, url in (
        ("middle", names.MIDDLE),
        ("second_family", names.SECOND_FAMILY),
        ("full", names.FULL_NAME),
    ):
        if (mark := single(marks, url)) is not None:
            parts[key] = mark.value("valueString")
    if parts:
        return parts
    full = name.text("text", _FULL_NAME)
    return {} if full is None else {"full": full}


def _numbers(patient: Node, tables: Tables) -> dict[str, Json]:
    """Numbers others gave her; the sender's reference for her, or the number we gave it, says who she is instead."""
    found: dict[str, Json] = {}
    identifiers: list[tuple[str, Json]] = []
    for identifier in patient.nodes("identifier"):
        value, system = identifier.text("value", _NUMBER), identifier.code("system")
        if system in {names.PSEUDONYM, names.PERSON_REF} and value is not None:
            if _PSEUDONYM.fullmatch(value) is None:
                raise MalformedError(identifier.pointer("value"), "pattern")
            if found.setdefault("person_ref", value) != value:
                raise MalformedError(identifier.at, "repeated")
        elif system == names.MESSAGE or value is None or identifier.says("use", "old"):
            identifier.losses.dropped(identifier.at)
            continue
        else:
            identifiers.append((identifier.at, _identifier(identifier, value, system, tables)))
        identifier.report_rest()
    if identifiers:
        found["identifiers"] = at_most(_MOST_NUMBERS, identifiers, patient.losses)
    return found


def _identifier(identifier: Node, value: str, system: str | None, tables: Tables) -> dict[str, Json]:
    own = {"alien_number", "case_number", "unhcr", "other"}
    kind = "other"
    for code in identifier.codes("type"):
        known = tables.of("identifier_type").find(code.code) if code.system == names.V2_IDENTIFIER_TYPE else None
        if code.system == names.IDENTIFIER_TYPE and code.code in own:
            known = code.code
        if known is None:
            identifier.losses.coarsened(code.at)
        else:
            kind = known
    if system is not None:
        identifier.dropped("system")
    read: dict[str, Json] = {"type": kind, "value": value}
    country = single(identifier.extensions(frozenset({names.COUNTRY})), names.COUNTRY)
    if country is not None:
        at = country.pointer("valueCode")
        read["country"] = tables.countries.from_iso2(country.value("valueCode"), at)
    return read


def _birth(patient: Node) -> dict[str, Json]:
    """Her date of birth; by one of which something is said that nobody here can read, she is no adult (K-01).

    Some countries' systems say in an extension of their own how sure it is. A time of day says nothing of that.
    """
    born, beside = patient.code("birthDate"), patient.node("_birthDate")
    estimated: bool | None = None
    doubted = False
    if beside is not None:
        written = beside.nodes("extension")
        doubted = any(each.code("url") not in {names.ESTIMATED, names.BIRTH_TIME} for each in written)
        mark = single(beside.extensions(frozenset({names.ESTIMATED})), names.ESTIMATED)
        if mark is not None:
            estimated = mark.truth("valueBoolean")
            doubted = doubted or estimated is None
            mark.report_rest()
        beside.report_rest()
    if born is None:
        return {}
    found: dict[str, Json] = {"birth": {"date": born} if estimated is None else {"date": born, "estimated": estimated}}
    return found | {"minor_status": AgeStatus.UNKNOWN.value} if doubted else found


def _languages(patient: Node, tables: Tables) -> Iterator[tuple[str, Json]]:
    """Tags as they are usually written: which letters are large says nothing (RFC 5646, section 2.1.1)."""
    said: set[str] = set()
    for spoken in patient.nodes("communication"):
        preferred = spoken.truth("preferred")
        for code in spoken.codes("language"):
            tag = tables.languages.from_tag(code.code) if code.system == names.BCP47 else None
            if tag is None or LANGUAGE.fullmatch(tag) is None or tag in said:
                spoken.losses.dropped(code.at)
                continue
            said.add(tag)
            yield code.at, {"code": tag} if preferred is None else {"code": tag, "preferred": preferred}
        spoken.report_rest()


def _contacts(patient: Node, tables: Tables) -> Iterator[tuple[str, Json]]:
    """FHIR cannot say whether a channel is safe, so it stays unknown and is never passed on (M-07)."""
    for telecom in patient.nodes("telecom"):
        system, value = telecom.code("system"), telecom.text("value", _VALUE)
        ours = exact(telecom, "channel", system, tables.of("channel_telecom").codes)
        if system is None or value is None or telecom.says("use", "old") or is_over(telecom):
            # Who has her old number now is not she.
            telecom.losses.dropped(telecom.at)
            continue
        channel = ours or tables.of("telecom_channel").of(system, telecom.pointer("system"))
        if ours is None and tables.of("channel_telecom").find(channel) != system:
            telecom.losses.coarsened(telecom.pointer("system"))
        telecom.report_rest()
        yield telecom.at, {"channel": channel, "value": value, "safe": "unknown"}


def _addresses(patient: Node, extensions: Mapping[str, list[Node]], tables: Tables) -> Iterator[tuple[str, Json]]:
    for node in patient.nodes("address"):
        if read := address(node, tables, None):
            yield node.at, read
    for extension in extensions.get(names.BIRTH_PLACE, ()):
        place = extension.node("valueAddress")
        if place is None:
            raise MalformedError(extension.pointer("valueAddress"), "required")
        if read := address(place, tables, "birth"):
            yield extension.at, read
        extension.report_rest()


def _citizenships(extensions: Mapping[str, list[Node]], tables: Tables) -> Iterator[tuple[str, str]]:
    for extension in extensions.get(names.CITIZENSHIP, ()):
        for part in extension.nodes("extension"):
            if part.code("url") != "code":
                part.losses.dropped(part.at)
                continue
            for code in part.codes("valueCodeableConcept"):
                if code.system != names.ISO3166:
                    part.losses.dropped(code.at)
                elif code.code in tables.countries.by_iso3:
                    yield code.at, tables.countries.from_iso3(code.code, code.at)
                else:
                    yield code.at, tables.countries.from_iso2(code.code, code.at)
            part.report_rest()
        extension.report_rest()
