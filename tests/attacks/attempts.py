"""One attempt to get in, and what it is made of: the real thing with one thing wrong.

An attempt is a function of a gateway and a system that is registered there; it returns whether it got in. Beside each
stands its control: the same system, asking rightly, gets in.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from oauth.systems_oauth import (
    ABSENT,
    API_URL,
    TOKEN_URL,
    System,
)
from oauth.world_oauth import Gateway

from gateway.core.callers import CallerRefusedError
from gateway.oauth.ports import UseOutcome

Attempt: TypeAlias = Callable[[Gateway, System], bool]
Attempts: TypeAlias = Mapping[str, Attempt]

VICTIM: Final = "victim-system"
"""Another registered system, with a key of its own."""


def asked(gateway: Gateway, system: System, **fields: str) -> bool:
    """Ask for a token with these fields; whether one was given."""
    return "access_token" in gateway.ask(system, **fields).json()


def with_assertion(header: Mapping[str, object] = {}, **claims: object) -> Attempt:
    """Return the attempt with an assertion whose header or claims are others, signed rightly."""
    return lambda gateway, system: asked(
        gateway, system, client_assertion=system.assertion({**header}, **_of(gateway, system, claims))
    )


def with_text(make: Callable[[System], str]) -> Attempt:
    """Return the attempt with an assertion that is made by hand."""
    return lambda gateway, system: asked(gateway, system, client_assertion=make(system))


def with_proof(header: Mapping[str, object] = {}, **claims: object) -> Attempt:
    """Return the attempt at the token endpoint with a proof whose header or claims are others, signed rightly."""

    def attempt(gateway: Gateway, system: System) -> bool:
        found = _of(gateway, system, claims)
        url, method = str(found.pop("url", TOKEN_URL)), str(found.pop("method", "POST"))
        nonce = found.pop("nonce", gateway.nonces.fresh())
        proof = system.proof(url, method, nonce=None if nonce is ABSENT else nonce, header={**header}, **found)
        return "access_token" in gateway.ask(system, proof).json()

    return attempt


def with_proofs(make: Callable[[Gateway, System], list[str]]) -> Attempt:
    """Return the attempt at the token endpoint with these DPoP headers."""
    return lambda gateway, system: (
        "access_token" in gateway.post("/oauth/token", system.form(), make(gateway, system)).json()
    )


def with_form(make: Callable[[System], str | dict[str, str]], **headers: str) -> Attempt:
    """Return the attempt at the token endpoint with this body and these headers beside a good proof."""

    def attempt(gateway: Gateway, system: System) -> bool:
        answer = gateway.post("/oauth/token", make(system), [system.proof(nonce=gateway.nonces.fresh())], **headers)
        return "access_token" in answer.text

    return attempt


def at_api(
    authorization: Callable[[Gateway, System, str], list[str]] | None = None,
    proofs: Callable[[Gateway, System, str], list[str]] | None = None,
    method: str = "POST",
    path: str = "/api/referrals",
) -> Attempt:
    """Return the attempt at the API; what is not given is as it should be."""

    def attempt(gateway: Gateway, system: System) -> bool:
        token = gateway.token(system)
        shown = [f"DPoP {token}"] if authorization is None else authorization(gateway, system, token)
        proven = [a_proof(gateway, system, token)] if proofs is None else proofs(gateway, system, token)
        return let_in(gateway, shown, proven, method, path)

    return attempt


def let_in(
    gateway: Gateway, shown: list[str], proven: list[str], method: str = "POST", path: str = "/api/referrals"
) -> bool:
    """Ask the API; whether somebody was recognised and the proof was fresh."""
    try:
        caller = gateway.verifier.verify(shown, proven, method, path)
    except CallerRefusedError:
        return False
    used = gateway.serve(
        lambda _: gateway.once.use(proofs=[caller.proof], client_id=caller.client_id, token_jti=caller.token_jti)
    )
    return used is UseOutcome.FRESH


def a_proof(gateway: Gateway, system: System, token: str, header: Mapping[str, object] = {}, **claims: object) -> str:
    """Sign a proof for the API, right but for the changes."""
    found = _of(gateway, system, claims)
    url, method = str(found.pop("url", API_URL)), str(found.pop("method", "POST"))
    nonce = found.pop("nonce", gateway.nonces.fresh())
    nonce = None if nonce is ABSENT else nonce
    return system.proof(url, method, nonce=nonce, token=token, header={**header}, **found)


def _of(gateway: Gateway, system: System, claims: Mapping[str, object]) -> dict[str, object]:
    """Work out claims that depend on the moment: a function of now in seconds."""
    return {name: value(gateway.clock.seconds) if callable(value) else value for name, value in claims.items()}
