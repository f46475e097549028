"""A changed rule that no test noticed fails the run, unless its explanation shows that very change."""

from mutants.command import change_in, judged

DIFF = """--- consent/decision.py
+++ consent/decision.py
@@ -4,7 +4,7 @@
     never: frozenset[DataCategory] = frozenset()
-        never |= {ADDRESS}
+        never = {ADDRESS}
"""
CHANGE = "-        never |= {ADDRESS}\n+        never = {ADDRESS}"
NAME = "consent.decision.x__never_for__mutmut_6"


def test_a_change_is_the_lines_taken_away_and_put_in() -> None:
    assert change_in(DIFF) == CHANGE


def test_what_survives_without_an_explanation_fails() -> None:
    assert not judged({NAME: "survived"}, {NAME: CHANGE}, "another change").held
    assert not judged({NAME: "no tests"}, {NAME: CHANGE}, "").held
    assert not judged({NAME: "survived"}, {NAME: ""}, "whatever").held


def test_what_is_noticed_or_explained_holds_and_is_counted_by_module() -> None:
    noticed = "consent.decision.x_decide__mutmut_1"
    found = judged({NAME: "survived", noticed: "killed"}, {NAME: CHANGE}, f"```diff\n{CHANGE}\n```")
    assert found.held
    assert found.counts == {"consent.decision: explained": 1, "consent.decision: noticed": 1}


def test_a_change_after_which_nothing_ends_is_noticed() -> None:
    assert judged({NAME: "timeout"}, {}, "").counts == {"consent.decision: noticed": 1}
    assert not judged({NAME: "segfault"}, {NAME: CHANGE}, "").held


def test_where_nothing_was_tried_nothing_is_proven() -> None:
    assert not judged({}, {}, "").held
