"""More agencies and systems for the world of the demonstration, and how a journey's messages are opened."""

import asyncio
import json
from base64 import b64decode
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import ECKey
from journeys.in_process import Line

from gateway.clock import SystemClock
from gateway.core.access.scopes import Scope
from gateway.core.crypto.sealed_message import SealedMessage
from gateway.core.crypto.sealing import open_from
from gateway.demo.agencies import Member, agreement
from gateway.demo.client import System
from schemas.canonical import canonical
from schemas.documents import Json
from schemas.vocabulary import DeliveryMode, FunctionClass, Purpose


def joined(line: Line, name: str, function: FunctionClass, adapter: str = "canonical") -> Member:
    """Register one more agency, which fetches its messages."""
    key = Ed25519PrivateKey.generate()
    member = Member(name, name.title(), function, adapter, DeliveryMode.PLAIN_PULL, key, None)
    asyncio.run(line.world.gateway.registry.add_agency(member.registration()))
    return member


def agreed(line: Line, sender: Member, recipient: Member, purpose: Purpose, **changes: Json) -> None:
    """Let both sign an agreement, with some of its terms changed."""
    signed = agreement(sender, recipient, purpose, SystemClock().now().date())
    terms = {**signed["agreement"], **changes}
    both = [one.signature(canonical(terms)) for one in (sender, recipient)]
    asyncio.run(line.world.gateway.registry.add_agreement({"agreement": terms, "signatures": both}))


def system(line: Line, agency: str, *scopes: Scope) -> System:
    """Register one more system of an agency and sign it in."""
    key, client = ECKey.generate_key("P-256", auto_kid=True), f"{agency}-journey"
    public = key.as_dict(private=False)
    asyncio.run(line.world.gateway.registry.add_client(client, agency, [public], frozenset(scopes)))
    like = next(iter(line.world.systems.values()))
    made = System(client, key, frozenset(scopes), like.url, like.http, line.clock, like.entropy)
    made.sign_in()
    return made


def fetched(line: Line, reader: System, agency: Member) -> list[tuple[str, Json]]:
    """Fetch, open and acknowledge everything that waits: (message id, document) each."""
    found: list[tuple[str, Json]] = []
    for message in reader.post("/v1/inbox/lease").objects("messages"):
        name, body = str(message["message"]), b64decode(str(message["body"]))
        if agency.sealing is not None:
            signer = line.world.gateway.base.ring.message_public_key()
            body = open_from(agency.sealing, signer, agency.id, SealedMessage.from_bytes(body))
        assert reader.post(f"/v1/inbox/{name}/acknowledgement").status == 200
        found.append((name, json.loads(body)))
    return found


def values(document: Json) -> set[str]:
    """Return every text and number in a document."""
    match document:
        case Mapping():
            return {value for member in document.values() for value in values(member)}
        case list():
            return {value for member in document for value in values(member)}
        case None | bool():
            return set()
        case _:
            return {str(document)}
