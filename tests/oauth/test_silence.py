"""No token, assertion, proof, client or key reaches a log or an error, at any level, however a request fails."""

import logging

import pytest
from oauth.systems_oauth import ABSENT, ASSERTION_TYPE, System
from oauth.world_oauth import Gateway

from gateway.core.callers import CallerRefusedError
from gateway.oauth.errors import Why
from gateway.oauth.server import quiet_authlib

CANARY = "canary-7f3a"


def everything(gateway: Gateway) -> list[str]:
    """Walk every path with marked values, and return the secrets that were sent or made."""
    system = gateway.a_system(CANARY)
    nonce = gateway.nonces.fresh()
    token = gateway.token(system)
    secrets = [token, system.assertion(jti=CANARY), system.proof(nonce=nonce, jti=CANARY)]
    broken = System(gateway.clock, f"{CANARY}-unknown")
    gateway.ask(system, scope=CANARY)
    gateway.ask(system, resource=f"https://{CANARY}.example")
    gateway.ask(system, grant_type=CANARY)
    gateway.ask(system, client_assertion=CANARY)
    gateway.ask(system, client_assertion=system.assertion(sub=ABSENT, jti=CANARY))
    gateway.ask(system, client_assertion=system.assertion({"alg": CANARY}))
    gateway.ask(system, client_assertion=system.assertion({CANARY: CANARY}))
    gateway.ask(system, client_assertion=system.assertion(aud=CANARY))
    gateway.ask(system, CANARY)
    gateway.ask(system, system.proof(nonce=CANARY))
    gateway.ask(system, client_secret=CANARY)
    gateway.ask(broken)
    gateway.post("/oauth/token", f"{CANARY}=1&{CANARY}=2")
    gateway.post("/oauth/revoke", {"token": token, "client_assertion_type": ASSERTION_TYPE, "client_assertion": CANARY})
    for change in ({"htm": CANARY}, {"jti": CANARY, "iat": 0}, {"ath": CANARY}, {}):
        try:
            gateway.call(system, token, **change)
        except CallerRefusedError as error:
            # What a careless handler would do: the whole chain into the log.
            logging.getLogger("test").exception(error.code)
    return secrets


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
def test_no_log_line_holds_a_value_of_a_request(caplog: pytest.LogCaptureFixture, level: int) -> None:
    gateway = Gateway()
    with caplog.at_level(level):
        secrets = everything(gateway)
    assert "invalid_dpop_proof" in caplog.text
    assert {Why.CLIENT_UNKNOWN, Why.NOT_COMPACT} <= {one.why for one in gateway.told}
    assert CANARY not in repr(gateway.told)
    assert CANARY not in caplog.text
    for secret in secrets:
        assert all(part not in caplog.text for part in secret.split("."))


def test_authlib_is_silent_even_when_everything_is_debugged(caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway()
    with caplog.at_level(logging.DEBUG):
        everything(gateway)
    assert not [record for record in caplog.records if record.name.startswith("authlib")]


def test_authlib_would_not_be_silent(caplog: pytest.LogCaptureFixture) -> None:
    """The canary of the test above: with its own level Authlib does write."""
    gateway = Gateway()
    with caplog.at_level(logging.DEBUG, logger="authlib"):
        gateway.ask(gateway.a_system())
        assert [record for record in caplog.records if record.name.startswith("authlib")]


def test_the_token_stays_out_of_the_log_even_with_authlib_debugged(caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway()
    with caplog.at_level(logging.DEBUG, logger="authlib"):
        token = gateway.token(gateway.a_system())
    assert all(part not in caplog.text for part in token.split("."))


@pytest.mark.parametrize(("before", "after"), [(logging.NOTSET, 20), (logging.DEBUG, 20), (logging.ERROR, 40)])
def test_the_level_of_authlib_is_raised_and_never_lowered(before: int, after: int) -> None:
    logger = logging.getLogger("authlib")
    kept = logger.level
    try:
        logger.setLevel(before)
        quiet_authlib()
        assert logger.level == after
    finally:
        logger.setLevel(kept)


def test_an_error_says_its_codes_and_nothing_else() -> None:
    gateway = Gateway()
    system = gateway.a_system()
    with pytest.raises(CallerRefusedError) as caught:
        gateway.call(system, CANARY)
    assert CANARY not in repr(caught.value) + str(caught.value) + caught.value.challenge
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
