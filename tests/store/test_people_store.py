"""People as the store knows them: found by blind index, read with their head, remembered until it moves."""

from datetime import timedelta

import pytest
from builders import HOUR, NOON, a_consent
from rings import bytes_from
from sqlalchemy import text
from stores import PERSON, Doing, Store

from consent.facts import Restriction
from consent.records import ConsentEvent, ConsentEventType, standing
from gateway.core.errors import OperatorError
from gateway.core.heads import Head, binding_head, pair_head, person_head
from gateway.core.known import KnownPerson, Probing
from gateway.core.ports import Needs, Transaction
from gateway.core.rows import BindingRow, ConsentRow, LockRow, PersonRow, StrikeRow
from gateway.store.reading.people import PeopleReader
from gateway.store.writing.erasures import erase
from schemas.vocabulary import DataCategory

BLIND, PAIR = bytes_from("a blind reference"), bytes_from("a pair", 16)


def recorded(consent_id: str = "consent-1", **changes: object) -> ConsentEvent:
    """Return the event that records a consent."""
    return ConsentEvent(ConsentEventType.RECORDED, NOON, a_consent(id=consent_id, **changes))


def event(consent: str, what: ConsentEvent) -> Doing[None]:
    """Return an item that appends an event to one of her consents."""

    def work(transaction: Transaction) -> None:
        transaction.add(ConsentRow(consent, PERSON, what, b"sealed"))
        transaction.bump(person_head(PERSON))

    return Doing(work, Needs((person_head(PERSON),)))


@pytest.fixture
def known(store: Store) -> Store:
    """A store that knows one person with one consent."""

    def work(transaction: Transaction) -> None:
        transaction.add(PersonRow(PERSON))
        transaction.add(BindingRow(BLIND, PERSON, "harbour-police", b"sealed"))
        transaction.bump(binding_head(BLIND))

    store.do(work, Needs((binding_head(BLIND),)))
    store.alone(event("consent-1", recorded()))
    return store


def test_nobody_is_known_under_a_reference_that_was_not_bound(known: Store) -> None:
    assert known.people.known(bytes_from("another reference")) is None
    assert known.people.of_consent("consent-9") is None


def test_a_person_is_found_by_reference_id_and_consent(known: Store) -> None:
    her = KnownPerson(PERSON, Head(person_head(PERSON), 1), (standing((recorded(),)),))
    assert known.people.known(BLIND) == her
    assert known.people.person(PERSON) == her
    assert known.people.of_consent("consent-1") == her


def test_a_consent_is_read_back_as_it_was_given(known: Store) -> None:
    restrictions = (Restriction(DataCategory.NEED), Restriction(DataCategory.ALIAS, "hill-shelter"))
    given = recorded("consent-2", restrictions=restrictions, ends=NOON + timedelta(microseconds=1))
    known.alone(event("consent-2", given))
    assert known.people.person(PERSON).consents[1] == standing((given,))


def test_the_events_of_a_consent_come_in_the_order_they_were_committed(known: Store) -> None:
    later = [ConsentEvent(kind, NOON) for kind in (ConsentEventType.CONFIRMED, ConsentEventType.WITHDRAWN)]
    for what in later:
        known.alone(event("consent-1", what))
    [consent] = known.people.person(PERSON).consents
    assert consent == standing((recorded(), *later))
    assert (consent.confirmed, consent.state) == (True, "withdrawn")


def test_a_stale_memory_is_found_by_its_head_and_forgotten(known: Store) -> None:
    """Another node records a withdrawal: this one still remembers, and its item is told to look again."""
    here = known.people.person(PERSON)
    elsewhere = Store(known.url)
    elsewhere.alone(event("consent-1", ConsentEvent(ConsentEventType.WITHDRAWN, NOON + HOUR)))
    elsewhere.close()
    assert known.people.person(PERSON) is here, "the canary: nothing was remembered at all"
    head = here.head
    moved = known.do(lambda transaction: transaction.moved((head,)), Needs((head.id,)))
    assert moved == (head.id,)
    known.people.forget(moved)
    fresh = known.people.person(PERSON)
    assert fresh.head.version == 2
    assert fresh.consents[0].state == "withdrawn"


def test_what_this_node_commits_is_forgotten_at_once(known: Store) -> None:
    assert known.people.person(PERSON).head.version == 1
    known.alone(event("consent-1", ConsentEvent(ConsentEventType.WITHDRAWN, NOON)))
    assert known.people.person(PERSON).head.version == 2


def test_a_reference_bound_later_is_found(store: Store) -> None:
    assert store.people.known(BLIND) is None
    store.do(lambda transaction: transaction.add(BindingRow(BLIND, PERSON, "harbour-police", b"sealed")))
    store.alone(event("consent-1", recorded()))
    assert store.people.known(BLIND) is not None


def test_of_a_person_without_a_head_nothing_is_known_and_nothing_remembered(store: Store) -> None:
    nobody = bytes_from("nobody", 16)
    known = store.people.person(nobody)
    assert (known.head.version, known.consents) == (0, ())
    assert store.people.person(nobody) is not known


def test_whom_another_node_erased_is_known_here_no_more(known: Store) -> None:
    """This node remembers that her reference is bound, and was told of no commit."""
    assert known.people.known(BLIND) is not None
    with known.database.writing.begin() as connection:
        erase(connection, [PERSON], [], NOON)
    known.memory.forget([person_head(PERSON)])
    assert known.people.known(BLIND) is None
    assert known.people.asked_about(BLIND) is None


def test_a_code_this_program_does_not_know_permits_nothing(known: Store) -> None:
    """A newer program's event: guessing that it changes nothing could permit."""
    with known.database.writing.begin() as connection:
        connection.execute(text("update consent_event set type = 'suspended'"))
    with pytest.raises(ValueError, match="suspended"):
        PeopleReader(known.database.reading, known.memory, known.person_keys).person(PERSON)


def test_refusals_are_counted_by_pair(store: Store) -> None:
    assert store.people.probing(PAIR) == Probing(Head(pair_head(PAIR), 0), (), locked=False)

    def work(transaction: Transaction) -> None:
        transaction.add(StrikeRow(PAIR, "river-shelter", NOON))
        transaction.bump(pair_head(PAIR))

    store.do(work, Needs((pair_head(PAIR),)))
    strikes = (("river-shelter", NOON),)
    assert store.people.probing(PAIR) == Probing(Head(pair_head(PAIR), 1), strikes, locked=False)
    assert store.people.probing(bytes_from("another pair", 16)).strikes == ()


def test_a_pair_that_tried_too_often_is_locked(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        transaction.add(LockRow(PAIR, "city-police", NOON))
        transaction.bump(pair_head(PAIR))

    store.do(work, Needs((pair_head(PAIR),)))
    assert store.people.probing(PAIR).locked
    assert not store.people.probing(bytes_from("another pair", 16)).locked


def test_what_cannot_be_read_is_no_answer_about_anybody_and_says_none_of_the_drivers_words(known: Store) -> None:
    with known.database.writing.begin() as connection:
        connection.execute(text("alter table consent_event rename to elsewhere"))
    with pytest.raises(OperatorError) as caught:
        known.people.known(BLIND)
    assert str(caught.value) == "the database does not answer"
    assert caught.value.__cause__ is None
    with known.database.writing.begin() as connection:
        connection.execute(text("alter table elsewhere rename to consent_event"))
    assert known.people.known(BLIND) is not None  # The connection it failed on is not used again.
