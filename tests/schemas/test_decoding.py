"""JSON that two readers might read differently is no JSON here."""

from __future__ import annotations

import json
import time
import traceback

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.decoding import decode_json
from schemas.errors import Fault, SchemaViolationError
from schemas.shape import MAX_DEPTH, MAX_MEMBERS

CANARY = "Zaunkoenig"
VALUES = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9)
OBJECTS = st.dictionaries(st.text(max_size=4), VALUES).map(lambda members: json.dumps(members).encode())

REFUSED = {
    "not-utf-8": (b'{"a":"' + CANARY.encode() + b'\xff"}', "utf-8"),
    "byte-order-mark": (b'\xef\xbb\xbf{"a":1}', "utf-8"),
    "utf-16": (('{"a":"' + CANARY + '"}').encode("utf-16"), "utf-8"),
    "overlong": (b'{"a":"\xc0\x80"}', "utf-8"),
    "encoded-surrogate": (b'{"a":"\xed\xa0\x80"}', "utf-8"),
    "half-a-pair": (b'{"a":"' + CANARY.encode() + b'\\ud83d"}', "utf-8"),
    "half-a-pair-in-capitals": (b'{"a":["\\uDE00"]}', "utf-8"),
    "half-a-pair-as-key": (b'{"\\ud83d":1}', "utf-8"),
    "pair-the-wrong-way": (b'{"a":"\\ude00\\ud83d"}', "utf-8"),
    "same-key-twice": (b'{"Zaunkoenig":1,"b":2,"Zaunkoenig":1}', "duplicate-key"),
    "same-key-in-two-spellings": (b'{"a":1,"\\u0061":1}', "duplicate-key"),
    "same-key-deep-down": (b'{"a":[{"b":1,"b":2}]}', "duplicate-key"),
    "fraction": (b'{"a":1.0}', "number"),
    "exponent": (b'{"a":1e2}', "number"),
    "not-a-number": (b'{"a":NaN}', "number"),
    "infinity": (b'{"a":-Infinity}', "number"),
    "one-too-many": (b'{"a":9007199254740992}', "number"),
    "one-too-few": (b'{"a":-9007199254740992}', "number"),
    "digits-without-end": (b'{"a":' + b"9" * 100_000 + b"}", "number"),
    "one-level-too-deep": (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "depth"),
    "arrays-without-end": (b'{"a":' + b"[" * 100_000, "depth"),
    "members-without-end": (b'{"a":[' + b"[]," * MAX_MEMBERS + b"[]]}", "members"),
    "array": (b"[]", "type"),
    "string": (b'"' + CANARY.encode() + b'"', "type"),
    "null": (b"null", "type"),
    "nothing": (b"", "syntax"),
    "two-documents": (b'{"a":1}{"a":1}', "syntax"),
    "trailing-text": (b'{"a":1} ' + CANARY.encode(), "syntax"),
    "trailing-comma": (b'{"a":1,}', "syntax"),
    "comment": (b'{"a":1 /* Zaunkoenig */}', "syntax"),
    "leading-nought": (b'{"a":01}', "syntax"),
    "plus": (b'{"a":+1}', "syntax"),
    "raw-control-character": (b'{"a":"\x01Zaunkoenig"}', "syntax"),
    "unknown-escape": (b'{"a":"\\x41"}', "syntax"),
    "single-quotes": (b"{'a':'Zaunkoenig'}", "syntax"),
    "unfinished": (b'{"a":"Zaunkoenig', "syntax"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_lenient_json_is_refused_by_rule_and_without_a_value(case: str) -> None:
    body, rule = REFUSED[case]
    with pytest.raises(SchemaViolationError) as caught:
        decode_json(body)
    assert caught.value.schema == "json"
    assert caught.value.faults == (Fault("", rule),)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    said = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    # The frames quote this file's line, never the text.
    assert CANARY not in said


ACCEPTED = {
    "empty": (b"{}", {}),
    "space-around": (b' \t\r\n{"a" : 1 }\n', {"a": 1}),
    "largest": (b'{"a":9007199254740991,"b":-9007199254740991}', {"a": 2**53 - 1, "b": -(2**53) + 1}),
    "minus-nought": (b'{"a":-0}', {"a": 0}),
    "pair": (b'{"a":"\\ud83d\\uDE00"}', {"a": "\U0001f600"}),
    "escaped-backslash-and-a-d": (b'{"a":"\\\\ud800"}', {"a": "\\ud800"}),
    "same-key-in-two-objects": (b'{"a":{"b":1},"c":{"b":1}}', {"a": {"b": 1}, "c": {"b": 1}}),
    "empty-key": (b'{"":null}', {"": None}),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_strict_json_is_read(case: str) -> None:
    body, value = ACCEPTED[case]
    assert decode_json(body) == value


def test_the_deepest_document_that_passes_is_as_deep_as_said() -> None:
    assert decode_json(b'{"a":' * MAX_DEPTH + b"1" + b"}" * MAX_DEPTH)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode) | OBJECTS)
@settings(max_examples=80, derandomize=True, deadline=None)
def test_any_bytes_are_an_object_or_a_violation(body: bytes) -> None:
    try:
        value = decode_json(body)
    except SchemaViolationError:
        return
    assert value == json.loads(body)


def test_a_fraction_is_let_stand_for_who_asks_and_is_neither_text_nor_number() -> None:
    document = decode_json(b'{"a": [1.50, 2e3], "b": 1}', fractions=True)
    assert isinstance(document["a"], list)
    assert [str(one) for one in document["a"]] == ["1.50", "2e3"]
    assert not any(isinstance(one, str | int | float) for one in document["a"])
    with pytest.raises(SchemaViolationError):
        decode_json(b'{"a": [1.50, 2e3], "b": 1}')


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b'{"a": 1.5, "b": ' + b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1) + b"}", "depth"),
        (b'{"a": 1.5, "b": [' + b"[]," * MAX_MEMBERS + b"[]]}", "members"),
        (b'{"a": 1.5, "b": "\\ud800"}', "utf-8"),
        (b'{"a": NaN}', "number"),
        (b'{"a": 1.5, "a": 1.5}', "duplicate-key"),
    ],
)
def test_beside_a_fraction_all_is_as_strict_as_without(body: bytes, rule: str) -> None:
    with pytest.raises(SchemaViolationError) as refused:
        decode_json(body, fractions=True)
    assert [fault.rule for fault in refused.value.faults] == [rule]


@pytest.mark.parametrize("many", [b"[]", b"1", b'"a"', b"{}", b"1.5"])
def test_what_has_too_many_members_is_refused_before_it_is_read(many: bytes) -> None:
    """A hostile adapter may answer three megabytes, and a sender one; half a second of the line's time is too much."""
    body = b'{"a": [' + b",".join([many] * 700_000) + b"]}"
    begun = time.process_time()
    with pytest.raises(SchemaViolationError) as refused:
        decode_json(body, fractions=True)
    assert [fault.rule for fault in refused.value.faults] == ["members"]
    assert time.process_time() - begun < 0.1


def test_as_many_members_as_are_allowed_are_read_and_one_more_is_not_though_all_are_in_one_list() -> None:
    decode_json(b'{"a": [' + b",".join([b"1"] * (MAX_MEMBERS - 1)) + b"]}")
    with pytest.raises(SchemaViolationError):
        decode_json(b'{"a": [' + b",".join([b"1"] * MAX_MEMBERS) + b"]}")
