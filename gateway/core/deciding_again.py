"""Deciding once more about what was accepted, as of now: before it leaves, and before any file of it does."""

from dataclasses import dataclass
from datetime import datetime

from consent.decision import Decision, Permit, Refusal, decide
from consent.policy import Policy
from consent.reasons import Reason
from consent.route import STRUCTURE
from gateway.core.dossiers import Crowd, Way, records, way
from gateway.core.errors import Defect
from gateway.core.heads import Head
from gateway.core.ports import Directory, People
from gateway.core.stages import Parcel
from schemas.vocabulary import Ground


@dataclass(frozen=True, slots=True)
class Again:
    """What is decided now about a parcel: a permit for all it carries, or why there is none; and what that rests on."""

    route: Way
    heads: tuple[Head, ...]
    permit: Permit | None
    reasons: tuple[Reason, ...]


def decided_again(directory: Directory, people: People, policy: Policy, parcel: Parcel, at: datetime) -> Again:
    """Look everything up anew; a permit is there only if all the parcel carries would be permitted now, and in time."""
    sender = directory.agency(parcel.sender)
    if sender is None:
        raise Defect("a parcel from an agency that is not registered")
    route, person = way(directory, sender, parcel.recipient, parcel.purpose), people.person(parcel.person)
    asked = route.disclosure(parcel.stated, sufficient=True, room=True)  # Both were seen to when it was accepted.
    decision = decide(asked, records(route, person, crowd=_counted(parcel, policy)), policy, at)
    reasons = _why_not(decision, parcel)
    if not reasons and at >= parcel.use_until:
        reasons = (Reason.TOO_LATE,)
    permit = decision if isinstance(decision, Permit) and not reasons else None
    return Again(route, (*route.heads, *person.heads), permit, reasons)


def _counted(parcel: Parcel, policy: Policy) -> Crowd:
    """A notice was counted when it was accepted, and a crowd only grows (P-05)."""
    notice = parcel.stated.ground is Ground.DUTY_TO_NOTIFY
    return {parcel.sends - STRUCTURE: policy.notice_crowd} if notice else {}


def _why_not(decision: Decision, parcel: Parcel) -> tuple[Reason, ...]:
    """Return why the parcel may not leave, or nothing: what is permitted now must cover all it carries."""
    if isinstance(decision, Refusal):
        return decision.reasons
    return () if decision.categories >= parcel.sends else (Reason.REQUIRED_NOT_COVERED,)
