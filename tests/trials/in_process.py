"""The line called directly, without HTTP: for trials that race its parts, or need its records and no server."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from furnished import POLICE, PURPOSE, SENDING, SHELTER, Installation
from referral_documents import canonical_bodies

from adapters.sdk.contract import Inbound
from gateway.core.access.scopes import Scope
from gateway.core.answers import Confirmed, Recorded
from gateway.core.callers import Caller, UsedProof
from gateway.core.ports import Item, Recorder
from gateway.core.stages import Authenticated, Routing
from gateway.wiring import Gateway, build
from schemas.vocabulary import Ground, Purpose, Urgency

Result = TypeVar("Result")


@contextmanager
def nodes_of(installed: Installation) -> Iterator[list[Gateway]]:
    """The nodes that share this installation: one on SQLite, which has one writer; two on PostgreSQL."""
    with ExitStack() as closing:
        nodes = [build(installed.settings()) for _ in range(2 if installed.database_url else 1)]
        for node in nodes:
            node.start()
            closing.callback(node.close)
        yield nodes


@dataclass(frozen=True, slots=True)
class Paused:
    """The writer, with a pause between what was prepared and its confirmation."""

    recorder: Recorder
    seconds: float

    def record(self, item: Item[Result], *, urgent: bool = False) -> Awaitable[Result]:
        """Wait, then confirm."""
        time.sleep(self.seconds)
        return self.recorder.record(item, urgent=urgent)


def later(seconds: float, act: Callable[[], Coroutine[None, None, Result]]) -> Result:
    """Wait, then act in an event loop of its own: what one of several racing threads does."""
    time.sleep(seconds)
    return asyncio.run(act())


def a_caller(client: str, agency: str) -> Caller:
    """A caller whose token and proof were verified, with a fresh proof."""
    expires = int(time.time()) + 600
    return Caller(client, agency, frozenset(Scope), "token", UsedProof(os.urandom(32), expires))


def asked(number: int, key: str) -> Authenticated:
    """A referral to the shelter about that person, under that Idempotency-Key."""
    body = next(canonical_bodies(1, first=number))
    routing = Routing(SHELTER, Purpose(PURPOSE), Urgency.URGENT, Ground.CONSENT, key)
    return Authenticated(a_caller(SENDING, POLICE), routing, Inbound(body, "application/json", None), None)


def permitted(outcome: Confirmed) -> bool:
    """Say whether that was a yes."""
    return isinstance(outcome, Recorded) and outcome.answer["outcome"] == "permitted"


def accepted(installed: Installation, count: int) -> list[str]:
    """Have so many referrals accepted; the Idempotency-Keys they came under."""
    gateway = build(installed.settings())
    gateway.start()
    keys = [f"trial-{number:08d}" for number in range(count)]
    try:
        outcomes = [asyncio.run(gateway.door.exchange.accept(asked(number, key))) for number, key in enumerate(keys)]
    finally:
        gateway.close()
    assert all(map(permitted, outcomes)), "a referral was refused"
    return keys
