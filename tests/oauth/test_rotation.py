"""One signing key follows another: published before it signs, believed after it did, and gone when it leaked."""

from dataclasses import dataclass, field

import pytest
from builders import NOON
from oauth.world_oauth import Gateway
from rings import a_key_ring

from gateway.core.callers import CallerRefusedError
from gateway.core.heads import SIGNING_KEY, Head
from gateway.core.rotation.signing_keys import SigningState
from gateway.oauth.rotation import RotatingKeys


@dataclass
class Written:
    """What every node reads."""

    number: int = 0
    keeps_previous: bool = True
    asked: int = field(default=0)

    def state(self) -> SigningState:
        self.asked += 1
        return SigningState(self.number, NOON, self.keeps_previous, Head(SIGNING_KEY, self.number))


def a_gateway(written: Written) -> Gateway:
    gateway = Gateway()
    gateway.keys = RotatingKeys(a_key_ring(), written.state)
    gateway.restart()
    return gateway


def kids(gateway: Gateway) -> list[str]:
    return [key["kid"] for key in gateway.get("/oauth/jwks").json()["keys"]]


def test_next_current_and_previous_key_are_published_and_nothing_private() -> None:
    written = Written(number=3)
    gateway = a_gateway(written)
    keys = gateway.get("/oauth/jwks").json()["keys"]
    expected = [gateway.keys.kid(number) for number in (3, 4, 2)]
    assert [key["kid"] for key in keys] == expected
    assert len(set(expected)) == 3
    assert all(key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"} for key in keys)


def test_the_first_key_has_no_previous_one() -> None:
    gateway = a_gateway(Written())
    assert kids(gateway) == [gateway.keys.kid(0), gateway.keys.kid(1)]


def test_only_the_current_key_is_held_with_its_private_half() -> None:
    keys = RotatingKeys(a_key_ring(), Written(number=2).state)
    assert keys.active().is_private
    assert [key.is_private for key in keys.published()] == [True, False, False]


def test_tokens_of_the_old_key_hold_and_new_ones_are_of_the_next() -> None:
    written = Written()
    gateway = a_gateway(written)
    system = gateway.a_system()
    before, [current, following] = gateway.token(system), kids(gateway)
    written.number = 1
    gateway.keys.refresh()
    assert gateway.keys.active().kid == following
    assert kids(gateway) == [following, gateway.keys.kid(2), current]
    after = gateway.token(system)
    for token in (before, after):
        assert gateway.call(system, token).client_id == system.client_id
    gateway.clock.advance(300)
    with pytest.raises(CallerRefusedError):
        gateway.call(system, before)


def test_a_key_two_changes_old_verifies_nothing() -> None:
    written = Written()
    gateway = a_gateway(written)
    system = gateway.a_system()
    token = gateway.token(system)
    assert gateway.call(system, token)
    written.number = 2
    gateway.keys.refresh()
    with pytest.raises(CallerRefusedError) as refused:
        gateway.call(system, token)
    assert refused.value.why == "key"


def test_after_a_leak_no_token_of_the_old_key_holds_not_even_one_that_is_remembered() -> None:
    written = Written()
    gateway = a_gateway(written)
    system = gateway.a_system()
    token = gateway.token(system)
    assert gateway.call(system, token)
    written.number, written.keeps_previous = 1, False
    gateway.keys.refresh()
    with pytest.raises(CallerRefusedError):
        gateway.call(system, token)
    assert len(kids(gateway)) == 2
    assert gateway.call(system, gateway.token(system))


def test_a_node_that_is_late_believes_what_the_others_sign_and_they_believe_it() -> None:
    written = Written()
    early, late = a_gateway(written), a_gateway(written)
    system = early.a_system()
    late.join(system)
    written.number = 1
    early.keys.refresh()
    assert late.call(system, early.token(system)).client_id == system.client_id
    assert early.call(system, late.token(system)).client_id == system.client_id


def test_no_request_asks_which_key_counts() -> None:
    written = Written()
    gateway = a_gateway(written)
    system, asked = gateway.a_system(), written.asked
    gateway.call(system, gateway.token(system))
    kids(gateway)
    assert written.asked == asked
