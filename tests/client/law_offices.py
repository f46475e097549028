"""Legal-aid offices that registered and signed an agreement with the clinic, and what women said to it about them."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from client.posts import Post
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from joserfc.jwk import ECKey

from gateway.client import Opener, Purpose, SealingKey, sealing_key
from gateway.core.access.scopes import Scope
from gateway.core.consents.desk import Actor
from gateway.demo.agencies import CLINIC, Member, agreement
from gateway.demo.messages import Wish, consent
from schemas.documents import Document
from schemas.vocabulary import DataCategory, DeliveryMode, FunctionClass

ROUTE = Purpose.LEGAL


@dataclass(frozen=True, slots=True)
class Lawyers:
    """A legal-aid office: what it registered, and the agreement it signed with the clinic."""

    member: Member
    filed: Document
    signing: dict[str, bytes]
    client: str

    def opener(self, post: Post) -> Opener:
        return Opener(self.member.id, (self.member.sealing,), (post.line.world.gateway.base.ring.message_public_key(),))

    def key(self, on: date) -> SealingKey:
        return sealing_key(self.filed, self.signing, on)


def a_member(name: str, adapter: str) -> Member:
    return Member(
        *(name, name.title(), FunctionClass.LEGAL_AID, adapter, DeliveryMode.SEALED_PULL),
        *(Ed25519PrivateKey.generate(), X25519PrivateKey.generate()),
    )


def opened(post: Post, name: str, adapter: str, wishes: Mapping[str, Sequence[str]]) -> Lawyers:
    """Register an office that speaks this format, its agreement with the clinic, and what women agreed to about it."""
    world, member = post.line.world, a_member(name, adapter)
    clinic, today = world.members[CLINIC], post.line.clock.now().date()
    filed = agreement(clinic, member, ROUTE, today)
    key = ECKey.generate_key("P-256", auto_kid=True)
    asyncio.run(world.gateway.registry.add_agency(member.registration()))
    asyncio.run(world.gateway.registry.add_agreement(filed))
    scopes = frozenset({Scope.READ_INBOX, Scope.ACKNOWLEDGE_INBOX})
    asyncio.run(world.gateway.registry.add_client(member.id, member.id, [key.as_dict(private=False)], scopes))
    (world.folder.clients / f"{member.id}.json").write_text(json.dumps(key.as_dict(private=True)))
    for person, categories in wishes.items():
        agreed(post, person, member.id, *categories)
    signing = {one.id: one.signing.public_key().public_bytes_raw() for one in (clinic, member)}
    return Lawyers(member, filed, signing, member.id)


def agreed(post: Post, person: str, office: str, *categories: str) -> None:
    """Record what a woman agreed to that the clinic may tell an office."""
    said = consent(Wish(person, CLINIC, office, ROUTE, tuple(map(DataCategory, categories))), post.line.clock.now())
    asyncio.run(post.line.world.gateway.door.desk.record(Actor(CLINIC, None), said, f"said-{person}-{office}"))
