"""Overrides of all people together, as the store knows them."""

from datetime import datetime

from builders import DAY, HOUR, NOON, POLICE, SHELTER
from stores import PERSON, Doing, Store

from consent.case import CaseEvent
from gateway.core.heads import Head, approvals_head, person_head
from gateway.core.ports import Needs, Transaction
from gateway.core.rows import CaseEventRow, PersonRow
from gateway.store.reading.overrides import OverrideReader
from schemas.case_codes import CaseEventType
from schemas.documents import Document

ENDS = "2031-03-14T18:00:00Z"


def told(store: Store, kind: CaseEventType, name: str, at: datetime = NOON, by: str = POLICE) -> None:
    """Record one event of an override."""
    terms: Document = {"override": name, "recipient": SHELTER, "ends": ENDS}

    def work(transaction: Transaction) -> None:
        transaction.add(CaseEventRow(PERSON, CaseEvent(f"{kind}-{name}", kind, at, by, terms), None))

    store.do(work)


def flag(store: Store, name: str) -> None:
    """Move a flag."""
    store.do(lambda transaction: transaction.bump(name), Needs((name,)))


def test_only_what_was_approved_is_watched_until_everything_is_told(store: Store) -> None:
    reader = OverrideReader(store.database.reading)
    assert reader.approved() == []
    told(store, CaseEventType.OVERRIDE_REQUESTED, "ov-asked")
    told(store, CaseEventType.OVERRIDE_REQUESTED, "ov-approved")
    told(store, CaseEventType.OVERRIDE_APPROVED, "ov-approved", NOON + HOUR, "officer:two")
    [one] = reader.approved()
    assert (one.override, one.person, one.author, one.approved_at) == ("ov-approved", PERSON, POLICE, NOON + HOUR)
    assert one.ends == datetime.fromisoformat(ENDS)
    assert (one.stopped, one.reviewed, one.ended_told, one.overdue_told) == (False, False, False, False)
    flag(store, "override.ended:ov-approved")
    assert reader.approved()[0].ended_told
    told(store, CaseEventType.OVERRIDE_REVIEWED, "ov-approved", NOON + DAY, "officer:three")
    assert reader.approved() == []


def test_e_04_approvals_are_counted_by_who_asked_with_the_version_of_the_count(store: Store) -> None:
    reader = OverrideReader(store.database.reading)
    assert reader.approvals_since(POLICE, NOON) == (0, Head(approvals_head(POLICE), 0))
    for name, at in {"ov-old": NOON - DAY, "ov-new": NOON}.items():
        told(store, CaseEventType.OVERRIDE_REQUESTED, name)
        told(store, CaseEventType.OVERRIDE_APPROVED, name, at, "officer:two")
    flag(store, approvals_head(POLICE))
    assert reader.approvals_since(POLICE, NOON) == (1, Head(approvals_head(POLICE), 1))
    assert reader.approvals_since(SHELTER, NOON)[0] == 0


def test_an_override_leads_to_its_person(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        transaction.add(PersonRow(PERSON))
        transaction.bump(person_head(PERSON))

    store.alone(Doing(work, Needs((person_head(PERSON),))))
    assert store.people.of_override("ov-asked") is None
