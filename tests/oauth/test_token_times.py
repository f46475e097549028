"""How long a token holds where the gateway's own clock was wrong when it was made."""

import pytest
from oauth.world_oauth import Gateway

from gateway.oauth.errors import InvalidTokenError, Why

MONTH = 30 * 24 * 3600


@pytest.mark.parametrize("ahead", [MONTH, 3600])
def test_a_token_made_by_a_clock_that_ran_ahead_does_not_hold_until_then(ahead: int) -> None:
    gateway = Gateway()
    system = gateway.a_system()
    gateway.clock.advance(ahead)
    token = gateway.token(system)
    gateway.call(system, token)
    gateway.clock.advance(-ahead)
    with pytest.raises(InvalidTokenError) as caught:
        gateway.call(system, token)
    assert caught.value.reason is Why.EXPIRED


def test_one_made_by_another_nodes_clock_that_is_a_little_ahead_holds() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    gateway.clock.advance(60)
    token = gateway.token(system)
    gateway.clock.advance(-60)
    gateway.call(system, token)
