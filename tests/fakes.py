"""Every port of gateway/core/ports.py in memory: what a test wants to see of the world, and nothing of a database.

`FakeRecorder` keeps the promises of the writer: an item is confirmed whole or not at all, later items see what earlier
ones wrote, urgent ones go first, an answer comes after the commit. Nothing here waits: drive a coroutine with `run`.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from books import Book, FakeTransaction
from builders import NOON
from rings import bytes_from

from consent.merkle import appended, from_frontier, leaf_hash
from consent.records import Agreement
from gateway.core.agencies import Agency
from gateway.core.answers import Proof
from gateway.core.errors import GatewayError
from gateway.core.heads import Head, agency_head, agreement_head
from gateway.core.ports import Item
from schemas.vocabulary import Purpose

Result = TypeVar("Result")


def run(coroutine: Coroutine[object, None, Result]) -> Result:
    """Drive a coroutine that has nothing to wait for to its end, without an event loop."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    coroutine.close()
    raise AssertionError("it waited for something")


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by


class SeededEntropy:
    """Bytes that look random, never repeat and are the same on every run."""

    def __init__(self, seed: str = "entropy") -> None:
        self.seed, self.drawn = seed, 0

    def bytes(self, count: int) -> bytes:
        self.drawn += 1
        return bytes_from(f"{self.seed}|{self.drawn}", count)


class FakeDirectory:
    """Agencies and agreements as they stand; `put` and `agree` register anew and move the head.

    With `remembers`, an agency that was read stays as it was until its head is forgotten, as on another node.
    """

    def __init__(self, book: Book, *, remembers: bool = False) -> None:
        self.book, self.remembers = book, remembers
        self.agencies: dict[str, Agency] = {}
        self.agreements: dict[tuple[str, str, Purpose], Agreement] = {}
        self.remembered: dict[str, Agency] = {}

    def put(self, agency: Agency) -> None:
        self.agencies[agency.id] = replace(agency, head=self.book.bumped(agency_head(agency.id)))

    def agree(self, agreement: Agreement) -> None:
        self.book.bumped(agreement_head(agreement.id))
        self.agreements[agreement.sender, agreement.recipient, agreement.purpose] = agreement

    def agency(self, agency: str) -> Agency | None:
        found = self.remembered.get(agency, self.agencies.get(agency))
        if self.remembers and found is not None:
            self.remembered[agency] = found
        return found

    def lose(self, agency: str) -> None:
        """Make an agency gone, which no register does."""
        del self.agencies[agency]
        self.remembered.pop(agency, None)

    def forget(self, heads: Sequence[str]) -> None:
        self.remembered = {name: one for name, one in self.remembered.items() if agency_head(name) not in heads}

    def agreement(self, sender: str, recipient: str, purpose: Purpose) -> tuple[Agreement, Head] | None:
        found = self.agreements.get((sender, recipient, purpose))
        return None if found is None else (found, self.book.head(agreement_head(found.id)))


@dataclass(eq=False)
class _Waiting(Generic[Result]):
    """One item of a batch, and its answer once the batch is committed."""

    item: Item[Result]
    outcome: list[Result | GatewayError] = field(default_factory=list)

    def __await__(self) -> Generator[None, None, Result]:
        while not self.outcome:
            yield
        if isinstance(self.outcome[0], GatewayError):
            raise self.outcome[0]
        return self.outcome[0]


class FakeRecorder:
    """The writer. Alone, an item is confirmed when it is awaited; under `together`, all that wait are one batch."""

    def __init__(self, book: Book, clock: FakeClock) -> None:
        self.book, self.clock = book, clock
        self.gathering = False
        self.batch: deque[_Waiting[object]] = deque()
        self.batches = 0
        self._meanwhile: deque[Callable[[], object]] = deque()

    def record(self, item: Item[Result], *, urgent: bool = False) -> Awaitable[Result]:
        waiting = _Waiting(item)
        (self.batch.appendleft if urgent else self.batch.append)(waiting)
        if not self.gathering:
            self.commit()
        return waiting

    def meanwhile(self, action: Callable[[], object]) -> None:
        """Let something happen between the preparation of the next item and its confirmation."""
        self._meanwhile.append(action)

    def commit(self) -> None:
        """Confirm what waits; an item that fails leaves nothing behind and takes nobody with it."""
        batch, self.batch = self.batch, deque()
        if self._meanwhile:
            self._meanwhile.popleft()()
        self.batches += bool(batch)
        for waiting in batch:
            waiting.outcome.append(self._confirmed(waiting.item))

    def together(self, coroutines: Sequence[Coroutine[object, None, Result]]) -> list[Result | GatewayError]:
        """Drive coroutines side by side: each round, all that wait are confirmed in one batch."""
        self.gathering = True
        outcomes: dict[int, Result | GatewayError] = {}
        while len(outcomes) < len(coroutines):
            for at, coroutine in enumerate(coroutines):
                if at not in outcomes:
                    try:
                        coroutine.send(None)
                    except StopIteration as done:
                        outcomes[at] = done.value
                    except GatewayError as error:
                        outcomes[at] = error
            self.commit()
        self.gathering = False
        return [outcomes[at] for at in range(len(coroutines))]

    def _confirmed(self, item: Item[Result]) -> Result | GatewayError:
        draft = self.book.copied()
        transaction = FakeTransaction(draft, self.clock.now(), item.needs)
        try:
            outcome = item.apply(transaction)
        except GatewayError as error:
            return error
        tree = appended(
            len(self.book.leaves),
            [leaf_hash(leaf.content) for leaf, _ in transaction.appended],
            from_frontier(len(self.book.leaves), self.book.frontier),
        )
        draft.frontier = tree.frontier
        self.book.adopt(draft)
        for leaf, slot in transaction.appended:
            slot.proof = Proof(leaf.content, slot.index, tree.head, tree.inclusion_proof(slot.index))
        return outcome
