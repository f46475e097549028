"""Whom facts about children were recorded about, and what was received about them, in both databases (K-07)."""

from datetime import timedelta

from builders import NOON, POLICE, SHELTER, an_event
from rings import bytes_from
from stores import PERSON, Store, a_parcel

from gateway.core.cases.child_clock import ToldOf
from gateway.core.rows import BindingRow, CaseEventRow, PersonRow, ReferralRow
from gateway.store.reading.children import ChildReader
from schemas.case_codes import CaseEventType
from schemas.vocabulary import Purpose, ReferralState

OTHER = bytes_from("another person", 16)
HOUR = timedelta(hours=1)


def recorded(store: Store, person: bytes, kind: CaseEventType, hours: int, by: str = POLICE) -> None:
    event = an_event(kind, at=NOON + hours * HOUR, by=by)
    store.do(lambda transaction: transaction.add(CaseEventRow(person, event, None)))


def test_k_07_children_are_found_by_when_and_by_whom_they_were_recorded(store: Store) -> None:
    first, second = sorted((PERSON, OTHER))
    recorded(store, first, CaseEventType.CHILD_HEARD, 0)
    recorded(store, first, CaseEventType.LOCAL_CONTACT_RECORDED, 1)
    recorded(store, second, CaseEventType.AGE_DETERMINED, 2, SHELTER)
    recorded(store, bytes_from("an adult", 16), CaseEventType.RESTRICTION_SET, 1)
    reader = ChildReader(store.database.reading)
    assert reader.begun(NOON, NOON + HOUR) == [first]
    assert reader.begun(NOON + 2 * HOUR, NOON + 2 * HOUR) == [second]
    assert reader.begun(NOON + 3 * HOUR, NOON + 9 * HOUR) == []
    assert reader.recorded_by(None, b"", 9) == [first, second]
    assert reader.recorded_by(None, first, 9) == [second]
    assert reader.recorded_by(POLICE, b"", 9) == [first]


def test_k_06_a_guardians_agency_finds_whom_it_looks_after(store: Store) -> None:
    for person, guardian in ((PERSON, "ward-service"), (OTHER, "ward-service-2")):
        terms = {"guardian": guardian, "conflict": "none"}
        event = an_event(CaseEventType.GUARDIAN_RECORDED, at=NOON, by=POLICE, **terms)
        row = CaseEventRow(person, event, None)
        store.do(lambda transaction, row=row: transaction.add(row))
    reader = ChildReader(store.database.reading)
    assert reader.responsible("ward-service", b"", 9) == [PERSON]
    assert reader.responsible("ward", b"", 9) == []
    assert reader.responsible(POLICE, b"", 9) == sorted((PERSON, OTHER))
    assert reader.responsible(POLICE, min(PERSON, OTHER), 9) == [max(PERSON, OTHER)]


def test_k_07_a_referral_counts_when_its_recipient_has_said_that_it_has_it(store: Store) -> None:
    parcel, reader = a_parcel(), ChildReader(store.database.reading)
    ids = ("permitted", ReferralState.SUBMITTED, NOON, PERSON, 0, {"outcome": "permitted"}, None)
    row = ReferralRow(parcel.referral, "client", POLICE, SHELTER, Purpose.ACCOMMODATION, *ids)
    store.do(lambda transaction: [transaction.add(one) for one in (parcel, row)])
    assert reader.told_of([PERSON]) == []
    store.do(lambda transaction: transaction.lease(parcel.id, NOON + HOUR))
    assert reader.told_of([PERSON]) == []
    store.do(lambda transaction: transaction.acknowledge(SHELTER, parcel.id))
    assert reader.told_of([PERSON, OTHER]) == [ToldOf(SHELTER, Purpose.ACCOMMODATION)]
    assert reader.told_of([OTHER]) == []


def test_k_07_only_an_agencys_own_reference_is_read(store: Store) -> None:
    rows = (
        PersonRow(PERSON),
        BindingRow(b"b" * 32, PERSON, POLICE, b"sealed"),
        BindingRow(b"c" * 32, PERSON, SHELTER, b"x"),
    )
    store.do(lambda transaction: [transaction.add(row) for row in rows])
    reader = ChildReader(store.database.reading)
    assert reader.references([PERSON], POLICE) == [(PERSON, b"sealed")]
    assert reader.references([OTHER], POLICE) == []
