"""Refusals on record grounds, timed: can a sender tell from how long a no takes which no it is?

For every ground there are as many people, each asked about once (nothing of hers is remembered yet) and once again.
The store, the writer and the line are the real ones. AUC is the chance that a refusal of one ground takes longer than
one of all the others: 0.5 tells nothing. The control compares one ground with itself.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from furnished import ADVICE, POLICE, SHELTER, Installation, consent_document, person_ref
from trials.in_process import asked

from gateway.core.answers import Recorded
from gateway.core.desk import Actor
from gateway.wiring import Gateway, build
from schemas.documents import Json

UNKNOWN, CONTROL = "person_unknown", "no_consent"
GROUNDS: Mapping[str, Mapping[str, Json]] = {
    CONTROL: {"recipient": ADVICE},
    UNKNOWN: {},
    "purpose_not_covered": {"purposes": ["assistance.health"]},
    "consent_refused": {"state": "refused"},
    "consent_withdrawn": {},
    "consent_not_yet_valid": {"valid_from": "2090-01-01T00:00:00Z"},
    "consent_expired": {"valid_until": "2026-02-01T00:00:00Z"},
    "consent_unconfirmed": {"taken_by": {"agency": SHELTER, "name": "Invented Adviser"}},
    "restricted": {"restrictions": [{"category": "need"}]},
    "required_not_covered": {"categories": ["alias"]},
}
"""What is on record of the people of each ground, as changes to a consent that would permit."""


@dataclass(frozen=True, slots=True)
class Oracle:
    """What the times of all refusals tell."""

    refusals: int
    shapes: int
    """How many kinds of answer there were, decision ids left out; must be 1."""
    others: int
    """Answers that were no refusal on record grounds; must be 0."""
    control: float
    """AUC of the control."""
    first: dict[str, float]
    """AUC of each ground when its person is asked about for the first time."""
    again: dict[str, float]
    """And for the second time."""
    median_us: dict[str, int]

    def within(self, margin: float) -> bool:
        """Say whether no ground is told from the others by more than that."""
        return self.shapes == 1 and not self.others and all(abs(auc - 0.5) <= margin for auc in self.all())

    def all(self) -> Iterable[float]:
        """Every AUC that must lie near one half."""
        return (self.control, *self.first.values(), *self.again.values())


def listened(installed: Installation, people: int, seed: int) -> Oracle:
    """Time the refusals of so many people for every ground."""
    gateway = build(installed.settings())
    gateway.start()
    try:
        asyncio.run(_recorded(gateway, people))
    finally:
        gateway.close()
    return _timed(build(installed.settings()), people, Random(seed))  # noqa: S311 - repeatable, and no secret


def auc(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the chance that one of the first takes longer than one of the second, ties halved."""
    ranked = sorted([(value, 1) for value in one] + [(value, 0) for value in other])
    total, at = 0.0, 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        total += sum(mine for _, mine in ranked[at:end]) * (at + end + 1) / 2
        at = end
    return (total - len(one) * (len(one) + 1) / 2) / (len(one) * len(other))


async def _recorded(gateway: Gateway, people: int) -> None:
    """Record what is on record, and take back what is withdrawn."""
    desk = gateway.door.desk
    for at, (ground, changes) in enumerate(GROUNDS.items()):
        for number in () if ground == UNKNOWN else range(at * people, (at + 1) * people):
            reference = person_ref(number)
            document = {**consent_document(reference, POLICE), **changes}
            outcome = await desk.record(Actor(POLICE, None), document, f"oracle-{number:08d}")
            assert isinstance(outcome, Recorded), "a consent was not recorded"
            if ground == "consent_withdrawn":
                await desk.withdraw(Actor(POLICE, None), reference, None)


def _timed(gateway: Gateway, people: int, random: Random) -> Oracle:
    order = [(ground, at * people + number) for at, ground in enumerate(GROUNDS) for number in range(people)]
    gateway.start()
    try:
        return asyncio.run(_rounds(gateway, order, random))
    finally:
        gateway.close()


async def _rounds(gateway: Gateway, order: list[tuple[str, int]], random: Random) -> Oracle:
    shapes: set[str] = set()
    others = 0
    rounds: list[dict[str, list[float]]] = []
    for turn in range(2):
        random.shuffle(order)
        times: dict[str, list[float]] = {ground: [] for ground in GROUNDS}
        for ground, number in order:
            taken, told = await _one(gateway, number, f"oracle-{turn}-{number:08d}")
            times[ground].append(taken)
            shapes.add(told)
            others += "not_permitted" not in told
        rounds.append(times)
    return _heard(rounds, len(shapes), others)


async def _one(gateway: Gateway, number: int, key: str) -> tuple[float, str]:
    request = asked(number, key)
    started = time.perf_counter()
    outcome = await gateway.door.exchange.accept(request)
    taken = time.perf_counter() - started
    assert isinstance(outcome, Recorded), "it was not recorded"
    return taken, str(replace(outcome, referral="", slot=None, answer={**outcome.answer, "decision_id": ""}))


def _heard(rounds: Sequence[Mapping[str, list[float]]], shapes: int, others: int) -> Oracle:
    first, again = ({ground: _against_the_others(times, ground) for ground in GROUNDS} for times in rounds)
    control = [*rounds[0][CONTROL], *rounds[1][CONTROL]]
    return Oracle(
        refusals=sum(len(taken) for times in rounds for taken in times.values()),
        shapes=shapes,
        others=others,
        control=round(auc(rounds[1][CONTROL][::2], rounds[1][CONTROL][1::2]), 4),
        first=first,
        again=again,
        median_us={
            ground: int(1e6 * sorted(times[ground])[len(control) // 4]) for times in rounds[:1] for ground in GROUNDS
        },
    )


def _against_the_others(times: Mapping[str, list[float]], ground: str) -> float:
    others = [taken for name, all_of_it in times.items() if name != ground for taken in all_of_it]
    return round(auc(times[ground], others), 4)
