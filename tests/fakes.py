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

from consent.case import CaseEvent, case_of
from consent.merkle import appended, from_frontier, leaf_hash
from consent.records import Agreement, ConsentEvent, standing
from gateway.core.agencies import Agency
from gateway.core.answers import Proof
from gateway.core.case_events import needs_opening, with_hidden
from gateway.core.errors import GatewayError, OperatorError
from gateway.core.heads import Head, agency_head, agreement_head, binding_head, pair_head, person_head
from gateway.core.known import KnownPerson, Probing
from gateway.core.ports import Item
from gateway.core.rows import CaseEventRow
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
    """Agencies and agreements as they stand; `put` and `agree` register anew and move the head."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.agencies: dict[str, Agency] = {}
        self.agreements: dict[tuple[str, str, Purpose], Agreement] = {}

    def put(self, agency: Agency) -> None:
        self.agencies[agency.id] = replace(agency, head=self.book.bumped(agency_head(agency.id)))

    def agree(self, agreement: Agreement) -> None:
        self.book.bumped(agreement_head(agreement.id))
        self.agreements[agreement.sender, agreement.recipient, agreement.purpose] = agreement

    def agency(self, agency: str) -> Agency | None:
        return self.agencies.get(agency)

    def agreement(self, sender: str, recipient: str, purpose: Purpose) -> tuple[Agreement, Head] | None:
        found = self.agreements.get((sender, recipient, purpose))
        return None if found is None else (found, self.book.head(agreement_head(found.id)))


class FakePeople:
    """What is known about people. With `remembers`, it is told of no commit: what was read stays until it is forgotten.

    That is how another node of the gateway sees the world, and a line that decides on stale records shows there.
    """

    def __init__(self, book: Book, *, keys: "FakePersonKeys | None" = None, remembers: bool = False) -> None:
        self.book, self.remembers, self.keys = book, remembers, keys
        self.remembered: dict[str, KnownPerson | Probing] = {}

    def known(self, blind_ref: bytes) -> KnownPerson | None:
        binding = self.book.bindings.get(blind_ref)
        return None if binding is None else self.person(binding.person)

    def asked_about(self, blind_ref: bytes) -> KnownPerson | None:
        bound = self.book.bindings.get(blind_ref)
        name = binding_head(blind_ref)
        if self.remembers and name in self.remembered:
            bound = None
        elif bound is None:
            self.remembered[name] = Probing(self.book.head(name), (), locked=False)  # Nobody, until it is forgotten.
        return None if bound is None else self.person(bound.person)

    def person(self, person: bytes) -> KnownPerson:
        if person not in self.book.people:
            return KnownPerson(person, self.book.head(person_head(person)), ())
        found = self._recalled(person_head(person), lambda: self._person(person))
        assert isinstance(found, KnownPerson)
        return found

    def of_consent(self, consent: str) -> KnownPerson | None:
        found = next((row.person for row in self.book.consents if row.consent == consent), None)
        return None if found is None else self.person(found)

    def history(self, person: bytes) -> dict[str, tuple[ConsentEvent, ...]]:
        everyone = self.person(person).everyone
        mine = [row for row in self.book.consents if row.person in everyone]
        return {row.consent: tuple(other.event for other in mine if other.consent == row.consent) for row in mine}

    def of_override(self, override: str) -> KnownPerson | None:
        mine = (row.person for row in self.book.case_events if row.event.terms.get("override") == override)
        found = next(mine, None)
        return None if found is None else self.person(found)

    def alike(self, likeness: bytes, beside: Sequence[bytes]) -> int:
        return len({row.person for row in self.book.likenesses if row.likeness == likeness} - {*beside})

    def probing(self, pair: bytes) -> Probing:
        found = self._recalled(pair_head(pair), lambda: self._probing(pair))
        assert isinstance(found, Probing)
        return found

    def forget(self, heads: Sequence[str]) -> None:
        for name, known in list(self.remembered.items()):
            hung_on = known.heads if isinstance(known, KnownPerson) else (known.head,)
            if not {head.id for head in hung_on}.isdisjoint(heads):
                del self.remembered[name]

    def _recalled(self, head: str, read: Callable[[], KnownPerson | Probing]) -> KnownPerson | Probing:
        if self.remembers and head in self.remembered:
            return self.remembered[head]
        self.remembered[head] = read()
        return self.remembered[head]

    def _person(self, person: bytes) -> KnownPerson:
        everyone, waiting = {}, [person]
        while waiting:
            record = waiting.pop()
            if record not in everyone:
                everyone[record] = self.book.head(person_head(record))
                waiting += [other for one, other in self.book.codes.links if one == record]
        mine = [row for row in self.book.consents if row.person in everyone]
        histories = {row.consent: tuple(other.event for other in mine if other.consent == row.consent) for row in mine}
        facts = tuple(self._opened(row) for row in self.book.case_events if row.person in everyone)
        return KnownPerson(
            person,
            everyone.pop(person),
            tuple(standing(history) for history in histories.values()),
            everyone,
            {row.consent: row.person for row in mine if row.person != person},
            facts=facts,
            case=case_of(facts),
        )

    def _opened(self, row: CaseEventRow) -> CaseEvent:
        if row.sealed is None or not needs_opening(row.event.type) or self.keys is None:
            return row.event
        return with_hidden(row.event, row.sealed, self.keys.of(row.person))

    def _probing(self, pair: bytes) -> Probing:
        strikes = tuple((row.recipient, row.at) for row in self.book.strikes if row.pair == pair)
        return Probing(self.book.head(pair_head(pair)), strikes, pair in self.book.locks)


class FakePersonKeys:
    """Data keys; `destroy` is erasure."""

    def __init__(self, entropy: SeededEntropy) -> None:
        self.entropy = entropy
        self.keys: dict[bytes, bytes] = {}

    def of(self, person: bytes) -> bytes:
        if person not in self.keys:
            raise OperatorError("a person's data key is gone")
        return self.keys[person]

    def create(self, person: bytes) -> bytes:
        self.keys[person] = self.entropy.bytes(32)
        return self.keys[person]

    def destroy(self, person: bytes) -> None:
        del self.keys[person]


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
