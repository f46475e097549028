"""Canonical bytes are those of RFC 8785, or there are none."""

from __future__ import annotations

import json
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.canonical import NotCanonicalError, canonical, canonical_trusted
from schemas.documents import Json
from schemas.vocabulary import Need

PINS: dict[str, tuple[Json, str | None]] = {
    # RFC 8785, section 3.2.2: the string and the literals of its sample object, which has floats beside them.
    "rfc8785-string": (
        {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", "literals": [None, True, False]},
        '{"literals":[null,true,false],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    ),
    "short-escapes": ("\b\t\n\f\r\u0000\u001f\u007f", '"\\b\\t\\n\\f\\r\\u0000\\u001f\u007f"'),
    "keys-sorted": ({"peach": 1, "Peach": 2, "1": 3, "": 4, "p": {"b": [], "a": {}}}, None),
    "integers": ([0, -0, -1, 2**53 - 1, -(2**53) + 1], "[0,0,-1,9007199254740991,-9007199254740991]"),
    "beyond-the-first-plane": ("\U0001f600 \u00f6", '"\U0001f600 \u00f6"'),
    "nothing-normalised": ("A\u030a \u00c5", '"A\u030a \u00c5"'),
}


@pytest.mark.parametrize("pin", PINS)
def test_bytes_are_those_of_the_standard(pin: str) -> None:
    value, text = PINS[pin]
    expected = text if text is not None else '{"":4,"1":3,"Peach":2,"p":{"a":{},"b":[]},"peach":1}'
    assert canonical(value) == expected.encode()
    assert canonical_trusted(value) == expected.encode()


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        [0.5],
        2**53,
        -(2**53),
        {"\u00f6": 1},
        {"a": {1: 2}},
        b"bytes",
        {"a": b"bytes"},
        {1, 2},
        "\ud800",
    ],
    ids=[
        "float",
        "nan",
        "inner-float",
        "large",
        "small",
        "key",
        "number-key",
        "bytes",
        "inner-bytes",
        "set",
        "surrogate",
    ],
)
def test_what_has_no_canonical_form_is_refused_without_being_shown(value: Json) -> None:
    with pytest.raises(NotCanonicalError) as caught:
        canonical(value)
    assert caught.value.__context__ is None
    assert "bytes" not in str(caught.value)


def test_a_code_and_a_read_only_mapping_are_what_they_stand_for() -> None:
    assert canonical({"need": Need.ASYLUM}) == b'{"need":"asylum"}'
    assert canonical(MappingProxyType({"b": (1, 2), "a": MappingProxyType({})})) == b'{"a":{},"b":[1,2]}'


_SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
_KEYS = st.text(st.characters(max_codepoint=127))
_JSON = st.recursive(_SCALARS, lambda inner: st.lists(inner) | st.dictionaries(_KEYS, inner), max_leaves=12)


@given(_JSON)
@settings(max_examples=40, derandomize=True, deadline=None)
def test_canonical_bytes_read_back_and_write_again_alike(value: Json) -> None:
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written
    assert canonical_trusted(value) == written
