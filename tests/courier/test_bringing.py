"""Referrals are brought to an agency's own system over real HTTP, and what it answers comes back."""

import asyncio
import base64
import json

import pytest
from agency_server import TOKEN, AgencySystem, Heard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from delivering import Node, until
from fake_receipts import a_receipt
from furnished import SHELTER

pytestmark = pytest.mark.enable_socket


async def brought(node: Node, system: AgencySystem, agency: str, count: int = 1, **more: object) -> list[str]:
    """Send so many referrals to that agency and let the courier bring them."""
    await node.brought_to(system, agency, **more)
    sent = []
    for number in range(count):
        await node.agrees(number, agency)
        sent.append(await node.sent(number, agency))
    rounds = asyncio.create_task(node.rounds().run())
    await until(lambda: node.states(agency).keys() == {"delivered"})
    rounds.cancel()
    await asyncio.gather(rounds, return_exceptions=True)
    return sent


def test_a_referral_is_brought_in_the_agencys_format_signed_and_under_its_id(node: Node, system: AgencySystem) -> None:
    asyncio.run(brought(node, system, "river-one"))
    [heard] = system.heard
    assert heard.path == system.path
    assert json.loads(heard.body)["envelope"]["message_id"] == heard.headers["idempotency-key"]
    assert heard.headers["ce-id"] == heard.headers["idempotency-key"]
    assert (heard.headers["ce-specversion"], heard.headers["content-type"]) == (
        "1.0",
        "application/vnd.referral-gateway.referral+json",
    )
    head, empty, signature = heard.headers["gx-signature"].split(".")
    signed = f"{head}.{base64.urlsafe_b64encode(heard.body).rstrip(b'=').decode()}".encode()
    public = Ed25519PublicKey.from_public_bytes(node.gateway.base.ring.message_public_key())
    public.verify(base64.urlsafe_b64decode(signature + "=="), signed)
    said = json.loads(base64.urlsafe_b64decode(head + "=="))
    assert (empty, said["message"], said["recipient"]) == ("", heard.headers["idempotency-key"], "river-one")
    leaves = [json.loads(leaf) for leaf in node.gateway.log.leaves(node.gateway.log.head().size)]
    mine = [leaf["type"] for leaf in leaves if leaf.get("recipient") == "river-one"]
    assert mine[-2:] == ["disclosure.sending", "disclosure.delivered"]


def test_several_are_brought_in_the_order_they_came_over_one_connection(node: Node, system: AgencySystem) -> None:
    asyncio.run(brought(node, system, "river-two", 5))
    ids = [row[0] for row in node.rows("select id from parcel where recipient = 'river-two' order by due")]
    assert system.kept == ids


@pytest.mark.parametrize("dpop", [False, True], ids=["bearer", "dpop"])
def test_the_gateway_gets_a_token_with_a_key_of_its_own(node: Node, system: AgencySystem, *, dpop: bool) -> None:
    system.asks, system.dpop = True, dpop
    asyncio.run(brought(node, system, f"river-token-{dpop}".lower(), 2, method="private_key_jwt"))
    assert (len(system.heard), system.tokens) == (2, 1)
    assert {one.headers["authorization"] for one in system.heard} == {f"{'DPoP' if dpop else 'Bearer'} {TOKEN}"}


def test_a_password_is_shown_where_the_system_knows_nothing_else(node: Node, system: AgencySystem) -> None:
    asyncio.run(brought(node, system, "river-basic", method="basic"))
    shown = base64.b64decode(system.heard[0].headers["authorization"].removeprefix("Basic "))
    assert shown == b"gateway:a password"
    [(sealed,)] = node.rows("select sealed from endpoint where agency = 'river-basic'")
    assert b"password" not in bytes(sealed)


def test_what_the_system_answers_in_its_own_format_comes_back_to_the_sender(node: Node, system: AgencySystem) -> None:
    told = json.dumps({"schema": "status/1.0", "state": "accepted"}).encode()
    system.answers = lambda _heard: (200, {"Content-Type": "application/json"}, told)
    asyncio.run(brought(node, system, "river-status"))
    assert node.rows("select state from referral where recipient = 'river-status'") == [("accepted",)]


def test_nothing_is_brought_for_an_agency_that_fetches(node: Node, system: AgencySystem) -> None:
    assert SHELTER not in node.rounds().book.ready(node.gateway.door.dispatch.clock.now())


def test_a_receipt_that_the_system_signs_is_kept_and_one_that_does_not_hold_is_not(
    node: Node, system: AgencySystem
) -> None:
    def signed(heard: Heard) -> tuple[int, dict[str, str], bytes]:
        about = heard.headers["idempotency-key"] if len(system.heard) == 0 else "0" * 26
        return 204, {"GX-Receipt": a_receipt("river-signing", about)}, b""

    system.answers = signed
    asyncio.run(brought(node, system, "river-signing", 2))
    assert len(node.rows("select message from signed_receipt")) == 1
    leaves = [json.loads(leaf) for leaf in node.gateway.log.leaves(node.gateway.log.head().size)]
    mine = [leaf for leaf in leaves if leaf.get("recipient") == "river-signing"]
    assert ["signed_by" in leaf for leaf in mine if leaf["type"] == "disclosure.delivered"] == [True, False]
