"""`case overdue`: children of whom the authority is still to be told, for whoever looks after deadlines (K-07)."""

from operators import Operator


def test_k_07_where_no_child_waits_nothing_is_listed(running: Operator) -> None:
    said = running.types("case", "overdue", "--json")
    assert said.code == 0, said.err
    assert said.json == {"children": []}
