"""What is written for a recipient is read back as the same, for every category the manifest says LEXS carries."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from adapters.sdk import Outgoing, ParsedReferral, UnsupportedError
from adapters.sdk.codes import Document, Json
from adapters.sdk.countries import read_countries
from adapters.sdk.guard import Guard
from adapters.systems.ndex.attributes import CODES, LISTS
from adapters.systems.ndex.codes import AGE_RANGES
from adapters.systems.ndex.offences import UCR

Out = Callable[..., Outgoing]
Read = Callable[..., ParsedReferral]

_COUNTRIES = sorted(code for code in read_countries().by_iso2 if read_countries().to_fips(code))
# A name is one line; prose keeps its lines, also a carriage return, which XML only keeps as a reference.
_LINE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
_PROSE = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=40).map(
    lambda text: f"x{text}\r\n\tx"
)
_DAY = st.dates().map(lambda day: day.isoformat()) | st.sampled_from(["1999", "2026-02"])
_TOKEN = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,39}", fullmatch=True)


def _optional(**leaves: st.SearchStrategy[Json]) -> st.SearchStrategy[dict[str, Json]]:
    return st.fixed_dictionaries({}, optional=leaves)


def _with(needed: dict[str, st.SearchStrategy[Json]], **leaves: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(needed, optional=leaves)


def _codes(path: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(CODES[path]))


def _some(path: str) -> st.SearchStrategy[list[str]]:
    return st.lists(_codes(f"{path}/*"), min_size=1, max_size=LISTS[path][0], unique=True)


_PARTS = {"given": _LINE, "middle": _LINE, "family": _LINE, "full": _LINE}
_NAME = _optional(**_PARTS).filter(bool)
_PLACE = {"region": _LINE, "locality": _LINE, "line": _LINE, "country": st.sampled_from(_COUNTRIES)}
_IDENTIFIER = st.sampled_from(
    ["passport", "national_id", "driver_licence", "alien_number", "case_number", "unhcr", "other"]
).flatmap(lambda kind: _with({"type": st.just(kind), "value": _LINE}, country=st.sampled_from(_COUNTRIES)))

SUBJECT = _optional(
    birth=st.fixed_dictionaries({"date": _DAY}),
    sex=st.sampled_from(["female", "male", "unknown"]),
    citizenships=st.lists(st.sampled_from(_COUNTRIES), min_size=1, max_size=10, unique=True),
    minor_status=_codes("/subject/minor_status"),
    interpreter=_with({"needed": st.booleans()}, language=st.just("sq"), gender=_codes("/subject/interpreter/gender")),
    meeting_point=_LINE,
    dependants=st.integers(0, 50),
    group_ref=_TOKEN,
    addresses=st.lists(
        st.sampled_from(["current", "last", "birth", "other"]).flatmap(
            lambda use: _with({"use": st.just(use), "postal_code": st.just("NH4 7QX")}, **_PLACE)
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda entry: cast("dict[str, str]", entry)["use"],
    ),
    identifiers=st.lists(_IDENTIFIER, min_size=1, max_size=6),
)

SITUATION = _optional(
    victim_status=_codes("/situation/victim_status"),
    decided_by=_codes("/situation/decided_by"),
    exploitation=st.lists(
        _with(
            {"type": _codes("/situation/exploitation/*/type")},
            industry=_codes("/situation/exploitation/*/industry"),
            country=st.sampled_from(_COUNTRIES),
        ),
        min_size=1,
        max_size=10,
        unique_by=str,
    ),
    means=_some("/situation/means"),
    recruitment=_some("/situation/recruitment"),
    last_contact=_codes("/situation/last_contact"),
    immigration_status=_codes("/situation/immigration_status"),
    reflection_until=st.dates().map(lambda day: day.isoformat()),
    cooperation=_codes("/situation/cooperation"),
    events=st.lists(
        st.sampled_from(["recruitment", "transit", "exploitation", "incident", "other"]).flatmap(
            lambda kind: _with({"type": st.just(kind), "from": _DAY}, to=_DAY, **_PLACE)
        ),
        min_size=1,
        max_size=4,
    ),
    narrative=st.lists(
        st.fixed_dictionaries(
            {"section": st.sampled_from(["incident", "account", "indicators", "other"]), "text": _PROSE}
        ),
        min_size=1,
        max_size=3,
    ),
    offences=st.lists(
        st.sampled_from(sorted(UCR)).map(lambda code: {"system": "ucr", "code": code})
        | st.tuples(st.sampled_from(["national", "other"]), _TOKEN).map(
            lambda pair: {"system": pair[0], "code": pair[1]}
        ),
        min_size=1,
        max_size=4,
        unique_by=str,
    ),
)

REST = _optional(
    needs=st.lists(_with({"code": _codes("/needs/*/code")}, note=_LINE), min_size=1, max_size=25, unique_by=str),
    risk=_optional(level=_codes("/risk/level"), reasons=_some("/risk/reasons")).filter(bool),
    health=_optional(access_needs=_some("/health/access_needs"), alerts=_some("/health/alerts")).filter(bool),
)


def _there_and_back(adapter: Guard, outgoing: Out, parse: Read, document: Document) -> Document:
    rendered = adapter.render(outgoing(document))
    assert not [loss.path for loss in rendered.losses]
    parsed = parse(rendered.body)
    assert parsed.document["sender_reference"] == "01J9Z0V3SH-7"
    return {
        key: value for key, value in parsed.document.items() if key not in {"schema", "sender_reference", "recorded_on"}
    }


@settings(max_examples=30)
@given(subject=SUBJECT, rest=REST, situation=SITUATION)
def test_what_is_carried_comes_back(
    adapter: Guard,
    outgoing: Out,
    parse: Read,
    canonical: Draft202012Validator,
    subject: dict[str, Json],
    rest: dict[str, Json],
    situation: dict[str, Json],
) -> None:
    # One leaf of the person's own is always there: a message about nobody has no victim to be read back.
    said: dict[str, Json] = {
        "subject": {"sex": "female", **subject},
        **rest,
        **({"situation": situation} if situation else {}),
    }
    back = _there_and_back(adapter, outgoing, parse, said)
    assert not [error.json_path for error in canonical.iter_errors({"schema": "referral/1.0", **back})]
    assert _unordered(back) == _unordered(_as_read(said))


@settings(max_examples=25)
@given(official=_NAME, others=st.lists(_NAME, max_size=9))
def test_names_come_back(
    adapter: Guard, outgoing: Out, parse: Read, official: dict[str, Json], others: list[dict[str, Json]]
) -> None:
    names: list[Json] = [{"use": "official", **official}, *({"use": "other", **name} for name in others)]
    assert _there_and_back(adapter, outgoing, parse, {"subject": {"names": names}}) == {"subject": {"names": names}}


@pytest.mark.parametrize("band", AGE_RANGES)
def test_a_band_comes_back_as_the_ages_it_stands_for(adapter: Guard, outgoing: Out, parse: Read, band: str) -> None:
    low, high = AGE_RANGES[band]
    expected = {"subject": {"age": {"min": low, "max": 130 if high is None else high}}}
    assert _there_and_back(adapter, outgoing, parse, {"subject": {"age_band": band}}) == expected


def test_an_age_beats_its_band_and_comes_back(adapter: Guard, outgoing: Out, parse: Read) -> None:
    said: Document = {"subject": {"age": {"min": 20, "max": 22}, "age_band": "18--20"}}
    assert _there_and_back(adapter, outgoing, parse, said) == {"subject": {"age": {"min": 20, "max": 22}}}


def test_languages_come_back_in_their_shortest_code(adapter: Guard, outgoing: Out, parse: Read) -> None:
    back = _there_and_back(adapter, outgoing, parse, {"subject": {"languages": ["sq", "it", "sr-Latn", "xyz"]}})
    codes = [{"code": "sq", "preferred": True}, {"code": "it"}, {"code": "sr-Latn"}, {"code": "xyz"}]
    assert back == {"subject": {"languages": codes}}


def test_contacts_come_back_with_nobody_having_said_that_they_are_safe(
    adapter: Guard, outgoing: Out, parse: Read
) -> None:
    contacts: list[Json] = [{"channel": channel, "value": f"v {channel}"} for channel in ("phone", "email", "message")]
    back = _there_and_back(adapter, outgoing, parse, {"subject": {"contacts": contacts}})
    assert back == {
        "subject": {"contacts": [{**cast("dict[str, Json]", entry), "safe": "unknown"} for entry in contacts]}
    }


def test_the_pseudonym_does_not_come_back(adapter: Guard, outgoing: Out, parse: Read) -> None:
    document: Document = {"subject": {"pseudonym": "01ARZ3NDEKTSV4RRFFQ69G5FAV*", "sex": "male"}}
    assert _there_and_back(adapter, outgoing, parse, document) == {"subject": {"sex": "male"}}


def test_the_envelope_does_not_come_back(adapter: Guard, outgoing: Out, parse: Read) -> None:
    parsed = parse(adapter.render(outgoing({"subject": {"sex": "male"}})).body)
    assert "no_onward_transfer" not in str(parsed.document)
    assert any(loss.path.endswith("/lexs:DomainAttribute") for loss in parsed.losses)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (">accommodation.emergency<", ">castle<"),
        ("/needs/0/code", "/needs/0/note"),  # a note without the need it is about
        ("/needs/0/code", "/subject/interpreter/language"),
        ("/needs/0/code", "/subject/dependants"),
        ("/needs/1/code", "/needs/0/code"),  # the same leaf twice
    ],
    ids=["unknown_code", "no_code", "not_a_language", "not_a_number", "twice"],
)
def test_an_attribute_of_our_domain_that_makes_no_sense_is_refused(
    adapter: Guard, outgoing: Out, parse: Read, old: str, new: str
) -> None:
    needs: list[Json] = [{"code": "accommodation.emergency"}, {"code": "interpretation"}]
    body = adapter.render(outgoing({"subject": {"sex": "male"}, "needs": needs})).body
    assert old.encode() in body
    with pytest.raises(UnsupportedError):
        parse(body.replace(old.encode(), new.encode(), 1))


@pytest.mark.parametrize(
    "name", ["/subject/names/0/given", "/subject/person_ref", "needs/0/code", "/needs/00/code", "/*"]
)
def test_an_attribute_the_table_does_not_know_is_lost(adapter: Guard, outgoing: Out, parse: Read, name: str) -> None:
    body = adapter.render(outgoing({"subject": {"sex": "male"}, "needs": [{"code": "interpretation"}]})).body
    parsed = parse(body.replace(b"/needs/0/code", name.encode()))
    assert set(parsed.document) == {"schema", "sender_reference", "recorded_on", "subject"}


def _as_read(said: dict[str, Json]) -> dict[str, Json]:
    """What reading adds to what was said: an offence of trafficking names its form, where no form was said."""
    situation = said.get("situation")
    if not isinstance(situation, dict):
        return said
    offences = cast("list[Json]", situation.get("offences", []))
    if {"system": "ucr", "code": "64A"} in offences and "exploitation" not in situation:
        return said | {"situation": {**situation, "exploitation": [{"type": "sexual"}]}}
    return said


def _unordered(document: Document) -> Document:
    """The same document with addresses and identifiers in one order: LEXS orders them by kind."""
    subject = dict(cast("dict[str, Json]", document["subject"]))
    for key in subject.keys() & {"addresses", "identifiers"}:
        subject[key] = sorted(cast("list[Json]", subject[key]), key=lambda entry: json.dumps(entry, sort_keys=True))
    return {**document, "subject": subject}
