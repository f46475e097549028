"""One invented document with every leaf that any profile may hold, and what of it a profile names."""

from __future__ import annotations

from typing import cast

from schemas.documents import Document, Json

FULL: Document = {
    "subject": {
        "pseudonym": "01ARZ3NDEKTSV4RRFFQ69G5FAV*",
        "alias": "Lindenblatt",
        "names": [
            {"use": "official", "given": "Mirela", "middle": "Ana", "family": "Kosturi", "full": "Mirela Ana Kosturi"},
            {"use": "birth", "given": "Mirela", "family": "Lisi", "second_family": "Dervo"},
            {"use": "other", "full": "Mira"},
        ],
        "identifiers": [
            {"type": "passport", "value": "BX0412377", "country": "AL"},
            {"type": "national_id", "value": "K20309"},
            {"type": "social_security", "value": "900-55-0111", "country": "US"},
            {"type": "social_security", "value": "SV 77", "country": "DE"},
            {"type": "driver_licence", "value": "D-1"},
            {"type": "alien_number", "value": "A-1"},
            {"type": "case_number", "value": "C-1"},
            {"type": "unhcr", "value": "U-1"},
            {"type": "other", "value": "O-1", "country": "PS"},
        ],
        "birth": {"date": "2002-03-09", "estimated": True},
        "age_band": "24--26",
        "minor_status": "adult",
        "sex": "female",
        "citizenships": ["AL", "SS"],
        "languages": ["sq", "it", "xyz"],
        "interpreter": {"needed": True, "language": "sq", "gender": "female"},
        "contacts": [
            {"channel": "phone", "value": "+44 7700 900417"},
            {"channel": "email", "value": "mirela.k@mail.example"},
            {"channel": "message", "value": "mira_k"},
            {"channel": "caseworker", "value": "through the desk"},
        ],
        "addresses": [
            {
                "use": "current",
                "country": "GB",
                "region": "East Shore",
                "locality": "Norhaven",
                "line": "18 Ropewalk Lane",
            },
            {"use": "last", "country": "AL", "postal_code": "1001"},
            {"use": "birth", "locality": "Ura e Re"},
            {"use": "other", "line": "c/o harbour mission"},
        ],
        "meeting_point": "Main entrance of the library",
        "dependants": 2,
    },
    "situation": {
        "victim_status": "presumed",
        "decided_by": "police",
        "exploitation": [{"type": "sexual", "industry": "hospitality", "country": "GB"}, {"type": "criminal"}],
        "means": ["debt_bondage", "withholds_documents"],
        "recruitment": ["online_advertisement"],
        "last_contact": "week",
        "events": [
            {"type": "exploitation", "from": "2026", "to": "2026", "country": "GB"},
            {"type": "incident", "from": "2026-11-13"},
            {"type": "transit", "from": "2026-07", "to": "2026-08-01"},
        ],
        "narrative": [
            {"section": "account", "text": "She said <no> & left.\r\nThen she came back."},
            {"section": "other", "text": "Ж"},
        ],
        "offences": [{"system": "ucr", "code": "64A"}, {"system": "national", "code": "MSA2015/s2"}],
        "immigration_status": "visa",
        "reflection_until": "2026-12-30",
        "cooperation": "undecided",
    },
    "needs": [{"code": "accommodation.emergency"}, {"code": "interpretation", "note": "a woman, please"}],
    "risk": {"level": "high", "reasons": ["threats", "exploiter_knows_place"]},
    "health": {"access_needs": ["female_staff"], "alerts": ["medication"]},
}
"""Every leaf any profile may hold, and codes that some formats cannot say."""


def cut(schema: dict[str, object], value: Json) -> Json:
    """What of `value` a closed schema names and allows; {} where that is nothing."""
    if isinstance(value, dict):
        properties = cast("dict[str, dict[str, object]]", schema.get("properties", {}))
        kept = {key: cut(properties[key], member) for key, member in value.items() if key in properties}
        kept = {key: member for key, member in kept.items() if member not in ({}, [])}
        needed = cast("list[str]", schema.get("required", []))
        return kept if set(needed) <= {*kept, "schema"} else {}
    if isinstance(value, list):
        items = cast("dict[str, object]", schema["items"])
        return [kept_member for member in value if (kept_member := cut(items, member)) != {}]
    if schema.get("pattern") == "^[0-9]{4}$" and isinstance(value, str):
        return value[:4]
    return value if value in cast("list[Json]", schema.get("enum", [value])) else {}
