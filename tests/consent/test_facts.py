"""What each event is kept as: exactly this fact, with the event it came from and its moment, and nothing beside it."""

from dataclasses import replace
from datetime import date

import pytest
from builders import DAY, HOUR, NOON, SHELTER, an_event

from consent.case import EMPTY, case_of
from consent.facts import (
    Age,
    Basis,
    Contact,
    Guardian,
    Heard,
    Instrument,
    Lift,
    Override,
    Restriction,
    Stated,
    Status,
    Transfer,
)
from schemas.case_codes import (
    AgeDetermination,
    BestInterests,
    CaseEventType,
    ChildViews,
    GuardianConflict,
    Informed,
    InstrumentKind,
    OverrideGround,
    PersonTold,
    Safeguard,
    VictimStatus,
)
from schemas.documents import Document
from schemas.vocabulary import DataCategory, Purpose, Urgency

WITHHELD = Restriction(DataCategory.HEALTH, SHELTER)
BED = Purpose.ACCOMMODATION
KEPT: dict[CaseEventType, tuple[Document, Document]] = {
    CaseEventType.AGE_DETERMINED: (
        {"status": "child", "adult_on": "2032-01-02"},
        {"age": Age("event", AgeDetermination.CHILD, date(2032, 1, 2), NOON)},
    ),
    CaseEventType.GUARDIAN_RECORDED: (
        {"guardian": "north", "conflict": "none"},
        {"guardian": Guardian("event", "north", GuardianConflict.NONE, NOON)},
    ),
    CaseEventType.GUARDIAN_BARRED: ({"guardian": "north"}, {"barred": frozenset({"north"})}),
    CaseEventType.BEST_INTERESTS_RECORDED: (
        {"recipient": SHELTER, "purpose": BED.value, "basis": "care"},
        {"bases": (Basis("event", SHELTER, BED, BestInterests.CARE, NOON),)},
    ),
    CaseEventType.LOCAL_CONTACT_RECORDED: ({"agency": "city"}, {"contact": Contact("event", "city")}),
    CaseEventType.CHILD_HEARD: (
        {"informed": "not_yet", "views": "none_said"},
        {"heard": Heard("event", Informed.NOT_YET, ChildViews.NONE_SAID, NOON)},
    ),
    CaseEventType.RESTRICTION_SET: (
        {"category": "health", "recipient": SHELTER},
        {"stated": (Stated("officer:one", WITHHELD),)},
    ),
    CaseEventType.RESTRICTION_LIFTED: (
        {"category": "health", "recipient": SHELTER},
        {"lifts": (Lift("officer:one", WITHHELD, NOON),)},
    ),
    CaseEventType.PROCESSING_RESTRICTED: ({}, {"restricted_by": frozenset({"officer:one"})}),
    CaseEventType.PROCESSING_RELEASED: ({}, {"restricted_by": frozenset()}),
    CaseEventType.NRM_WITHDRAWN: ({}, {"nrm_withdrawn_at": NOON}),
    CaseEventType.STATUS_CARRIED: (
        {"status": "presumed", "deciding_body": "authority"},
        {"status": Status("event", VictimStatus.PRESUMED, "authority", NOON)},
    ),
    CaseEventType.REFLECTION_STARTED: ({"on": "2031-03-01"}, {"reflection_started": date(2031, 3, 1)}),
    CaseEventType.SAFEGUARD_RECORDED: (
        {
            "country": "YY",
            "safeguard": "treaty",
            "recipient": SHELTER,
            "priority": "urgent",
            "respond_by": "2031-04-01",
        },
        {"transfers": (Transfer("event", "YY", Safeguard.TREATY, SHELTER, Urgency.URGENT, date(2031, 4, 1)),)},
    ),
    CaseEventType.INSTRUMENT_RECORDED: (
        {"kind": "court_order", "recipient": SHELTER, "categories": ["name"], "person_told": "prohibited"},
        {
            "instruments": (
                Instrument(
                    *("event", InstrumentKind.COURT_ORDER, SHELTER),
                    *(frozenset({DataCategory.NAME}), PersonTold.PROHIBITED, NOON),
                ),
            )
        },
    ),
    CaseEventType.OVERRIDE_REQUESTED: (
        {
            "override": "o",
            "ground": "abduction",
            "recipient": SHELTER,
            "purpose": "emergency",
            "ends": "2031-03-15T12:00:00Z",
        },
        {
            "overrides": (
                Override(
                    *("o", OverrideGround.ABDUCTION, SHELTER, Purpose.EMERGENCY),
                    *("officer:one", NOON, NOON + DAY),
                ),
            )
        },
    ),
}
"""Of each kind of event: its terms, and what of an empty case it changes. Three change only what was asked for."""

ABOUT_AN_OVERRIDE = {
    CaseEventType.OVERRIDE_APPROVED,
    CaseEventType.OVERRIDE_STOPPED,
    CaseEventType.OVERRIDE_REVIEWED,
}


@pytest.mark.parametrize("kind", KEPT)
def test_c_17_an_event_is_kept_as_exactly_what_it_says(kind: CaseEventType) -> None:
    terms, kept = KEPT[kind]
    event = replace(an_event(kind, by="officer:one", **terms), id="event")
    found = case_of([event])
    assert found == replace(EMPTY, **kept)
    assert isinstance(found.processing_restricted, bool)


def test_every_kind_of_event_is_looked_at() -> None:
    assert set(KEPT) | ABOUT_AN_OVERRIDE == set(CaseEventType)


def test_c_17_what_was_committed_later_hides_nothing_that_was_committed_before() -> None:
    """The clocks of two nodes differ: an event of another moment is left out, and those after it are not."""
    later = an_event(CaseEventType.PROCESSING_RESTRICTED, at=NOON + HOUR)
    earlier = an_event(CaseEventType.NRM_WITHDRAWN, at=NOON - HOUR)
    found = case_of([later, earlier], NOON)
    assert (found.processing_restricted, found.nrm_withdrawn_at) == (False, NOON - HOUR)
