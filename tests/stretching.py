"""What is always answered alike and takes its time, as it should: asked once in a process of tests.

scrypt of one secret and one salt takes a quarter of a second, and tests open copies of one key ring again and again; in
their process, and in what is forked for it, each is stretched once. That the rules let no enforcement agency receive is
proven by every gateway that is built, with ten thousand questions; here once for the same rules, policy and parties. A
process that is started does all of it as ever.
"""

from collections.abc import Callable, Sequence
from functools import cache

from consent import firewall
from consent.disclosure import Party
from consent.policy import Policy
from gateway.keyring import envelope, local

_SLOW = envelope.stretch
_PROVES = firewall._no_question_is_answered_yes
_KNOWN: dict[tuple[bytes, bytes], bytes] = {}


def once() -> None:
    """Remember in this process what scrypt gave, and what was proven."""
    if local.stretch is envelope.stretch is _SLOW:
        envelope.stretch = local.stretch = _stretched
        firewall._no_question_is_answered_yes = _proven


def told() -> list[list[str]]:
    """Return what is remembered here."""
    return [[secret.hex(), salt.hex(), key.hex()] for (secret, salt), key in _KNOWN.items()]


def know(told: Sequence[Sequence[str]]) -> None:
    """Remember what another process was told."""
    for secret, salt, key in told:
        _KNOWN[bytes.fromhex(secret), bytes.fromhex(salt)] = bytes.fromhex(key)
    once()


def _stretched(secret: bytes, salt: bytes) -> bytes:
    if (secret, salt) not in _KNOWN:
        _KNOWN[secret, salt] = _SLOW(secret, salt)
    return _KNOWN[secret, salt]


def _proven(policy: Policy, sender: Party, recipient: Party) -> None:
    _by_these_rules(firewall.decide, policy, sender, recipient)


@cache
def _by_these_rules(_decide: Callable[..., object], policy: Policy, sender: Party, recipient: Party) -> None:
    _PROVES(policy, sender, recipient)
