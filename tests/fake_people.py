"""Fakes of what is known about people, and of their data keys."""

from collections.abc import Callable, Sequence

from books import Book
from fakes import FakeDirectory, SeededEntropy

from consent.case import CaseEvent, case_of
from consent.records import ConsentEvent, standing
from gateway.core.cases.events import needs_opening, with_hidden
from gateway.core.errors import OperatorError
from gateway.core.heads import binding_head, pair_head, person_head
from gateway.core.known import KnownPerson, Probing
from gateway.core.rows import CaseEventRow


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

    def discard(self, person: bytes) -> None:
        self.keys.pop(person, None)

    def destroy(self, person: bytes) -> None:
        del self.keys[person]


class FakePeople:
    """What is known about people. With `remembers`, it is told of no commit: what was read stays until it is forgotten.

    That is how another node of the gateway sees the world, and a line that decides on stale records shows there.
    """

    def __init__(
        self,
        book: Book,
        *,
        keys: FakePersonKeys | None = None,
        remembers: bool = False,
        directory: FakeDirectory | None = None,
    ) -> None:
        self.book, self.remembers, self.keys, self.directory = book, remembers, keys, directory
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

    def of_consent(self, consent: str, recorded_by: str | None = None) -> KnownPerson | None:
        said = (row for row in self.book.consents if row.consent == consent and row.event.recorded is not None)
        mine = (row.person for row in said if recorded_by in {None, row.event.recorded.discloser})
        found = next(mine, None)
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

    def reached(self, person: bytes, client: str, recipient: str) -> bool:
        return any(
            (row.person, row.client, row.recipient, row.outcome) == (person, client, recipient, "permitted")
            for row in self.book.referrals.values()
        )

    def forget(self, heads: Sequence[str]) -> None:
        if self.directory is not None:
            self.directory.forget(heads)  # One memory, as in `gateway.store.reading.memory`.
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
