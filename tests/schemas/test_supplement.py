"""A supplement fills gaps, never overrules, and two words about one thing are a conflict."""

from __future__ import annotations

from copy import deepcopy
from types import MappingProxyType

import pytest

from schemas.catalogue import load
from schemas.categories import categories
from schemas.documents import Document, Json
from schemas.errors import Fault, SchemaViolationError
from schemas.supplement import merged
from schemas.validation import MAX_FAULTS, satisfies, validate

NATIVE: Document = {
    "schema": "referral/1.0",
    "subject": {"sex": "female", "languages": [{"code": "ro"}], "interpreter": {"needed": True}},
    "situation": {"victim_status": "presumed"},
}


def _merged(native: Document, **members: Json) -> Document:
    supplement = {"schema": "supplement/1.0", "subject": {"person_ref": "P-0114"}, **members}
    return merged(native, validate(supplement, "supplement/1.0"))


def test_gaps_are_filled_and_the_native_document_stays_as_it_was() -> None:
    before = deepcopy(NATIVE)
    result = _merged(NATIVE, needs=[{"code": "mental_health"}], health={"alerts": ["medication"]})
    assert result == {
        "schema": "referral/1.0",
        "subject": {
            "sex": "female",
            "languages": [{"code": "ro"}],
            "interpreter": {"needed": True},
            "person_ref": "P-0114",
        },
        "situation": {"victim_status": "presumed"},
        "needs": [{"code": "mental_health"}],
        "health": {"alerts": ["medication"]},
    }
    assert before == NATIVE
    assert satisfies(result, "referral/1.0")


def test_saying_the_same_twice_is_no_conflict() -> None:
    subject: Json = {"person_ref": "P-0114", "sex": "female", "languages": [{"code": "ro"}]}
    assert _merged(NATIVE, subject=subject) == _merged(NATIVE)


def test_objects_are_joined_member_by_member() -> None:
    subject: Json = {"person_ref": "P-0114", "interpreter": {"needed": True, "gender": "female"}}
    result = _merged(NATIVE, subject=subject)
    assert isinstance(result["subject"], dict)
    assert result["subject"]["interpreter"] == {"needed": True, "gender": "female"}


@pytest.mark.parametrize(
    ("subject", "place"),
    [
        ({"sex": "male"}, "/subject/sex"),
        ({"languages": [{"code": "ru"}]}, "/subject/languages"),
        ({"languages": [{"code": "ro"}, {"code": "ru"}]}, "/subject/languages"),
        ({"languages": [{"code": "ro", "preferred": True}]}, "/subject/languages"),
        ({"interpreter": {"needed": False}}, "/subject/interpreter/needed"),
    ],
    ids=["code", "array", "longer-array", "fuller-item", "deeper"],
)
def test_saying_two_things_is_a_conflict(subject: dict[str, Json], place: str) -> None:
    with pytest.raises(SchemaViolationError) as caught:
        _merged(NATIVE, subject={"person_ref": "P-0114", **subject})
    assert caught.value.schema == "supplement/1.0"
    assert caught.value.faults == (Fault(place, "conflict"),)


def test_a_person_named_by_two_references_is_a_conflict() -> None:
    native: Document = {"schema": "referral/1.0", "subject": {"person_ref": "P-9999"}}
    with pytest.raises(SchemaViolationError) as caught:
        _merged(native)
    assert caught.value.faults == (Fault("/subject/person_ref", "conflict"),)


def test_all_conflicts_are_listed_at_once_in_order() -> None:
    native: Document = {
        "schema": "referral/1.0",
        "subject": {"person_ref": "P-1", "sex": "male"},
        "needs": [],
        "risk": "x",
    }
    with pytest.raises(SchemaViolationError) as caught:
        _merged(
            native, needs=[{"code": "asylum"}], risk={"level": "low"}, subject={"person_ref": "P-2", "sex": "other"}
        )
    places = [fault.pointer for fault in caught.value.faults]
    assert places == ["/needs", "/risk", "/subject/person_ref", "/subject/sex"]
    assert len(places) <= MAX_FAULTS


def test_a_read_only_native_document_is_joined_too() -> None:
    subject: Document = MappingProxyType({"sex": "female"})
    native: Document = MappingProxyType({"schema": "referral/1.0", "subject": subject})
    assert _merged(native)["subject"] == {"sex": "female", "person_ref": "P-0114"}


def test_a_supplement_says_nothing_the_canonical_referral_could_not() -> None:
    supplement, canonical = load("supplement/1.0"), load("referral/1.0")
    for place, category in categories(supplement).items():
        assert categories(canonical)[place] is category
    for part in ("needs", "risk"):
        assert _properties(supplement)[part] == _properties(canonical)[part]
    for part in ("subject", "health"):
        inner, whole = _properties(_properties(supplement)[part]), _properties(_properties(canonical)[part])
        assert {key: whole[key] for key in inner} == inner


SEALED = {"section": "account", "text": "gx-sealed-1." + "A" * 1431}


def test_m_09_a_supplement_brings_prose_only_where_it_is_sealed() -> None:
    assert _merged({"schema": "referral/1.0"}, situation={"narrative": [SEALED]})["situation"] == {
        "narrative": [SEALED]
    }
    with pytest.raises(SchemaViolationError) as refused:
        _merged({"schema": "referral/1.0"}, situation={"narrative": [{"text": "She said that ..."}]})
    assert [(fault.pointer, fault.rule) for fault in refused.value.faults] == [
        ("/situation/narrative/0/text", "pattern")
    ]


def test_a_sealed_account_stands_beside_the_documents_own_prose() -> None:
    own = {"section": "incident", "text": "What was seen"}
    native: Document = {"situation": {"narrative": [own], "victim_status": "presumed"}}
    assert _merged(native, situation={"narrative": [SEALED]})["situation"] == {
        "narrative": [own, SEALED],
        "victim_status": "presumed",
    }


@pytest.mark.parametrize("native", ["prose", {"narrative": "prose"}], ids=["situation", "narrative"])
def test_beside_what_is_no_prose_it_is_left_to_be_found_invalid(native: Json) -> None:
    assert _merged({"situation": native}, situation={"narrative": [SEALED]})["situation"] == native


def _properties(node: Json) -> dict[str, Json]:
    assert isinstance(node, dict)
    assert isinstance(node["properties"], dict)
    return node["properties"]
