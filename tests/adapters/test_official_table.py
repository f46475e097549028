"""The official documents of all formats in one table; it stands at the end of the run, and in docs/evidence."""

from collections.abc import Callable

import pytest
from trials.official import REASONS, Row, printed, table


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    return table()


def test_every_document_is_a_valid_referral_or_an_answer_or_refused_for_a_named_reason(
    rows: dict[str, Row], record_property: Callable[[str, object], None]
) -> None:
    record_property("table", "\n".join(printed(rows)))
    assert {key: row.broken for key, row in rows.items() if row.broken} == {}
    for row in rows.values():
        assert row.documents == row.referrals + row.answers + sum(row.refused.values()) > 0
        assert set(row.refused) <= set(REASONS)


def test_written_back_every_difference_is_in_the_loss_report(rows: dict[str, Row]) -> None:
    assert {key: row.unaccounted for key, row in rows.items() if row.unaccounted} == {}
    assert sum(row.carried for row in rows.values()) > 200
