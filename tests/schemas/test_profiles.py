"""What each kind of recipient may get at most, read from the published profiles (M-01)."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest
from publishable import is_token
from schema_files import examples

from schemas.catalogue import load, names, profile_name, schema_hash
from schemas.documents import CompiledProfile, Document, ProfileLeaf
from schemas.errors import UnknownSchemaError
from schemas.leaves import leaves
from schemas.profiles import compiled, present
from schemas.vocabulary import AgeBand, DataCategory, FunctionClass, Purpose

PROFILES = [name for name in names() if name.startswith("profile/")]
CANONICAL = {leaf.path: leaf.node for leaf in leaves(load("referral/1.0"))}
GRANULARITIES = {"exact", "year", "age_band", "country", "region", "coded", "name_given", "const", "pseudonym"}
STARTING_SET = {
    ("shelter", "assistance.accommodation"),
    ("health", "assistance.health"),
    ("psychosocial", "assistance.psychological"),
    ("legal_aid", "assistance.legal"),
    ("police", "investigation"),
    ("police", "legal_obligation_notice"),
    ("competent_authority", "identification"),
    ("immigration_protection", "residence_status"),
    ("immigration_protection", "asylum"),
    ("child_protection", "child_protection"),
    ("guardian_service", "guardianship"),
    ("police", "emergency"),
    ("health", "emergency"),
    ("focal_point", "cross_border_assistance"),
    ("competent_authority", "legal_obligation_notice"),
    ("rapporteur", "statistics"),
    ("interpreter", "interpretation"),
}
WITHOUT_PERSON = [
    "profile/police/legal_obligation_notice/1.0",
    "profile/competent_authority/legal_obligation_notice/1.0",
    "profile/rapporteur/statistics/1.0",
]
TEXT = {
    DataCategory.FREE_TEXT,
    DataCategory.NARRATIVE,
    DataCategory.NAME,
    DataCategory.ALIAS,
    DataCategory.CONTACT,
    DataCategory.ADDRESS,
    DataCategory.MEETING_POINT,
}
NEVER = {
    DataCategory.PERSON_REF,
    DataCategory.SENDER_REFERENCE,
    DataCategory.CREDIBILITY,
    DataCategory.STAFF,
    DataCategory.THIRD_PARTY,
}


def _targets(name: str) -> dict[str, ProfileLeaf]:
    return {"/".join(leaf.target): leaf for leaf in compiled(name).leaves}


def test_the_starting_set_is_there_and_nothing_else() -> None:
    assert {(compiled(name).function_class.value, compiled(name).purpose.value) for name in PROFILES} == STARTING_SET


def test_immigration_enforcement_has_no_profile_for_any_purpose() -> None:  # F-01
    assert [profile_name(FunctionClass.IMMIGRATION_ENFORCEMENT, purpose) for purpose in Purpose] == [None] * len(
        Purpose
    )
    assert not [name for name in PROFILES if "enforcement" in name]


def test_who_has_no_profile_gets_nothing() -> None:
    with_profile = {(f, p) for f in FunctionClass for p in Purpose if profile_name(f, p)}
    assert {(f.value, p.value) for f, p in with_profile} == STARTING_SET


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_compiles_to_what_its_name_says(name: str) -> None:
    profile = compiled(name)
    assert profile.name == name == profile_name(profile.function_class, profile.purpose)
    assert profile.hash == schema_hash(name)
    assert [leaf.target for leaf in profile.leaves] == sorted(leaf.path for leaf in leaves(load(name)))
    assert profile.categories == {leaf.category for leaf in profile.leaves}
    assert profile.required == {leaf.category for leaf in profile.leaves if leaf.required}
    assert compiled(name) is profile


@pytest.mark.parametrize("name", ["referral/1.0", "profile", "profile/shelter/investigation/1.0", ""])
def test_what_is_no_profile_does_not_compile(name: str) -> None:
    with pytest.raises(UnknownSchemaError):
        compiled(name)


def _illegal(name: str, schema: Document) -> Iterator[str]:
    """Name the leaves a profile may not have."""
    for leaf in leaves(schema):
        place, node = "/".join(leaf.path), leaf.node
        category = DataCategory(str(node["x-data-category"]))
        if node["x-granularity"] not in GRANULARITIES:
            yield f"{place}: granularity"
        if category in NEVER:
            yield f"{place}: never leaves"
        if (
            node.get("type") == "string"
            and not is_token(str(node["pattern"]))
            and category not in TEXT | {DataCategory.LANGUAGE}
        ):
            yield f"{place}: text"
        if name in WITHOUT_PERSON and node.get("type") == "string" and category in TEXT:
            yield f"{place}: text about nobody"  # M-09
        if leaf.path.count("*") > 1:
            yield f"{place}: array in an array"


@pytest.mark.parametrize("name", PROFILES)
def test_every_leaf_is_one_a_profile_may_have(name: str) -> None:
    assert list(_illegal(name, load(name))) == []


@pytest.mark.parametrize(
    ("path", "spoilt"),
    [
        (("situation", "means"), {"x-data-category": "narrative", "type": "string", "pattern": "^.{3}$"}),
        (("situation", "means"), {"x-granularity": "verbatim"}),
        (("situation", "means"), {"x-data-category": "third_party"}),
        (("situation", "means"), {"x-data-category": "need", "type": "string", "maxLength": 9, "pattern": "^.*$"}),
        (("situation", "means"), {"x-data-category": "free_text", "type": "string", "maxLength": 9, "pattern": "^.*$"}),
    ],
)
def test_a_leaf_no_profile_may_have_is_noticed(path: tuple[str, ...], spoilt: dict[str, str]) -> None:
    name = WITHOUT_PERSON[0]
    schema = deepcopy(dict(load(name)))
    node: object = schema
    for key in path:
        assert isinstance(node, dict)
        node = node["properties"][key]
    assert isinstance(node, dict)
    node["items"].update(spoilt)
    assert len(list(_illegal(name, schema))) == 1


@pytest.mark.parametrize("name", PROFILES)
def test_every_source_stands_in_the_canonical_referral(name: str) -> None:
    for leaf in compiled(name).leaves:
        match leaf.granularity:
            case "const":
                assert (leaf.source, leaf.allowed) == ((), frozenset({name}))
            case "pseudonym":
                assert (leaf.source, leaf.target) == ((), ("subject", "pseudonym"))
            case "age_band":
                assert leaf.source == ("subject",)
                assert leaf.allowed == frozenset(AgeBand)
            case _:
                assert leaf.source in CANONICAL
                assert leaf.category == CANONICAL[leaf.source]["x-data-category"]
                assert leaf.source.count("*") == leaf.target.count("*")


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_takes_every_value_it_does_not_filter(name: str) -> None:
    for leaf, compact in zip(
        sorted(leaves(load(name)), key=lambda leaf: leaf.path), compiled(name).leaves, strict=True
    ):
        source = CANONICAL.get(compact.source)
        if source is None or compact.granularity == "year":
            continue
        if "enum" in leaf.node:
            assert set(compact.allowed or ()) <= set(source["enum"])
            continue
        kept = {"pattern": compact.pattern} if compact.pattern else {}
        bounds = {"type", "pattern", "minLength", "maxLength", "minimum", "maximum"}
        narrowed = {key: leaf.node.get(key) for key in bounds if leaf.node.get(key) != source.get(key)}
        assert set(narrowed) <= {"maxLength", "pattern"} if kept else not narrowed


@pytest.mark.parametrize("name", PROFILES)
def test_contacts_move_only_where_they_are_safe(name: str) -> None:  # M-07
    for place, leaf in _targets(name).items():
        assert (leaf.where == ("safe", "yes")) is place.startswith("subject/contacts/"), place


@pytest.mark.parametrize("name", PROFILES)
def test_an_address_goes_only_to_police_those_who_protect_a_child_and_rescuers(name: str) -> None:  # M-07, E-02
    allowed = {FunctionClass.POLICE, FunctionClass.CHILD_PROTECTION, FunctionClass.GUARDIAN_SERVICE}
    if DataCategory.ADDRESS in compiled(name).categories:
        assert compiled(name).function_class in allowed or compiled(name).purpose is Purpose.EMERGENCY


def test_an_address_goes_to_somebody() -> None:
    assert DataCategory.ADDRESS in compiled("profile/police/investigation/1.0").categories


@pytest.mark.parametrize("name", PROFILES)
def test_cooperation_is_told_to_investigators_only(name: str) -> None:  # C-14
    assert (DataCategory.COOPERATION in compiled(name).categories) is (name == "profile/police/investigation/1.0")


@pytest.mark.parametrize("name", WITHOUT_PERSON)
def test_routes_without_a_person_have_no_words(name: str) -> None:  # M-09, P-05
    profile = compiled(name)
    assert not profile.categories & {
        *TEXT,
        *NEVER,
        DataCategory.ATTACHMENT,
        DataCategory.IDENTIFIER,
        DataCategory.BIRTH_DATE,
        DataCategory.OFFENCE,
    }
    assert {leaf.granularity for leaf in profile.leaves if leaf.category is DataCategory.EVENT} <= {
        "coded",
        "year",
        "country",
    }


def test_a_notice_of_a_crime_names_nobody_by_any_number() -> None:  # P-05
    for name in WITHOUT_PERSON[:2]:
        assert compiled(name).categories == {
            DataCategory.ENVELOPE,
            DataCategory.EXPLOITATION,
            DataCategory.EVENT,
        }


def test_the_interpreter_gets_no_number_either() -> None:
    assert DataCategory.PSEUDONYM not in compiled("profile/interpreter/interpretation/1.0").categories


def test_the_shelter_gets_what_keeps_a_bed_and_no_more() -> None:
    shelter = _targets("profile/shelter/assistance.accommodation/1.0")
    assert {place for place, leaf in shelter.items() if leaf.required} == {
        "schema",
        "subject/pseudonym",
        "needs/*/code",
    }
    assert set(shelter) == {
        *("schema", "subject/pseudonym", "subject/alias", "subject/age_band", "subject/sex", "subject/languages/*"),
        *("subject/interpreter/needed", "subject/interpreter/language", "subject/meeting_point", "needs/*/code"),
        *("risk/level", "risk/reasons/*", "health/access_needs/*", "health/alerts/*"),
    }
    assert shelter["subject/languages/*"].source == ("subject", "languages", "*", "code")
    assert shelter["needs/*/code"].required_in_item


def test_what_is_required_inside_an_item_is_not_required_of_the_document() -> None:
    health = _targets("profile/health/assistance.health/1.0")
    assert (health["subject/contacts/*/value"].required_in_item, health["subject/contacts/*/value"].required) == (
        True,
        False,
    )
    assert (health["needs/*/code"].required_in_item, health["needs/*/code"].required) == (True, True)
    assert (health["needs/*/note"].required_in_item, health["needs/*/note"].required) == (False, False)
    assert (health["subject/birth/date"].required_in_item, health["subject/birth/date"].required) == (False, False)


def test_only_a_caseworkers_channel_reaches_immigration_protection() -> None:
    for name in PROFILES:
        if compiled(name).function_class is FunctionClass.IMMIGRATION_PROTECTION:
            assert _targets(name)["subject/contacts/*/channel"].allowed == frozenset({"caseworker"})
            assert DataCategory.EXPLOITATION not in compiled(name).categories


def test_identifiers_pass_as_tokens_only() -> None:
    police = _targets("profile/police/investigation/1.0")["subject/identifiers/*/value"]
    assert police.pattern is not None
    assert is_token(police.pattern)
    assert _targets("profile/police/investigation/1.0")["subject/citizenships/*"].pattern is None


def _canonical(name: str) -> Document:
    return next(example.document for example in examples() if example.id == name)


def test_present_names_every_category_of_a_full_referral() -> None:
    assert present(_canonical("referral/full")) == set(DataCategory) - {DataCategory.PSEUDONYM}


def test_present_names_only_what_is_there() -> None:
    assert present(_canonical("referral/nearly-nothing")) == {DataCategory.ENVELOPE}
    assert present(_canonical("referral/child")) == {
        *(DataCategory.ENVELOPE, DataCategory.PERSON_REF, DataCategory.AGE_BAND, DataCategory.LANGUAGE),
        *(DataCategory.NEED, DataCategory.RISK),
    }
    assert present({"schema": "referral/1.0", "subject": {"citizenships": []}}) == {DataCategory.ENVELOPE}


def test_a_compiled_profile_cannot_be_changed() -> None:
    profile: CompiledProfile = compiled(PROFILES[0])
    with pytest.raises(AttributeError):
        profile.leaves = ()
