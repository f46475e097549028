"""Codes and links over fake and real: what was written is read back, and a link joins everything known."""

from datetime import timedelta

import pytest
from builders import HOUR, NOON, POLICE, SHELTER, a_consent
from code_books import FakeCodes
from contract_worlds import FakeWorld, RealWorld, World
from rings import bytes_from
from stores import PERSON, Doing

from consent.records import ConsentEvent, ConsentEventType
from gateway.core.consents.codes import Codes, KnownCode, Tries, code_head, tries_head
from gateway.core.heads import Head, person_head
from gateway.core.ports import Needs, Transaction
from gateway.core.records.code_rows import CodeKind, CodeRow, CodeUse, CodeUseRow, LinkRow, TryRow
from gateway.core.rows import ConsentRow, PersonRow, Row
from gateway.store.reading.codes import CodeReader

OTHER, THIRD = bytes_from("another record", 16), bytes_from("a third record", 16)
DIGEST = bytes_from("a code")
CODE = CodeRow(DIGEST, CodeKind.INTRODUCTION, PERSON, None, NOON + HOUR)
RECEIPT = CodeRow(bytes_from("a receipt"), CodeKind.RECEIPT, PERSON, "consent-1", None)
USE = CodeUseRow(DIGEST, PERSON, CodeUse.BOUND, SHELTER, NOON + HOUR)


@pytest.fixture
def codes(world: World) -> Codes:
    if isinstance(world, FakeWorld):
        return FakeCodes(world.book)
    assert isinstance(world, RealWorld)
    return CodeReader(world.store.database.reading)


def writing(*rows: Row, bumps: tuple[str, ...] = ()) -> Doing[None]:
    def work(transaction: Transaction) -> None:
        for row in rows:
            transaction.add(row)
        for head in bumps:
            transaction.bump(head)

    return Doing(work, Needs(bumps))


def done(world: World, item: Doing[None]) -> None:
    assert world.together(item) == [None]


def recording(person: bytes, consent: str) -> Doing[None]:
    event = ConsentEvent(ConsentEventType.RECORDED, NOON, a_consent(id=consent))
    return writing(PersonRow(person), ConsentRow(consent, person, event, None), bumps=(person_head(person),))


def test_a_code_is_found_by_any_of_its_digests_and_by_its_kind_only(world: World, codes: Codes) -> None:
    assert codes.code(CodeKind.INTRODUCTION, (DIGEST,)) is None
    done(world, writing(CODE, RECEIPT))
    known = KnownCode(CODE, Head(code_head(DIGEST), 0), ())
    assert codes.code(CodeKind.INTRODUCTION, (bytes_from("older"), DIGEST)) == known
    assert codes.code(CodeKind.RECEIPT, (DIGEST,)) is None
    assert codes.code(CodeKind.RECEIPT, (RECEIPT.digest,)) == KnownCode(RECEIPT, Head(code_head(RECEIPT.digest), 0), ())


def test_a_code_that_was_used_says_so(world: World, codes: Codes) -> None:
    done(world, writing(CODE, USE, bumps=(code_head(DIGEST),)))
    assert codes.code(CodeKind.INTRODUCTION, (DIGEST,)) == KnownCode(CODE, Head(code_head(DIGEST), 1), (USE,))


def test_wrong_codes_count_until_their_hour_is_over(world: World, codes: Codes) -> None:
    head = tries_head("a-client", CodeKind.INTRODUCTION)
    wrong = TryRow("a-client", CodeKind.INTRODUCTION, NOON + HOUR)
    other = TryRow("a-client", CodeKind.RECEIPT, NOON + HOUR)
    done(world, writing(wrong, wrong, other, bumps=(head,)))
    assert codes.tries("a-client", CodeKind.INTRODUCTION, NOON) == Tries(Head(head, 1), 2)
    assert codes.tries("a-client", CodeKind.INTRODUCTION, NOON + HOUR).count == 0
    assert codes.tries("another", CodeKind.INTRODUCTION, NOON).count == 0


def test_records_that_are_one_person_are_known_together_however_far_apart(world: World) -> None:
    for person, consent in ((PERSON, "consent-1"), (OTHER, "consent-2"), (THIRD, "consent-3")):
        done(world, recording(person, consent))
    alone = world.people.person(PERSON)
    assert (alone.everyone, alone.heads) == ((PERSON,), (Head(person_head(PERSON), 1),))
    pairs = ((PERSON, OTHER), (OTHER, THIRD))
    links = [LinkRow(*pair, NOON) for one, two in pairs for pair in ((one, two), (two, one))]
    done(world, writing(*links, bumps=tuple(person_head(person) for person in (PERSON, OTHER, THIRD))))
    for person in (PERSON, OTHER, THIRD):
        known = world.people.person(person)
        assert known.id == person
        assert set(known.everyone) == {PERSON, OTHER, THIRD}
        assert {head.version for head in known.heads} == {2}
        assert {consent.id for consent in known.consents} == {"consent-1", "consent-2", "consent-3"}
        assert (known.owner("consent-1"), known.owner("consent-3")) == (PERSON, THIRD)
        assert set(world.people.history(person)) == {"consent-1", "consent-2", "consent-3"}


def test_what_happens_to_a_linked_record_is_seen_at_once(world: World) -> None:
    done(world, recording(PERSON, "consent-1"))
    done(world, recording(OTHER, "consent-2"))
    heads = (person_head(PERSON), person_head(OTHER))
    done(world, writing(LinkRow(PERSON, OTHER, NOON), LinkRow(OTHER, PERSON, NOON), bumps=heads))
    assert len(world.people.person(PERSON).consents) == 2
    withdrawn = ConsentRow("consent-2", OTHER, ConsentEvent(ConsentEventType.WITHDRAWN, NOON), None)
    done(world, writing(withdrawn, bumps=(person_head(OTHER),)))
    world.people.forget([person_head(OTHER)])
    states = {consent.id: consent.is_yes for consent in world.people.person(PERSON).consents}
    assert states == {"consent-1": True, "consent-2": False}


def test_codes_that_ran_out_are_forgotten_and_receipts_stay(world: World, codes: Codes) -> None:
    done(world, writing(CODE, USE, RECEIPT, TryRow(POLICE, CodeKind.RECEIPT, NOON + HOUR)))
    world.clock.advance(timedelta(days=1))
    world.together(Doing(lambda transaction: transaction.forget_expired(10), Needs()))
    assert codes.code(CodeKind.INTRODUCTION, (DIGEST,)) is None
    assert codes.code(CodeKind.RECEIPT, (RECEIPT.digest,)) is not None
