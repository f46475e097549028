"""Only listed leaves pass: for every profile, from a referral in which every leaf is filled."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from builders import NOON, a_disclosure, a_profile, some_records
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import MARK, a_marked_referral, mark_of, marks, scalars
from schema_files import examples
from worlds import PROFILES, some_of

from consent.decision import Permit, decide
from consent.minimise import minimise, projected
from consent.policy import Policy
from schemas.documents import CompiledProfile, Document, Json, ValidDocument
from schemas.errors import SchemaViolationError
from schemas.profiles import compiled
from schemas.validation import validate
from schemas.vocabulary import DataCategory

TODAY = NOON.date()
MARKED = validate(a_marked_referral(), "referral/1.0")
REFERRALS = [MARKED, *(validate(e.document, e.schema) for e in examples() if e.schema == "referral/1.0")]
A_PSEUDONYM = "0" * 27
every_profile = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)


def a_permit(profile: CompiledProfile | None = None, categories: frozenset[DataCategory] | None = None) -> Permit:
    """A permit as `decide` makes it, for another profile and other categories."""
    permit = decide(a_disclosure(), some_records(), Policy(), NOON)
    assert isinstance(permit, Permit)
    profile = profile or a_profile()
    return replace(permit, profile=profile, categories=profile.categories if categories is None else categories)


def everything(valid: ValidDocument, profile: CompiledProfile) -> Document:
    """What the recipient would get if all the profile lists were permitted."""
    return minimise(valid, a_permit(profile)).document


def held(document: Document) -> set[tuple[tuple[str, ...], Json]]:
    return set(scalars(document))


def unchecked(document: Document) -> ValidDocument:
    """What no caller can make: a document nobody validated, to see what would pass if validation failed us."""
    return ValidDocument("referral/1.0", document)


@every_profile
def test_m_01_of_a_full_referral_only_listed_leaves_pass(profile: CompiledProfile) -> None:
    result = everything(MARKED, profile)
    assert {path for path, _ in held(result)} == {
        leaf.target for leaf in profile.leaves if leaf.granularity != "pseudonym"
    }
    listed = {pointed for leaf in profile.leaves for pointed in places("/" + "/".join(leaf.source))}
    assert marks(dict(result)) <= {mark_of(place) for place in listed if is_free(place)}


def places(pattern: str) -> Iterator[str]:
    """The places a source pointer means, in a document whose arrays hold two items."""
    for items in product("01", repeat=pattern.count("*")):
        place = pattern
        for at in items:
            place = place.replace("*", at, 1)
        yield place


def is_free(place: str) -> bool:
    """Whether the leaf at that place is marked."""
    value: Json = dict(MARKED.document)
    for key in place.split("/")[1:]:
        value = value[int(key)] if isinstance(value, list) else value.get(key)
    return isinstance(value, str) and value.startswith(MARK)


def test_the_marked_referral_is_marked() -> None:
    """The canary: a leak would show, because nearly a third of all leaves carry a mark of their own."""
    found = [text for _, text in scalars(dict(MARKED.document)) if isinstance(text, str) and text.startswith(MARK)]
    assert len(found) == len(set(found)) > 50


@every_profile
def test_m_01_what_no_schema_knows_never_passes(profile: CompiledProfile) -> None:
    stuffed = stuff(json.loads(json.dumps(MARKED.document)))
    assert everything(unchecked(stuffed), profile) == everything(MARKED, profile)


def stuff(value: Json) -> Json:
    """Put unknown members into every object, a copy of the object itself among them."""
    if isinstance(value, dict):
        inner = {key: stuff(member) for key, member in value.items()}
        return {**inner, "extra": "SMUGGLED", "*": "SMUGGLED", "": {"deep": "SMUGGLED"}, "copy": dict(inner)}
    return [stuff(member) for member in value] if isinstance(value, list) else value


@every_profile
@pytest.mark.parametrize("smuggled", [{"a": "SMUGGLED"}, ["SMUGGLED"], [["SMUGGLED"]], None, {}, []])
def test_m_01_only_scalars_pass(profile: CompiledProfile, smuggled: Json) -> None:
    def swapped(value: Json) -> Json:
        if isinstance(value, dict):
            return {key: value[key] if key == "age_band" else swapped(value[key]) for key in value}
        return [swapped(member) for member in value] if isinstance(value, list) else smuggled

    result = everything(unchecked(swapped(json.loads(json.dumps(MARKED.document)))), profile)
    assert "SMUGGLED" not in json.dumps(result)
    assert {path for path, _ in held(result)} <= {("schema",), ("subject", "age_band")}


@every_profile
def test_m_01_a_code_the_profile_does_not_list_is_dropped(profile: CompiledProfile) -> None:
    garbled = dict(MARKED.document)
    garbled["risk"] = {"level": "unlisted", "reasons": ["unlisted", "stalking"]}
    garbled["subject"] = {**dict(MARKED.document["subject"]), "sex": "unlisted", "minor_status": "unlisted"}
    assert "unlisted" not in {value for _, value in held(everything(unchecked(garbled), profile))}


@every_profile
def test_m_07_a_channel_passes_only_when_it_is_said_to_be_safe(profile: CompiledProfile) -> None:
    document = json.loads(json.dumps(MARKED.document))
    channel = {"channel": "caseworker", "value": "A", "safe": "yes"}
    unsafe = ("no", "unknown", "", None, True, "YES")
    others = [{**channel, "value": f"B{at}", "safe": safe} for at, safe in enumerate(unsafe)]
    document["subject"]["contacts"] = [channel, *others, {"channel": "caseworker", "value": "C"}]
    said = {value for path, value in held(everything(unchecked(document), profile)) if path[-1] == "value"}
    lists_channels = DataCategory.CONTACT in profile.categories
    assert {value for value in said if value in {"A", "C"} or str(value).startswith("B")} == (
        {"A"} if lists_channels else set()
    )


@every_profile
@settings(max_examples=16, deadline=None)
@given(wide=some_of(DataCategory), narrow=some_of(DataCategory))
def test_m_01_narrowing_the_categories_only_takes_away(
    profile: CompiledProfile, wide: frozenset[DataCategory], narrow: frozenset[DataCategory]
) -> None:
    for valid in REFERRALS:
        less = minimise(valid, a_permit(profile, wide & narrow))
        more = minimise(valid, a_permit(profile, wide))
        assert held(less.document) <= held(more.document) <= held(everything(valid, profile))
        assert less.sends <= wide & narrow
        assert minimise(valid, a_permit(profile, wide), projected(valid, profile, TODAY)) == more


@every_profile
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_m_01_the_result_satisfies_the_closed_profile_or_lacks_something_required(
    profile: CompiledProfile, data: st.DataObject
) -> None:
    valid = thinned(data.draw(st.sampled_from(REFERRALS)), data.draw(st.integers(0, 2**60)))
    categories = data.draw(some_of(sorted(profile.categories))) | profile.required
    minimal = minimise(valid, a_permit(profile, categories))
    assert faults(named(minimal.document, profile), profile) <= {"required"}


def faults(document: Document, profile: CompiledProfile) -> set[str]:
    """The rules of the closed profile that the document breaks."""
    try:
        validate(document, profile.name)
    except SchemaViolationError as error:
        return {fault.rule for fault in error.faults}
    return set()


def named(document: Document, profile: CompiledProfile) -> Document:
    """Put a pseudonym in where the profile has a place for one, as gateway.core.packing does."""
    if DataCategory.PSEUDONYM not in profile.categories:
        return document
    return {**document, "subject": {**dict(document.get("subject", {})), "pseudonym": A_PSEUDONYM}}


def thinned(valid: ValidDocument, which: int) -> ValidDocument:
    """Return the referral without some of what is optional, by the bits of a number."""
    bits = iter(f"{which:060b}" * 10)

    def thin(value: Json, path: str) -> Json:
        if not isinstance(value, dict):
            return [thin(member, path) for member in value] if isinstance(value, list) else value
        kept = {key: thin(member, f"{path}/{key}") for key, member in value.items()}
        needed = {"schema", "subject", "use", "type", "value", "safe", "channel", "code", "system", "role", "text"}
        needed |= {"name", "number", "kind", "bytes", "sha256", "date", "min", "max", "needed"}
        return {key: member for key, member in kept.items() if key in needed or next(bits) == "0"}

    thin_document = thin(json.loads(json.dumps(valid.document)), "")
    assert isinstance(thin_document, dict)
    return validate(thin_document, "referral/1.0")


@pytest.mark.parametrize("profile", ["competent_authority/identification", "rapporteur/statistics"])
@pytest.mark.parametrize("named", [True, False])
def test_a_06_a_status_travels_with_the_body_that_decided_it_or_not_at_all(profile: str, *, named: bool) -> None:
    """The rapporteur never learns which body decided, and counts the status without it."""
    situation: dict[str, Json] = {"victim_status": "presumed", **({"decided_by": "police"} if named else {})}
    valid = validate({**a_marked_referral(), "situation": situation}, "referral/1.0")
    found = everything(valid, compiled(f"profile/{profile}/1.0")).get("situation", {})
    travels = named or profile == "rapporteur/statistics"
    assert ("victim_status" in found) is travels
    assert ("decided_by" in found) is (named and profile != "rapporteur/statistics")
