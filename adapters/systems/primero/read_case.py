"""A Primero case as a canonical referral.

Primero's consent fields are never read as consent: what she agreed to is in the gateway's own records. They are
reported as lost, a `false` among them included, and so is everything else that has no place here.
"""

import re
from collections.abc import Iterator

from adapters.sdk import Losses, ParsedReferral, UnsupportedError
from adapters.sdk.codes import Document, Json
from adapters.sdk.countries import Countries
from adapters.sdk.languages import Languages
from adapters.sdk.values import is_day
from adapters.systems.primero.fields import Fields
from adapters.systems.primero.lookups import (
    EXPLOITATION,
    IMMIGRATION_STATUS,
    NEEDS,
    RISK_LEVEL,
    SERVICE_TYPE,
)
from adapters.systems.primero.read_subject import read_subject

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}")
_OVER = ("closed", "transferred", "duplicate")
"""States of a case that its owner no longer works on; the death of a client is one of its ends."""
_NOTE, _NARRATIVE, _ID = 500, 60_000, 200
_MOST_NOTES, _MOST_NEEDS = 50, 25
"""Entries the canonical referral has room for; the further ones of a long case are lost."""


def read_case(record: Document, at: str, countries: Countries, languages: Languages) -> ParsedReferral:
    """Read the case at `at`. Raises UnsupportedError where nothing in it is about a person, or it is put away."""
    losses = Losses()
    for name in ("record_state", "enabled"):
        if record.get(name) in (False, "false"):
            raise UnsupportedError(f"{at}/{name}", "inactive")
    if record.get("status") in _OVER:
        raise UnsupportedError(f"{at}/status", "inactive")
    case = Fields(record, at, losses)
    referral: dict[str, Json] = {
        **_reference(case),
        "subject": read_subject(case, countries, languages),
        "situation": _situation(case),
        "needs": list(_needs(case)),
        "risk": _risk(case),
    }
    said = {name: value for name, value in referral.items() if value}
    if said.keys() <= {"sender_reference", "recorded_on"}:
        raise UnsupportedError(at, "kind")
    case.report_rest()
    document: dict[str, Json] = {"schema": "referral/1.0", "subject": {}}
    return ParsedReferral(document | said, losses.report())


def _reference(case: Fields) -> dict[str, Json]:
    """The case's own id, by which the answer finds it again; the short ids repeat it and are lost."""
    found: dict[str, Json] = {}
    for name in ("id", "case_id", "case_id_display", "short_id"):
        number = case.text(name, _ID)
        if number is None:
            continue
        if "sender_reference" not in found and _REFERENCE.fullmatch(number) is not None:
            found["sender_reference"] = number
        else:
            case.dropped(name)
    registered, created = case.text("registration_date", _ID), case.text("created_at", _ID)
    for name, text in (("registration_date", registered), ("created_at", created)):
        if text is None:
            continue
        day = text[:10]
        if "recorded_on" in found or not is_day(day):
            case.dropped(name)
            continue
        found["recorded_on"] = day
        if day != text:
            case.losses.coarsened(case.pointer(name))
    return found


def _situation(case: Fields) -> dict[str, Json]:
    situation: dict[str, Json] = {}
    if forms := list(dict.fromkeys(_exploitation(case))):
        situation["exploitation"] = [{"type": form} for form in forms]
    if (status := case.code("displacement_status")) is not None:
        if (known := IMMIGRATION_STATUS.find(status)) is not None:
            situation["immigration_status"] = known
        else:
            case.dropped("displacement_status")
    if notes := list(_narrative(case)):
        situation["narrative"] = notes
    return situation


def _exploitation(case: Fields) -> Iterator[str]:
    """Only a concern that says one form and no more; the others are groups she may be in for other reasons."""
    for concern, at in case.codes("protection_concerns"):
        form = EXPLOITATION.find(concern)
        if form is None:
            case.losses.dropped(at)
        else:
            yield form.value


def _narrative(case: Fields) -> Iterator[Json]:
    count = 0
    for row in case.rows("notes_section"):
        if (text := row.text("note_text", _NARRATIVE)) is not None:
            count += 1
            if count <= _MOST_NOTES:
                yield {"section": "other", "text": text}
            else:
                row.dropped("note_text")
        row.report_rest()


def _needs(case: Fields) -> Iterator[Json]:
    """One need for each service not yet given."""
    count = 0
    for row in case.rows("services_section"):
        need = _need(row)
        count += need is not None
        if need is not None and count <= _MOST_NEEDS:
            yield need
        elif need is not None:
            row.dropped("service_type")
            row.dropped("service_referral_notes")


def _need(row: Fields) -> Json:
    """Read a service, None where it was given already; notes that are or begin with one of our codes say which need."""
    service, note = row.code("service_type"), row.text("service_referral_notes", _NOTE)
    given = row.code("service_implemented") == "implemented"
    row.report_rest()
    if given:
        row.dropped("service_type")
    if service is None or given:
        if note is not None:
            row.dropped("service_referral_notes")
        return None
    known = SERVICE_TYPE.of(service, row.pointer("service_type"))
    code, colon, rest = (note or "").partition(": ")
    if code in NEEDS and bool(rest) is bool(colon):
        return {"code": code, "note": rest} if rest else {"code": code}
    if not known.exact:
        row.losses.coarsened(row.pointer("service_type"))
    return {"code": known.need.value} if note is None else {"code": known.need.value, "note": note}


def _risk(case: Fields) -> dict[str, Json]:
    level = case.code("risk_level")
    return {} if level is None else {"level": RISK_LEVEL.of(level, case.pointer("risk_level"))}
