"""Every leaf of every schema says what kind of datum it is; a schema in which one does not is not published."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy

import pytest
from publishable import is_bounded, is_token, publishable
from schema_files import examples

from schemas.catalogue import load, names
from schemas.categories import categories
from schemas.documents import Document, Json
from schemas.errors import UnpublishableSchemaError
from schemas.leaves import leaves, pointer
from schemas.vocabulary import DataCategory


@pytest.mark.parametrize("name", names())
def test_a_published_schema_keeps_the_rules_of_the_house(name: str) -> None:
    publishable(load(name))


@pytest.mark.parametrize("name", names())
def test_as_many_categories_as_leaves(name: str) -> None:
    found = categories(load(name))
    assert len(found) == json.dumps(load(name)).count('"x-data-category"') > 0
    assert list(found) == [pointer(leaf.path) for leaf in leaves(load(name))]


def test_arrays_are_written_as_a_star() -> None:
    found = categories(load("referral/1.0"))
    assert found["/subject/names/*/given"] is DataCategory.NAME
    assert found["/subject/citizenships/*"] is DataCategory.CITIZENSHIP
    assert found["/schema"] is DataCategory.ENVELOPE


LEAF: Mapping[str, Json] = {"type": "string", "pattern": "^[A-Z]{2}$", "x-data-category": "citizenship"}


def _schema(leaf: Json = LEAF, **keywords: Json) -> Document:
    return {"type": "object", "additionalProperties": False, "properties": {"a": leaf}, **keywords}


def test_the_smallest_publishable_schema_is_publishable() -> None:
    publishable(_schema())


NO_CATEGORY, UNBOUNDED = "/a: leaf without a data category", "/a: unbounded leaf"
_ARRAY: dict[str, Json] = {"type": "array", "items": LEAF, "maxItems": 3}
UNPUBLISHABLE: dict[str, tuple[Document, str]] = {
    "no-category": (_schema({"type": "boolean"}), NO_CATEGORY),
    "unheard-of-category": (_schema({"type": "boolean", "x-data-category": "religion"}), NO_CATEGORY),
    "category-of-many": (_schema({"type": "boolean", "x-data-category": ["sex"]}), NO_CATEGORY),
    "open-object": (_schema(additionalProperties=True), "/: open object"),
    "open-by-silence": ({"type": "object", "properties": {"a": LEAF}}, "/: open object"),
    "open-by-schema": (_schema(additionalProperties=LEAF), "/: open object"),
    "object-of-no-type": ({"additionalProperties": False, "properties": {"a": LEAF}}, "/: open object"),
    "empty-object": (_schema({"type": "object", "additionalProperties": False}), "/a: object without members"),
    "requires-the-unknown": (_schema(required=["b"]), "/: requires a member it does not describe"),
    "open-array": (_schema({"type": "array", "items": LEAF}), "/a: open array"),
    "array-of-anything": (_schema({"type": "array", "maxItems": 3}), UNBOUNDED),
    "category-on-an-array": (_schema({**_ARRAY, "x-data-category": "sex"}), "/a: keyword x-data-category is not used"),
    "unbounded-string": (_schema({"type": "string", "x-data-category": "name"}), UNBOUNDED),
    "long-but-any": (_schema({"type": "string", "maxLength": 9, "x-data-category": "name"}), UNBOUNDED),
    "unanchored": (_schema({**dict(LEAF), "pattern": "[A-Z]{2}"}), UNBOUNDED),
    "anchored-on-one-side": (_schema({**dict(LEAF), "pattern": "^[A-Z]{2}|b$"}), UNBOUNDED),
    "star-without-length": (_schema({**dict(LEAF), "pattern": "^[A-Z]*$"}), UNBOUNDED),
    "open-count": (_schema({**dict(LEAF), "pattern": "^[A-Z]{2,}$"}), UNBOUNDED),
    "half-bounded-integer": (_schema({"type": "integer", "minimum": 0, "x-data-category": "family"}), UNBOUNDED),
    "number": (_schema({"type": "number", "minimum": 0, "maximum": 1, "x-data-category": "family"}), UNBOUNDED),
    "anything": (_schema({"x-data-category": "name"}), UNBOUNDED),
    "reference": (_schema({"$ref": "#/x"}), "/a: keyword $ref is not used here"),
    "alternative": (_schema({**dict(LEAF), "anyOf": [LEAF]}), "/a: keyword anyOf is not used here"),
    "pattern-properties": (_schema(patternProperties={"": LEAF}), "/: keyword patternProperties is not used here"),
    "unevaluated": (_schema(unevaluatedProperties=LEAF), "/: keyword unevaluatedProperties is not used here"),
    "in-an-array": (_schema({"type": "array", "maxItems": 1, "items": {"type": "string"}}), "/a/*: unbounded leaf"),
}


@pytest.mark.parametrize("case", UNPUBLISHABLE)
def test_a_breach_is_named(case: str) -> None:
    schema, breach = UNPUBLISHABLE[case]
    with pytest.raises(UnpublishableSchemaError) as caught:
        publishable(schema)
    assert breach in str(caught.value)


def test_a_leaf_without_category_has_no_categories_to_tell() -> None:
    with pytest.raises(UnpublishableSchemaError):
        categories(_schema({"type": "boolean"}))


@pytest.mark.parametrize("name", names())
def test_taking_any_category_away_is_noticed(name: str) -> None:
    for leaf in leaves(load(name)):
        with pytest.raises(UnpublishableSchemaError):
            publishable(_without(load(name), leaf.path, "x-data-category"))


def test_taking_any_bound_away_is_noticed() -> None:
    strings = [leaf for leaf in leaves(load("referral/1.0")) if leaf.node.get("type") == "string"]
    assert len(strings) > 30
    for leaf in strings:
        with pytest.raises(UnpublishableSchemaError):
            publishable(_without(load("referral/1.0"), leaf.path, "pattern"))


def _without(schema: Document, path: tuple[str, ...], keyword: str) -> Document:
    spoilt = deepcopy(dict(schema))
    node: dict[str, object] = spoilt
    for key in path:
        node = node["items"] if key == "*" else node["properties"][key]
    del node[keyword]
    return spoilt


@pytest.mark.parametrize(
    "pattern", ["^[A-Z]{2}$", "^(a|b)c$", "^[*+]{3}$", "^\\*\\+$", "^x{0,3}?$", "^[^\\]]$", "^((a|b)c){2}$"]
)
def test_a_pattern_with_an_end_is_a_token(pattern: str) -> None:
    assert is_token(pattern)


@pytest.mark.parametrize("pattern", ["^[A-Z]+$", "^a*$", "^a{2,}$", "a$", "^a", "^a|b$", "^(a$", "^[A-Z]$|^.*$"])
def test_a_pattern_without_an_end_is_none(pattern: str) -> None:
    assert not is_token(pattern)
    assert not is_bounded({"type": "string", "pattern": pattern, "x-data-category": "name"})


CHECKED: dict[str, Callable[[Document], object]] = {"categories": categories, "publishable": publishable}


@pytest.mark.parametrize("check", CHECKED)
def test_a_document_is_no_schema(check: str) -> None:
    with pytest.raises(UnpublishableSchemaError):
        CHECKED[check](examples()[0].document)
