"""Refusals on record grounds, timed: can a sender tell from how long a no takes which no it is?

For every ground there are as many people, each asked about once (nothing of hers is remembered yet) and once again, in
random order and a few at a time. The store, the writer and the line are the real ones, the beat on which a no is told
included. AUC is the chance that a refusal of one ground takes longer than one of all the others: 0.5 tells nothing. The
control is one ground under two names, measured like all the others.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from random import Random
from statistics import median
from typing import TypeVar

from furnished import ADVICE, POLICE, SHELTER, Installation, consent_document, person_ref
from trials.in_process import asked

from gateway.core.answers import Recorded
from gateway.core.consents.desk import Actor
from gateway.wiring import Gateway, build
from schemas.documents import Json

UNKNOWN, NOTHING, CONTROL = "person_unknown", "no_consent", "no_consent_under_another_name"
GROUNDS: Mapping[str, Mapping[str, Json]] = {
    NOTHING: {"recipient": ADVICE},
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

_RECORDED_AT_ONCE, _ASKED_AT_ONCE = 64, 4
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Oracle:
    """What the times of all refusals tell."""

    refusals: int
    shapes: int
    """How many kinds of answer there were, decision ids left out; must be 1."""
    others: int
    """Answers that were no refusal on record grounds; must be 0."""
    control: float
    """AUC of one ground against itself."""
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


def batched(items: Iterable[_Item], size: int) -> Iterator[tuple[_Item, ...]]:
    """Give the items so many at a time (itertools.batched, of Python 3.12)."""
    left = iter(items)
    while some := tuple(islice(left, size)):
        yield some


async def _recorded(gateway: Gateway, people: int) -> None:
    """Record what is on record, and take back what is withdrawn."""
    for at, (ground, changes) in enumerate(GROUNDS.items()):
        numbers = () if ground == UNKNOWN else range(at * people, (at + 1) * people)
        for some in batched(numbers, _RECORDED_AT_ONCE):
            await asyncio.gather(*(_one_recorded(gateway, ground, changes, number) for number in some))


async def _one_recorded(gateway: Gateway, ground: str, changes: Mapping[str, Json], number: int) -> None:
    desk, reference = gateway.door.desk, person_ref(number)
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
    rounds: list[dict[str, list[float]]] = []
    others = 0
    for turn in range(2):
        random.shuffle(order)
        times: dict[str, list[float]] = {ground: [] for ground in GROUNDS}
        for some in batched(order, _ASKED_AT_ONCE):
            answers = await asyncio.gather(
                *(_one(gateway, number, f"oracle-{turn}-{number:08d}") for _, number in some)
            )
            for (ground, _), (taken, told) in zip(some, answers, strict=True):
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
    nothing, control = ([taken for times in rounds for taken in times[ground]] for ground in (NOTHING, CONTROL))
    return Oracle(
        refusals=sum(len(taken) for times in rounds for taken in times.values()),
        shapes=shapes,
        others=others,
        control=round(auc(control, nothing), 4),
        first=first,
        again=again,
        median_us={ground: int(1e6 * median(rounds[0][ground])) for ground in GROUNDS},
    )


def _against_the_others(times: Mapping[str, list[float]], ground: str) -> float:
    others = [taken for name, all_of_it in times.items() if name != ground for taken in all_of_it]
    return round(auc(times[ground], others), 4)
