"""The register of breaches in the database: steps add up in their order, the newest entry first (A-05)."""

from datetime import timedelta

from builders import NOON, POLICE, SHELTER
from stores import Doing, Store

from gateway.core.heads import Head, breach_head
from gateway.core.oversight.breaches import Noticed
from gateway.core.ports import Needs, Transaction
from gateway.core.records.breach_rows import BreachStepRow
from gateway.store.reading.breaches import BreachReader
from schemas.breach_codes import BreachKind, BreachStep

OFFICER = "0FF1CERDP00000000000000000"
NOTICED = Noticed(BreachKind.ALTERED, NOON, frozenset({POLICE, SHELTER}), frozenset({"referral-1"}))


def written(store: Store, breach: str, *steps: BreachStepRow) -> None:
    def work(transaction: Transaction) -> None:
        for step in steps:
            transaction.add(step)
            transaction.bump(breach_head(breach))

    store.alone(Doing(work, Needs((breach_head(breach),))))


def a_step(breach: str, step: BreachStep, hours: int, **terms: str) -> BreachStepRow:
    return BreachStepRow(breach, step, OFFICER, NOON + timedelta(hours=hours), terms)


def first(breach: str, hours: int = 0) -> BreachStepRow:
    return BreachStepRow(breach, BreachStep.RECORDED, OFFICER, NOON + timedelta(hours=hours), NOTICED.terms)


def test_a_05_an_entry_is_what_its_steps_add_up_to(store: Store) -> None:
    told = a_step("breach-of-march", BreachStep.AGENCY_TOLD, 1, agency=SHELTER)
    written(store, "breach-of-march", first("breach-of-march"), told)
    found = BreachReader(store.database.reading).breach("breach-of-march")
    assert found is not None
    assert (found.noticed, found.steps[1:]) == (NOTICED, (told,))
    assert (found.owes, found.head) == (("authority", "persons", POLICE), Head(breach_head("breach-of-march"), 2))
    assert not found.is_closed


def test_the_newest_entry_stands_first_and_an_unknown_one_nowhere(store: Store) -> None:
    written(store, "a-breach-of-april", first("a-breach-of-april", hours=9))
    written(store, "breach-of-march", first("breach-of-march"))
    written(store, "a-breach-of-april", a_step("a-breach-of-april", BreachStep.AUTHORITY_TOLD, 10))
    book = BreachReader(store.database.reading)
    assert [(one.id, one.head.version) for one in book.breaches()] == [("a-breach-of-april", 2), ("breach-of-march", 1)]
    assert book.breach("of-march") is None
    assert (book.people_in(["nobody-sent-this"]), book.sent(["nobody-sent-this"])) == ({}, [])
