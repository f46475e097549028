"""What would make it a yes is tried, not said by heart; and no change opens what no change may open."""

from dataclasses import replace

import pytest
from builders import DAY, NOON, POLICE, SHELTER, a_consent, a_disclosure, a_party, some_records
from hypothesis import given, settings
from worlds import WORLDS, World

from consent.case import Case
from consent.counterfactual import _CHANGES, Change, Situation, would_permit
from consent.decision import Permit
from consent.disclosure import Disclosure
from consent.facts import Restriction, Stated
from consent.policy import Policy
from consent.records import Records
from schemas.vocabulary import AgeStatus, ConsentState, DataCategory, FunctionClass

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


@settings(max_examples=40, derandomize=True, deadline=None)
@given(WORLDS)
def test_what_is_said_would_do_and_for_a_yes_nothing_is_said(world: World) -> None:
    now = Situation(world.asked, world.records, world.policy, NOON)
    found = would_permit(now)
    assert not (found and isinstance(world.decided(), Permit))
    assert all(_CHANGES[change](now).permits for change in found)


def test_every_change_is_tried() -> None:
    assert [*_CHANGES] == [*Change]
