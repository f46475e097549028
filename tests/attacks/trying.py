"""Every attempt there is, tried one after the other on one gateway: how many got in, and whether the controls did."""

from dataclasses import dataclass

from attacks import on_assertions, on_requests, on_tokens
from attacks.attempts import VICTIM, Attempt, Attempts, asked, at_api
from oauth.systems_oauth import System
from oauth.world_oauth import Gateway

from gateway.core.access.client_rights import ClientRights
from gateway.core.access.token_details import Act, Detail
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

_LIMIT = Detail(frozenset({Act.SEND, Act.PREVIEW}), frozenset({"river-shelter"}), frozenset({Purpose.ACCOMMODATION}))
_AT_API = {*on_tokens.API.values()}


@dataclass(slots=True)
class Tried:
    """What became of all of them."""

    attempts: int = 0
    let_in: int = 0
    controls_kept_out: int = 0

    @property
    def held(self) -> bool:
        """Say whether nobody got in but those who asked rightly."""
        return self.attempts > 0 and not (self.let_in or self.controls_kept_out)


def a_gateway() -> Gateway:
    """Return a gateway at which a victim is registered."""
    gateway = Gateway()
    gateway.a_system(VICTIM)
    return gateway


def a_tempter(gateway: Gateway) -> System:
    """Return the system that tries, registered with limits."""
    return gateway.a_system("attacking-system", rights=ClientRights(_LIMIT))


def control(attempt: Attempt) -> Attempt:
    """Return the same kind of request with nothing wrong."""
    return at_api() if attempt in _AT_API else asked


def tried() -> Tried:
    """Try all, each with its control."""
    found, gateway = Tried(), a_gateway()
    for attempt in EVERY.values():
        system = a_tempter(gateway)
        found.attempts += 1
        found.let_in += attempt(gateway, system)
        found.controls_kept_out += not control(attempt)(gateway, system)
    return found
