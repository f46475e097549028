"""Hypothesis strategies for everything a decision looks at: a world in order, and a few things in it changed.

A world in which every field is drawn hardly ever permits, so a property about permits would be tested on nothing; and
few draws keep it quick.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from builders import DAY, HOUR, NOON, SHELTER, a_consent, a_disclosure, a_party, a_profile, an_agreement
from hypothesis import strategies as st

from consent.decision import Decision, decide
from consent.disclosure import Disclosure
from consent.facts import Restriction
from consent.policy import DECISION_OF, ConsentDecision, Policy
from consent.records import Consent, Records
from schemas.catalogue import names
from schemas.documents import CompiledProfile
from schemas.profiles import compiled
from schemas.vocabulary import AgeStatus, ConsentState, DataCategory, FunctionClass, Ground, Purpose

PROFILES = tuple(compiled(name) for name in names() if name.startswith("profile/"))
YES = frozenset({ConsentState.GIVEN, ConsentState.RENEWED})
ELSEWHERE = "hill-shelter"

_Change = Mapping[str, object]
_Changed = dict[str, object]
_ENFORCEMENT = a_party(SHELTER, FunctionClass.IMMIGRATION_ENFORCEMENT)
_CATEGORIES = (frozenset(DataCategory), a_profile().categories, *(frozenset({one}) for one in DataCategory))

_TO_A_CONSENT: list[_Change] = [
    *({"state": state} for state in ConsentState),
    *({"decision": decision} for decision in ConsentDecision),
    *({"decided_at": NOON - back * HOUR} for back in (0, 1, 2, 3)),
    *({"begins": at} for at in (NOON, NOON + HOUR)),
    *({"ends": at} for at in (NOON, NOON + HOUR, NOON + DAY)),
    *({"categories": categories} for categories in _CATEGORIES),
    *({"restrictions": (Restriction(one, to),)} for one in DataCategory for to in (None, SHELTER, ELSEWHERE)),
    {"recipient": ELSEWHERE},
    {"discloser": ELSEWHERE},
    {"purposes": frozenset({Purpose.LEGAL})},
    {"confirmed": False},
]
_TO_THE_QUESTION: list[_Change] = [
    {"recipient": None},
    {"recipient": _ENFORCEMENT},
    {"recipient": a_party(ELSEWHERE, FunctionClass.SHELTER)},
    {"recipient": a_party(SHELTER, FunctionClass.SHELTER, "YY")},
    {"profile": None},
    {"sufficient": False},
    *({"purpose": purpose} for purpose in Purpose),
    *({"age": age} for age in AgeStatus),
    *({"ground": ground} for ground in Ground),
    *({"carries": categories} for categories in _CATEGORIES),
]
_TO_THE_AGREEMENT: list[_Change] = [
    {"recipient": ELSEWHERE},
    {"purpose": Purpose.LEGAL},
    {"begins": NOON + HOUR},
    *({"ends": at} for at in (NOON, NOON + HOUR)),
    *({"categories": categories} for categories in _CATEGORIES),
    *({"retention_days": days} for days in (1, 400)),
]
_TO_THE_RECORDS: list[_Change] = [
    {"agreement": None},
    {"consents": None},
    {"consents": ()},
    {"locked": True},
    {"tried": True},
]

RESTRICTIONS = st.builds(Restriction, st.sampled_from(DataCategory), st.sampled_from([None, SHELTER, ELSEWHERE]))


@dataclass(frozen=True, slots=True)
class World:
    """One question with everything on record."""

    asked: Disclosure
    records: Records
    policy: Policy

    def decided(self) -> Decision:
        """Decide at NOON."""
        return decide(self.asked, self.records, self.policy, NOON)


def some_of(categories: Iterable[DataCategory]) -> st.SearchStrategy[frozenset[DataCategory]]:
    """Any of these, each with even odds, in one draw: to draw a set member by member takes thirty."""
    all_of = tuple(categories)
    size = (len(all_of) + 7) // 8
    return st.binary(min_size=size, max_size=size).map(
        lambda mask: frozenset(one for at, one in enumerate(all_of) if mask[at // 8] >> at % 8 & 1)
    )


def _changes(possible: Sequence[_Change], most: int) -> st.SearchStrategy[_Changed]:
    """Some of the changes, and often none."""
    some = st.lists(st.sampled_from(possible), max_size=most)
    return some.map(lambda few: {key: value for change in few for key, value in change.items()})


_BROAD = {"purposes": frozenset(Purpose), "categories": frozenset(DataCategory)}
CONSENTS: st.SearchStrategy[Consent] = _changes(_TO_A_CONSENT, 3).map(lambda changes: a_consent(**_BROAD | changes))
"""One thing she said: a broad yes, changed in up to three ways."""

_SPOKEN = st.lists(CONSENTS, min_size=1, max_size=3)
_YES = a_consent(**_BROAD, decided_at=NOON - 4 * HOUR)
_PARTS = st.tuples(
    st.sampled_from([a_profile()] * len(PROFILES) + [*PROFILES]),
    st.sampled_from(_CATEGORIES),
    _changes(_TO_THE_QUESTION, 1),
    _changes(_TO_THE_AGREEMENT, 1),
    _changes(_TO_THE_RECORDS, 1),
    _SPOKEN,
    st.sampled_from([Policy(), Policy(pending_purposes=frozenset())]),
)


def _world(
    parts: tuple[CompiledProfile, frozenset[DataCategory], _Changed, _Changed, _Changed, list[Consent], Policy],
) -> World:
    profile, carries, to_question, to_agreement, to_records, spoken, policy = parts
    recipient = a_party(SHELTER, profile.function_class)
    usual = a_disclosure(recipient=recipient, purpose=profile.purpose, profile=profile, carries=carries)
    asked = replace(usual, **to_question)
    agreed = an_agreement(**{"purpose": asked.purpose, "categories": frozenset(DataCategory)} | to_agreement)
    said = tuple(
        replace(consent, id=f"consent-{at}", decision=_for(consent, asked.purpose))
        for at, consent in enumerate((_YES, *spoken))
    )
    return World(asked, replace(Records(agreed, said), **to_records), policy)


WORLDS: st.SearchStrategy[World] = _PARTS.map(_world)
"""A question on some route, and up to four things she said, mostly about that route."""


def _for(consent: Consent, purpose: Purpose) -> ConsentDecision:
    """Return the decision the purpose belongs to, unless another than the usual one was drawn."""
    return DECISION_OF[purpose] if consent.decision is ConsentDecision.SUPPORT else consent.decision


def world_with(world: World, consent: Consent) -> World:
    """Return the world in which she also said this."""
    known = world.records.consents or ()
    return replace(world, records=replace(world.records, consents=(*known, consent)))


def world_where(world: World, at: int, **changes: object) -> World:
    """Return the world in which one thing she said, counted round, is changed; itself where she said nothing."""
    known = list(world.records.consents or ())
    if not known:
        return world
    known[at % len(known)] = replace(known[at % len(known)], **changes)
    return replace(world, records=replace(world.records, consents=tuple(known)))
