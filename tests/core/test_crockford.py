"""Crockford's base32: written, read, and what the check character finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.crypto import crockford

NUMBERS = st.integers(0, 2**60 - 1)


@given(NUMBERS)
def test_a_number_is_read_as_it_was_written(number: int) -> None:
    assert crockford.number(crockford.digits(number, 12)) == number


@given(NUMBERS, st.integers(0, 11), st.integers(1, 31))
def test_the_check_character_finds_one_wrong_digit(number: int, place: int, off: int) -> None:
    wrong = number ^ off << 5 * place
    assert crockford.check(wrong) != crockford.check(number)


@given(NUMBERS, st.integers(0, 10))
def test_the_check_character_finds_two_digits_that_changed_places(number: int, place: int) -> None:
    written = crockford.digits(number, 12)
    swapped = written[:place] + written[place + 1] + written[place] + written[place + 2 :]
    found = crockford.check(crockford.number(swapped)) != crockford.check(number)
    assert found is (swapped != written)


@pytest.mark.parametrize(("claimed", "meant"), [("oil-1", "0111"), ("0 1", "0 1"), ("a", "A"), ("\u0661", "")])
def test_what_is_read_alike_is_read_as_meant(claimed: str, meant: str) -> None:
    assert crockford.spelled(claimed, 32, "-") == meant


def test_what_is_too_long_is_nothing() -> None:
    assert crockford.spelled("0" * 33, 32, "") == ""
