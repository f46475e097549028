"""Erasures that wait, in the database: nothing leads to her but one sealed value, and what is judged names nobody."""

import json

import pytest
from builders import POLICE
from erasable import OTHER, heads_of, living, pair_of
from rings import bytes_from
from stores import PERSON, Doing, Store

from gateway.core.cases.override_items import RaiseOnce
from gateway.core.erasure_steps import Aside
from gateway.core.heads import ERASURES, Head, person_head
from gateway.core.ports import Needs
from gateway.core.stages import SealedLeaf
from gateway.store.writing.erasures import ErasureReader

REVIEW = bytes_from("nobody", 16)
REQUEST = "a-request-of-erasure"


@pytest.fixture
def lived(store: Store) -> Store:
    """Two people, each with a row in every table."""
    store.alone(living(1, PERSON))
    store.alone(living(2, OTHER))
    return store


def putting_aside(*, ordered: bool = True) -> Doing[None]:
    aside = Aside(REQUEST, POLICE, ordered, REVIEW, lambda person, rows: b"sealed for " + person + rows)
    needs = Needs((*heads_of(PERSON), ERASURES))
    return Doing(lambda transaction: transaction.put_aside((PERSON,), (pair_of(PERSON),), aside), needs)


def ending() -> Doing[object]:
    return Doing(lambda transaction: transaction.end_aside(REQUEST), Needs((ERASURES,)))


def test_a_04_what_waits_is_one_sealed_value_and_no_door_meets_her(lived: Store) -> None:
    blind = bytes_from(f"blind {PERSON.hex()}")
    assert lived.people.known(blind) is not None
    lived.alone(putting_aside())
    assert lived.people.known(blind) is None
    assert lived.people.of_consent("consent-1") is None
    naming = ("binding", "consent_event", "case_event", "code", "parcel", "person_leaf", "person", "referral")
    for table in naming:
        column = "id" if table == "person" else "person"
        assert lived.rows(f"select 1 from {table} where {column} = :who", who=PERSON) == [], table  # noqa: S608 - our own names
    [(sealed,)] = lived.rows("select sealed from erasure_kept where person = :who", who=PERSON)
    kept = json.loads(bytes(sealed).removeprefix(b"sealed for " + PERSON))
    assert [len(kept[name]) for name in ("binding", "consent_event", "case_event", "person_leaf", "referral")] == [
        1
    ] * 5


def test_e_01_what_is_to_be_judged_stands_under_a_number_for_nobody(lived: Store) -> None:
    lived.alone(putting_aside())
    found = lived.people.of_override(f"override of {PERSON.hex()}")
    assert found is not None
    assert (found.id, found.head, found.linked) == (REVIEW, Head(person_head(REVIEW), 1), {})


def test_it_is_listed_until_it_is_carried_out_and_then_two_keys_are_owed(lived: Store) -> None:
    book = ErasureReader(lived.database)
    lived.alone(putting_aside())
    [one] = book.asked()
    assert (one.id, one.agency, one.ordered, one.review, one.people) == (REQUEST, POLICE, True, REVIEW, (PERSON,))
    flag = f"erasure.waits:{REQUEST}"
    lived.alone(RaiseOnce(flag, SealedLeaf("an-event-that-is-told", b"{}")))
    assert lived.alone(ending()) == (PERSON, REVIEW)
    assert (book.asked(), {*book.pending()}) == ((), {PERSON, REVIEW})
    assert [*book.people()] == [OTHER]
    assert {name for (name,) in lived.rows("select id from head")} == {*heads_of(OTHER)}
    for table in ("erasure_asked", "erasure_kept"):
        assert lived.rows(f"select 1 from {table}") == []  # noqa: S608 - our own names
    assert lived.alone(ending()) == ()


def test_an_order_ends_once_and_only_where_one_is_waited_for(lived: Store) -> None:
    releasing = Doing(lambda transaction: transaction.release_aside(REQUEST), Needs())
    assert lived.alone(releasing) is False
    lived.alone(putting_aside())
    assert [lived.alone(releasing), lived.alone(releasing)] == [True, False]
    assert [one.ordered for one in ErasureReader(lived.database).asked()] == [False]


def test_what_was_prepared_about_her_before_is_stale_after(lived: Store) -> None:
    seen = lived.people.person(PERSON).head
    checking = Doing(lambda transaction: transaction.moved((seen,)), Needs((seen.id,)))
    assert lived.together(putting_aside(), checking) == [None, (seen.id,)]
