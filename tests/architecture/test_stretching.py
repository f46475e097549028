"""What tests ask once is asked again as soon as anything about the question is another (tests/stretching.py)."""

import pytest
import stretching

from consent import firewall
from consent.decision import Refusal
from consent.disclosure import Party
from consent.errors import ReachableEnforcementError
from consent.policy import Policy
from gateway.keyring import local
from schemas.vocabulary import FunctionClass

SENDER = firewall.Member(Party("sender", FunctionClass.SHELTER, "XX"), "sender")


def test_a_secret_is_stretched_anew_with_another_salt() -> None:
    stretching.once()
    first, again, other = (local.stretch(b"a secret of nobody", salt) for salt in (b"one", b"one", b"two"))
    assert first is again
    assert first != other


def test_the_wall_is_proven_anew_for_other_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    stretching.once()
    asked: list[Policy] = []

    def counted(_question: object, _held: object, policy: Policy, _at: object) -> Refusal:
        asked.append(policy)
        return Refusal((), firewall._AT)

    def permits(question: object, held: object, policy: Policy, at: object) -> object:
        return object.__new__(firewall.Permit)

    monkeypatch.setattr(firewall, "decide", counted)
    for policy in (Policy(), Policy(), Policy(retention_days=7)):
        firewall.unreachable(policy, [], [SENDER])
    assert len(asked) == 2 * asked.count(Policy()) > 0

    monkeypatch.setattr(firewall, "decide", permits)
    with pytest.raises(ReachableEnforcementError):
        firewall.unreachable(Policy(), [], [SENDER])
