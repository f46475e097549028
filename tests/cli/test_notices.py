"""`notice list`: empty at first, and no other word is understood."""

from operators import Operator


def test_at_first_nobody_has_to_be_told_anything(operator: Operator) -> None:
    said = operator.types("notice", "list", "--json")
    assert (said.code, said.json) == (0, {"notices": [], "more": False})
    assert operator.types("notice", "list", "--all").code == 0


def test_no_other_option_is_understood(operator: Operator) -> None:
    assert operator.types("notice", "list", "--late").code == 2
