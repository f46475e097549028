"""What single change would make a no a yes: every change anybody could make is tried through `decide` itself.

Nothing here permits: a change is tried on a copy of the records, and what comes of it is a sentence. It rests on
everything that is on record about her, so it is for the data-protection officer and the operator, and never for a
sender (`consent.explain.for_sender`): that one change would help, or would not, says what is on record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from consent.case import Case
from consent.decision import Permit, decide
from consent.disclosure import Disclosure
from consent.facts import Age, Basis, Contact, Transfer
from consent.policy import DECISION_OF, Policy
from consent.records import Agreement, Consent, Records
from schemas.case_codes import AgeDetermination, BestInterests, Safeguard
from schemas.vocabulary import Coded, ConsentState, GivenBy, Urgency


class Change(Coded):
    """One thing that one agency, one person or one day could change."""

    AGREEMENT = "agreement", "The two agencies sign an agreement about this purpose that covers what the profile lists."
    ROOM = "room", "The recipient is asked whether it has room, and says yes."
    DOCUMENT = "document", "The document holds what the recipient needs to act."
    LOCK = "lock", "The data-protection officer looks at what was tried and lifts the lock."
    YES = "yes", "She is asked, and says yes to this recipient, for this purpose, to what it needs."
    YES_FOR_HER = "yes_for_her", "Whoever may speak for the child says yes to this recipient, for this purpose."
    CONFIRMED = "confirmed", "A second person confirms what she agreed to."
    BEGINS = "begins", "The day comes on which her consent begins."
    NOT_WITHHELD = "not_withheld", "She says that she no longer withholds from this recipient what it needs."
    RELEASED = "released", "The restriction of processing is released."
    ADULT = "adult", "Somebody entitled to it determines that she is an adult."
    CONTACT = "contact", "The local child-protection contact is recorded."
    BEST_INTERESTS = "best_interests", "Somebody records why telling this recipient serves the child best."
    SAFEGUARD = "safeguard", "A safeguard for that country is recorded."
    APPROVED = "approved", "A second person approves breaking the glass."


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything one decision looks at."""

    asked: Disclosure
    records: Records
    policy: Policy
    at: datetime

    @property
    def permits(self) -> bool:
        """Whether it is a yes."""
        return isinstance(decide(self.asked, self.records, self.policy, self.at), Permit)


def would_permit(situation: Situation) -> tuple[Change, ...]:
    """Return every single change that would make this no a yes; none for a yes, and none where no one change would.

    Immigration enforcement has none: no agreement, consent or override opens that way (F-01).
    """
    if situation.permits:
        return ()
    return tuple(change for change, made in _CHANGES.items() if made(situation).permits)


def _agreement(now: Situation) -> Situation:
    asked, profile = now.asked, now.asked.profile
    if asked.recipient is None or profile is None:
        return now
    signed = Agreement(
        *("tried", 1, asked.sender.agency, asked.recipient.agency, asked.purpose, profile.categories),
        begins=now.at,
        ends=now.at + _A_YEAR,
        retention_days=now.policy.retention_days,
    )
    return _with(now, replace(now.records, agreement=signed))


def _says_yes(now: Situation, given_by: GivenBy = GivenBy.SELF) -> Situation:
    asked, profile = now.asked, now.asked.profile
    if asked.recipient is None or profile is None:
        return now
    said = Consent(
        id="tried",
        version=1,
        discloser=asked.sender.agency,
        recipient=asked.recipient.agency,
        decision=DECISION_OF[asked.purpose],
        purposes=frozenset({asked.purpose}),
        categories=profile.categories,
        restrictions=(),
        state=ConsentState.GIVEN,
        decided_at=now.at,
        begins=now.at,
        ends=now.at + now.policy.default_consent,
        given_by=given_by,
        confirmed=True,
    )
    return _with(now, replace(now.records, consents=(*(now.records.consents or ()), said)))


def _confirmed(now: Situation) -> Situation:
    consents = now.records.consents
    if consents is None:
        return now
    return _with(now, replace(now.records, consents=tuple(replace(one, confirmed=True) for one in consents)))


def _begins(now: Situation) -> Situation:
    """The nearest day on which something she agreed to begins."""
    coming = [one.begins for one in now.records.consents or () if one.is_yes and one.begins > now.at]
    return replace(now, at=min(coming)) if coming else now


def _not_withheld(now: Situation) -> Situation:
    """What she withholds from others, or needs nobody, stays withheld."""
    recipient, profile = now.asked.recipient, now.asked.profile
    if recipient is None or profile is None or now.records.consents is None:
        return now
    required, agency = profile.required, recipient.agency
    kept = tuple(
        replace(
            one,
            restrictions=tuple(
                entry for entry in one.restrictions if not (entry.binds(agency) and entry.category in required)
            ),
        )
        for one in now.records.consents
    )
    stated = ((entry, entry.restriction) for entry in now.records.case.stated)
    left = tuple(entry for entry, said in stated if not (said.binds(agency) and said.category in required))
    return _case(_with(now, replace(now.records, consents=kept)), replace(now.records.case, stated=left))


def _best_interests(now: Situation) -> Situation:
    if now.asked.recipient is None:
        return now
    agency, purpose = now.asked.recipient.agency, now.asked.purpose
    basis = Basis("tried", agency, purpose, BestInterests.SAFETY, now.at)
    return _case(now, replace(now.records.case, bases=(*now.records.case.bases, basis)))


def _safeguard(now: Situation) -> Situation:
    if now.asked.recipient is None:
        return now
    day, recipient = (now.at + _A_YEAR).date(), now.asked.recipient
    transfers = [
        Transfer("tried", recipient.country, safeguard, recipient.agency, Urgency.ROUTINE, day)
        for safeguard in Safeguard
    ]
    return _case(now, replace(now.records.case, transfers=(*now.records.case.transfers, *transfers)))


def _approved(now: Situation) -> Situation:
    """Every override that waits is approved by somebody other than who asked."""
    overrides = tuple(
        one if one.approver else replace(one, approver=f"{one.author}, and a second person")
        for one in now.records.case.overrides
    )
    return _case(now, replace(now.records.case, overrides=overrides))


_Made: TypeAlias = Callable[[Situation], Situation]
_A_YEAR: Final = timedelta(days=365)

_CHANGES: Mapping[Change, _Made] = {
    Change.AGREEMENT: _agreement,
    Change.ROOM: lambda now: replace(now, asked=replace(now.asked, room=True)),
    Change.DOCUMENT: lambda now: replace(now, asked=replace(now.asked, sufficient=True)),
    Change.LOCK: lambda now: _with(now, replace(now.records, locked=False, tried=False)),
    Change.YES: _says_yes,
    Change.YES_FOR_HER: lambda now: _says_yes(now, GivenBy.AUTHORITY),
    Change.CONFIRMED: _confirmed,
    Change.BEGINS: _begins,
    Change.NOT_WITHHELD: _not_withheld,
    Change.RELEASED: lambda now: _case(now, replace(now.records.case, restricted_by=frozenset())),
    Change.ADULT: lambda now: _case(
        now, replace(now.records.case, age=Age("tried", AgeDetermination.ADULT, None, now.at))
    ),
    Change.CONTACT: lambda now: _case(
        now, replace(now.records.case, contact=Contact("tried", now.asked.sender.agency))
    ),
    Change.BEST_INTERESTS: _best_interests,
    Change.SAFEGUARD: _safeguard,
    Change.APPROVED: _approved,
}


def _with(now: Situation, records: Records) -> Situation:
    return replace(now, records=records)


def _case(now: Situation, case: Case) -> Situation:
    return _with(now, replace(now.records, case=case))
