"""Case events as the store knows them: read back whole and in order; which parcels in flight an event stops."""

from dataclasses import replace

import pytest
from builders import HOUR, NOON, POLICE, SHELTER
from stores import PERSON, WHY, Store, a_parcel

from consent.case import CaseEvent
from gateway.core.cases.events import readable, sealed_terms
from gateway.core.heads import Head, person_head
from gateway.core.ports import Needs, Transaction
from gateway.core.rows import CaseEventRow, PersonRow
from gateway.core.stages import Chosen
from schemas.case_codes import AgeDetermination, CaseEventType
from schemas.documents import Document
from schemas.vocabulary import DataCategory

CHILD = {"status": "child", "adult_on": "2031-09-02"}
OVERRIDE = {
    "override": "0V000000000000000020310007",
    "ground": "danger_to_life",
    "recipient": SHELTER,
    "purpose": "emergency",
    "ends": "2031-03-14T18:00:00Z",
}


def told(store: Store, number: int, kind: CaseEventType, terms: Document) -> CaseEvent:
    """Record one event as the desk would."""
    event = CaseEvent(f"event-{number}", kind, NOON + number * HOUR, POLICE, terms)
    if PERSON not in store.person_keys.keys:
        store.person_keys.create(PERSON)
    sealed = sealed_terms(event, store.person_keys.of(PERSON), number.to_bytes(12, "big"))

    def work(transaction: Transaction) -> None:
        if number == 1:
            transaction.add(PersonRow(PERSON))
        transaction.add(CaseEventRow(PERSON, readable(event), sealed))
        transaction.bump(person_head(PERSON))

    store.do(work, Needs((person_head(PERSON),)))
    return event


def test_c_17_events_come_back_in_order_with_her_head(store: Store) -> None:
    first = told(store, 1, CaseEventType.OVERRIDE_REQUESTED, OVERRIDE)
    second = told(store, 2, CaseEventType.PROCESSING_RESTRICTED, {})
    known = store.people.person(PERSON)
    assert known.facts == (first, second)
    assert known.head == Head(person_head(PERSON), 2)
    assert known.case.processing_restricted
    assert known.consents == ()


def test_k_06_the_day_she_turns_18_is_in_no_column_and_comes_back_with_her_key(store: Store) -> None:
    told(store, 1, CaseEventType.AGE_DETERMINED, CHILD)
    age = store.people.person(PERSON).case.age
    assert age is not None
    assert (age.status, str(age.adult_on)) == (AgeDetermination.CHILD, CHILD["adult_on"])
    [(terms, sealed)] = store.rows("select terms, sealed from case_event")
    assert CHILD["adult_on"] not in str(terms)
    assert str(CHILD["adult_on"]).encode() not in bytes(sealed)


def test_without_her_key_she_is_still_a_child(store: Store) -> None:
    told(store, 1, CaseEventType.AGE_DETERMINED, CHILD)
    store.person_keys.destroy(PERSON)
    age = store.people.person(PERSON).case.age
    assert age is not None
    assert (age.status, age.adult_on) == (AgeDetermination.CHILD, None)


def test_an_override_is_found_by_its_id(store: Store) -> None:
    assert store.people.of_override("0V000000000000000020310007") is None
    told(store, 1, CaseEventType.OVERRIDE_REQUESTED, OVERRIDE)
    found = store.people.of_override("0V000000000000000020310007")
    assert found is not None
    assert found.id == PERSON


@pytest.mark.parametrize(
    ("which", "stopped"),
    [
        ((), set()),
        ((Chosen(),), {1, 2, 3}),
        ((Chosen(recipients=frozenset({SHELTER})),), {1, 3}),
        ((Chosen(sends=DataCategory.ADDRESS),), {2}),
        ((Chosen(sends=DataCategory.ALIAS),), set()),
        ((Chosen(rests_on=frozenset({"consent-1"})),), {1, 2}),
        ((Chosen(rests_on=frozenset()),), set()),
        ((Chosen(frozenset({SHELTER}), DataCategory.NEED, frozenset({"consent-3"})),), {3}),
        ((Chosen(rests_on=frozenset({"consent-3"})), Chosen(sends=DataCategory.ADDRESS)), {2, 3}),
    ],
)
def test_what_fits_is_stopped_and_nothing_else(store: Store, which: tuple[Chosen, ...], stopped: set[int]) -> None:
    somebody = bytes(16)
    parcels = [
        a_parcel(1),
        a_parcel(2, recipient="hill-shelter", sends=frozenset({DataCategory.ADDRESS})),
        a_parcel(3, rests_on="consent-3"),
        replace(a_parcel(4), person=somebody),
    ]
    store.do(lambda transaction: [transaction.add(parcel) for parcel in parcels])
    gone = store.do(lambda transaction: transaction.stop_parcels((PERSON,), which, WHY))
    assert {int(one.message) for one in gone.stopped} == stopped
    states = dict(store.rows("select id, state from parcel"))
    assert {int(str(number)) for number, state in states.items() if state == "stopped"} == stopped
