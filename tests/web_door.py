"""The HTTP application over the fakes of tests/line.py, asked directly through ASGI: every byte is the test's own.

Who calls is decided by the Authorization header: `DPoP AGENCY` is that agency's system. The verifier is a fake; that a
proof is used up once is the line's own doing.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache, lru_cache
from typing import Self

from asgi import Answer, exchanged
from behind import Behind
from books import Book
from builders import POLICE, a_caller
from described import Description, description_of
from fake_attachments import EmptyShelf
from fake_consent_events import FakeConsentEvents
from fakes import FakeClock
from fastapi import FastAPI
from line import KEYS, Line, a_line

from consent.merkle import TreeHead, appended, asked, inclusion_proof, leaf_hash
from gateway.core.access.scopes import Scope
from gateway.core.callers import Caller, CallerRefusedError
from gateway.core.consents.papers import ConsentPapers
from gateway.core.delivery.attachments import Attachments
from gateway.core.errors import OperatorError
from gateway.core.explaining import Explaining
from gateway.core.histories import Entry
from gateway.core.limits import Limits
from gateway.core.log.anchors import HELD_HERE
from gateway.core.previewing import Previews
from gateway.core.tracking import StoredReferral, Tracking
from gateway.reference.endpoints import router as reference
from gateway.web.application import application
from gateway.web.door import Door
from schemas.documents import Json

NONCE = "nonce-of-this-minute"
ORIGIN = "gateway.example/log"
CHALLENGE = 'DPoP error="invalid_token", algs="ES256"'


class FakeLog:
    """`gateway.core.tracking.Log` and `Referrals` over a book."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.looked_up: list[str] = []

    def _nodes(self, size: int) -> tuple[TreeHead, Mapping[tuple[int, int], bytes]]:
        hashes = [leaf_hash(leaf.content) for leaf in self.book.leaves[:size]]
        grown = appended(0, hashes, lambda _level, _index: b"")
        return grown.head, {(level, index): digest for level, index, digest in grown.nodes}

    def head(self) -> TreeHead:
        return self._nodes(len(self.book.leaves))[0]

    def leaf(self, index: int) -> bytes:
        return self.book.leaves[index].content

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        _, nodes = self._nodes(size)
        asked(lambda node_at: inclusion_proof(index, size, node_at))
        return inclusion_proof(index, size, lambda level, at: nodes[level, at])

    def hashes(self, level: int, first: int, count: int) -> list[bytes]:
        _, nodes = self._nodes(len(self.book.leaves))
        return [nodes[level, at] for at in range(first, first + count) if (level, at) in nodes]

    async def about(self, people: Sequence[bytes]) -> tuple[TreeHead, tuple[Entry, ...]]:
        head = self.head()
        mine = [
            (at, leaf) for at, leaf in enumerate(self.book.leaves) if {leaf.person, *leaf.others} & {*people} - {None}
        ]
        return head, tuple(Entry(at, leaf.content, self.inclusion(at, head.size), leaf.referral) for at, leaf in mine)

    def referral(self, referral: str, sender: str | None = None) -> StoredReferral | None:
        self.looked_up.append(referral)
        row = self.book.referrals.get(referral)
        if row is None or sender not in {None, row.sender}:
            return None
        sealed = row.reference.sealed if row.reference else None
        return StoredReferral(
            row.id, row.sender, row.state, row.leaf_index, row.person, row.answer, sealed, row.reason, row.answered
        )


class FakeVerifier:
    """Believes the Authorization header. Remembers what it was shown."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.scopes = frozenset(Scope)
        self.requests = 0
        self.shown: list[tuple[list[str], list[str], str, str]] = []

    def verify(
        self,
        authorization: Sequence[str],
        dpop: Sequence[str],
        method: str,
        path: str,
        certificates: Sequence[str] = (),
    ) -> Caller:
        self.shown.append(([*authorization], [*dpop], method, path))
        if len(authorization) != 1 or not authorization[0].startswith("DPoP "):
            raise CallerRefusedError("invalid_token", "missing", CHALLENGE, NONCE)
        self.requests += 1
        agency = authorization[0].removeprefix("DPoP ")
        proof = dpop[0] if dpop else f"proof of request {self.requests}"
        return replace(a_caller(agency, proof=proof), scopes=self.scopes)

    def fresh_nonce(self) -> str:
        return NONCE


@dataclass
class Web:
    """One application, and the line behind it."""

    line: Line = field(default_factory=a_line)
    largest_body: int = 65_536
    limits: Limits | None = None
    described: bool = True
    """Whether every answer has to be as the description says."""

    def __post_init__(self) -> None:
        line, log = self.line, FakeLog(self.line.book)
        self.log = log
        self.verifier = FakeVerifier(line.clock)
        self.ready: OperatorError | None = None
        tracking = Tracking(log, log, KEYS, line.person_keys, ORIGIN)
        self.door = Door(
            verifier=self.verifier,
            exchange=line.exchange,
            previews=Previews(line.exchange),
            explaining=Explaining(
                log,
                log,
                line.people,
                line.clock,
                line.exchange.entropy,
                line.recorder,
                line.directory,
                line.policy,
            ),
            dispatch=line.dispatch,
            answering=line.answering,
            capacity=line.capacity,
            children=line.children,
            releases=line.releases,
            cases=line.cases,
            overrides=line.overrides,
            desk=line.desk,
            papers=ConsentPapers(line.desk, FakeConsentEvents(line.book)),
            introductions=line.introductions,
            tracking=tracking,
            attachments=Attachments(
                EmptyShelf(),
                line.directory,
                line.people,
                line.person_keys,
                line.policy,
                line.clock,
                line.exchange.entropy,
                line.recorder,
                HELD_HERE,
                self.largest_body,
            ),
            recorder=line.recorder,
            notices=line.notices,
            erasures=line.erasures,
            limits=self.limits or Limits(line.clock),
            largest_body=self.largest_body,
        )
        self.use(self.door)

    def use(self, door: Door) -> None:
        """Ask through another door from now on."""
        self.used = door
        self.app = _shared(type(self))

    def apart(self) -> Self:
        """Take an application of its own, for a test that changes it."""
        self.app = self.made(lambda: self)
        return self

    @classmethod
    def made(cls, now: Callable[[], Self | None]) -> FastAPI:
        """Make the application that leads to `now`."""
        web = Behind(now)
        return application(Behind(lambda: web.used), (reference("1.2.3"),), web.is_ready, _nothing, "1.2.3")

    def is_ready(self) -> None:
        if self.ready is not None:
            raise self.ready

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Sequence[bytes] | Mapping[str, Json] = b"",
        headers: Mapping[str, str | Sequence[str]] | None = None,
        agency: str | None = POLICE,
        query: str = "",
        *,
        sized: bool = True,
    ) -> Answer:
        """Send a request. A mapping is sent as JSON, a list of bytes in chunks; `sized` False leaves its length out."""
        if isinstance(body, Mapping):
            body = json.dumps(body).encode()
        chunks = [body] if isinstance(body, bytes) else list(body)
        sent: dict[str, str | Sequence[str]] = {"authorization": f"DPoP {agency}"} if agency else {}
        if sized:
            sent["content-length"] = str(sum(map(len, chunks)))
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        pairs = [
            (name.encode(), one.encode("latin-1"))
            for name, value in sent.items()
            for one in ([value] if isinstance(value, str) else value)
        ]
        before = _ASKED.set(self)
        try:
            answer = asyncio.run(exchanged(self.app, method, path, query, pairs, chunks))
        finally:
            _ASKED.reset(before)
        faults = _described(self.app).faults(method, path, answer.status, answer.headers, answer.body)
        assert not (self.described and faults), "\n".join(faults)
        return answer

    def moved(self, by: timedelta) -> None:
        """Let time pass."""
        self.line.clock.advance(by)


_ASKED: ContextVar[Web | None] = ContextVar("the world that is asked now", default=None)


@cache
def _shared(kind: type[Web]) -> FastAPI:
    return kind.made(_ASKED.get)


@lru_cache(maxsize=8)
def _described(app: FastAPI) -> Description:
    return description_of(app.routes)


@asynccontextmanager
async def _nothing(_app: FastAPI) -> AsyncIterator[None]:
    yield
