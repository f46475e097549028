"""Two validators, one answer: the fast one on the line and the reference implementation name the same faults."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema import ValidationError as ReferenceError_
from jsonschema.validators import extend
from schema_files import Example, counterexamples, examples

from schemas.catalogue import load, names
from schemas.documents import Document, Json
from schemas.errors import Fault, SchemaViolationError
from schemas.leaves import leaves, pointer
from schemas.validation import MAX_FAULTS, validate

EXAMPLES = examples()


def _ends_where_it_ends(
    _validator: object, pattern: str, instance: object, _schema: object
) -> Iterator[ReferenceError_]:
    # In Python `$` also matches before a final line break; in JSON Schema (ECMA 262) it does not.
    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield ReferenceError_("")


_Reference = extend(Draft202012Validator, {"pattern": _ends_where_it_ends})


def _reference_faults(document: Document, name: str) -> tuple[Fault, ...]:
    known = {key for leaf in leaves(load(name)) for key in leaf.path}
    found = set()
    for error in _Reference(load(name)).iter_errors(document):
        path = tuple(str(key) if isinstance(key, int) or key in known else "*" for key in error.absolute_path)
        match error.validator:
            case "required":
                missing = set(error.validator_value) - set(error.instance)
                found |= {Fault(pointer((*path, key)), "required") for key in missing}
            case "additionalProperties":
                found.add(Fault(pointer((*path, "*")), "additionalProperties"))
            case rule:
                found.add(Fault(pointer(path), str(rule)))
    return tuple(sorted(found, key=lambda fault: (fault.pointer, fault.rule))[:MAX_FAULTS])


def _faults(document: Document, name: str) -> tuple[Fault, ...]:
    try:
        validate(document, name)
    except SchemaViolationError as violation:
        return tuple(fault for fault in violation.faults if fault.rule != "date")
    return ()


@pytest.mark.parametrize("name", names())
def test_a_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(load(name))
    assert load(name)["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert load(name)["$id"] == "urn:referral-gateway:schema:" + name.replace("/", ":")


@pytest.mark.parametrize("case", [*EXAMPLES, *counterexamples()], ids=lambda case: case.id)
def test_both_name_the_same_faults_of_the_files(case: Example) -> None:
    assert _faults(case.document, case.schema) == _reference_faults(case.document, case.schema)


_WORDS: list[Json] = ["", "x" * 41, "\U0001f426" * 40, "\U0001f426" * 41, "RO", "2031-02-28\n", "yes", "\u0000"]
_REST: list[Json] = [None, True, False, 0, 1, -1, 131, 2**53 - 1, [], {}, [[]], ["RO", "RO"], [{}, {}], {"code": "x"}]
_ODD = st.sampled_from(_WORDS) | st.sampled_from(_REST)
_KEYS = st.sampled_from(["schema", "subject", "code", "use", "unknown", "", "~/", "\u00f6"])


@given(st.data())
@settings(max_examples=100, derandomize=True, deadline=None)
def test_both_name_the_same_faults_of_whatever_becomes_of_an_example(data: st.DataObject) -> None:
    example = data.draw(st.sampled_from(EXAMPLES))
    document: dict[str, Json] = deepcopy(dict(example.document))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.sampled_from(list(_containers(document))))
        odd = deepcopy(data.draw(_ODD))
        if isinstance(place, list):
            place.insert(data.draw(st.integers(0, len(place))), odd)
            continue
        key = data.draw(st.sampled_from(sorted(place)) | _KEYS if place else _KEYS)
        if data.draw(st.booleans(), "take away"):
            place.pop(key, None)
        else:
            place[key] = odd
    assert _faults(document, example.schema) == _reference_faults(document, example.schema)


def test_a_disagreement_is_noticed() -> None:
    name = EXAMPLES[0].schema
    assert _faults({}, name) == _reference_faults({}, name) != ()
    assert _faults({}, name) != _reference_faults(EXAMPLES[0].document, name)


def _containers(value: Json) -> Iterator[dict[str, Json] | list[Json]]:
    if isinstance(value, dict | list):
        yield value
        for member in list(value.values() if isinstance(value, dict) else value):
            yield from _containers(member)
