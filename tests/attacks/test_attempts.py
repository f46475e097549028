"""Attempts to get a token, or past one, that must fail; beside each the real thing, which must succeed.

How many there are is printed at the end of a run; `make evidence` writes down how many got in.
"""

from collections.abc import Callable

import pytest
from attacks.attempts import (
    Attempt,
    asked,
    at_api,
    with_assertion,
    with_form,
    with_proof,
    with_proofs,
    with_text,
)
from attacks.on_tokens import details
from attacks.trying import EVERY, KINDS, Tried, a_gateway, a_tempter, control
from oauth.systems_oauth import System
from oauth.world_oauth import Gateway


@pytest.fixture(scope="module")
def gateway() -> Gateway:
    """One gateway for all: whatever one attempt leaves behind, the next one meets."""
    return a_gateway()


@pytest.fixture
def system(gateway: Gateway) -> System:
    return a_tempter(gateway)


@pytest.mark.parametrize("attempt", EVERY.values(), ids=[ascii(name) for name in EVERY])
def test_it_does_not_get_in_and_the_real_thing_does(gateway: Gateway, system: System, attempt: Attempt) -> None:
    assert not attempt(gateway, system)
    assert control(attempt)(gateway, system), "asking rightly gets in"


def test_they_are_many(record_property: Callable[[str, object], None]) -> None:
    counted = ", ".join(f"{len(attempts)} {kind}" for kind, attempts in KINDS.items())
    record_property("table", f"{len(EVERY)} attempts to get in, each with a control: {counted}")
    assert len(EVERY) == sum(map(len, KINDS.values())) >= 100


def test_an_attempt_that_is_none_gets_in(gateway: Gateway, system: System) -> None:
    """The canary: with nothing wrong, each way of trying is let in, so that a refusal means what it says."""
    tries: list[Attempt] = [
        with_assertion(),
        with_text(lambda one: one.assertion()),
        with_proof(),
        with_proofs(lambda at, one: [one.proof(nonce=at.nonces.fresh())]),
        with_form(lambda one: one.form()),
        at_api(),
        lambda at, one: asked(at, one, authorization_details=details({"actions": ["send"]})),
    ]
    assert [attempt(gateway, system) for attempt in tries] == [True] * len(tries)


def test_one_that_got_in_or_a_control_that_did_not_is_enough() -> None:
    assert Tried(attempts=1).held
    assert not Tried().held
    assert not Tried(attempts=1, let_in=1).held
    assert not Tried(attempts=1, controls_kept_out=1).held
