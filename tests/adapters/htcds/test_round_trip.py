"""What is written is read back as the same, for every category that the manifest says a record carries."""

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sdk.checks import sample_outgoing
from adapters.sdk.codes import Json
from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.sdk.countries import read_countries
from adapters.sdk.guard import Guard
from adapters.sdk.languages import read_languages
from adapters.systems.htcds.adapter import Htcds
from schemas.catalogue import load
from schemas.leaves import leaves
from schemas.validation import validate

HTCDS = Guard(Htcds())
PSEUDONYM = "0" * 27

_LINE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
_ENUMS = {"/".join(leaf.path): leaf.node.get("enum") for leaf in leaves(load("referral/1.0"))}


def _one(place: str, *, without: frozenset[str] = frozenset()) -> st.SearchStrategy[Json]:
    return st.sampled_from([code for code in _ENUMS[place] or () if code not in without])


def _some(place: str, *, without: frozenset[str] = frozenset()) -> st.SearchStrategy[Json]:
    return st.lists(_one(place, without=without), min_size=1, max_size=4, unique=True)


_TAGS = [tag for tag in read_languages().by_tag if read_languages().to_bibliographic(tag)]
_COUNTRIES = st.lists(st.sampled_from(sorted(read_countries().by_iso2)), min_size=1, max_size=4, unique=True)
_NOT_EXACT = frozenset({"criminal", "slavery", "unknown", "domestic_servitude", "forced_labour"})
_EXPLOITATION = st.builds(
    lambda forms, industries: (
        [{"type": "forced_labour", "industry": industry} for industry in industries]
        + [{"type": form} for form in forms]
    ),
    _some("situation/exploitation/*/type", without=_NOT_EXACT),
    _some("situation/exploitation/*/industry", without=frozenset({"other", "unknown"})) | st.just([]),
)
SUBJECT = st.fixed_dictionaries(
    {},
    optional={
        "alias": _LINE,
        "names": st.fixed_dictionaries({}, optional={"given": _LINE, "middle": _LINE, "family": _LINE})
        .filter(bool)
        .map(lambda parts: [{"use": "official", **parts}]),
        "identifiers": _LINE.map(lambda number: [{"type": "national_id", "value": number}]),
        "birth": st.dates().map(lambda day: {"date": day.isoformat()}),
        "sex": _one("subject/sex"),
        "citizenships": _COUNTRIES,
        "languages": st.lists(st.sampled_from([*_TAGS, "prs", "ar-SY", "rms"]), min_size=1, max_size=5, unique=True),
        "interpreter": st.fixed_dictionaries(
            {"needed": st.booleans()},
            optional={"language": st.sampled_from(_TAGS), "gender": _one("subject/interpreter/gender")},
        ),
        "contacts": st.just(
            [{"channel": "email", "value": "a@mail.example"}, {"channel": "phone", "value": "40700000114"}]
        ),
        "meeting_point": _LINE,
        "dependants": st.integers(0, 50),
    },
)
DOCUMENT = st.fixed_dictionaries(
    {"subject": SUBJECT},
    optional={
        "situation": st.fixed_dictionaries(
            {},
            optional={
                "victim_status": _one("situation/victim_status", without=frozenset({"refused"})),
                "decided_by": st.just("police"),
                "exploitation": _EXPLOITATION,
                "means": _some("situation/means/*", without=frozenset({"restricts_movement", "uses_children"})),
                "recruitment": _some("situation/recruitment/*"),
                "events": st.fixed_dictionaries(
                    {"type": st.sampled_from(["recruitment", "transit", "exploitation"])},
                    optional={"from": st.dates().map(lambda day: day.isoformat()), "locality": _LINE},
                ).map(lambda event: [event]),
            },
        ).filter(bool),
        "needs": _some("needs/*/code").map(lambda codes: [{"code": code} for code in codes]),
        "risk": st.fixed_dictionaries({"level": _one("risk/level")}, optional={"reasons": _some("risk/reasons/*")}),
        "health": st.fixed_dictionaries({"alerts": _some("health/alerts/*")}),
    },
)


@given(document=DOCUMENT, band=st.sampled_from(["0--8", "24--26", "adult", None]))
@settings(max_examples=30, deadline=None)
def test_what_is_written_is_read_back_as_the_same(document: dict[str, dict[str, Json]], band: str | None) -> None:
    age: dict[str, Json] = {"minor_status": "unknown"} if band is None else {"age_band": band}
    subject = {**document["subject"], **age}
    outbound = HTCDS.render(sample_outgoing({**document, "subject": {**subject, "pseudonym": PSEUDONYM}}))
    assert outbound.losses == ()
    parsed = HTCDS.parse(Inbound(outbound.body, outbound.media_type))
    assert isinstance(parsed, ParsedReferral)
    back = validate(parsed.document, "referral/1.0").document
    if "languages" in subject:
        subject["languages"] = [{"code": code} for code in subject["languages"]]
    if "contacts" in subject:
        subject["contacts"] = [{**contact, "safe": "yes"} for contact in subject["contacts"]]
    assert back == {**document, "subject": subject, "schema": "referral/1.0"}
