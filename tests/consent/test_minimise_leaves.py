"""How one leaf is carried: its granularity, its codes, its array. What stands there is what is said to be sent."""

from dataclasses import replace

import pytest
from builders import DAY, NOON, a_disclosure, a_leaf, a_profile, a_subject, a_valid_referral, some_records

from consent.decision import Permit, decide
from consent.errors import UnreadableRecordError
from consent.minimise import MinimalDocument, _planned, minimise, portion, projected
from consent.policy import Policy
from consent.route import STRUCTURE
from schemas.documents import Document, Json, ProfileLeaf, ValidDocument
from schemas.vocabulary import DataCategory

NEED, CONTACT, BAND = DataCategory.NEED, DataCategory.CONTACT, DataCategory.AGE_BAND


def minimised(
    valid: ValidDocument, *leaves: ProfileLeaf, categories: frozenset[DataCategory] | None = None
) -> MinimalDocument:
    """Minimise by a profile of these leaves, of which all categories are permitted unless some are named."""
    permit = a_permit(*leaves)
    return minimise(valid, permit if categories is None else replace(permit, categories=categories))


def a_permit(*leaves: ProfileLeaf) -> Permit:
    """Permit everything by a profile of these leaves."""
    permit = decide(a_disclosure(), some_records(), Policy(), NOON)
    assert isinstance(permit, Permit)
    listed = frozenset(leaf.category for leaf in leaves)
    profile = replace(a_profile(), leaves=leaves, categories=listed, hash=str(leaves))
    return replace(permit, profile=profile, categories=listed)


def carried(leaf: ProfileLeaf, **document: Json) -> Document:
    """What one leaf carries out of a document nobody checked."""
    return minimised(ValidDocument("referral/1.0", document), leaf).document


@pytest.fixture(autouse=True)
def _plans_are_made_anew() -> None:
    """A plan made for an earlier test would hide how this one's is made."""
    _planned.cache_clear()


def test_m_01_an_exact_leaf_is_carried_as_it_is() -> None:
    leaf = a_leaf("here/there", "from/where")
    for value in ("word", 7, 0, False, True):
        assert carried(leaf, **{"from": {"where": value}}) == {"here": {"there": value}}


def test_an_absent_leaf_leaves_nothing_behind() -> None:
    assert carried(a_leaf("here/there", "from/where"), **{"from": {}}) == {}
    assert carried(a_leaf("here/there", "from/where"), **{"from": "a word"}) == {}
    assert carried(a_leaf("here/there", "from/where")) == {}


def test_a_year_is_all_that_is_left_of_a_date() -> None:
    leaf = a_leaf("year", "date", granularity="year")
    assert carried(leaf, date="2009-07-31") == {"year": "2009"}
    assert carried(leaf, date="2009") == {"year": "2009"}


def test_a_constant_comes_from_the_profile_and_not_from_the_document() -> None:
    leaf = a_leaf("schema", "schema", granularity="const", allowed=frozenset({"profile/x/1.0"}))
    assert carried(leaf, schema="referral/1.0") == {"schema": "profile/x/1.0"}
    assert carried(replace(leaf, allowed=None)) == {}


def test_only_listed_codes_pass() -> None:
    leaf = a_leaf("code", granularity="coded", allowed=frozenset({"a", "b"}))
    assert carried(leaf, code="a") == {"code": "a"}
    assert carried(leaf, code="c") == {}


@pytest.mark.parametrize("value", ["AB1\n", "\nAB1", "AB1 ", "ab1", "AB12", "", 1])
def test_a_value_that_is_not_wholly_in_the_pattern_is_dropped(value: Json) -> None:
    leaf = a_leaf("number", pattern="^[A-Z]{2}[0-9]$")
    assert carried(leaf, number="AB1") == {"number": "AB1"}
    assert carried(leaf, number=value) == {}


def test_p_01_the_pseudonym_is_never_taken_from_the_document() -> None:
    leaf = a_leaf("subject/pseudonym", "subject/pseudonym", granularity="pseudonym", category=DataCategory.PSEUDONYM)
    assert carried(leaf, subject={"pseudonym": "0" * 27}) == {}


def test_a_granularity_nobody_implements_raises() -> None:
    with pytest.raises(UnreadableRecordError):
        carried(a_leaf("code", granularity="roughly"), code="a")


def test_a_profile_that_wants_an_object_where_it_has_a_leaf_raises() -> None:
    leaves = (a_leaf("here", "a"), a_leaf("here/there", "b"))
    with pytest.raises(UnreadableRecordError):
        minimised(ValidDocument("referral/1.0", {"a": "1", "b": "2"}), *leaves)


def test_m_01_a_leaf_whose_category_is_not_permitted_stays() -> None:
    leaves = (a_leaf("a"), a_leaf("b", category=CONTACT))
    valid = ValidDocument("referral/1.0", {"a": "1", "b": "2"})
    assert minimised(valid, *leaves).document == {"a": "1", "b": "2"}
    assert minimised(valid, *leaves, categories=frozenset({NEED})).document == {"a": "1"}
    assert minimised(valid, *leaves, categories=frozenset()).document == {}


def test_the_band_is_computed_as_of_the_moment_of_the_decision() -> None:
    leaf = a_leaf("subject/age_band", "subject", granularity="age_band", category=BAND)
    born = {"birth": {"date": "2010-03-15"}}
    assert carried(leaf, subject=born) == {"subject": {"age_band": "18--20"}}
    assert carried(leaf, subject={"birth": {"date": "2007-03-15"}}) == {"subject": {"age_band": "21--23"}}
    assert carried(leaf, subject={}) == {}


ITEMS = (
    a_leaf("list/*/code", required_in_item=True),
    a_leaf("list/*/note", category=DataCategory.FREE_TEXT),
    a_leaf("codes/*", "list/*/code", required_in_item=True),
)


def listed(*items: Json) -> ValidDocument:
    return ValidDocument("referral/1.0", {"list": list(items)})


def test_an_array_is_carried_item_by_item() -> None:
    valid = listed({"code": "a", "note": "n", "more": "x"}, {"code": "b"})
    assert minimised(valid, *ITEMS).document == {
        "list": [{"code": "a", "note": "n"}, {"code": "b"}],
        "codes": ["a", "b"],
    }


def test_an_item_without_what_its_kind_requires_is_dropped_whole() -> None:
    assert minimised(listed({"note": "n"}, {"code": "b"}), *ITEMS).document == {"list": [{"code": "b"}], "codes": ["b"]}
    assert minimised(listed({"note": "n"}), *ITEMS).document == {}
    only_notes = frozenset({DataCategory.FREE_TEXT})
    assert minimised(listed({"code": "a", "note": "n"}), *ITEMS, categories=only_notes).document == {}


def test_an_item_that_lacks_something_optional_keeps_the_rest() -> None:
    leaves = (a_leaf("list/*/note"), a_leaf("list/*/code"))
    assert minimised(listed({"code": "a"}), *leaves).document == {"list": [{"code": "a"}]}


def test_items_that_have_become_equal_are_carried_once() -> None:
    only_codes = frozenset({NEED})
    valid = listed({"code": "a", "note": "n"}, {"code": "a", "note": "m"}, {"code": "b"})
    assert minimised(valid, *ITEMS, categories=only_codes).document["codes"] == ["a", "b"]
    assert minimised(valid, *ITEMS, categories=only_codes).document["list"] == [{"code": "a"}, {"code": "b"}]


@pytest.mark.parametrize("value", ["a word", {"0": {"code": "a"}}, 7, None, [], [["a"]], ["a"]])
def test_what_is_not_an_array_of_objects_carries_nothing(value: Json) -> None:
    assert minimised(ValidDocument("referral/1.0", {"list": value}), *ITEMS).document == {}


def test_m_07_a_condition_is_looked_up_in_the_source_item() -> None:
    leaves = [a_leaf(f"to/*/{key}", where=("safe", "yes"), required_in_item=True) for key in ("channel", "value")]
    safe, unsafe = {"channel": "c", "value": "1", "safe": "yes"}, {"channel": "c", "value": "2", "safe": "no"}
    valid = ValidDocument("referral/1.0", {"to": [safe, unsafe, {"channel": "c", "value": "3"}]})
    assert minimised(valid, *leaves).document == {"to": [{"channel": "c", "value": "1"}]}


def test_a_01_what_is_said_to_be_sent_is_what_stands_in_the_document() -> None:
    contact = {"channel": "phone", "value": "1", "safe": "no"}
    valid = a_valid_referral(subject=a_subject(age_band=None, birth={"date": "2004-05-06"}, contacts=[contact]))
    permit = decide(a_disclosure(), some_records(), Policy(), NOON)
    assert isinstance(permit, Permit)
    minimal = minimise(valid, permit)
    assert minimal.sends - STRUCTURE == {NEED, BAND, DataCategory.ALIAS, DataCategory.SEX, DataCategory.LANGUAGE}


def test_a_01_what_stands_in_no_item_is_not_said_to_be_sent() -> None:
    assert minimised(listed({"code": "a"}, {"code": "b"}), *ITEMS).sends == {NEED}
    assert minimised(listed({"code": "a"}, {"code": "b", "note": "n"}), *ITEMS).sends == {NEED, DataCategory.FREE_TEXT}


def test_p_05_a_portion_is_what_some_categories_alone_would_tell() -> None:
    profile = a_permit(a_leaf("a"), a_leaf("b", category=CONTACT), *ITEMS).profile
    valid = ValidDocument("referral/1.0", {"a": "1", "b": "2", "list": [{"code": "c", "note": "n"}]})
    all_of_it = projected(valid, profile, NOON.date())
    assert portion(valid, all_of_it, frozenset({NEED})) == {"a": "1", "list": [{"code": "c"}], "codes": ["c"]}
    assert portion(valid, all_of_it, frozenset({CONTACT})) == {"b": "2"}
    assert portion(valid, all_of_it, frozenset()) == {}


def test_a_projection_that_is_wholly_permitted_is_used_as_it_is() -> None:
    permit = a_permit(a_leaf("a"))
    valid = ValidDocument("referral/1.0", {"a": "1"})
    projection = projected(valid, permit.profile, NOON.date())
    minimal = minimise(valid, permit, projection)
    assert minimal.document is projection.document
    assert minimal.permit is permit
    assert (projection.profile, projection.on) == (permit.profile, NOON.date())


def test_m_01_a_projection_by_another_profile_is_not_used() -> None:
    valid = ValidDocument("referral/1.0", {"a": "1", "b": "2"})
    permit, other = a_permit(a_leaf("a")), a_permit(a_leaf("a"), a_leaf("b"))
    projection = projected(valid, other.profile, NOON.date())
    assert minimise(valid, permit, projection).document == {"a": "1"}


def test_a_projection_of_another_day_is_not_used() -> None:
    permit = a_permit(a_leaf("subject/age_band", "subject", granularity="age_band", category=BAND))
    valid = ValidDocument("referral/1.0", {"subject": {"birth": {"date": "2011-03-14"}}})
    projection = projected(valid, permit.profile, NOON.date() + 4 * 365 * DAY)
    assert minimise(valid, permit, projection).document == {"subject": {"age_band": "18--20"}}


def test_m_07_a_channel_that_is_not_safe_is_not_said_to_be_sent() -> None:
    leaves = [
        a_leaf(f"subject/contacts/*/{key}", where=("safe", "yes"), category=CONTACT, required_in_item=True)
        for key in ("channel", "value")
    ]
    for safe, sent in (("yes", {CONTACT}), ("no", set())):
        channel = {"channel": "phone", "value": "1", "safe": safe}
        assert minimised(a_valid_referral(subject=a_subject(contacts=[channel])), *leaves).sends == sent
