"""What would make it a yes is tried, not said by heart; and no change opens what no change may open."""

from dataclasses import replace

import pytest
from builders import DAY, HOUR, NOON, POLICE, SHELTER, a_consent, a_disclosure, a_party, some_records
from hypothesis import given, settings
from worlds import WORLDS, World

from consent.case import Case
from consent.counterfactual import _CHANGES, Change, Situation, would_permit
from consent.decision import Permit
from consent.disclosure import Disclosure
from consent.facts import Basis, Override, Restriction, Stated, Transfer
from consent.policy import Policy
from consent.records import Agreement, Records
from schemas.case_codes import BestInterests, OverrideGround, Safeguard
from schemas.vocabulary import (
    AgeStatus,
    ConsentState,
    DataCategory,
    FunctionClass,
    GivenBy,
    Purpose,
    Urgency,
)

NEEDED = DataCategory.NEED
WITHHELD = (Restriction(NEEDED, SHELTER),)
STATED = (Stated(POLICE, WITHHELD[0]),)


def tried(records: Records, **changes: object) -> set[Change]:
    asked: Disclosure = replace(a_disclosure(), **changes)
    return {*would_permit(Situation(asked, records, Policy(), NOON))}


@pytest.mark.parametrize(
    ("records", "changes", "found"),
    [
        (some_records(), {}, set()),
        (some_records(agreement=None), {}, {Change.AGREEMENT}),
        (some_records(), {"sufficient": False}, {Change.DOCUMENT}),
        (some_records(locked=True), {}, {Change.LOCK}),
        (some_records(tried=True), {}, {Change.LOCK}),
        (some_records(consents=None), {}, {Change.YES}),
        (some_records(a_consent(state=ConsentState.WITHDRAWN)), {}, {Change.YES}),
        (some_records(a_consent(confirmed=False)), {}, {Change.YES, Change.CONFIRMED}),
        (some_records(a_consent(begins=NOON + DAY)), {}, {Change.YES, Change.BEGINS}),
        (some_records(a_consent(restrictions=WITHHELD)), {}, {Change.NOT_WITHHELD}),
        (some_records(case=Case(stated=STATED)), {}, {Change.NOT_WITHHELD}),
        (some_records(case=Case(restricted_by=frozenset({POLICE}))), {}, {Change.RELEASED}),
        (some_records(), {"age": AgeStatus.UNKNOWN}, {Change.ADULT}),
        (some_records(a_consent(confirmed=False), locked=True), {}, set()),
    ],
    ids=[
        *("nothing", "agreement", "document", "lock", "tried", "nobody known", "withdrawn", "unconfirmed", "later"),
        *("withheld", "withheld beside", "restricted", "age", "two things at once"),
    ],
)
def test_the_one_change_that_would_make_it_a_yes_is_found(
    records: Records, changes: dict[str, object], found: set[Change]
) -> None:
    assert tried(records, **changes) == found


def test_f_01_nothing_opens_the_way_to_enforcement() -> None:
    enforcement = a_party(SHELTER, FunctionClass.IMMIGRATION_ENFORCEMENT)
    assert tried(some_records(agreement=None), recipient=enforcement) == set()


@settings(max_examples=25, derandomize=True, deadline=None)
@given(WORLDS)
def test_what_is_said_would_do_and_for_a_yes_nothing_is_said(world: World) -> None:
    now = Situation(world.asked, world.records, world.policy, NOON)
    found = would_permit(now)
    assert not (found and isinstance(world.decided(), Permit))
    assert all(_CHANGES[change](now).permits for change in found)


def test_every_change_is_tried() -> None:
    assert [*_CHANGES] == [*Change]


FIRST = Basis("basis", SHELTER, Purpose.ACCOMMODATION, BestInterests.CARE, NOON)
THERE = Transfer("transfer", "YY", Safeguard.TREATY, SHELTER, Urgency.URGENT, NOON.date())
WAITS = Override(
    *("one", OverrideGround.ABDUCTION, SHELTER, Purpose.EMERGENCY, "harbour-police", NOON), ends=NOON + DAY
)
APPROVED = replace(WAITS, id="two", approver="officer:second")
NOT_NEEDED, OF_ANOTHER = Restriction(DataCategory.ALIAS, SHELTER), Restriction(NEEDED, "hill-shelter")
KNOWN = Situation(
    a_disclosure(),
    some_records(
        a_consent(restrictions=(*WITHHELD, NOT_NEEDED, OF_ANOTHER, Restriction(NEEDED))),
        a_consent(id="begun", begins=NOON),
        a_consent(id="later", begins=NOON + 2 * DAY),
        a_consent(id="sooner", begins=NOON + DAY),
        a_consent(id="no", begins=NOON + HOUR, state=ConsentState.REFUSED),
        case=Case(
            stated=tuple(Stated(POLICE, entry) for entry in (*WITHHELD, NOT_NEEDED, OF_ANOTHER)),
            bases=(FIRST,),
            transfers=(THERE,),
            overrides=(WAITS, APPROVED),
        ),
    ),
    Policy(),
    NOON,
)
"""Somebody of whom a little of everything is on record."""


def made(change: Change, now: Situation = KNOWN) -> Situation:
    return _CHANGES[change](now)


def test_an_agreement_that_is_tried_covers_what_the_profile_lists_for_a_year() -> None:
    profile = KNOWN.asked.profile
    assert profile is not None
    route = (POLICE, SHELTER, Purpose.ACCOMMODATION, profile.categories)
    signed = Agreement("tried", 1, *route, begins=NOON, ends=NOON + 365 * DAY, retention_days=Policy().retention_days)
    assert made(Change.AGREEMENT) == replace(KNOWN, records=replace(KNOWN.records, agreement=signed))


@pytest.mark.parametrize(("change", "given_by"), [(Change.YES, GivenBy.SELF), (Change.YES_FOR_HER, GivenBy.AUTHORITY)])
def test_a_yes_that_is_tried_is_one_more_word_to_this_recipient_as_of_now(change: Change, given_by: GivenBy) -> None:
    said = a_consent(id="tried", decided_at=NOON, begins=NOON, ends=NOON + Policy().default_consent, given_by=given_by)
    tried_now = made(change)
    assert tried_now.records.consents == (*(KNOWN.records.consents or ()), said)
    assert replace(tried_now, records=KNOWN.records) == KNOWN


def test_the_nearest_day_on_which_a_yes_begins_is_tried() -> None:
    assert made(Change.BEGINS) == replace(KNOWN, at=NOON + DAY)
    begun = replace(KNOWN, records=some_records())
    assert made(Change.BEGINS, begun) == begun


def test_what_she_withholds_from_others_or_what_nobody_needs_stays_withheld() -> None:
    records = made(Change.NOT_WITHHELD).records
    assert [one.restrictions for one in records.consents or ()] == [(NOT_NEEDED, OF_ANOTHER), (), (), (), ()]
    assert records.case.restrictions == (NOT_NEEDED, OF_ANOTHER)


def test_a_basis_and_a_safeguard_that_are_tried_join_what_is_on_record() -> None:
    basis = Basis("tried", SHELTER, Purpose.ACCOMMODATION, BestInterests.SAFETY, NOON)
    assert made(Change.BEST_INTERESTS).records.case.bases == (FIRST, basis)
    day = (NOON + 365 * DAY).date()
    transfers = (Transfer("tried", "XX", kind, SHELTER, Urgency.ROUTINE, day) for kind in Safeguard)
    assert made(Change.SAFEGUARD).records.case.transfers == (THERE, *transfers)


def test_what_waits_for_a_second_person_is_approved_and_what_was_approved_stays_as_it_is() -> None:
    second = replace(WAITS, approver="harbour-police, and a second person")
    assert made(Change.APPROVED).records.case.overrides == (second, APPROVED)


OF_A_ROUTE = (Change.AGREEMENT, Change.YES, Change.YES_FOR_HER, Change.NOT_WITHHELD)


@pytest.mark.parametrize("change", [*OF_A_ROUTE, Change.BEST_INTERESTS, Change.SAFEGUARD])
def test_where_nobody_knows_the_recipient_no_change_is_made(change: Change) -> None:
    to_nobody = replace(KNOWN, asked=a_disclosure(recipient=None))
    assert made(change, to_nobody) == to_nobody


@pytest.mark.parametrize("change", OF_A_ROUTE)
def test_where_no_profile_says_what_is_needed_no_change_is_made(change: Change) -> None:
    unprofiled = replace(KNOWN, asked=a_disclosure(profile=None))
    assert made(change, unprofiled) == unprofiled


def test_where_nobody_is_known_nothing_of_hers_is_changed() -> None:
    nobody = replace(KNOWN, records=some_records(consents=None))
    for change in (Change.CONFIRMED, Change.NOT_WITHHELD, Change.BEGINS):
        assert made(change, nobody) == nobody
