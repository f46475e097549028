"""`statistics` at the command line: what may not be proposed or made yet, and what there is (P-04, P-06).

A release that is proposed, approved and made is tests/journeys/test_rooms_and_numbers.py, through the same routes.
"""

import pytest
from operators import Operator


def test_p_06_where_nothing_was_proposed_nothing_is_listed(running: Operator) -> None:
    listed = running.types("statistics", "list", "--json")
    assert (listed.code, listed.json) == (0, {"releases": []})
    assert running.types("statistics", "list").out == ""


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        (("propose", "2020-Q1"), "nobody_to_count"),
        (("propose", "2999-Q4"), "quarter_not_over"),
        (("propose", "soon"), "bad_request"),
        (("make", "0" * 26), "release_unknown"),
    ],
    ids=["nobody was referred then", "still to come", "no quarter", "never proposed"],
)
def test_p_06_what_may_not_be_is_refused_by_its_code(running: Operator, typed: tuple[str, str], error: str) -> None:
    said = running.types("statistics", *typed, "--json")
    assert said.code != 0
    assert said.json["error"] == error
    assert running.types("statistics", "list", "--json").json == {"releases": []}
