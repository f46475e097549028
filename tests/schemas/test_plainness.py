"""The quick look says yes only to what the slow walk would let pass, and a no costs nothing but the walk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.canonical import NotCanonicalError, canonical_trusted
from schemas.documents import Json
from schemas.plainness import is_plain
from schemas.vocabulary import Sex

DEPTH = 32
PLAIN: list[object] = [{}, [], {"a": [1, True, None, "é", {"b": -(2**53) + 1}]}, [[["\U0001f600"]]]]
NOT_PLAIN: dict[str, object] = {
    "a scalar": "a",
    "float": {"a": 1.0},
    "inner nan": [{"a": [float("nan")]}],
    "large integer": {"a": [2**53]},
    "small integer": [-(2**53)],
    "key beyond ascii": {"é": 1},
    "number as key": {"a": {1: 2}},
    "code as key": {Sex.FEMALE: 1},
    "code as value": {"a": Sex.FEMALE},
    "bytes": {"a": b"a"},
    "tuple": {"a": (1,)},
    "set": [{1}],
    "half a character": {"a": ["\ud800"]},
    "two halves in two strings": ["\ud83d", "\ude00"],
}


@pytest.mark.parametrize("value", PLAIN, ids=range(len(PLAIN)))
def test_plain_json_is_plain(value: object) -> None:
    assert is_plain(value, DEPTH)


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_anything_else_is_not(name: str) -> None:
    assert not is_plain(NOT_PLAIN[name], DEPTH)


def test_what_is_deeper_than_allowed_is_not() -> None:
    nested: object = []
    for _ in range(DEPTH - 1):
        nested = [nested]
    assert is_plain(nested, DEPTH)
    assert not is_plain([nested], DEPTH)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES)
def test_what_is_plain_has_canonical_bytes(value: Json) -> None:
    if is_plain(value, DEPTH):
        try:
            canonical_trusted(value)
        except (NotCanonicalError, ValueError) as refused:
            raise AssertionError("plain, and yet without bytes") from refused
