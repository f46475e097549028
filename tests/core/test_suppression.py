"""No number below the threshold is shown, and none can be computed from those that are (P-04)."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.statistics.suppression import TOTAL, Cell, suppressed

K = 11
ROWS, COLUMNS = ("bed", "doctor", "lawyer"), ("accepted", "declined", "done")


def table(*numbers: int) -> dict[Cell, int]:
    return dict(zip(product(ROWS, COLUMNS), numbers, strict=True))


def solutions(shown: dict[Cell, int], most: int) -> list[dict[Cell, int]]:
    """Return every table of people that somebody could think behind what is shown (small ones only)."""
    rows, columns = ("bed", "doctor"), ("accepted", "declined")
    cells = [*product(rows, columns)]
    found = []
    for numbers in product(range(most + 1), repeat=len(cells)):
        thought = dict(zip(cells, numbers, strict=True))
        sums = {
            (row, column): sum(
                thought[one, other] for one, other in cells if row in {one, TOTAL} and column in {other, TOTAL}
            )
            for row in (*rows, TOTAL)
            for column in (*columns, TOTAL)
        }
        if all(sums[cell] == number for cell, number in shown.items()):
            found.append(thought)
    return found


def test_p_04_large_numbers_are_shown_with_their_totals() -> None:
    shown = suppressed(table(*[20] * 9), ROWS, COLUMNS, K).numbers
    assert shown["bed", "accepted"] == 20
    assert shown["bed", TOTAL] == 60
    assert shown[TOTAL, TOTAL] == 180


@pytest.mark.parametrize("small", [0, 1, 10])
def test_p_04_a_number_below_eleven_is_not_shown(small: int) -> None:
    shown = suppressed(table(small, *[20] * 8), ROWS, COLUMNS, K).numbers
    assert ("bed", "accepted") not in shown
    assert all(number >= K for number in shown.values())


def test_p_04_eleven_is_shown() -> None:
    assert suppressed(table(11, *[20] * 8), ROWS, COLUMNS, K).numbers["bed", "accepted"] == 11


def test_p_04_one_small_number_takes_others_with_it_so_that_no_total_gives_it_away() -> None:
    shown = suppressed(table(3, *[20] * 8), ROWS, COLUMNS, K).numbers
    for total, cells in lines():
        hidden = [cell for cell in cells if cell not in shown]
        assert len(hidden) != 1 or total not in shown


def test_p_04_withheld_numbers_that_are_few_together_take_their_total_with_them() -> None:
    shown = suppressed(table(2, 3, 20, *[20] * 6), ROWS, COLUMNS, K).numbers
    assert ("bed", TOTAL) not in shown or ("bed", "done") not in shown


def test_p_04_a_table_of_few_people_shows_nothing() -> None:
    assert suppressed(table(1, 0, 2, 0, 0, 1, 0, 0, 0), ROWS, COLUMNS, K).numbers == {}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=9, max_size=9))
def test_p_04_whatever_the_table_nothing_small_is_shown_and_no_difference_is_small(numbers: list[int]) -> None:
    counts = table(*numbers)
    shown = suppressed(counts, ROWS, COLUMNS, K).numbers
    assert all(number >= K for number in shown.values())
    for total, cells in lines():
        hidden = sum(counts[cell] for cell in cells if cell not in shown)
        assert total not in shown or (hidden == 0 and all(cell in shown for cell in cells)) or hidden >= K


def lines() -> list[tuple[Cell, list[Cell]]]:
    rows = [((row, TOTAL), [(row, column) for column in COLUMNS]) for row in ROWS]
    columns = [((TOTAL, column), [(row, column) for row in ROWS]) for column in COLUMNS]
    return [*rows, *columns, ((TOTAL, TOTAL), [*product(ROWS, COLUMNS)])]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=4, max_size=4))
def test_p_04_several_tables_could_stand_behind_every_number_that_is_not_shown(numbers: list[int]) -> None:
    """An attacker who tries every table of people finds more than one value for each withheld cell (threshold 3)."""
    rows, columns = ("bed", "doctor"), ("accepted", "declined")
    counts = dict(zip(product(rows, columns), numbers, strict=True))
    shown = dict(suppressed(counts, rows, columns, 3).numbers)
    thought = solutions(shown, 5)
    for cell in product(rows, columns):
        if cell not in shown:
            assert len({one[cell] for one in thought}) > 1


def test_p_04_a_small_row_does_not_follow_from_the_total_of_all_and_the_other_rows() -> None:
    shown = suppressed(table(5, 20, 20, 15, 20, 20, 2, 2, 1), ROWS, COLUMNS, K).numbers
    totals = [("bed", TOTAL), ("doctor", TOTAL), (TOTAL, TOTAL)]
    assert not all(total in shown for total in totals)


def test_the_attacker_of_these_tests_finds_what_a_total_gives_away() -> None:
    """The canary: with one cell withheld and its total shown, only one number fits."""
    shown = {("bed", "accepted"): 5, ("bed", TOTAL): 7, ("doctor", "accepted"): 5, ("doctor", "declined"): 4}
    assert {one["bed", "declined"] for one in solutions(shown, 5)} == {2}
