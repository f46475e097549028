"""What a consent, an agreement, a leaf, a receipt and a manifest cannot say, whatever somebody writes into them."""

from __future__ import annotations

import tomllib

import pytest
from checkout import ROOT
from publishable import is_token
from schema_files import examples

from schemas.catalogue import load
from schemas.categories import categories
from schemas.documents import Document
from schemas.errors import SchemaViolationError
from schemas.leaves import leaves, pointer
from schemas.validation import satisfies, validate
from schemas.vocabulary import DataCategory


def _example(name: str) -> Document:
    return next(example.document for example in examples() if example.id == name)


def test_a_ledger_leaf_has_room_for_no_words() -> None:
    assert set(categories(load("ledger/1.0")).values()) == {DataCategory.ENVELOPE}
    for leaf in leaves(load("ledger/1.0")):
        assert leaf.node.get("type") != "string" or is_token(str(leaf.node["pattern"])), pointer(leaf.path)
    assert not {"person", "person_ref", "pseudonym", "note", "text"} & set(dict(load("ledger/1.0")["properties"]))


def test_a_ledger_leaf_needs_no_more_than_four_things() -> None:
    assert load("ledger/1.0")["required"] == ["v", "type", "at", "event"]


@pytest.mark.parametrize(
    "wildcard", ["*", "", "any-*", "shelter*", "ALL AGENCIES", "a b", "-", "a", "x" * 41, "river-shelter\n"]
)
def test_no_wildcard_is_an_agency(wildcard: str) -> None:  # C-03
    for name, place in [("consent/given-by-guardian", "recipient"), ("agency/shelter", "id")]:
        schema = f"{name.split('/')[0]}/1.0"
        assert not satisfies({**_example(name), place: wildcard}, schema)
        assert satisfies({**_example(name), place: "river-shelter"}, schema)


def test_a_refusal_is_recorded_with_the_detail_of_a_grant() -> None:  # C-12
    assert satisfies({**_example("consent/given-by-guardian"), "state": "refused"}, "consent/1.0")
    required = load("consent/1.0")["required"]
    assert isinstance(required, list)
    for member in required:
        refused = {key: value for key, value in _example("consent/refused").items() if key != member}
        with pytest.raises(SchemaViolationError) as caught:
            validate(refused, "consent/1.0")
        assert [(fault.pointer, fault.rule) for fault in caught.value.faults] == [(f"/{member}", "required")]


def test_what_makes_a_consent_active_is_required() -> None:  # C-05
    assert {
        *("text", "information_confirmed", "mechanism", "taken_by", "taken_at", "withdrawal_method", "interpreter"),
        *("person_languages", "valid_from", "given_by"),
    } <= set(load("consent/1.0")["required"])


def test_the_person_stands_in_no_agreement_and_no_registration() -> None:
    for name in ("agreement/1.0", "agency/1.0", "adapter/1.0"):
        assert set(categories(load(name)).values()) <= {DataCategory.ENVELOPE, DataCategory.STAFF}


def test_a_receipt_holds_nothing_about_the_person() -> None:
    assert set(categories(load("receipt/1.0")).values()) == {DataCategory.ENVELOPE}


def test_manifests_of_the_built_in_adapters_satisfy_the_schema() -> None:
    manifests = sorted((ROOT / "adapters" / "systems").glob("*/manifest.toml"))
    assert manifests
    for manifest in manifests:
        validate(tomllib.loads(manifest.read_text("utf-8")), "adapter/1.0")
