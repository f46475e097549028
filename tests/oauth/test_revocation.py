"""A client takes its own tokens back; everybody else's it cannot touch, and it cannot find out about them."""

import pytest
from oauth.systems_oauth import ASSERTION_TYPE, System
from oauth.world_oauth import Gateway

from gateway.oauth.errors import InvalidTokenError, Why


def revoke(gateway: Gateway, system: System, **fields: str) -> tuple[int, dict[str, str]]:
    form = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": system.assertion(), **fields}
    answer = gateway.post("/oauth/revoke", form)
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()


def test_a_revoked_token_is_refused_at_once_although_it_was_remembered() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    token, other = gateway.token(system), gateway.token(system)
    gateway.call(system, token)
    assert revoke(gateway, system, token=token) == (200, {})
    with pytest.raises(InvalidTokenError) as refusal:
        gateway.call(system, token)
    assert refusal.value.reason is Why.REVOKED
    assert gateway.call(system, other).client_id == system.client_id
    assert list(gateway.revocations.tokens.values()) == [gateway.clock.seconds + 300]


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "anything", ""])
def test_the_hint_does_not_matter(hint: str) -> None:
    gateway = Gateway()
    system = gateway.a_system()
    assert revoke(gateway, system, token=gateway.token(system), token_type_hint=hint) == (200, {})
    assert len(gateway.revocations.tokens) == 1


def test_a_foreign_and_an_unknown_token_look_alike_and_nothing_is_revoked() -> None:
    gateway = Gateway()
    owner, thief = gateway.a_system("owner"), gateway.a_system("thief")
    token = gateway.token(owner)
    head, body, _ = token.split(".")
    for text in (token, "unknown", f"{head}.{body}.AAAA", "x" * 9000):
        assert revoke(gateway, thief, token=text) == (200, {})
    assert gateway.revocations.tokens == {}
    assert gateway.call(owner, token).client_id == "owner"
    assert revoke(gateway, owner, token=token) == (200, {})
    assert len(gateway.revocations.tokens) == 1


@pytest.mark.parametrize(("later", "revoked"), [(299, 1), (359, 1), (361, 0), (3600, 0)])
def test_a_token_that_no_clock_takes_any_more_is_answered_alike_and_not_remembered(later: int, revoked: int) -> None:
    """A node whose clock is behind may still take one that ran out a moment ago."""
    gateway = Gateway()
    system = gateway.a_system()
    token = gateway.token(system)
    gateway.clock.advance(later)
    assert revoke(gateway, system, token=token) == (200, {})
    assert len(gateway.revocations.tokens) == revoked


def test_who_does_not_authenticate_revokes_nothing() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    token = gateway.token(system)
    stranger = System(gateway.clock, "unknown")
    assert revoke(gateway, stranger, token=token) == (401, {"error": "invalid_client"})
    assert revoke(gateway, system, token=token, client_assertion="") == (401, {"error": "invalid_client"})
    assert gateway.revocations.tokens == {}


def test_an_assertion_revokes_once() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    assertion = system.assertion()
    first, second = gateway.token(system), gateway.token(system)
    assert revoke(gateway, system, token=first, client_assertion=assertion) == (200, {})
    assert revoke(gateway, system, token=second, client_assertion=assertion) == (401, {"error": "invalid_client"})
    assert len(gateway.revocations.tokens) == 1


def test_an_assertion_used_for_a_token_does_not_revoke() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    assertion = system.assertion()
    token = gateway.token(system, client_assertion=assertion)
    assert revoke(gateway, system, token=token, client_assertion=assertion)[0] == 401


def test_without_a_token_the_request_is_invalid() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    assert revoke(gateway, system) == (400, {"error": "invalid_request"})
    assert revoke(gateway, system, token=gateway.token(system)) == (200, {})


def test_a_client_under_the_kill_switch_may_not_revoke() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    token = gateway.token(system)
    gateway.once.revoked.add(system.client_id)
    assert revoke(gateway, system, token=token)[0] == 401
