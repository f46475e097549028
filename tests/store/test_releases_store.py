"""Releases and what is counted in them, in both databases: steps are added, never changed (P-06)."""

from datetime import UTC, datetime, timedelta

from builders import POLICE, SHELTER
from stores import PERSON, Store

from gateway.core.heads import release_head
from gateway.core.records.release_rows import ReleaseStep, ReleaseStepRow
from gateway.core.rows import ReferralRow
from gateway.store.reading.releases import ReleaseReader
from schemas.documents import Document
from schemas.vocabulary import Purpose, ReferralState

BEGINS, ENDS = datetime(2031, 10, 1, tzinfo=UTC), datetime(2032, 1, 1, tzinfo=UTC)
QUARTER = "2031-Q4"


def step(store: Store, kind: ReleaseStep, agency: str | None, document: Document | None = None) -> None:
    row = ReleaseStepRow("release-1", QUARTER, kind, agency, BEGINS, document)
    store.do(lambda transaction: transaction.add(row))


def test_p_06_a_release_is_what_its_steps_add_up_to(store: Store) -> None:
    reader = ReleaseReader(store.database.reading)
    assert reader.release("release-1") is None
    for agency in (POLICE, SHELTER):
        step(store, ReleaseStep.PROPOSED, agency)
    step(store, ReleaseStep.APPROVED, POLICE)
    found = reader.release("release-1")
    assert found is not None
    assert (found.quarter, found.missing, found.document, found.head.version) == (QUARTER, (SHELTER,), None, 0)
    assert found.head.id == release_head("release-1")
    step(store, ReleaseStep.RELEASED, None, {"cells": []})
    [made] = reader.releases()
    assert made.document == {"cells": []}


def test_p_04_only_what_was_permitted_in_the_quarter_is_counted(store: Store) -> None:
    moments = {"before": BEGINS - timedelta(microseconds=1), "first": BEGINS, "last": ENDS - timedelta(microseconds=1)}
    for name, at in {**moments, "after": ENDS}.items():
        ids = ("permitted", ReferralState.ACCEPTED, at, PERSON, 0, {"outcome": "permitted"}, None)
        row = ReferralRow(name, "client", POLICE, SHELTER, Purpose.ACCOMMODATION, *ids)
        store.do(lambda transaction, row=row: transaction.add(row))
    refused = ("refused", ReferralState.CANCELLED, BEGINS, PERSON, 0, {"outcome": "refused"}, None)
    row = ReferralRow("refused", "client", POLICE, None, Purpose.ACCOMMODATION, *refused)
    store.do(lambda transaction: transaction.add(row))
    found = ReleaseReader(store.database.reading).counted(QUARTER)
    assert [one.at for one in found] == [moments["first"], moments["last"]]
    assert {(one.person, one.sender) for one in found} == {(PERSON, POLICE)}
