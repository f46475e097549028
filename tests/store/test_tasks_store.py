"""Referrals by their parties, in both databases: what was handed out, in order, and filtered by what is shown."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOON, POLICE, SHELTER
from stores import PERSON, Store, a_parcel

from gateway.core.ports import Transaction
from gateway.core.rows import ReferralRow
from gateway.core.stages import OwnReference
from gateway.core.tasks import PartyTask, Side, Wanted
from gateway.store.reading.tasks import TaskReader
from schemas.vocabulary import Purpose, ReferralState

OTHER = "hill-shelter"


def sent(transaction: Transaction, number: int, recipient: str = SHELTER) -> None:
    parcel = replace(a_parcel(number), recipient=recipient)
    transaction.add(parcel)
    permitted = ReferralRow(
        id=parcel.referral,
        client="client",
        sender=POLICE,
        recipient=recipient,
        purpose=Purpose.ACCOMMODATION,
        outcome="permitted",
        state=ReferralState.SUBMITTED,
        at=NOON,
        person=PERSON,
        leaf_index=0,
        answer={"outcome": "permitted"},
        reference=OwnReference(b"sealed", bytes(16)),
    )
    transaction.add(permitted)
    refused = replace(permitted, id=f"refused-{number}", recipient=None, outcome="refused", reference=None)
    transaction.add(refused)


@pytest.fixture
def filled(store: Store) -> Store:
    """Two referrals to the shelter, of which the first was handed out, and one to another."""

    def fill(transaction: Transaction) -> None:
        for number, recipient in ((1, SHELTER), (2, SHELTER), (3, OTHER)):
            sent(transaction, number, recipient)

    store.do(fill)
    store.do(lambda transaction: transaction.lease(a_parcel(1).id, transaction.now + timedelta(minutes=5)))
    return store


def found(store: Store, agency: str, wanted: Wanted | None = None, limit: int = 10) -> list[PartyTask]:
    return [*TaskReader(store.database.reading).of_party(agency, wanted or Wanted(), limit)]


def test_the_sender_finds_what_was_permitted_in_order(filled: Store) -> None:
    tasks = found(filled, POLICE)
    assert [(task.id, task.side, task.recipient) for task in tasks] == [
        (a_parcel(number).referral, Side.SENT, recipient)
        for number, recipient in ((1, SHELTER), (2, SHELTER), (3, OTHER))
    ]
    assert {task.sealed_reference for task in tasks} == {b"sealed"}


def test_c_04_the_recipient_finds_what_was_handed_out(filled: Store) -> None:
    [task] = found(filled, SHELTER)
    assert (task.id, task.side, task.sender) == (a_parcel(1).id, Side.RECEIVED, POLICE)
    assert (task.person, task.sealed_reference) == (None, None)
    assert found(filled, OTHER) == []


def test_what_never_left_is_never_shown(filled: Store) -> None:
    filled.do(lambda transaction: transaction.stop(a_parcel(2).id))
    assert [task.id for task in found(filled, SHELTER)] == [a_parcel(1).id]
    filled.do(lambda transaction: transaction.stop(a_parcel(1).id))
    assert [task.id for task in found(filled, SHELTER)] == [a_parcel(1).id], "it may have left"


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Wanted(id=a_parcel(2).referral), [2]),
        (Wanted(id="nobody"), []),
        (Wanted(recipient=OTHER), [3]),
        (Wanted(sender=OTHER), []),
        (Wanted(states=frozenset({ReferralState.SUBMITTED})), [1, 2, 3]),
        (Wanted(states=frozenset()), []),
        (Wanted(sides=(Side.RECEIVED,)), []),
        (Wanted(after=(Side.SENT, a_parcel(1).referral)), [2, 3]),
        (Wanted(after=(Side.RECEIVED, "")), []),
    ],
)
def test_what_is_wanted_is_found_and_nothing_else(filled: Store, wanted: Wanted, numbers: list[int]) -> None:
    assert [task.id for task in found(filled, POLICE, wanted)] == [a_parcel(number).referral for number in numbers]


def test_no_more_than_asked_for(filled: Store) -> None:
    assert [task.id for task in found(filled, POLICE, limit=2)] == [a_parcel(number).referral for number in (1, 2)]
