"""Whether a yes has a live ground, looked for in the history itself and in words other than those of the rules."""

from datetime import datetime, timedelta

from builders import POLICE, SHELTER
from trials.questions import CROWD

from consent.case import Case
from consent.decision import Permit
from consent.disclosure import Disclosure
from consent.overrides import RESCUE
from consent.policy import DECISION_OF
from consent.question import PROSE
from consent.records import Consent
from consent.route import STRUCTURE
from schemas.case_codes import AgeDetermination, InstrumentKind, OverrideFinding
from schemas.vocabulary import AgeStatus, ConsentState, GivenBy, Ground, Purpose

_LONGEST_OVERRIDE = timedelta(hours=24)


def assert_live(asked: Disclosure, permit: Permit, consents: list[Consent], case: Case, now: datetime) -> None:
    """Raise AssertionError where this yes rests on nothing that holds now, or on less than it lets pass."""
    assert permit.holds_until > now
    assert SHELTER not in case.barred
    assert not case.processing_restricted or permit.ground is Ground.BREAK_GLASS
    assert not _withheld(case) & (permit.categories - STRUCTURE)
    match permit.ground:
        case Ground.CONSENT:
            assert _is_adult(asked, case, now)
            assert _her_word(asked, permit, consents, case, now).given_by is GivenBy.SELF
        case Ground.BEST_INTERESTS:
            assert not _is_adult(asked, case, now)
            assert _her_word(asked, permit, consents, case, now).given_by is not GivenBy.SELF
            assert case.contact is not None
            assert asked.purpose in {basis.purpose for basis in case.bases if basis.recipient == SHELTER}
        case Ground.CHILD_PROTECTION:
            assert not _is_adult(asked, case, now)
            assert asked.purpose is Purpose.CHILD_PROTECTION
            assert case.contact is not None
            assert not permit.categories & PROSE
        case Ground.BREAK_GLASS:
            _assert_glass_is_broken(permit, case, now)
        case Ground.COURT_ORDER | Ground.STATUTORY_DUTY:
            _assert_an_instrument_says_so(permit, case)
        case Ground.DUTY_TO_NOTIFY:
            assert _is_adult(asked, case, now)
            assert any(permit.categories & permit.profile.categories <= told | STRUCTURE for told in CROWD)


def _her_word(asked: Disclosure, permit: Permit, consents: list[Consent], case: Case, now: datetime) -> Consent:
    """Return the yes it rests on: in force, about this route, and followed by no no and no leaving."""
    said = next(consent for consent in consents if consent.id == permit.rests_on)
    assert said.state in {ConsentState.GIVEN, ConsentState.RENEWED}
    assert (said.discloser, said.recipient, said.decision) == (POLICE, SHELTER, DECISION_OF[asked.purpose])
    assert asked.purpose in said.purposes
    assert said.begins <= now < said.ends
    assert permit.categories <= said.categories | STRUCTURE
    assert case.nrm_withdrawn_at is None or case.nrm_withdrawn_at < said.decided_at
    about_it = [other for other in consents if other.recipient == SHELTER and other.purposes & {asked.purpose}]
    assert not [other for other in about_it if other.decided_at > said.decided_at and not other.is_yes]
    return said


def _assert_glass_is_broken(permit: Permit, case: Case, now: datetime) -> None:
    override = case.override(permit.rests_on)
    assert override is not None
    assert override.approver not in {None, override.author}
    assert override.stopped_at is None
    assert override.finding is not OverrideFinding.NOT_JUSTIFIED
    assert now < min(override.ends, override.requested_at + _LONGEST_OVERRIDE)
    assert permit.categories <= RESCUE | STRUCTURE


def _assert_an_instrument_says_so(permit: Permit, case: Case) -> None:
    instrument = next(entry for entry in case.instruments if entry.event == permit.rests_on)
    assert (instrument.kind is InstrumentKind.COURT_ORDER) is (permit.ground is Ground.COURT_ORDER)
    assert instrument.recipient == SHELTER
    assert permit.categories <= instrument.categories | STRUCTURE
    assert not permit.categories & PROSE


def _is_adult(asked: Disclosure, case: Case, now: datetime) -> bool:
    if case.age is None:
        return asked.age is AgeStatus.ADULT and not case.on_child_route
    of_age = case.age.adult_on is not None and case.age.adult_on <= now.date()
    return case.age.status is AgeDetermination.ADULT or (case.age.status is AgeDetermination.CHILD and of_age)


def _withheld(case: Case) -> set[object]:
    return {entry.category for entry in case.restrictions if entry.recipient in {None, SHELTER}}
