"""What a submission says about what was done to her, as the canonical `situation`."""

import re
from collections.abc import Iterator

from adapters.sdk import UnsupportedError
from adapters.sdk.codes import Document, Exploitation, Json
from adapters.sdk.countries import Countries
from adapters.systems.uknrm.codes import Codes
from adapters.systems.uknrm.fields import Fields

_LIMIT, _PLACE, _PLACES = 60_000, 120, 10
_IN_BRITAIN: Json = {"type": "exploitation", "country": "GB"}
_OURS = re.compile(r"[a-z_]+(; [a-z_]+)*")
_OF_A_CHILD = "ComponentChildExploitation"
"""Says that it was done to a child as well, which `AdultOrChildDuringExploitation` is there to say."""
_INDICATORS = "IdentifiedModernSlaveryIndicatorsDetails"


def read_what_happened(fields: Fields, codes: Codes, countries: Countries) -> dict[str, Json]:
    """Return what both routes may say: codes and countries. Nothing of it is prose, a town or a date."""
    found: dict[str, Json] = {
        "exploitation": [{"type": form} for form in dict.fromkeys(_exploitation(fields, codes))],
        "means": [means for flag, means in codes.means.items() if fields.ticked(flag)],
        "events": list(_countries(fields, countries)),
    }
    if (answer := fields.code("WillingToCooperate", codes.answer)) is not None:
        found["cooperation"] = answer
    return {name: value for name, value in found.items() if value}


def read_in_detail(fields: Fields, codes: Codes) -> dict[str, Json]:
    """Return what only a referral that she consented to may say; its events come before those by country."""
    found: dict[str, Json] = {"events": list(_towns(fields)), "narrative": list(_narrative(fields, codes))}
    if (as_a_child := fields.code("AdultOrChildDuringExploitation", codes.as_a_child)) is not None:  # K-09
        found["minor_at_exploitation"] = as_a_child
    if (band := fields.code("PVExploitersLastContact", codes.last_contact)) is not None:
        found["last_contact"] = band
    return {name: value for name, value in found.items() if value}


def merged(situation: Document, detail: Document) -> dict[str, Json]:
    """Return both; a town in the United Kingdom says the country too, so the country alone is then left out."""
    towns, countries = _list(detail, "events"), _list(situation, "events")
    if towns:
        countries = [event for event in countries if event != _IN_BRITAIN]
    events = [*towns, *countries]
    return {**situation, **detail, "events": events} if events else {**situation, **detail}


def _list(section: Document, name: str) -> list[Json]:
    value = section.get(name, [])
    return value if isinstance(value, list) else []


def read_risk(fields: Fields) -> dict[str, Json]:
    """Return whether somebody fears that it happens again."""
    return {"reasons": ["further_exploitation"]} if fields.ticked("ConcernsOfFurtherExploitationToPV") else {}


def read_health(fields: Fields) -> dict[str, Json]:
    """Return whether she needs an aid to communicate; which one is a text and stays behind."""
    return {"access_needs": ["communication_aid"]} if fields.ticked("Customer.Custom15") else {}


def _exploitation(fields: Fields, codes: Codes) -> Iterator[str]:
    for flag, form in codes.exploitation.items():
        if fields.ticked(flag):
            if form == Exploitation.CRIMINAL or flag == _OF_A_CHILD:
                fields.losses.coarsened(f"/{flag}")
            yield form
    text = fields.text("ExploitationOther")
    if text is None:
        return
    if _OURS.fullmatch(text) is not None and set(text.split("; ")) <= set(Exploitation):
        # Our own codes, as `render` writes the forms that have no flag.
        yield from text.split("; ")
    else:
        fields.losses.coarsened("/ExploitationOther")
        yield Exploitation.OTHER.value


def _countries(fields: Fields, countries: Countries) -> Iterator[Json]:
    for name in (f"Country{number}" for number in range(1, _PLACES + 1)):
        text = fields.text(name)
        if text is None:
            continue
        if text not in countries.by_english_name:
            raise UnsupportedError(f"/{name}", "unknown_code:country")
        if (code := countries.by_english_name[text]) is None:
            fields.dropped(name)
        else:
            yield {"type": "exploitation", "country": code}
    match fields.text("ExploitationLocationPresented"):
        case "UK":
            yield _IN_BRITAIN
        case "BOTH":  # Where else, only a country could say.
            fields.losses.coarsened("/ExploitationLocationPresented")
            yield _IN_BRITAIN
        case "OVERSEAS":
            fields.dropped("ExploitationLocationPresented")
        case None:
            pass
        case _:
            raise UnsupportedError("/ExploitationLocationPresented", "unknown_code:location")


def _towns(fields: Fields) -> Iterator[Json]:
    for name in (f"City{number}" for number in range(1, _PLACES + 1)):
        if (town := fields.text(name, _PLACE)) is not None:
            yield {"type": "exploitation", "country": "GB", "locality": town}


def _narrative(fields: Fields, codes: Codes) -> Iterator[Json]:
    for name, section in codes.narrative.items():
        if (text := fields.prose(name, _LIMIT)) is not None:
            if name == _INDICATORS:
                fields.denied("IdentifiedModernSlaveryIndicators")  # "yes, there were some", which the text says
            yield {"section": section, "text": text}
