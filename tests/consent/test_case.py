"""A case is what its events add up to: for each kind of event what it changes, and what does not change it."""

from datetime import date, datetime

import pytest
from builders import DAY, HOUR, NOON, POLICE, SHELTER, a_case, a_consent, an_event, some_records
from schema_files import examples

from consent import case
from consent.case import EMPTY, case_of
from consent.errors import UnreadableRecordError
from consent.facts import Restriction
from schemas.case_codes import AgeDetermination, CaseEventType, GuardianConflict, OverrideFinding, VictimStatus
from schemas.documents import Document
from schemas.vocabulary import ConsentState, DataCategory

HEALTH = DataCategory.HEALTH
WITHHELD = {"category": "health", "recipient": SHELTER}
OVERRIDE = {
    "override": "override-1", "ground": "danger_to_life", "recipient": "harbour-police", "purpose": "emergency",
    "ends": "2031-03-14T18:00:00Z",
}  # fmt: skip


def _examples() -> list[tuple[CaseEventType, Document]]:
    """The terms of one published example of each kind; the schema writes `true` where there are none.

    The number of an override is not the sender's to choose: the desk adds it.
    """
    found: dict[CaseEventType, Document] = {}
    for example in examples():
        if example.schema == "case_event/1.0":
            [(kind, terms)] = example.document["event"].items()
            found[CaseEventType(kind)] = {} if terms is True else terms
    found[CaseEventType.OVERRIDE_REQUESTED] = {"override": "override-1", **found[CaseEventType.OVERRIDE_REQUESTED]}
    return [*found.items()]


def test_nothing_is_known_about_nobody() -> None:
    assert case_of(()) == EMPTY
    assert not EMPTY.on_child_route


def test_every_kind_of_event_is_folded() -> None:
    assert set(case._FOLDS) == set(CaseEventType)
    assert {kind for kind, _ in _examples()} == set(CaseEventType)


@pytest.mark.parametrize(("kind", "terms"), _examples(), ids=[kind.value for kind, _ in _examples()])
def test_terms_that_satisfy_the_schema_are_read(kind: CaseEventType, terms: Document) -> None:
    case_of([an_event(kind, **terms)])


@pytest.mark.parametrize(("kind", "terms"), _examples(), ids=[kind.value for kind, _ in _examples()])
def test_terms_of_another_shape_permit_nothing_and_are_not_repeated(kind: CaseEventType, terms: Document) -> None:
    read = {"adult_on", "necessity", "reference"} | ({"recipient"} if kind.startswith("restriction") else set())
    for member in set(terms) - read:
        for wrong in ({k: v for k, v in terms.items() if k != member}, {**terms, member: 7}):
            with pytest.raises(UnreadableRecordError) as caught:
                case_of([an_event(kind, **wrong)])
            assert str(caught.value) == "a case event does not have the terms of its type"
            assert caught.value.__cause__ is None


@pytest.mark.parametrize("ends", ["2031-03-14T18:00:00", "soon"])
def test_an_override_without_a_readable_end_permits_nothing(ends: str) -> None:
    with pytest.raises(UnreadableRecordError):
        case_of([an_event(CaseEventType.OVERRIDE_REQUESTED, **{**OVERRIDE, "ends": ends})])


def test_c_17_the_case_of_a_past_moment_is_that_of_the_events_until_then() -> None:
    events = [
        an_event(CaseEventType.AGE_DETERMINED, at=NOON - DAY, status="child"),
        an_event(CaseEventType.AGE_DETERMINED, at=NOON, status="adult"),
    ]
    assert [_status(case_of(events, at)) for at in (NOON - 2 * DAY, NOON - HOUR, NOON, None)] == [
        None, AgeDetermination.CHILD, AgeDetermination.ADULT, AgeDetermination.ADULT,
    ]  # fmt: skip


def _status(found: case.Case) -> AgeDetermination | None:
    return found.age.status if found.age else None


def test_k_01_whoever_was_treated_as_a_child_is_on_the_child_route() -> None:
    for kind, terms in _examples():
        child = kind in {"guardian_recorded", "local_contact_recorded", "best_interests_recorded", "child_heard"}
        assert case_of([an_event(kind, **terms)]).on_child_route is child


def test_k_05_the_newest_guardian_counts_and_a_bar_stays() -> None:
    found = a_case(
        (CaseEventType.GUARDIAN_RECORDED, {"guardian": "first", "conflict": "none"}),
        (CaseEventType.GUARDIAN_BARRED, {"guardian": "first"}),
        (CaseEventType.GUARDIAN_RECORDED, {"guardian": "second", "conflict": "implicated"}),
    )
    assert found.guardian is not None
    assert (found.guardian.agency, found.guardian.conflict) == ("second", GuardianConflict.IMPLICATED)
    assert found.barred == {"first"}


def test_c_15_a_restriction_is_set_once_and_lifted_by_the_very_same_words() -> None:
    set_, lifted = CaseEventType.RESTRICTION_SET, CaseEventType.RESTRICTION_LIFTED
    assert a_case((set_, WITHHELD), (set_, WITHHELD)).restrictions == (Restriction(HEALTH, SHELTER),)
    assert a_case((set_, WITHHELD), (lifted, WITHHELD)).restrictions == ()
    assert a_case((set_, {"category": "health"}), (lifted, WITHHELD)).restrictions == (Restriction(HEALTH),)
    assert a_case((lifted, WITHHELD), (set_, WITHHELD)).restrictions == (Restriction(HEALTH, SHELTER),)


def test_c_15_restrictions_of_the_case_join_those_of_her_consents() -> None:
    known = some_records(
        a_consent(restrictions=(Restriction(DataCategory.ALIAS),)),
        case=a_case((CaseEventType.RESTRICTION_SET, WITHHELD)),
    )
    assert known.restrictions() == (Restriction(DataCategory.ALIAS), Restriction(HEALTH, SHELTER))


@pytest.mark.parametrize(
    ("said_at", "state", "withheld"),
    [
        (NOON - HOUR, ConsentState.GIVEN, False),
        (NOON, ConsentState.GIVEN, True),
        (NOON + HOUR, ConsentState.WITHDRAWN, True),
    ],
)
def test_c_15_a_restriction_in_a_consent_is_lifted_when_she_says_so_afterwards(
    said_at: datetime, state: ConsentState, *, withheld: bool
) -> None:
    said = a_consent(restrictions=(Restriction(HEALTH, SHELTER),), decided_at=said_at, state=state)
    lifting = CaseEventType.RESTRICTION_LIFTED
    lifted = case_of([an_event(lifting, by=POLICE, **WITHHELD)])
    assert bool(some_records(said, case=lifted).restrictions()) is withheld
    for other in (
        an_event(lifting, by=POLICE, **{**WITHHELD, "category": "need"}),
        an_event(lifting, by=SHELTER, **WITHHELD),
    ):
        assert some_records(said, case=case_of([other])).restrictions()


def test_c_15_what_she_said_to_two_stands_until_both_have_heard_her_again() -> None:
    set_, lifted = CaseEventType.RESTRICTION_SET, CaseEventType.RESTRICTION_LIFTED
    events = [an_event(set_, by=by, **WITHHELD) for by in (POLICE, SHELTER)]
    assert case_of(events).restrictions == (Restriction(HEALTH, SHELTER),)
    events.append(an_event(lifted, by=SHELTER, **WITHHELD))
    assert case_of(events).restrictions == (Restriction(HEALTH, SHELTER),)
    events.append(an_event(lifted, by=POLICE, **WITHHELD))
    assert case_of(events).restrictions == ()


def test_a_03_processing_is_restricted_until_it_is_released() -> None:
    kinds = CaseEventType.PROCESSING_RESTRICTED, CaseEventType.PROCESSING_RELEASED
    assert a_case((kinds[0], {})).processing_restricted
    assert not a_case((kinds[0], {}), (kinds[1], {})).processing_restricted


def test_a_03_what_two_restricted_is_restricted_until_both_have_released_it() -> None:
    restricted, released = CaseEventType.PROCESSING_RESTRICTED, CaseEventType.PROCESSING_RELEASED
    events = [an_event(restricted, by=POLICE), an_event(restricted, by=SHELTER), an_event(released, by=SHELTER)]
    assert case_of(events).processing_restricted
    assert not case_of([*events, an_event(released, by=POLICE)]).processing_restricted


def test_c_11_the_last_time_she_left_counts() -> None:
    kind = CaseEventType.NRM_WITHDRAWN
    assert case_of([an_event(kind, at=NOON), an_event(kind, at=NOON - DAY)]).nrm_withdrawn_at == NOON
    assert case_of([an_event(kind, at=NOON - DAY), an_event(kind, at=NOON)]).nrm_withdrawn_at == NOON


def test_a_06_the_newest_status_is_carried_with_who_decided_it() -> None:
    first = {"status": "presumed", "deciding_body": "harbour-police"}
    found = a_case(
        (CaseEventType.STATUS_CARRIED, first),
        (CaseEventType.STATUS_CARRIED, {"status": "refused", "deciding_body": "national-authority"}),
    )
    assert found.status is not None
    assert (found.status.status, found.status.deciding_body) == (VictimStatus.REFUSED, "national-authority")


def test_f_04_a_reflection_period_is_never_shortened() -> None:
    kind = CaseEventType.REFLECTION_STARTED
    for days in (("2031-03-01", "2031-03-14"), ("2031-03-14", "2031-03-01")):
        assert a_case(*((kind, {"on": day}) for day in days)).reflection_started == date(2031, 3, 14)


def test_e_01_a_second_person_approves_and_the_author_does_not_count() -> None:
    asked = an_event(CaseEventType.OVERRIDE_REQUESTED, by="officer:one", **OVERRIDE)

    def approver(by: str, override: str = "override-1") -> str | None:
        approved = an_event(CaseEventType.OVERRIDE_APPROVED, by=by, override=override)
        [found] = case_of([asked, approved]).overrides
        return found.approver

    assert approver("officer:two") == "officer:two"
    assert approver("officer:one") is None
    assert approver("officer:two", "override-2") is None


def test_e_01_an_approval_stands_for_what_was_asked_first() -> None:
    second = (CaseEventType.OVERRIDE_REQUESTED, {**OVERRIDE, "recipient": "hill-police"})
    [found] = a_case((CaseEventType.OVERRIDE_REQUESTED, OVERRIDE), second).overrides
    assert found.recipient == "harbour-police"


def test_e_01_an_override_is_stopped_and_reviewed() -> None:
    found = a_case(
        (CaseEventType.OVERRIDE_REQUESTED, OVERRIDE),
        (CaseEventType.OVERRIDE_STOPPED, {"override": "override-1"}),
        (CaseEventType.OVERRIDE_REVIEWED, {"override": "override-1", "finding": "excessive"}),
    ).override("override-1")
    assert found is not None
    assert (found.stopped_at, found.finding) == (NOON, OverrideFinding.EXCESSIVE)
    assert EMPTY.override("override-1") is None


def test_instruments_transfers_and_bases_are_kept_in_order() -> None:
    found = case_of([an_event(kind, **terms) for kind, terms in _examples()])
    assert [len(kept) for kept in (found.instruments, found.transfers, found.bases, found.overrides)] == [1, 1, 1, 1]
    assert found.instruments[0].categories == {DataCategory.NAME, DataCategory.ADDRESS}
    with pytest.raises(UnreadableRecordError):
        case_of([an_event(CaseEventType.INSTRUMENT_RECORDED, **{**dict(_examples()[0][1]), "categories": "name"})])
