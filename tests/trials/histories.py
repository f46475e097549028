"""Random histories of one person: what was said, what was recorded, in any order (hypothesis, stateful).

The machine keeps a list of consents and case events, asks after every step, and holds at every step that

- no yes stands without a live ground (`trials.live_grounds`);
- another no, restriction, bar or stop never widens what anybody may have;
- whatever is unknown refuses.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from builders import HOUR, NOON, SHELTER, a_consent, an_event
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from trials.live_grounds import assert_live
from trials.questions import POLICY, QUESTIONS, ROUTES, Asked, Rules, answers, records_of

from consent.case import Case, CaseEvent, case_of
from consent.decision import Permit, Refusal, decide
from consent.policy import DECISION_OF
from consent.records import Consent
from schemas.case_codes import AgeDetermination, CaseEventType, GuardianConflict, OverrideFinding
from schemas.documents import Json
from schemas.vocabulary import AgeStatus, ConsentState, DataCategory, FunctionClass, GivenBy, Ground, Purpose

OTHER = "hill-shelter"
WORDS = ("north-guardians", "parent-one", SHELTER)
CATEGORIES = (DataCategory.NEED, DataCategory.ALIAS, DataCategory.ADDRESS, DataCategory.EXPLOITATION, DataCategory.RISK)
ENDED = (ConsentState.WITHDRAWN, ConsentState.REVOKED, ConsentState.REFUSED)


@dataclass(slots=True)
class Lives:
    """How much was lived through; `permits` by ground: a ground nothing was permitted on was not tried."""

    histories: int = 0
    steps: int = 0
    decisions: int = 0
    permits: dict[str, int] = field(default_factory=dict)


def lived(count: int, steps: int, rules: Rules = decide) -> Lives:
    """Live through so many histories of up to so many steps, the same each time; AssertionError for what breaks.

    A history that breaks something is told as it was found: `make evidence` is no place to look for a shorter one.
    """
    lives = Lives()
    each_time_the_same = settings(
        max_examples=count,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    run_state_machine_as_test(partial(Histories, lives, rules), settings=each_time_the_same)
    return lives


class Histories(RuleBasedStateMachine):
    """One person's history as it grows."""

    def __init__(self, lives: Lives, rules: Rules) -> None:
        super().__init__()
        self.lives, self.rules = lives, rules
        self.told: list[Asked] | None = None
        self.consents: list[Consent] = []
        self.events: list[CaseEvent] = []
        self.now = NOON
        lives.histories += 1

    # What happens.

    @initialize(route=st.sampled_from(ROUTES), by=st.sampled_from([None, GivenBy.SELF, GivenBy.COURT]))
    def begins(self, route: tuple[FunctionClass, Purpose], by: GivenBy | None) -> None:
        """With nobody having said anything, with her own yes, or as a child for whom a court speaks."""
        if by is GivenBy.COURT:
            self.says_why_it_serves_her(route)
        if by is not None:
            self.says(route, SHELTER, by, ConsentState.GIVEN, frozenset(DataCategory), 100)

    @rule(
        route=st.sampled_from(ROUTES),
        to=st.sampled_from([SHELTER, SHELTER, SHELTER, OTHER]),
        by=st.sampled_from(GivenBy),
        state=st.sampled_from([*ConsentState, ConsentState.GIVEN, ConsentState.GIVEN, ConsentState.RENEWED]),
        categories=st.sampled_from([frozenset(DataCategory), frozenset(CATEGORIES), frozenset({DataCategory.ALIAS})]),
        hours=st.integers(1, 100),
    )
    def says(
        self,
        route: tuple[FunctionClass, Purpose],
        to: str,
        by: GivenBy,
        state: ConsentState,
        categories: frozenset[DataCategory],
        hours: int,
    ) -> None:
        self._step()
        self.consents.append(
            a_consent(
                id=f"consent-{len(self.consents)}",
                recipient=to,
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

    @rule(guardian=st.sampled_from(WORDS))
    def bars_a_guardian(self, guardian: str) -> None:
        self._never_widens(lambda: self._happens(CaseEventType.GUARDIAN_BARRED, guardian=guardian))

    @rule(route=st.sampled_from(ROUTES))
    def says_why_it_serves_her(self, route: tuple[FunctionClass, Purpose]) -> None:
        self._happens(CaseEventType.BEST_INTERESTS_RECORDED, recipient=SHELTER, purpose=route[1], basis="safety")
        self._happens(CaseEventType.LOCAL_CONTACT_RECORDED, agency="city-children")

    @rule(category=st.sampled_from(CATEGORIES), to=st.sampled_from([None, SHELTER, OTHER]))
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
        self.told = None
        self.events.append(
            an_event(CaseEventType.STATUS_CARRIED, at=self.now, status=status, deciding_body="national-authority")
        )
        assert self._answers() == before

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

    @rule(number=st.integers(0, 2), hours=st.integers(1, 200))
    def breaks_the_glass(self, number: int, hours: int) -> None:
        self.asks_to_break_the_glass(number, hours, "officer:one")
        self.approves(number, "officer:two")

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
        self._step(hours * HOUR)

    # What holds.

    @invariant()
    def no_yes_without_a_live_ground(self) -> None:
        self.lives.steps += 1
        case = self._case()
        for asked in self._answers():
            if isinstance(asked.decision, Permit):
                assert_live(asked.question, asked.decision, self.consents, case, self.now)
                ground = asked.decision.ground.value
                self.lives.permits[ground] = self.lives.permits.get(ground, 0) + 1

    @invariant()
    def what_is_unknown_refuses(self) -> None:
        asked = QUESTIONS[(len(self.events) + len(self.consents)) % len(QUESTIONS)]
        records = records_of(asked.purpose, tuple(self.consents), self._case())
        for question, on_record in (
            (asked, replace(records, consents=None)),
            (asked, replace(records, agreement=None)),
            (replace(asked, recipient=None), records),
            (replace(asked, profile=None), records),
        ):
            assert isinstance(self.rules(question, on_record, POLICY, self.now), Refusal)

    def _case(self) -> Case:
        return case_of(self.events)

    def _answers(self) -> list[Asked]:
        """What is answered now; asked once for every step."""
        if self.told is None:
            self.told = answers(self.rules, tuple(self.consents), self._case(), self.now)
            self.lives.decisions += len(self.told)
        return self.told

    def _never_widens(self, change: Callable[[], None]) -> None:
        before = self._answers()
        duty = {_about(one): one.passes for one in before if one.question.ground is Ground.CHILD_PROTECTION}
        change()
        for earlier, later in zip(before, self._answers(), strict=True):
            # Whose word falls away is replaced by the duty to protect a child, as far as that went before (ADR 0130).
            goes_on_the_duty = isinstance(later.decision, Permit) and later.decision.ground is Ground.CHILD_PROTECTION
            assert later.passes <= earlier.passes | (duty[_about(later)] if goes_on_the_duty else frozenset())

    def _happens(self, kind: CaseEventType, by: str = "city-children", /, **terms: Json) -> None:
        self._step()
        event = an_event(kind, at=self.now, by=by, **terms)
        self.events.append(replace(event, id=f"event-{len(self.events)}"))

    def _step(self, passes: timedelta = timedelta(seconds=1)) -> None:
        """Something happens a moment later; what was answered before is forgotten."""
        self.now += passes
        self.told = None


def _about(asked: Asked) -> tuple[Purpose, AgeStatus]:
    """What a question is about, whatever the ground."""
    return asked.question.purpose, asked.question.age
