"""A proof that was used before, and a client switched off meanwhile, are seen by whoever watches."""

from builders import POLICE, SHELTER
from web_door import Web

from gateway.oauth.errors import Why
from gateway.watching.requests import Answered, Watched


def _watched() -> tuple[Web, list[Answered]]:
    """A door, and what is told of each of its answers."""
    web, told = Web().apart(), list[Answered]()
    web.app.add_middleware(Watched, told.append)
    return web, told


def test_a_proof_that_comes_again_is_told_as_a_replay() -> None:
    web, told = _watched()
    for _ in range(2):
        web.ask("POST", "/v1/inbox/lease", headers={"DPoP": "the one proof"}, agency=SHELTER)

    assert [(one.status, one.why) for one in told] == [(200, None), (401, Why.REPLAYED)]


def test_a_client_that_was_switched_off_is_told_as_revoked() -> None:
    web, told = _watched()
    web.line.book.disabled.add(f"{POLICE}-client")
    web.ask("POST", "/v1/inbox/lease")

    assert [(one.status, one.why) for one in told] == [(401, Why.REVOKED)]


def test_what_is_refused_for_anything_else_is_told_as_neither() -> None:
    web, told = _watched()
    web.ask("POST", "/v1/inbox/lease", query="limit=0")

    assert [(one.status, one.why) for one in told] == [(400, None)]
