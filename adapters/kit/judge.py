"""The one test of the kit, for `adapter check` and for the test file of every adapter: one rule, one adapter."""

import pytest

from adapters.kit.judged import Judged
from adapters.kit.rules import Outcome, Rule, judge


def test_a_rule_is_kept(adapter_rule: Rule, judged_adapter: Judged) -> None:
    """Fail with every finding; skip where the adapter is excused; an unclaimed level is not yet kept."""
    verdict = judge(adapter_rule, judged_adapter)
    head = f"{adapter_rule.id}. {adapter_rule.says}"
    said = "\n".join([head, *(f"  {finding}" for finding in verdict.findings)])
    match verdict.outcome:
        case Outcome.BROKEN:
            pytest.fail(said, pytrace=False)
        case Outcome.NOT_YET:
            pytest.xfail(f"{adapter_rule.level.value}: {said}")
        case Outcome.EXEMPT:
            pytest.skip(f"exempt: {verdict.reason}")
        case Outcome.KEPT:
            return
