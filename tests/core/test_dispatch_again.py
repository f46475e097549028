"""What was stated is decided about again, and no other question."""

from dataclasses import replace

import pytest
from kept_parcels import STOPPED
from line import a_line

from schemas.vocabulary import AgeStatus, Ground


@pytest.mark.parametrize(
    "changed",
    [{"age": AgeStatus.UNKNOWN}, {"age": AgeStatus.CHILD}, {"ground": Ground.BREAK_GLASS}],
    ids=["K-01 unknown age", "K-01 a child", "E-01 another ground"],
)
def test_a_parcel_on_other_terms_than_an_adults_consent_is_not_let_out_by_one(changed: dict[str, object]) -> None:
    line = a_line()
    line.says()
    line.told()
    assert (line.parcel.stated.age, line.parcel.stated.ground) == (AgeStatus.ADULT, Ground.CONSENT)
    [(message, kept)] = line.book.parcels.items()
    parcel = replace(kept.parcel, stated=replace(kept.parcel.stated, **changed))
    line.book.parcels[message] = replace(kept, parcel=parcel)
    assert line.fetch() == ()
    assert line.book.parcels[message].state == STOPPED
