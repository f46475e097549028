"""Attempts to get a token, or past one, that must fail; beside each the real thing, which must succeed.

How many there are, and how many got in, is printed at the end of a run.
"""

from collections.abc import Callable

import pytest
from attacks import on_assertions, on_requests, on_tokens
from attacks.attempts import (
    VICTIM,
    Attempt,
    Attempts,
    asked,
    at_api,
    with_assertion,
    with_form,
    with_proof,
    with_proofs,
    with_text,
)
from oauth.systems_oauth import System
from oauth.world_oauth import Gateway

from gateway.core.client_rights import ClientRights
from gateway.core.token_details import Act, Detail
from schemas.vocabulary import Purpose

KINDS: dict[str, Attempts] = {
    "algorithm": on_assertions.ALGORITHMS,
    "header": on_assertions.HEADERS,
    "claim": on_assertions.CLAIMS,
    "text": on_assertions.TEXTS,
    "form": on_requests.FORMS,
    "proof": on_requests.PROOFS,
    "api": on_tokens.API,
    "bounds": on_tokens.BOUNDS,
}
EVERY = {f"{kind}: {name}": attempt for kind, attempts in KINDS.items() for name, attempt in attempts.items()}
API = {*on_tokens.API.values()}
LIMIT = Detail(frozenset({Act.SEND, Act.PREVIEW}), frozenset({"river-shelter"}), frozenset({Purpose.ACCOMMODATION}))


@pytest.fixture(scope="module")
def gateway() -> Gateway:
    """One gateway for all: whatever one attempt leaves behind, the next one meets."""
    made = Gateway()
    made.a_system(VICTIM)
    return made


@pytest.fixture
def system(gateway: Gateway) -> System:
    """The system that tries, registered with limits."""
    return gateway.a_system("attacking-system", rights=ClientRights(LIMIT))


@pytest.mark.parametrize("attempt", EVERY.values(), ids=[ascii(name) for name in EVERY])
def test_it_does_not_get_in_and_the_real_thing_does(gateway: Gateway, system: System, attempt: Attempt) -> None:
    assert not attempt(gateway, system)
    control = at_api() if attempt in API else asked
    assert control(gateway, system), "the control: asking rightly gets in"


def test_they_are_many_and_none_got_in(record_property: Callable[[str, object], None]) -> None:
    """Counted here because every one of them is a test of its own above."""
    counted = ", ".join(f"{len(attempts)} {kind}" for kind, attempts in KINDS.items())
    record_property("table", f"{len(EVERY)} attempts to get in, each with a control: {counted}")
    assert len(EVERY) >= 100


def test_an_attempt_that_is_none_gets_in(gateway: Gateway, system: System) -> None:
    """The canary: with nothing wrong, each way of trying is let in, so that a refusal means what it says."""
    tries = [
        with_assertion(),
        with_text(lambda one: one.assertion()),
        with_proof(),
        with_proofs(lambda at, one: [one.proof(nonce=at.nonces.fresh())]),
        with_form(lambda one: one.form()),
        at_api(),
        lambda at, one: asked(at, one, authorization_details=on_tokens.details({"actions": ["send"]})),
    ]
    assert [attempt(gateway, system) for attempt in tries] == [True] * len(tries)
