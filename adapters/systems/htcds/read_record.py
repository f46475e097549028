"""One record as a canonical referral.

`con_Consent` is one box without recipient, scope or end, so it is never read as consent: what she agreed to is in the
gateway's own records. It is reported as lost, FALSE as well as TRUE, and so is everything else that has no place here.
"""

import re
from collections.abc import Iterator

from adapters.sdk import ParsedReferral, UnsupportedError
from adapters.sdk.codes import Exploitation, Json, Need
from adapters.sdk.countries import Countries
from adapters.sdk.languages import Languages
from adapters.systems.htcds.columns import RECORD_IDS
from adapters.systems.htcds.read_subject import read_subject
from adapters.systems.htcds.record import Record

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}")
_PLACE, _LINE, _TEXT = 120, 200, 60_000
_MAJORITY, _DIGITS = 18, 3
_MOST_FORMS = 10
"""As many as the canonical referral takes."""
_NARRATIVE = ("hte_Description", "cas_IncomingReferralDetails", "cco_CaseComment")


def read_record(record: Record, countries: Countries, languages: Languages) -> ParsedReferral:
    """Read one row. Raises MalformedError and UnsupportedError with the field's name as pointer."""
    _must_be_hers(record)
    said: dict[str, Json] = {
        **_reference(record),
        "subject": read_subject(record, countries, languages),
        "situation": _situation(record, countries),
        "needs": list(_needs(record)),
        "risk": _of(
            level=record.code("gx_RiskLevel", "gx_risk_level"),
            reasons=record.codes("gx_RiskReasons", "gx_risk_reasons"),
        ),
        "health": _of(
            access_needs=record.codes("gx_AccessNeeds", "gx_access_needs"),
            alerts=record.codes("gx_Alerts", "gx_alerts"),
        ),
    }
    record.report_rest()
    document: dict[str, Json] = {"schema": "referral/1.0", **{name: value for name, value in said.items() if value}}
    return ParsedReferral(document, record.losses.report())


def _must_be_hers(record: Record) -> None:
    """Return when the record is of somebody alive who may have been trafficked.

    The standard keeps victims and perpetrators as people of one kind: of whom only a part in the crime is said, and
    nothing as of a victim, is no victim.
    """
    if (role := record.first_of("per_")) is not None and record.first_of("vic_", "gx_Needs") is None:
        raise UnsupportedError(f"/{role}", "perpetrator")
    dead = record.flag("prs_Deceased")
    if dead:
        raise UnsupportedError("/prs_Deceased", "deceased")
    if dead is not None:
        record.dropped("prs_Deceased")


def _of(**members: Json) -> dict[str, Json]:
    return {name: value for name, value in members.items() if value}


def _reference(record: Record) -> dict[str, Json]:
    """The number a survey tool gave the submission, by which the answer finds it again."""
    found: dict[str, Json] = {}
    for name in RECORD_IDS:
        number = record.text(name, _TEXT)
        if number is not None and not found and _REFERENCE.fullmatch(number) is not None:
            found["sender_reference"] = number
        elif number is not None and number != found.get("sender_reference"):
            record.dropped("*")
    return found


def _situation(record: Record, countries: Countries) -> dict[str, Json]:
    return _of(
        victim_status=record.code("vic_TraffickingStatus", "traffickingstatus"),
        decided_by=record.code("vic_TraffickingStatusDecisionMakingOrg", "traffickingstatusdecisionmakingorg"),
        exploitation=list(_exploitation(record)),
        means=record.codes("vic_MethodsOfControl", "methodsofcontrol"),
        recruitment=record.codes("vic_MethodOfRecruitment", "methodofrecruitment"),
        events=list(_events(record, countries)),
        minor_at_exploitation=_as_a_child(record),
        narrative=[
            {"section": "other", "text": text} for name in _NARRATIVE if (text := record.text(name, _TEXT)) is not None
        ],
    )


def _as_a_child(record: Record) -> str | None:
    """Whether she was a child when it was done to her (K-09). An older age does not say that it began no earlier."""
    age = record.text("vic_AgeWhenTrafficked", _TEXT)
    if age is None:
        return None
    if not (age.isascii() and age.isdigit() and len(age) <= _DIGITS and int(age) < _MAJORITY):
        record.dropped("vic_AgeWhenTrafficked")
        return None
    record.losses.coarsened("/vic_AgeWhenTrafficked")
    return "yes"


def _exploitation(record: Record) -> Iterator[Json]:
    """The industries are those of forced labour; without it they are lost, as nothing says what they belong to."""
    forms = record.codes("vic_TypeOfExploitation", "typeofexploitation")
    industries = record.codes("vic_ForcedLabourIndustry", "forcedlabourindustry")
    if industries and Exploitation.FORCED_LABOUR not in forms:
        record.dropped("vic_ForcedLabourIndustry")
    record.codes("vic_TypeOfSexExploitation", "typeofsexexploitation")
    rows: list[dict[str, Json]] = []
    for form in forms:
        if form == Exploitation.FORCED_LABOUR and industries:
            rows += [{"type": form, "industry": industry} for industry in industries]
        else:
            rows.append({"type": form})
    if len(rows) > _MOST_FORMS:
        record.losses.dropped("/vic_ForcedLabourIndustry")
        rows = [dict[str, Json](type=form) for form in forms]
    yield from rows


def _events(record: Record, countries: Countries) -> Iterator[Json]:
    kind = record.code("hte_Type", "hte_type")
    day = record.day("hte_Date")
    country = record.text("hte_Country", _LINE)
    event: dict[str, Json] = {"type": kind or "other"}
    if day is not None:
        event["from"] = day
    if country is not None and country in countries.by_iso2:
        event["country"] = country
    elif country is not None:
        record.dropped("hte_Country")
    parts = (("region", "hte_State", _PLACE), ("locality", "hte_City", _PLACE), ("line", "hte_Street", _LINE))
    event.update({part: text for part, name, limit in parts if (text := record.text(name, limit)) is not None})
    if kind is not None or len(event) > 1:
        yield event


def _needs(record: Record) -> Iterator[Json]:
    codes = [Need(code).value for code in record.parts("gx_Needs") if _is_need(code)]
    for code in dict.fromkeys([*codes, *record.codes("spl_Type", "spl_type")]):
        yield {"code": code}


def _is_need(code: str) -> bool:
    if code not in set(Need):
        raise UnsupportedError("/gx_Needs", "unknown_code:need")
    return True
