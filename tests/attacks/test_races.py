"""Twenty at once on two nodes of one database, and again on a third that comes later: what counts once, counts once."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from furnished import SENDING, Installation, install
from sending_system import FORM, TOKEN_PATH, SendingSystem, token_form

from gateway.app import create_app
from gateway.wiring import Gateway, build

AT_ONCE = 20
Form = dict[str, str]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(tmp_path_factory.mktemp("races") / "data", persons=0)


@pytest.fixture
def system(installed: Installation) -> Iterator[SendingSystem]:
    """An agency's system that knows the newest nonce."""
    gateway = build(installed.settings())
    yield SendingSystem(SENDING, installed.clients[SENDING], 8470, nonce=gateway.identity.parts.nonces.fresh())
    gateway.close()


def asked(installed: Installation, nodes: int, requests: list[tuple[Form, str]]) -> list[int]:
    """Send all requests at once, to one node after the other, and return how each was answered."""

    async def run() -> list[int]:
        async with AsyncExitStack() as open_:
            clients = [await entered(open_, build(installed.settings())) for _ in range(nodes)]
            posts = [
                clients[number % nodes].post(TOKEN_PATH, data=form, headers={"DPoP": proof, "Content-Type": FORM})
                for number, (form, proof) in enumerate(requests)
            ]
            return [answer.status_code for answer in await asyncio.gather(*posts)]

    return asyncio.run(run())


async def entered(open_: AsyncExitStack, gateway: Gateway) -> httpx.AsyncClient:
    app = create_app(gateway)
    await open_.enter_async_context(app.router.lifespan_context(app))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=gateway.settings.public_url)
    return await open_.enter_async_context(client)


def same_assertion(system: SendingSystem) -> list[tuple[Form, str]]:
    form = token_form(system.assertion(), "referrals:send")
    return [(form, system.proof("POST", TOKEN_PATH)) for _ in range(AT_ONCE)]


def same_proof(system: SendingSystem) -> list[tuple[Form, str]]:
    proof = system.proof("POST", TOKEN_PATH)
    return [(token_form(system.assertion(), "referrals:send"), proof) for _ in range(AT_ONCE)]


def one_each(system: SendingSystem) -> list[tuple[Form, str]]:
    return [
        (token_form(system.assertion(), "referrals:send"), system.proof("POST", TOKEN_PATH)) for _ in range(AT_ONCE)
    ]


@pytest.mark.parametrize("made", [same_assertion, same_proof], ids=["assertion", "proof"])
def test_of_twenty_at_once_on_two_nodes_one_is_let_in_and_none_after_a_restart(
    installed: Installation, system: SendingSystem, made: Callable[[SendingSystem], list[tuple[Form, str]]]
) -> None:
    requests = made(system)
    assert sorted(asked(installed, 2, requests)) == [200, *[401] * (AT_ONCE - 1)]
    assert asked(installed, 1, requests) == [401] * AT_ONCE


def test_twenty_that_are_all_right_are_all_let_in(installed: Installation, system: SendingSystem) -> None:
    """The control."""
    assert asked(installed, 2, one_each(system)) == [200] * AT_ONCE


def test_a_database_that_forgot_is_noticed(installed: Installation, system: SendingSystem, tmp_path: Path) -> None:
    """The canary: on another database, which never saw it, the same assertion counts once more."""
    elsewhere, requests = installed.copy(tmp_path / "data"), same_assertion(system)
    assert min(asked(installed, 1, requests)) == 200
    assert min(asked(elsewhere, 1, requests)) == 200
