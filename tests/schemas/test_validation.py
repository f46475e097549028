"""What `validate` says about a wrong document, and what it never says."""

from __future__ import annotations

import traceback
from collections import UserString
from collections.abc import Iterator
from enum import IntEnum
from types import MappingProxyType

import pytest
from schema_files import Example, examples

from schemas.catalogue import names
from schemas.documents import Document, Json
from schemas.errors import Fault, SchemaViolationError, UnknownSchemaError
from schemas.shape import MAX_DEPTH, MAX_MEMBERS
from schemas.validation import MAX_FAULTS, satisfies, validate, warm
from schemas.vocabulary import Need, Sex

REFERRAL = "referral/1.0"
CANARY = "Zaunkoenig-Stroemung-77"


def _faults(document: object, name: str = REFERRAL) -> tuple[Fault, ...]:
    with pytest.raises(SchemaViolationError) as caught:
        validate(document, name)
    assert caught.value.schema == name
    # `satisfies` is asked about documents made here, which hold no floating point number.
    assert caught.value.faults == (Fault("", "number"),) or not satisfies(document, name)
    return caught.value.faults


def _subject(**members: object) -> dict[str, object]:
    return {"schema": REFERRAL, "subject": members}


def test_faults_are_sorted_and_each_stands_once() -> None:
    document = {"unknown": 1, "another": 2, "subject": {"sex": "F", "names": [{"use": "x"}, {}]}, "needs": []}
    assert _faults(document) == (
        Fault("/*", "additionalProperties"),
        Fault("/needs", "minItems"),
        Fault("/schema", "required"),
        Fault("/subject/names/0/use", "enum"),
        Fault("/subject/names/1/use", "required"),
        Fault("/subject/sex", "enum"),
    )


def test_no_more_faults_are_listed_than_help() -> None:
    faults = _faults({"schema": REFERRAL, "subject": {}, "third_parties": [{"role": "x"}] * 100})
    assert len(faults) == MAX_FAULTS
    assert faults == tuple(sorted(set(faults), key=lambda fault: (fault.pointer, fault.rule)))


def test_dates_are_looked_up_only_where_the_schema_is_content() -> None:
    assert _faults(_subject(birth={"date": "2031-02-30"}, sex="F")) == (Fault("/subject/sex", "enum"),)
    assert _faults(_subject(birth={"date": "2031-02-30"})) == (Fault("/subject/birth/date", "date"),)


@pytest.mark.parametrize("value", [1.0, float("nan"), 2.5], ids=["whole", "nan", "fraction"])
def test_a_float_is_refused_where_the_schema_would_take_a_whole_one(value: float) -> None:
    assert _faults(_subject(dependants=value)) == (Fault("", "number"),)


@pytest.mark.parametrize(
    "document",
    [
        _subject(alias={"a", "b"}),
        _subject(alias=b"bytes"),
        _subject(alias=UserString("text")),
        {"schema": REFERRAL, "subject": {1: "one"}},
        {"schema": REFERRAL, "subject": MappingProxyType({1: "one"})},
        [],
        ["schema"],
        None,
    ],
    ids=["set", "bytes", "object", "number-key", "read-only-number-key", "array", "array-of-text", "none"],
)
def test_what_is_no_json_is_refused(document: object) -> None:
    assert _faults(document) == (Fault("", "type"),)


@pytest.mark.parametrize("place", ["alias", "sex", "\ud800"])
def test_half_a_surrogate_pair_is_refused(place: str) -> None:
    assert _faults(_subject(**{place: "\ud800"})) == (Fault("", "utf-8"),)


def test_read_only_mappings_tuples_and_codes_become_plain() -> None:
    needs: Json = ({"code": Need.ASYLUM},)
    subject: Json = MappingProxyType({"sex": Sex.FEMALE})
    document: Document = MappingProxyType({"schema": REFERRAL, "subject": subject, "needs": needs})
    valid = validate(document, REFERRAL)
    assert valid.document == {"schema": REFERRAL, "subject": {"sex": "female"}, "needs": [{"code": "asylum"}]}
    assert all(type(value) in {dict, list, str} for value in _values(valid.document))
    assert type(_at(valid.document, ("subject", "sex"))) is str


def test_a_plain_document_is_not_copied() -> None:
    document: Document = {"schema": REFERRAL, "subject": {}}
    assert validate(document, REFERRAL).document is document


@pytest.mark.parametrize("wrapped", [False, True], ids=["plain", "read-only"])
def test_a_document_too_deep_or_too_large_is_refused_before_the_schema_reads_it(*, wrapped: bool) -> None:
    deep: Json = 1
    for _ in range(MAX_DEPTH * 100):
        deep = MappingProxyType({"a": deep}) if wrapped else {"a": deep}
    assert _faults(deep) == (Fault("", "depth"),)
    large = _subject(citizenships=(["RO"] if not wrapped else ("RO",)) * (MAX_MEMBERS + 1))
    assert _faults(large) == (Fault("", "members"),)


@pytest.mark.parametrize("wrapped", [False, True], ids=["plain", "read-only"])
def test_the_last_level_allowed_is_read(*, wrapped: bool) -> None:
    deep: Json = 1
    for level in range(MAX_DEPTH + 1):
        if level == MAX_DEPTH:
            assert _faults(deep) != (Fault("", "depth"),)
        deep = MappingProxyType({"a": deep}) if wrapped else {"a": deep}
    assert _faults(deep) == (Fault("", "depth"),)


def test_a_document_within_itself_ends() -> None:
    document: dict[str, Json] = {"schema": REFERRAL}
    document["subject"] = document
    assert _faults(document) == (Fault("", "depth"),)


def test_an_unknown_schema_is_not_repeated() -> None:
    with pytest.raises(UnknownSchemaError) as caught:
        validate({}, f"../{CANARY}")
    assert CANARY not in str(caught.value)


def test_warming_leaves_nothing_to_compile() -> None:
    warm()
    for name in names():
        assert not satisfies({}, name)


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.id)
def test_a_violation_never_carries_a_value_wherever_it_is_planted(example: Example) -> None:
    planted = 0
    for document in _spoilt(example.document):
        with pytest.raises(SchemaViolationError) as caught:
            validate(document, example.schema)
        assert CANARY not in _everything_said(caught.value)
        planted += 1
    assert planted > len(example.document)


def test_the_search_for_planted_values_finds_one() -> None:
    inner = ValueError(CANARY)
    outer = SchemaViolationError(REFERRAL, ())
    outer.__context__ = inner
    assert CANARY in _everything_said(outer)
    assert CANARY in _everything_said(SchemaViolationError(REFERRAL, (Fault(f"/{CANARY}", "enum"),)))


def _spoilt(document: Document) -> Iterator[Document]:
    """Yield the document with the canary in place of each value, as a member and as a key of each object."""
    for path, value in _paths(document, ()):
        for spoil in (CANARY * 3000, [CANARY], {CANARY: CANARY}, f"{CANARY}\x00"):
            yield _with(document, path, spoil)
        if isinstance(value, dict):
            yield _with(document, path, {**value, f"{CANARY}/~": CANARY})


def _everything_said(error: BaseException | None) -> str:
    said = ""
    while error is not None:
        said += "".join(traceback.format_exception(error)) + repr(error) + repr(error.args) + repr(vars(error))
        error = error.__cause__ or error.__context__
    return said


def _paths(value: Json, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _paths(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _paths(member, (*path, index))


def _with(value: Json, path: tuple[str | int, ...], spoil: Json) -> Json:
    """Return an equal value but for one place; what is beside the path is the same."""
    if not path:
        return spoil
    changed = value.copy()
    changed[path[0]] = _with(value[path[0]], path[1:], spoil)
    return changed


def _at(value: object, path: tuple[str | int, ...]) -> object:
    for key in path:
        value = value[key]
    return value


def _values(value: Json) -> Iterator[Json]:
    yield value
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _values(member)


class _Count(IntEnum):
    TWO = 2


def test_a_numbered_code_becomes_a_number() -> None:
    document: Document = MappingProxyType({"schema": REFERRAL, "subject": {"dependants": _Count.TWO}})
    assert type(_at(validate(document, REFERRAL).document, ("subject", "dependants"))) is int
