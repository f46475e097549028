"""The story so far: where it plays, how it is told, and what one scene leaves for the next."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateway.core.errors import Defect
from gateway.demo import messages
from gateway.demo.client import Answer, System
from gateway.demo.show import Show
from gateway.demo.world import World
from schemas.documents import Document
from schemas.vocabulary import Need, Purpose

OK: Final = 200
CREATED: Final = 201
FORBIDDEN: Final = 403
UNPROCESSABLE: Final = 422


class StoryBrokenError(Defect):
    """A scene did not go as told; the sentence is the promise that was not kept."""


@dataclass(frozen=True, slots=True)
class Received:
    """What a recipient holds: the id of its message, and the document once it is opened."""

    message: str
    document: str


@dataclass(slots=True)
class Tale:
    """One telling. `referral` is the id the police got for the first referral; the rest is what recipients hold."""

    world: World
    show: Show
    referral: str = ""
    at_shelter: Received | None = None
    at_ngo: Received | None = None

    def expect(self, promise: str, *, kept: bool) -> None:
        """Say that a promise was kept. Raises StoryBrokenError when it was not."""
        if not kept:
            raise StoryBrokenError(promise)
        self.show.good(promise)

    def system(self, client: str) -> System:
        """Return one agency's system."""
        return self.world.systems[client]

    def refer(
        self, client: str, recipient: str, purpose: Purpose, need: Need, person_ref: str = messages.MIRELA
    ) -> Answer:
        """Post the police's document with its supplement, as a system of the police does."""
        addition = self.world.supplement(person_ref, need)
        body, announced = messages.related(self.world.incident, messages.NDEX, addition)
        return self.system(client).post("/v1/referrals", body, {**messages.routing(recipient, purpose), **announced})

    def entries(self, kind: str) -> list[Document]:
        """Return the log's entries of that type, as the data-protection officer exports them."""
        log = self.world.gateway.log
        read: list[object] = [json.loads(leaf) for leaf in log.leaves(log.head().size)]
        return [entry for entry in read if isinstance(entry, Mapping) and entry.get("type") == kind]
