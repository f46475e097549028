"""What is written and read again is the same, on every category the manifest names."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from adapters.sdk import ParsedReferral
from adapters.sdk.checks import sample_outgoing
from adapters.sdk.codes import AgeBand, AgeStatus, DataCategory, Need, Sex
from adapters.sdk.contract import Inbound
from adapters.sdk.guard import Guard
from adapters.systems.fhir.adapter import Fhir
from adapters.systems.fhir.tables import read_tables
from schemas.catalogue import load
from schemas.leaves import leaves
from schemas.validation import validate

TABLES = read_tables()
FHIR = Guard(Fhir())

words = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=40).filter(str.strip)
days = st.dates().map(str)
dates = st.one_of(days, days.map(lambda day: day[:7]), days.map(lambda day: day[:4]))
countries = st.sampled_from(sorted(TABLES.countries.by_iso2))
languages = st.sampled_from(["ro", "ar-SY", "zh-Hant", "zh-Hant-TW", "rms", "prs", "es-419"])


def some(**members: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=members)


def many(rows: SearchStrategy[Any], *, once: bool = False) -> SearchStrategy[list[Any]]:
    return st.lists(rows, min_size=1, max_size=3, unique=once)


def codes(name: str) -> SearchStrategy[str]:
    found = TABLES.inputs[name].main.codes
    assert found is not None
    return st.sampled_from(sorted(found))


def extension_codes(name: str, member: str) -> SearchStrategy[str]:
    (found,) = (each.codes for each in TABLES.inputs[name].extensions if each.member == member)
    assert found is not None
    return st.sampled_from(sorted(found))


names = st.fixed_dictionaries(
    {"use": st.sampled_from(["official", "birth", "married", "other"])},
    optional=dict.fromkeys(("given", "middle", "family", "second_family", "full"), words),
).filter(lambda name: len(name) > 1)
addresses = st.fixed_dictionaries(
    {"use": st.sampled_from(["current", "last", "birth", "other"]), "country": countries},
    optional={"region": words, "locality": words, "line": words, "postal_code": st.text("0123456789 A", min_size=1)},
).map(lambda address: {part: text[:20] for part, text in address.items() if text.strip()})
identifiers = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["passport", "national_id", "social_security", "driver_licence", "alien_number", "case_number", "unhcr"]
        ),
        "value": st.text("AB09 ./-", min_size=1, max_size=40).filter(str.strip),
    },
    optional={"country": countries},
)
channels = st.sampled_from(["phone", "message", "email", "post", "caseworker", "other"])
subjects = some(
    pseudonym=st.text("0123456789ABC", min_size=27, max_size=27),
    names=many(names),
    alias=words,
    identifiers=many(identifiers),
    birth=st.fixed_dictionaries({"date": dates}, optional={"estimated": st.booleans()}),
    age_band=st.sampled_from([band.value for band in AgeBand]),
    minor_status=st.sampled_from([status.value for status in AgeStatus]),
    sex=st.sampled_from([sex.value for sex in Sex]),
    citizenships=many(countries, once=True),
    languages=many(languages, once=True),
    interpreter=st.fixed_dictionaries(
        {"needed": st.booleans()},
        optional={"language": languages, "gender": st.sampled_from(["female", "male", "any"])},
    ),
    contacts=many(st.fixed_dictionaries({"channel": channels, "value": words})),
    addresses=many(addresses),
    meeting_point=words,
    dependants=st.integers(0, 50),
)
situations = some(
    victim_status=codes("situation.victim_status"),
    decided_by=codes("situation.decided_by"),
    exploitation=many(
        st.fixed_dictionaries(
            {"type": codes("situation.exploitation")},
            optional={"industry": extension_codes("situation.exploitation", "industry"), "country": countries},
        )
    ),
    means=many(codes("situation.means"), once=True),
    recruitment=many(codes("situation.recruitment"), once=True),
    last_contact=codes("situation.last_contact"),
    events=many(
        st.fixed_dictionaries(
            {"type": codes("situation.events")}, optional={"from": dates, "to": dates, "country": countries}
        )
    ),
    narrative=many(
        st.fixed_dictionaries({"text": words}, optional={"section": extension_codes("situation.narrative", "section")})
    ),
    offences=many(
        st.fixed_dictionaries(
            {"code": st.sampled_from(["64A", "ART-4/2"]), "system": extension_codes("situation.offences", "system")}
        )
    ),
    immigration_status=codes("situation.immigration_status"),
    reflection_until=days,
    cooperation=codes("situation.cooperation"),
)
documents = some(
    subject=subjects,
    situation=situations,
    risk=some(level=codes("risk.level"), reasons=many(codes("risk.reasons"), once=True)),
    health=some(
        access_needs=many(codes("health.access_needs"), once=True), alerts=many(codes("health.alerts"), once=True)
    ),
    needs=many(
        st.fixed_dictionaries({"code": st.sampled_from([need.value for need in Need])}, optional={"note": words})
    ),
)


def expected(document: dict[str, Any]) -> dict[str, Any]:
    """The document as its recipient would send it on: its pseudonym is its reference, and no channel is called safe."""
    said = {name: value for name, value in json.loads(json.dumps(document)).items() if value}
    subject = said.setdefault("subject", {})
    if "pseudonym" in subject:
        subject["person_ref"] = subject.pop("pseudonym")
    for contact in subject.get("contacts", ()):
        contact["safe"] = "unknown"
    if "languages" in subject:
        subject["languages"] = [{"code": code} for code in subject["languages"]]
    if "addresses" in subject:  # Where she was born stands in an extension, and is read after the others.
        subject["addresses"].sort(key=lambda address: address["use"] == "birth")
    return said | {"schema": "referral/1.0", "recorded_on": "2031-05-06"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents)
def test_what_is_written_is_read_again(document: dict[str, Any]) -> None:
    outbound = FHIR.render(sample_outgoing(document))
    parsed = FHIR.parse(Inbound(outbound.body, outbound.media_type))
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document == expected(document)
    assert validate(parsed.document, "referral/1.0")
    assert outbound.losses == ()


def test_every_category_of_the_manifest_is_in_a_round_trip() -> None:
    tried = {
        leaf.node["x-data-category"]
        for leaf in leaves(load("referral/1.0"))
        if leaf.path[0] in {"schema", "needs", "risk", "health", "situation", "subject"}
    }
    tried |= {DataCategory.PSEUDONYM.value}
    assert {category.value for category in FHIR.manifest.categories} <= tried


@pytest.mark.parametrize("name", sorted(TABLES.inputs))
def test_the_codes_of_an_input_are_those_of_the_canonical_schema(name: str) -> None:
    kind = TABLES.inputs[name]
    known = {leaf.path: leaf.node.get("enum") for leaf in leaves(load("referral/1.0"))}
    base = (*kind.path, *(("*",) if kind.many else ()))
    for member in (kind.main, *kind.extensions):
        enum = known[(*base, member.member) if member.member else base]
        assert (member.codes is None) is (enum is None)
        assert member.codes is None or set(enum) == member.codes
