"""What the gateway's own extensions of a Patient say: FHIR has no element for it."""

import re
from collections.abc import Mapping

from adapters.sdk import MalformedError, UnsupportedError
from adapters.sdk.codes import AgeBand, AgeStatus, Json
from adapters.systems.fhir import names
from adapters.systems.fhir.node import Node, single

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
"""Language, script and region (RFC 5646). Longer tags exist; a pattern that took them would take words."""
_BANDS = frozenset(band.value for band in AgeBand)
_AGES = frozenset(age.value for age in AgeStatus)
_GENDERS = frozenset({"female", "male", "any"})
_MOST_DEPENDANTS = 50


def read_marks(extensions: Mapping[str, list[Node]]) -> dict[str, Json]:
    """Return the members of the canonical subject that only our extensions say. Raises AdapterError."""
    found: dict[str, Json] = {}
    for key, url, codes in (
        ("age_band", names.AGE_BAND, _BANDS),
        ("minor_status", names.MINOR_STATUS, _AGES),
    ):
        if (extension := single(extensions, url)) is not None:
            found[key] = _code(extension, codes)
    if (extension := single(extensions, names.MEETING_POINT)) is not None:
        found["meeting_point"] = extension.value("valueString")
    if (extension := single(extensions, names.DEPENDANTS)) is not None:
        number = extension.number("valueInteger")
        if number is None or not 0 <= number <= _MOST_DEPENDANTS:
            raise MalformedError(extension.pointer("valueInteger"), "range")
        found["dependants"] = number
    if (extension := single(extensions, names.INTERPRETER_REQUIRED)) is not None:
        needed = extension.truth("valueBoolean")
        if needed is None:
            raise MalformedError(extension.pointer("valueBoolean"), "required")
        found["interpreter"] = {"needed": needed, **_interpreter(extensions)}
    elif names.INTERPRETER in extensions:
        raise MalformedError(extensions[names.INTERPRETER][0].at, "interpreter_required")
    return found


def _interpreter(extensions: Mapping[str, list[Node]]) -> dict[str, Json]:
    extension = single(extensions, names.INTERPRETER)
    if extension is None:
        return {}
    found: dict[str, Json] = {}
    for part in extension.nodes("extension"):
        name, code = part.code("url"), part.value("valueCode")
        if name in found or name not in {"language", "gender"}:
            raise MalformedError(part.at, "repeated" if name in found else "unknown_element")
        if (code not in _GENDERS) if name == "gender" else (LANGUAGE.fullmatch(code) is None):
            raise UnsupportedError(part.pointer("valueCode"), f"unknown_code:{name}")
        found[name] = code
    return found


def _code(extension: Node, codes: frozenset[str]) -> str:
    code = extension.value("valueCode")
    if code not in codes:
        raise UnsupportedError(extension.pointer("valueCode"), "unknown_code:age")
    return code
