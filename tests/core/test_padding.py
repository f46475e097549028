"""Padding: few lengths, exact return, nothing else accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.crypto.padding import SMALLEST_CLASS, fill, pad, size_class, unfill, unpad
from gateway.core.errors import RecipientError

LENGTHS_TO_32_KIB = range(32 * 1024 + 1)


def test_documents_up_to_32_kib_fall_into_six_lengths() -> None:
    assert len({size_class(length) + 1 for length in LENGTHS_TO_32_KIB}) == 6
    assert {len(pad(b"x" * length)) for length in (0, 1, 1023, 1024)} == {SMALLEST_CLASS + 1}
    assert len(pad(b"x" * (32 * 1024))) == 32 * 1024 + 1


def test_without_padding_the_lengths_would_tell_the_documents_apart() -> None:
    assert len({len(b"x" * length) for length in LENGTHS_TO_32_KIB}) > 6


@pytest.mark.parametrize(("length", "expected"), [(0, 1024), (1024, 1024), (1025, 2048), (2048, 2048), (65537, 131072)])
def test_a_class_is_the_next_power_of_two(length: int, expected: int) -> None:
    assert size_class(length) == expected


@given(st.binary(max_size=3000))
def test_what_was_padded_comes_back(content: bytes) -> None:
    assert unpad(pad(content)) == content


@given(st.binary(max_size=40), st.integers(0, 1023))
def test_content_that_looks_like_padding_comes_back(content: bytes, zeros: int) -> None:
    tricky = content + b"\x80" + b"\0" * zeros
    assert unpad(pad(tricky)) == tricky


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        b"\0" * 1025,
        b"\x80",
        pad(b"x")[:-1],
        pad(b"x") + b"\0",
        b"x" * 1025,
        b"x\x80".ljust(2049, b"\0"),
        b"x\x81".ljust(1025, b"\0"),
    ],
    ids=["empty", "no marker", "too short", "cut", "extended", "no room", "class too large", "wrong marker"],
)
def test_anything_that_pad_does_not_make_is_refused(padded: bytes) -> None:
    with pytest.raises(RecipientError):
        unpad(padded)


def test_what_lies_at_rest_has_few_lengths() -> None:
    assert {len(fill(b"x" * length)) for length in range(64)} == {64}
    assert {len(fill(b"x" * length)) for length in range(4096)} == {64, 256, 512, 768, 1024, 2048, 4096}


@given(st.binary(max_size=3000))
def test_what_was_filled_up_comes_back(content: bytes) -> None:
    assert unfill(fill(content)) == content


@pytest.mark.parametrize("filled", [b"", b"\x80", b"\0" * 64, b"\x80" + b"\0" * 64, b"x" * 64, b"x\x80" + b"\0" * 254])
def test_what_was_filled_up_in_another_way_is_refused(filled: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - it says nothing, as whoever opens says nothing
        unfill(filled)
