"""Random histories of one person hold what every history must hold (tests/trials); a few of many here.

The full count is in docs/evidence.
"""

from dataclasses import replace
from datetime import datetime

import pytest
from builders import an_agreement
from trials.histories import lived
from trials.questions import Rules

from consent.decision import Decision, decide
from consent.disclosure import Disclosure
from consent.policy import Policy
from consent.records import Records
from schemas.vocabulary import ConsentState, Ground


def test_no_history_permits_without_a_live_ground_and_no_restriction_widens() -> None:
    lives = lived(80, steps=12)
    assert lives.histories >= 80
    assert set(lives.permits) == {ground.value for ground in Ground}


def _forgetting_every_ending(asked: Disclosure, records: Records, policy: Policy, at: datetime) -> Decision:
    """A canary: a yes that was taken back still counts."""
    consents = [replace(said, state=ConsentState.GIVEN) for said in records.consents or ()]
    return decide(asked, replace(records, consents=tuple(consents)), policy, at)


def _forgetting_restrictions(asked: Disclosure, records: Records, policy: Policy, at: datetime) -> Decision:
    """A canary: what she wants withheld passes."""
    return decide(asked, replace(records, case=replace(records.case, stated=())), policy, at)


def _needing_no_agreement(asked: Disclosure, records: Records, policy: Policy, at: datetime) -> Decision:
    """A canary: where no agreement is known, there is one."""
    agreement = records.agreement or an_agreement(purpose=asked.purpose)
    return decide(asked, replace(records, agreement=agreement), policy, at)


@pytest.mark.parametrize("rules", [_forgetting_every_ending, _forgetting_restrictions, _needing_no_agreement])
def test_rules_that_permit_too_much_are_found(rules: Rules) -> None:
    with pytest.raises(AssertionError):
        lived(300, steps=12, rules=rules)
