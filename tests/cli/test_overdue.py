"""`case overdue`, `breach list`: of whom or of what somebody is still to be told, for who looks after deadlines."""

from operators import Operator

from gateway.cli.doctor import told_in_time


def test_k_07_where_no_child_waits_nothing_is_listed(running: Operator) -> None:
    said = running.types("case", "overdue", "--json")
    assert said.code == 0, said.err
    assert said.json == {"children": []}


def test_a_05_where_no_breach_is_written_down_nothing_is_listed_and_doctor_says_so(running: Operator) -> None:
    said = running.types("breach", "list", "--json")
    assert said.code == 0, said.err
    assert said.json == {"breaches": []}
    assert "breaches: Nobody waits to be told of one after its time." in running.types("doctor").out


def test_a_05_a_breach_that_was_not_told_in_time_is_a_problem_with_a_command() -> None:
    found = told_in_time([{"overdue": False}, {"overdue": True}])
    assert (found.ok, found.next) == (False, "referral-gateway breach list")
    assert told_in_time([{"overdue": False}]).ok
