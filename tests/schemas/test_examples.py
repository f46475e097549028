"""What the files beside the schemas say: examples pass, counterexamples fail for the one reason they name."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from checkout import ROOT
from schema_files import Counterexample, Example, counterexamples, examples

from schemas.catalogue import load, names
from schemas.documents import Json
from schemas.errors import SchemaViolationError
from schemas.leaves import leaves, pointer
from schemas.validation import satisfies, validate


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.id)
def test_an_example_passes(example: Example) -> None:
    valid = validate(example.document, example.schema)
    assert (valid.schema, valid.document) == (example.schema, example.document)
    assert satisfies(example.document, example.schema)


@pytest.mark.parametrize("case", counterexamples(), ids=lambda case: case.id)
def test_a_counterexample_fails_with_its_one_fault(case: Counterexample) -> None:
    with pytest.raises(SchemaViolationError) as caught:
        validate(case.document, case.schema)
    assert caught.value.faults == (case.fault,)
    assert caught.value.schema == case.schema
    assert not satisfies(case.document, case.schema)


@pytest.mark.parametrize("name", names())
def test_a_schema_has_an_example_and_a_counterexample(name: str) -> None:
    assert name in {example.schema for example in examples()}
    assert name in {case.schema for case in counterexamples()}


@pytest.mark.parametrize("name", names())
def test_every_leaf_of_a_schema_stands_in_some_example(name: str) -> None:
    shown = {place for example in examples() if example.schema == name for place in _places(example.document)}
    assert {pointer(leaf.path) for leaf in leaves(load(name))} <= shown


def test_files_are_ascii_with_two_spaces() -> None:
    files = sorted((ROOT / "schemas").rglob("*.json"))
    assert files
    for file in files:
        text = file.read_text("ascii")
        assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=True) + "\n", file.name


def _places(value: Json, path: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _places(member, (*path, key))
    elif isinstance(value, list):
        for member in value:
            yield from _places(member, (*path, "*"))
    else:
        yield pointer(path)
