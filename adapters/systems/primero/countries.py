"""Ids of lookup-country and their ISO 3166-1 codes: the country's name as a slug, but for the few that differ."""

import unicodedata

from adapters.sdk.countries import Countries

_COUNTRY_IDS = {
    "CD": "drc",
    "CZ": "czech_republic",
    "GB": "uk",
    "KN": "st_kitts_and_nevis",
    "LC": "st_lucia",
    "MK": "macedonia",
    "SZ": "swaziland",
    "TR": "turkey",
    "US": "usa",
    "VA": "vatican",
    "VC": "st_vincent_and_the_grenadines",
    "VN": "vietnam",
}
NOT_IN_SEED = frozenset(
    {
        "AI",
        "AQ",
        "AS",
        "AW",
        "AX",
        "BL",
        "BM",
        "BQ",
        "BV",
        "CC",
        "CK",
        "CW",
        "CX",
        "EH",
        "FK",
        "FO",
        "GF",
        "GG",
        "GI",
        "GL",
        "GP",
        "GS",
        "GU",
        "HK",
        "HM",
        "IM",
        "IO",
        "JE",
        "KY",
        "MF",
        "MO",
        "MP",
        "MQ",
        "MS",
        "NC",
        "NF",
        "NU",
        "PF",
        "PM",
        "PN",
        "PR",
        "RE",
        "SH",
        "SJ",
        "SX",
        "TC",
        "TF",
        "TK",
        "UM",
        "VG",
        "VI",
        "WF",
        "YT",
    }
)
"""ISO codes that lookup-country of the seed has no id for; `render` says them in a note."""

COUNTRIES_WITHOUT_ISO_CODE = frozenset({"kosovo"})
"""Ids of lookup-country that ISO 3166-1 has no code for: dropped with a loss, as nothing we hold could say them."""


def country_ids(countries: Countries) -> dict[str, str]:
    """Return the id of lookup-country by ISO alpha-2 code, for every country."""
    return {code: _COUNTRY_IDS.get(code) or _slug(country.name) for code, country in countries.by_iso2.items()}


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "".join(sign if sign.isalnum() else "_" if sign in " -" else "" for sign in plain)
