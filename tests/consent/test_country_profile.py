"""A country profile is read whole or refused, and none protects less than the code guarantees."""

import json
from importlib.resources import files

import pytest
from schema_files import Counterexample, Example, counterexamples, examples

from consent.errors import PolicyError
from consent.policy import Policy, policy_of, protective
from schemas.documents import Json
from schemas.validation import satisfies
from schemas.vocabulary import FunctionClass, Purpose

SHIPPED: dict[str, Json] = json.loads(files("consent").joinpath("protective.json").read_text("ascii"))


def test_the_shipped_profile_is_the_default_and_satisfies_its_schema() -> None:
    assert protective() == Policy()
    assert satisfies(SHIPPED, "country_profile/1.0")
    assert protective().digest == Policy().digest


@pytest.mark.parametrize(
    "example", [one for one in examples() if one.schema == "country_profile/1.0"], ids=lambda one: one.id
)
def test_a_profile_that_satisfies_the_schema_is_read(example: Example) -> None:
    policy = policy_of(example.document)
    assert policy.country == example.document["country"]
    assert policy.reflection_days == example.document["reflection_days"]
    assert policy.recipients == set(example.document["recipients"])
    assert policy.notice_answer_hours == example.document["clocks"]["notice_answer_hours"]


@pytest.mark.parametrize(
    "case",
    [one for one in counterexamples() if one.schema == "country_profile/1.0" and "of-its-own" not in one.id],
    ids=lambda one: one.id,
)
def test_a_profile_that_breaks_the_schema_is_refused_by_the_code_as_well(case: Counterexample) -> None:
    """An auditor has no schema validator: what would protect less is refused by Python alone."""
    with pytest.raises(PolicyError) as caught:
        policy_of(case.document)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("name", sorted(set(SHIPPED) - {"version"}))
def test_a_profile_that_leaves_something_open_is_refused(name: str) -> None:
    for broken in ({key: value for key, value in SHIPPED.items() if key != name}, {**SHIPPED, name: None}):
        with pytest.raises(PolicyError):
            policy_of(broken)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("enforcing", ["police"]),
        ("unidentified_purposes", ["statistics"]),
        ("probing", {"recipients": 11, "window_hours": 24}),
        ("probing", {"recipients": 0, "window_hours": 24}),
        ("override_hours", True),
        ("delivery_jitter_minutes", -1),
        ("languages", [7]),
        ("schema", "country_profile/2.0"),
    ],
)
def test_what_would_protect_less_is_refused(name: str, value: Json) -> None:
    with pytest.raises(PolicyError):
        policy_of({**SHIPPED, name: value})


def test_f_01_f_03_no_profile_can_name_them() -> None:
    assert FunctionClass.IMMIGRATION_ENFORCEMENT not in Policy().recipients
    assert "immigration_control" not in set(Purpose)
