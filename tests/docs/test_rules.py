"""Every rule of the rule book stands in code and in a test, or is in a short list that says why not."""

import re

import pytest
import rulebook

BOOK = rulebook.book()
IN_THE_BOOK = {"C": 19, "M": 13, "P": 6, "K": 9, "F": 4, "E": 4, "A": 10}
"""How many rules each part of the book has."""


def test_the_book_is_whole() -> None:
    ids = [f"{part}-{number:02d}" for part, count in IN_THE_BOOK.items() for number in range(1, count + 1)]
    assert list(BOOK.rules) == ids
    assert len(ids) == 65


def test_a_rule_is_one_sentence_in_our_own_words() -> None:
    for rule, says in BOOK.rules.items():
        assert re.fullmatch(r"[A-Z][^|\n]{20,160}\.", says), rule


@pytest.mark.parametrize("rule", [rule for rule in BOOK.rules if rule not in BOOK.organisational | {}])
def test_a_rule_stands_in_code_and_in_a_test_unless_it_is_not_built_yet(rule: str) -> None:
    code, tests = rulebook.enforced().get(rule), rulebook.tested().get(rule)
    if rule in BOOK.not_yet:
        assert not (code and tests), f"{rule} is built: take it out of not_yet in docs/rules.toml"
        return
    assert code, f"{rule} stands nowhere in the code"
    assert tests, f"{rule} stands in no test"


def test_what_is_organisational_says_why_and_is_nothing_else() -> None:
    assert BOOK.organisational.keys() <= BOOK.rules.keys()
    assert not BOOK.organisational.keys() & BOOK.not_yet
    assert all(len(reason) > 40 for reason in BOOK.organisational.values())
    assert len(BOOK.organisational) <= 4, "a short list"


def test_every_id_in_the_code_is_a_rule_of_the_book() -> None:
    assert set(rulebook.enforced()) <= set(BOOK.rules)


def test_the_table_has_every_rule_and_names_only_places_that_carry_it() -> None:
    """The table may be behind, and never wrong; `python tests/rulebook.py > docs/rules.md` makes it anew."""
    lines = (rulebook.ROOT / "docs" / "rules.md").read_text("utf-8").splitlines()
    code, tests = rulebook.enforced(), rulebook.tested()
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in lines if re.match(r"\| [A-Z]-\d\d \|", line)}
    assert set(rows) == set(BOOK.rules)
    for rule, row in rows.items():
        named = set(re.findall(r"`([a-z_/0-9]+\.py:[^`]+)`", row))
        assert named <= {*code.get(rule, []), *tests.get(rule, [])}, rule
        assert ("| not yet |" in row) == (rule in BOOK.not_yet), rule


PLANTED = '''
"""A file about A-01."""

LIMIT = 3  # C-01

def kept() -> None:
    """Do it (C-02)."""

class Table:
    FIRST = ("first", "C-03")

    def test_x(self) -> None:
        pass  # C-04

def test_k_01_a_child_is_one() -> None:
    pass

# C-05 stands in nothing
'''


def test_an_id_counts_where_something_carries_it() -> None:
    assert set(rulebook.carried(PLANTED)) == {
        ("C-01", "LIMIT"), ("C-02", "kept"), ("C-03", "Table.FIRST"), ("C-04", "Table.test_x"),
        ("K-01", "test_k_01_a_child_is_one"),
    }  # fmt: skip
