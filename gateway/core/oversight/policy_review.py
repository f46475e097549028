"""Reviews a proposed country profile before two people approve it: what it changes, and what it would have changed.

A replay decides the past again from what the log says (who, to whom, why, which kinds of data, on which ground, when)
under the policy in force and under the proposed one, as if she had agreed to all of it: so every difference is the
policy's. What was refused on her record stays refused, and is not decided again: the log does not hold her record.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta

from consent.decision import Permit, decide
from consent.disclosure import Disclosure, Party
from consent.policy import DECISION_OF, Policy
from consent.reasons import Audience, Reason
from consent.records import Agreement, Consent, Records
from schemas.canonical import canonical
from schemas.catalogue import profile_name
from schemas.documents import Document, Json
from schemas.profiles import compiled
from schemas.vocabulary import AgeStatus, ConsentState, DataCategory, GivenBy, Ground, Purpose

_DECISIONS = frozenset({"decision.permitted", "decision.refused"})
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """Past decisions of one route that would come out otherwise. `reason` is why not, None where they would pass."""

    sender: str
    recipient: str
    purpose: str
    reason: str | None
    categories: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Replay:
    """What a proposed policy would have changed. `left_out` rest on her record, another ground, or nobody known now."""

    decided: int
    left_out: int
    would_pass: tuple[Change, ...]
    would_stop: tuple[Change, ...]
    would_carry_otherwise: tuple[Change, ...]


def differences(old: object, new: object) -> tuple[str, ...]:
    """Return in words, a line a choice, what the new one changes."""
    return tuple(_differences(old, new, ""))


def replayed(leaves: Iterable[bytes], party: Callable[[str], Party | None], old: Policy, new: Policy) -> Replay:
    """Decide the past again under both policies."""
    decided = left_out = 0
    passing: Counter[tuple[str, str, str, str | None, tuple[str, ...]]] = Counter()
    stopping, otherwise = passing.copy(), passing.copy()
    for content in leaves:
        leaf = json.loads(content)
        if leaf["type"] not in _DECISIONS:
            continue
        asked = _asked(leaf, party)
        if asked is None:
            left_out += 1
            continue
        decided += 1
        route = (asked[0].sender.agency, str(leaf["recipient"]), str(leaf["purpose"]))
        before, after = (decide(asked[0], asked[1], policy, asked[2]) for policy in (old, new))
        match before, after:
            case Permit(), Permit():
                if changed := before.categories ^ after.categories:
                    otherwise[*route, None, tuple(sorted(changed))] += 1
            case Permit(), _:
                stopping[*route, _why(after), ()] += 1
            case _, Permit():
                passing[*route, None, ()] += 1
            case _:
                pass
    return Replay(decided, left_out, _changes(passing), _changes(stopping), _changes(otherwise))


def written(replay: Replay) -> Document:
    """Write a replay as JSON."""
    return {
        "decided_again": replay.decided,
        "left_out": replay.left_out,
        "would_newly_pass": [_written(change) for change in replay.would_pass],
        "would_newly_stop": [_written(change) for change in replay.would_stop],
        "would_carry_otherwise": [_written(change) for change in replay.would_carry_otherwise],
    }


def replay_digest(written_replay: Document) -> str:
    """Name what a replay found, so that whoever approves can hold it against what he or she was shown."""
    return hashlib.sha256(canonical(written_replay)).hexdigest()


def tried(asked: Disclosure, policy: Policy, at: datetime) -> tuple[Reason, ...]:
    """Say why a disclosure to which both agencies and she agreed would be refused; nothing where it would pass."""
    if asked.recipient is None or asked.profile is None:
        decision = decide(asked, Records(None, ()), policy, at)
    else:
        decision = decide(asked, _agreed(asked, at), policy, at)
    return () if isinstance(decision, Permit) else decision.reasons


def a_question(
    sender: Party, recipient: Party | None, purpose: Purpose, carries: frozenset[DataCategory] | None = None
) -> Disclosure:
    """Ask about an adult on that route; the document carries what is said, or all that the profile lists."""
    name = profile_name(recipient.function, purpose) if recipient else None
    profile = compiled(name) if name else None
    carried = carries if carries is not None else profile.categories if profile else frozenset()
    return Disclosure(sender, recipient, purpose, profile, carried, sufficient=True, age=AgeStatus.ADULT)


def _asked(leaf: dict[str, Json], party: Callable[[str], Party | None]) -> tuple[Disclosure, Records, datetime] | None:
    """Return what was asked, as far as the log says it, or None where her record decided or somebody is unknown now."""
    sender, recipient = (party(str(leaf.get(side))) for side in ("sender", "recipient"))
    codes = leaf.get("reasons")
    reasons = [Reason._value2member_map_.get(code) for code in (codes if isinstance(codes, list) else [])]
    on_record = any(isinstance(reason, Reason) and reason.audience is Audience.RECORD for reason in reasons)
    if sender is None or recipient is None or on_record or leaf.get("ground") != Ground.CONSENT:
        return None
    categories = leaf.get("categories")
    carries = frozenset(map(DataCategory, categories)) if isinstance(categories, list) else None
    at = datetime.fromisoformat(str(leaf["at"]))
    asked = a_question(sender, recipient, Purpose(str(leaf["purpose"])), carries)
    return (asked, _agreed(asked, at), at) if asked.profile is not None else None


def _agreed(asked: Disclosure, at: datetime) -> Records:
    """Return the records of two agencies and a person who agreed to everything on that route."""
    recipient = asked.recipient.agency if asked.recipient else ""
    everything = frozenset(DataCategory)
    agreement = Agreement(
        id="replay",
        version=1,
        sender=asked.sender.agency,
        recipient=recipient,
        purpose=asked.purpose,
        categories=everything,
        begins=at - _DAY,
        ends=at + _DAY,
        retention_days=1,
    )
    consent = Consent(
        id="replay",
        version=1,
        discloser=asked.sender.agency,
        recipient=recipient,
        decision=DECISION_OF[asked.purpose],
        purposes=frozenset({asked.purpose}),
        categories=everything,
        restrictions=(),
        state=ConsentState.GIVEN,
        decided_at=at - _DAY,
        begins=at - _DAY,
        ends=at + _DAY,
        given_by=GivenBy.SELF,
        confirmed=True,
    )
    return Records(agreement, (consent,))


def _why(decision: object) -> str | None:
    reasons: tuple[Reason, ...] = getattr(decision, "reasons", ())
    return " ".join(reason.value for reason in reasons) or None


def _changes(counted: Counter[tuple[str, str, str, str | None, tuple[str, ...]]]) -> tuple[Change, ...]:
    return tuple(Change(*route, count) for route, count in sorted(counted.items(), key=lambda item: str(item[0])))


def _written(change: Change) -> Json:
    told: dict[str, Json] = {"sender": change.sender, "recipient": change.recipient, "purpose": change.purpose}
    if change.reason:
        told["reason"] = change.reason
    if change.categories:
        told["categories"] = [*change.categories]
    return {**told, "decisions": change.count}


def _differences(old: object, new: object, above: str) -> Iterator[str]:
    if not (is_dataclass(old) and is_dataclass(new)):
        return
    for field in fields(old):
        before, after, name = getattr(old, field.name), getattr(new, field.name), f"{above}{field.name}"
        said = name.replace("_", " ").replace(".", ": ")
        if before == after:
            continue
        if is_dataclass(before):
            yield from _differences(before, after, f"{name}.")
        elif isinstance(before, frozenset):
            yield from (f"{said}: {value} is added" for value in sorted(after - before))
            yield from (f"{said}: {value} is taken away" for value in sorted(before - after))
        else:
            yield f"{said}: {before} becomes {after}"
