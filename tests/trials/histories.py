"""Random histories of one person: what was said, what was recorded, in any order (hypothesis, stateful).

The machine keeps a list of consents and case events, asks after every step, and holds at every step that

- no yes stands without a live ground, looked for here in words other than those of the rules;
- another no, restriction, bar or stop never widens what anybody may have;
- whatever is unknown refuses.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from builders import HOUR, NOON, SHELTER, a_consent, a_disclosure, a_party, a_profile, an_agreement, an_event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from consent.case import CaseEvent, case_of
from consent.decision import Decision, Permit, Refusal, decide
from consent.disclosure import Disclosure
from consent.overrides import NOTICE, RESCUE
from consent.policy import DECISION_OF, Policy
from consent.records import Consent, Records
from schemas.case_codes import AgeDetermination, CaseEventType, GuardianConflict, OverrideFinding
from schemas.documents import Json
from schemas.vocabulary import AgeStatus, ConsentState, DataCategory, FunctionClass, GivenBy, Ground, Purpose

POLICY = Policy()
ROUTES = (
    (FunctionClass.SHELTER, Purpose.ACCOMMODATION),
    (FunctionClass.CHILD_PROTECTION, Purpose.CHILD_PROTECTION),
    (FunctionClass.POLICE, Purpose.INVESTIGATION),
    (FunctionClass.POLICE, Purpose.EMERGENCY),
    (FunctionClass.POLICE, Purpose.LEGAL_OBLIGATION),
    (FunctionClass.FOCAL_POINT, Purpose.CROSS_BORDER),
)
GROUNDS = tuple(Ground)
WORDS = ("north-guardians", "parent-one", SHELTER)
CATEGORIES = (DataCategory.NEED, DataCategory.ALIAS, DataCategory.ADDRESS, DataCategory.EXPLOITATION, DataCategory.RISK)
ENDED = (ConsentState.WITHDRAWN, ConsentState.REVOKED, ConsentState.REFUSED)


@dataclass(frozen=True, slots=True)
class Asked:
    """One of the questions put after every step, and what was answered."""

    question: Disclosure
    decision: Decision

    @property
    def passes(self) -> frozenset[DataCategory]:
        """What may go."""
        return self.decision.categories if isinstance(self.decision, Permit) else frozenset()


def _questions() -> tuple[Disclosure, ...]:
    """Every route, on every ground, whatever the document says of her age, at home and abroad."""
    asked = []
    for function, purpose in ROUTES:
        profile = a_profile(function, purpose)
        countries = ("XX", "YY") if function is FunctionClass.FOCAL_POINT else ("XX",)
        asked += [
            a_disclosure(
                recipient=a_party(SHELTER, function, country), purpose=purpose, profile=profile, age=age, ground=ground
            )
            for country in countries
            for age in AgeStatus
            for ground in GROUNDS
        ]
    return tuple(asked)


QUESTIONS = _questions()


class Histories(RuleBasedStateMachine):
    """One person's history as it grows."""

    def __init__(self) -> None:
        super().__init__()
        self.consents: list[Consent] = []
        self.events: list[CaseEvent] = []
        self.now = NOON
        self.known = True

    # What happens.

    @rule(
        route=st.sampled_from(ROUTES),
        by=st.sampled_from(GivenBy),
        state=st.sampled_from(ConsentState),
        categories=st.sampled_from([frozenset(DataCategory), frozenset(CATEGORIES), frozenset({DataCategory.ALIAS})]),
        hours=st.integers(1, 100),
    )
    def says(
        self,
        route: tuple[FunctionClass, Purpose],
        by: GivenBy,
        state: ConsentState,
        categories: frozenset[DataCategory],
        hours: int,
    ) -> None:
        self._step()
        self.consents.append(
            a_consent(
                id=f"consent-{len(self.consents)}",
                purposes=frozenset({route[1]}),
                decision=DECISION_OF[route[1]],
                categories=categories,
                state=state,
                given_by=by,
                decided_at=self.now,
                begins=self.now,
                ends=self.now + hours * HOUR,
            )
        )

    @precondition(lambda self: self.consents)
    @rule(which=st.integers(0, 9), state=st.sampled_from(ENDED))
    def takes_back(self, which: int, state: ConsentState) -> None:
        def ended() -> None:
            self._step()
            at = which % len(self.consents)
            self.consents[at] = replace(self.consents[at], state=state, decided_at=self.now)

        self._never_widens(ended)

    @rule(status=st.sampled_from(AgeDetermination), days=st.sampled_from([None, 1, 400]))
    def determines_age(self, status: AgeDetermination, days: int | None) -> None:
        day = {} if days is None else {"adult_on": (self.now + timedelta(days=days)).date().isoformat()}
        self._happens(CaseEventType.AGE_DETERMINED, status=status, **day)

    @rule(guardian=st.sampled_from(WORDS), conflict=st.sampled_from(GuardianConflict))
    def names_a_guardian(self, guardian: str, conflict: GuardianConflict) -> None:
        self._happens(CaseEventType.GUARDIAN_RECORDED, guardian=guardian, conflict=conflict)

    @rule(route=st.sampled_from(ROUTES))
    def says_why_it_serves_her(self, route: tuple[FunctionClass, Purpose]) -> None:
        self._happens(CaseEventType.BEST_INTERESTS_RECORDED, recipient=SHELTER, purpose=route[1], basis="safety")
        self._happens(CaseEventType.LOCAL_CONTACT_RECORDED, agency="city-children")

    @rule(category=st.sampled_from(CATEGORIES), to=st.sampled_from([None, SHELTER, "hill-shelter"]))
    def withholds(self, category: DataCategory, to: str | None) -> None:
        named = {} if to is None else {"recipient": to}
        self._never_widens(lambda: self._happens(CaseEventType.RESTRICTION_SET, category=category, **named))

    @rule(category=st.sampled_from(CATEGORIES), to=st.sampled_from([None, SHELTER]))
    def lifts(self, category: DataCategory, to: str | None) -> None:
        named = {} if to is None else {"recipient": to}
        self._happens(CaseEventType.RESTRICTION_LIFTED, category=category, **named)

    @rule()
    def restricts_processing(self) -> None:
        self._never_widens(lambda: self._happens(CaseEventType.PROCESSING_RESTRICTED))

    @rule()
    def releases_processing(self) -> None:
        self._happens(CaseEventType.PROCESSING_RELEASED)

    @rule()
    def leaves(self) -> None:
        self._never_widens(lambda: self._happens(CaseEventType.NRM_WITHDRAWN))

    @rule(status=st.sampled_from(["presumed", "identified", "refused", "not_a_victim"]))
    def is_given_a_status(self, status: str) -> None:
        """A-07, A-08: it changes nothing."""
        before = self._answers()
        self.events.append(
            an_event(CaseEventType.STATUS_CARRIED, at=self.now, status=status, deciding_body="national-authority")
        )
        assert [asked.decision for asked in self._answers()] == [asked.decision for asked in before]

    @rule(kind=st.sampled_from(["court_order", "statutory_duty"]), categories=st.sampled_from([CATEGORIES, ("name",)]))
    def brings_an_instrument(self, kind: str, categories: tuple[str, ...]) -> None:
        self._happens(
            CaseEventType.INSTRUMENT_RECORDED,
            kind=kind, recipient=SHELTER, categories=[*categories], person_told="yes", reference="order",
        )  # fmt: skip

    @rule(number=st.integers(0, 2), hours=st.integers(1, 200), by=st.sampled_from(["officer:one", "officer:two"]))
    def asks_to_break_the_glass(self, number: int, hours: int, by: str) -> None:
        ends = (self.now + hours * HOUR).isoformat()
        self._happens(
            CaseEventType.OVERRIDE_REQUESTED, by,
            override=f"o-{number}", ground="danger_to_life", recipient=SHELTER, purpose="emergency", ends=ends,
        )  # fmt: skip

    @rule(number=st.integers(0, 2), by=st.sampled_from(["officer:one", "officer:two"]))
    def approves(self, number: int, by: str) -> None:
        self._happens(CaseEventType.OVERRIDE_APPROVED, by, override=f"o-{number}")

    @rule(number=st.integers(0, 2))
    def stops(self, number: int) -> None:
        self._never_widens(lambda: self._happens(CaseEventType.OVERRIDE_STOPPED, override=f"o-{number}"))

    @rule(number=st.integers(0, 2), finding=st.sampled_from(OverrideFinding))
    def reviews(self, number: int, finding: OverrideFinding) -> None:
        self._happens(CaseEventType.OVERRIDE_REVIEWED, override=f"o-{number}", finding=finding)

    @rule(country=st.sampled_from(["YY", "ZZ"]))
    def records_a_safeguard(self, country: str) -> None:
        self._happens(
            CaseEventType.SAFEGUARD_RECORDED,
            country=country, safeguard="treaty", recipient=SHELTER, priority="urgent", respond_by="2031-04-01",
        )  # fmt: skip

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.now += hours * HOUR

    # What holds.

    @invariant()
    def no_yes_without_a_live_ground(self) -> None:
        for asked in self._answers():
            if isinstance(asked.decision, Permit):
                self._is_live(asked.question, asked.decision)

    @invariant()
    def what_is_unknown_refuses(self) -> None:
        records = self._records(QUESTIONS[0])
        for unknown in (replace(records, consents=None), replace(records, agreement=None)):
            assert isinstance(decide(QUESTIONS[0], unknown, POLICY, self.now), Refusal)

    def _is_live(self, asked: Disclosure, permit: Permit) -> None:
        """Look for the ground in the history itself."""
        assert permit.holds_until > self.now
        case = case_of(self.events)
        assert SHELTER not in case.barred
        match permit.ground:
            case Ground.CONSENT | Ground.BEST_INTERESTS:
                said = next(consent for consent in self.consents if consent.id == permit.rests_on)
                assert said.is_yes
                assert said.begins <= self.now < said.ends
                assert (said.given_by is GivenBy.SELF) is (permit.ground is Ground.CONSENT)
                assert permit.categories <= said.categories | {DataCategory.ENVELOPE, DataCategory.PSEUDONYM}
            case Ground.CHILD_PROTECTION:
                assert case.contact is not None
                assert case.age is None or case.age.status is not AgeDetermination.ADULT
            case Ground.BREAK_GLASS:
                override = case.override(permit.rests_on)
                assert override is not None
                assert override.approver not in {None, override.author}
                assert override.stopped_at is None
                assert self.now < min(override.ends, override.requested_at + 24 * HOUR)
                assert permit.categories <= RESCUE | {DataCategory.ENVELOPE, DataCategory.PSEUDONYM}
            case Ground.COURT_ORDER | Ground.STATUTORY_DUTY:
                assert permit.rests_on in {instrument.event for instrument in case.instruments}
            case Ground.DUTY_TO_NOTIFY:
                assert permit.categories & permit.profile.categories <= NOTICE | {DataCategory.ENVELOPE}
        withheld = {entry.category for entry in case.restrictions if entry.binds(SHELTER)}
        assert not withheld & (permit.categories - {DataCategory.ENVELOPE, DataCategory.PSEUDONYM})
        assert not case.processing_restricted or permit.ground is Ground.BREAK_GLASS

    def _records(self, asked: Disclosure) -> Records:
        agreement = an_agreement(purpose=asked.purpose, categories=frozenset(DataCategory), ends=NOON + 9999 * HOUR)
        crowd = {frozenset({DataCategory.EXPLOITATION}): 11}
        return Records(agreement, tuple(self.consents), case=case_of(self.events), crowd=crowd)

    def _answers(self) -> list[Asked]:
        case = case_of(self.events)
        return [
            Asked(asked, decide(asked, replace(self._records(asked), case=case), POLICY, self.now))
            for asked in QUESTIONS
        ]

    def _never_widens(self, change: Callable[[], None]) -> None:
        now = self.now
        before = self._answers()
        change()
        self.now = now + timedelta(seconds=1)
        later = [Asked(asked.question, decide(asked.question, self._records(asked.question), POLICY, self.now))
                 for asked in before]  # fmt: skip
        for earlier, asked in zip(before, later, strict=True):
            assert asked.passes <= earlier.passes

    def _happens(self, kind: CaseEventType, by: str = "city-children", /, **terms: Json) -> None:
        self._step()
        event = an_event(kind, at=self.now, by=by, **terms)
        self.events.append(replace(event, id=f"event-{len(self.events)}"))

    def _step(self) -> None:
        self.now += timedelta(seconds=1)
