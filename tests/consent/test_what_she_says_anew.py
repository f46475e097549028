"""What becomes of a consent when she says something anew: exactly this, and nothing else of it changes (C-02, C-16)."""

from dataclasses import replace

import pytest
from builders import DAY, HOUR, NOON, a_consent

from consent.facts import Restriction
from consent.records import Consent, ConsentEvent, ConsentEventType, NewTerms, standing
from schemas.vocabulary import ConsentState, DataCategory, GivenBy, Purpose

BEFORE, ANEW = Restriction(DataCategory.ALIAS), Restriction(DataCategory.RISK)
SAID_AT = NOON + DAY
ANSWERS = {
    ConsentEventType.DEFERRED: ConsentState.DEFERRED,
    ConsentEventType.REFUSED: ConsentState.REFUSED,
    ConsentEventType.GIVEN: ConsentState.GIVEN,
    ConsentEventType.RENEWED: ConsentState.RENEWED,
}
NOT_ASKED = sorted(set(ConsentState) - {ConsentState.REQUESTED, ConsentState.DEFERRED})
YES = NewTerms(SAID_AT, restrictions=(ANEW,), ends=NOON + 9 * DAY, given_by=GivenBy.COURT, confirmed=False)


def a_word(state: ConsentState) -> Consent:
    return a_consent(
        state=state,
        purposes=frozenset({Purpose.ACCOMMODATION, Purpose.HEALTH}),
        restrictions=(BEFORE,),
        decided_at=NOON,
    )


def after(before: Consent, kind: ConsentEventType, terms: NewTerms | None = None) -> Consent:
    """What stands when this is said an hour later than the consent was recorded."""
    recorded = ConsentEvent(ConsentEventType.RECORDED, NOON, before)
    return standing([recorded, ConsentEvent(kind, NOON + HOUR, terms=terms)])


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (ConsentState.REQUESTED, ConsentEventType.DEFERRED),
        (ConsentState.REQUESTED, ConsentEventType.REFUSED),
        (ConsentState.DEFERRED, ConsentEventType.REFUSED),
    ],
)
def test_c_02_who_was_asked_may_put_it_off_or_say_no(asked: ConsentState, kind: ConsentEventType) -> None:
    before = a_word(asked)
    assert after(before, kind) == replace(before, state=ANSWERS[kind], version=2, decided_at=NOON + HOUR)


@pytest.mark.parametrize(
    ("earlier", "kind"),
    [
        (ConsentState.REQUESTED, ConsentEventType.GIVEN),
        (ConsentState.DEFERRED, ConsentEventType.GIVEN),
        (ConsentState.GIVEN, ConsentEventType.RENEWED),
        (ConsentState.RENEWED, ConsentEventType.RENEWED),
    ],
)
def test_c_16_a_yes_says_when_until_when_by_whom_and_keeps_what_was_asked(
    earlier: ConsentState, kind: ConsentEventType
) -> None:
    before = a_word(earlier)
    assert after(before, kind, YES) == replace(
        before,
        state=ANSWERS[kind],
        version=2,
        decided_at=SAID_AT,
        ends=NOON + 9 * DAY,
        given_by=GivenBy.COURT,
        confirmed=False,
        restrictions=(BEFORE, ANEW),
    )
    assert after(before, kind, replace(YES, confirmed=True)).confirmed


def test_c_09_a_yes_dated_back_is_no_older_than_the_word_before_it() -> None:
    again = after(a_word(ConsentState.GIVEN), ConsentEventType.RENEWED, replace(YES, said_at=NOON - DAY))
    assert again.decided_at == NOON


@pytest.mark.parametrize("state", NOT_ASKED)
@pytest.mark.parametrize("kind", [ConsentEventType.DEFERRED, ConsentEventType.REFUSED, ConsentEventType.GIVEN])
def test_c_02_what_was_not_asked_is_not_answered(state: ConsentState, kind: ConsentEventType) -> None:
    before = a_word(state)
    assert after(before, kind, YES) == replace(before, version=2)


@pytest.mark.parametrize("state", sorted(set(ConsentState) - {ConsentState.GIVEN, ConsentState.RENEWED}))
@pytest.mark.parametrize("kind", [ConsentEventType.RENEWED, ConsentEventType.NARROWED])
def test_c_02_only_a_yes_is_renewed_or_narrowed(state: ConsentState, kind: ConsentEventType) -> None:
    before = a_word(state)
    assert after(before, kind, YES) == replace(before, version=2)


def test_c_02_what_was_put_off_is_not_put_off_again() -> None:
    before = a_word(ConsentState.DEFERRED)
    assert after(before, ConsentEventType.DEFERRED) == replace(before, version=2)


def test_c_16_narrowing_takes_away_what_it_does_not_name_and_adds_nothing_it_names() -> None:
    before = a_word(ConsentState.GIVEN)
    less = NewTerms(
        SAID_AT,
        purposes=frozenset({Purpose.HEALTH, Purpose.LEGAL}),
        categories=frozenset({DataCategory.NEED, DataCategory.NAME}),
        restrictions=(ANEW,),
        ends=NOON + DAY,
    )
    assert after(before, ConsentEventType.NARROWED, less) == replace(
        before,
        version=2,
        purposes=frozenset({Purpose.HEALTH}),
        categories=frozenset({DataCategory.NEED}),
        restrictions=(BEFORE, ANEW),
        ends=NOON + DAY,
    )


@pytest.mark.parametrize("ends", [None, NOON + 400 * DAY], ids=["no end named", "a later end named"])
def test_c_16_what_a_narrowing_does_not_name_stays_and_no_end_moves_back(ends: object) -> None:
    before = a_word(ConsentState.RENEWED)
    assert after(before, ConsentEventType.NARROWED, replace(NewTerms(SAID_AT), ends=ends)) == replace(before, version=2)
