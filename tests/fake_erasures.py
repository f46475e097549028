"""Erasing in the fake book, as gateway/store/writing/erasures.py does it, and what an erasure reads there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from fake_book import Book

from gateway.core.cases.coming_of_age import COMING
from gateway.core.consents.codes import code_head
from gateway.core.crypto.blind import Mark
from gateway.core.erasure.erasures_asked import WAITS
from gateway.core.erasure.ports import Asked
from gateway.core.erasure_steps import Aside
from gateway.core.errors import OperatorError
from gateway.core.heads import ERASURES, binding_head, pair_head, person_head
from gateway.core.rows import BindingRow, ClientRow
from gateway.core.stages import SealedLeaf


def erase(book: Book, people: Sequence[bytes], pairs: Sequence[bytes]) -> None:
    """Delete every row about these records, and their heads."""
    consents = {row.consent for row in book.consents if row.person in people}
    bound = [blind for blind, row in book.bindings.items() if row.person in people]
    codes = [digest for digest, row in book.codes.given.items() if row.person in people]
    for head in heads_of(book, people, pairs):
        book.heads.pop(head, None)
    book.people -= {*people}
    book.bindings = {blind: row for blind, row in book.bindings.items() if blind not in bound}
    book.consents = [row for row in book.consents if row.person not in people]
    book.case_events = [row for row in book.case_events if row.person not in people]
    book.likenesses = [row for row in book.likenesses if row.person not in people]
    book.waiting = [row for row in book.waiting if row.consent not in consents]
    book.replacements = {
        name: row for name, row in book.replacements.items() if book.referrals[name].person not in people
    }
    book.referrals = {name: row for name, row in book.referrals.items() if row.person not in people}
    book.receipts = [row for row in book.receipts if row.person not in people]
    book.parcels = {name: kept for name, kept in book.parcels.items() if kept.parcel.person not in people}
    book.notices = {
        name: replace(one, person=None) if one.person in people else one for name, one in book.notices.items()
    }
    book.codes.given = {digest: row for digest, row in book.codes.given.items() if digest not in codes}
    book.codes.uses = [use for use in book.codes.uses if use.person not in people]
    book.codes.links = {pair for pair in book.codes.links if pair[0] not in people}
    forget_tries(book, pairs)
    book.leaves = [_without(leaf, people) for leaf in book.leaves]
    book.erasing |= {*people}


def heads_of(book: Book, people: Sequence[bytes], pairs: Sequence[bytes]) -> tuple[str, ...]:
    """Name the heads that go with these records."""
    return (
        *map(person_head, people),
        *(binding_head(blind) for blind, row in book.bindings.items() if row.person in people),
        *(code_head(digest) for digest, row in book.codes.given.items() if row.person in people),
        *map(pair_head, pairs),
        *(f"{COMING}:{row.event.id}" for row in book.case_events if row.person in people),
    )


def put_aside(book: Book, people: Sequence[bytes], pairs: Sequence[bytes], aside: Aside, now: datetime) -> None:
    """Keep every row about these records where nobody meets it, as gateway/store/writing/erasures_aside.py does it."""
    book.kept.update({person: aside.seal(person, b"her rows") for person in people})
    moved = {row.event.id for row in book.case_events if row.person in people and "override" in row.event.terms}
    book.case_events = [replace(row, person=aside.review) if row.event.id in moved else row for row in book.case_events]
    if moved:
        book.people |= {aside.review}
        book.heads[person_head(aside.review)] = 1
    erase(book, people, pairs)
    book.erasing -= {*people}
    book.asked[aside.id] = Asked(aside.id, aside.agency, now, aside.ordered, aside.review, (*people,))


def end_aside(book: Book, request: str) -> tuple[bytes, ...]:
    """Delete what that erasure kept."""
    asked = book.asked.pop(request, None)
    if asked is None:
        return ()
    gone = (*asked.people, asked.review)
    book.kept = {person: rows for person, rows in book.kept.items() if person not in asked.people}
    book.heads.pop(f"{WAITS}:{request}", None)
    erase(book, gone, ())
    return gone


def forget_tries(book: Book, pairs: Sequence[bytes]) -> bool:
    """Forget what was tried under these counts; False where none was locked."""
    was_locked = bool(book.locks & {*pairs})
    book.strikes = [row for row in book.strikes if row.pair not in pairs]
    book.locks -= {*pairs}
    return was_locked


def _without(leaf: SealedLeaf, people: Sequence[bytes]) -> SealedLeaf:
    mine = leaf.person in people
    return replace(
        leaf,
        person=None if mine else leaf.person,
        wrapped_key=None if mine else leaf.wrapped_key,
        referral=None if mine else leaf.referral,
        others=tuple(person for person in leaf.others if person not in people),
    )


class FakeErasureBook:
    """`gateway.core.erasure.erasing.ErasureBook` over a book. `readers` keep the files from being scrubbed."""

    def __init__(self, book: Book) -> None:
        self.book, self.readers = book, 0

    def bindings(self, people: Sequence[bytes]) -> Sequence[BindingRow]:
        return [row for row in self.book.bindings.values() if row.person in people]

    def clients(self, agency: str) -> Sequence[str]:
        registered = [row.id for row in self.book.register.values() if isinstance(row, ClientRow)]
        return [*registered, f"{agency}-client"]

    def heads(self, people: Sequence[bytes], pairs: Sequence[bytes]) -> tuple[str, ...]:
        return heads_of(self.book, people, pairs)

    def pending(self) -> Sequence[bytes]:
        return sorted(self.book.erasing)

    def asked(self) -> Sequence[Asked]:
        return sorted(self.book.asked.values(), key=lambda one: (one.at, one.id))

    def counted(self) -> int:
        return self.book.heads.get(ERASURES, 0)

    def people(self) -> Iterator[bytes]:
        yield from sorted(self.book.people)

    def scrubbed(self) -> bool:
        return not self.readers


class FakeKeyStore:
    """`gateway.core.erasure.erasing.KeyStore`; `fails` lets the next destructions fail."""

    def __init__(self, keys: dict[bytes, bytes]) -> None:
        self.keys, self.marks, self.fails = keys, dict[bytes, int](), 0

    def destroy(self, gone: Mapping[bytes, Mark], at: datetime) -> None:
        if self.fails:
            self.fails -= 1
            raise OperatorError("the database did not destroy a data key")
        self.marks |= {mark.digest: mark.epoch for mark in gone.values()}
        for person in gone:
            self.keys.pop(person, None)

    def destroyed(self) -> Mapping[int, frozenset[bytes]]:
        epochs = {*self.marks.values()}
        return {epoch: frozenset(one for one, of in self.marks.items() if of == epoch) for epoch in epochs}
