"""A hint says that something waits, signed as Standard Webhooks say, and nothing else."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from agency_server import AgencySystem, Heard, serving
from delivering import Node, a_node, installed_in, until

from gateway.core.delivery.hinting import webhook_headers
from gateway.core.errors import RegistrationRefusedError
from schemas.documents import Json

PUBLISHED = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
"""The secret of the example that the libraries of Standard Webhooks are tested with."""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One gateway for this module; each test has a recipient of its own."""
    with a_node(installed_in(tmp_path_factory.mktemp("hinting"))) as opened:
        yield opened


@pytest.fixture
def system() -> Iterator[AgencySystem]:
    """An agency's webhook."""
    with serving(AgencySystem()) as opened:
        yield opened


def is_signed_by(written: str, heard: Heard) -> bool:
    secret = base64.b64decode(written.removeprefix("whsec_"))
    said = heard.headers
    signed = f"{said['webhook-id']}.{said['webhook-timestamp']}.".encode() + heard.body
    ours = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    return f"v1,{ours}" in said["webhook-signature"].split(" ")


async def hinted(node: Node, system: AgencySystem, agency: str, calls: int = 1) -> None:
    """Go round until the webhook was called so often, and a moment longer."""
    going = asyncio.create_task(node.rounds().run())
    await until(lambda: len(system.heard) >= calls)
    await asyncio.sleep(0.2)
    going.cancel()
    await asyncio.gather(going, return_exceptions=True)


def test_the_signature_is_that_of_the_published_example() -> None:
    at = datetime.fromtimestamp(1_614_265_330, UTC)
    made = webhook_headers(PUBLISHED, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.enable_socket
def test_several_that_wait_are_one_hint_that_says_nothing_of_them(node: Node, system: AgencySystem) -> None:
    async def story() -> tuple[str, list[str]]:
        made = await node.brought_to(system, "hinted", brings="hints")
        sent = []
        for number in range(3):
            await node.agrees(number, "hinted")
            sent.append(await node.sent(number, "hinted"))
        await hinted(node, system, "hinted")
        return str(made["secret"]), sent

    secret, sent = asyncio.run(story())
    [heard] = system.heard
    event = json.loads(heard.body)
    assert event.keys() == {"specversion", "id", "source", "type"}
    assert (event["id"], event["type"]) == (heard.headers["webhook-id"], "org.referral-gateway.inbox.waiting")
    assert heard.headers["content-type"] == "application/cloudevents+json"
    assert is_signed_by(secret, heard)
    everything = heard.body + str(sorted(heard.headers.items())).encode()
    messages = [str(row[0]) for row in node.rows("select id from parcel where recipient = 'hinted'")]
    for word in (*sent, *messages, "gx-signature", "idempotency-key", "P-0000"):
        assert word.encode() not in everything
    assert node.states("hinted") == {"queued": 3}, "nothing has left"


@pytest.mark.enable_socket
def test_a_hint_that_failed_comes_again_under_the_same_id_and_new_mail_is_a_new_one(
    node: Node, system: AgencySystem
) -> None:
    system.answers = lambda _heard: (500 if len(system.heard) == 0 else 204, {}, b"")

    async def story() -> None:
        await node.brought_to(system, "hinted-again", brings="hints")
        await node.agrees(0, "hinted-again")
        await node.sent(0, "hinted-again")
        await hinted(node, system, "hinted-again", 2)
        await node.sent(0, "hinted-again")
        await hinted(node, system, "hinted-again", 3)

    asyncio.run(story())
    first, second, third = (one.headers["webhook-id"] for one in system.heard)
    assert first == second != third


@pytest.mark.enable_socket
def test_a_secret_follows_another_without_a_hint_that_nobody_can_check(node: Node, system: AgencySystem) -> None:
    async def story() -> list[str]:
        made = [await node.brought_to(system, "hinted-anew", brings="hints")]
        assert "secret" not in await node.brought_to(system, "hinted-anew", brings="hints"), "it is shown once"
        made += [await node.brought_to(system, "hinted-anew", brings="hints", new_key=True) for _ in range(2)]
        await node.agrees(0, "hinted-anew")
        await node.sent(0, "hinted-anew")
        await hinted(node, system, "hinted-anew")
        return [str(one["secret"]) for one in made]

    secrets = asyncio.run(story())
    assert [is_signed_by(secret, system.heard[0]) for secret in secrets] == [False, True, True]


REFUSED: dict[str, dict[str, Json]] = {
    "brings_against_delivery_mode": {"brings": "referrals"},
    "hints_are_signed": {"authentication": {"method": "basic"}},
    "not_https": {"loopback": False},
    "agency_unknown": {"agency": "nobody"},
}


@pytest.mark.parametrize("code", REFUSED)
def test_an_endpoint_that_must_not_be_is_refused(node: Node, code: str) -> None:
    async def story() -> None:
        await node.brought_to(AgencySystem(port=9), "hinted-wrong", brings="hints")
        document: dict[str, Json] = {
            "schema": "endpoint/1.0",
            "agency": "hinted-wrong",
            "brings": "hints",
            "url": "http://127.0.0.1:9/x",
            "loopback": True,
            "authentication": {"method": "none"},
        }
        with pytest.raises(RegistrationRefusedError) as caught:
            await node.endpoints().add({**document, **REFUSED[code]})
        assert caught.value.code == code

    asyncio.run(story())
