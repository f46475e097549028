"""Who is told that she agrees to less than before, and what each of them is asked (C-10, C-16).

A consent that is narrowed, or a restriction that is set, leaves what it took away in the hands of past recipients. Each
message that carried some of it gets a notice: to erase it whole where its purpose is gone, else to erase the kinds of
data that are named and to stop earlier with the rest. What never left, and what is not hers, is nobody's business here.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from consent.facts import Restriction
from consent.records import Consent, Records
from consent.route import STRUCTURE
from gateway.core.known import KnownPerson
from gateway.core.notice.notices import Less, NoticePlan, queued_one
from gateway.core.ports import Transaction
from gateway.core.records.notice_records import Held
from schemas.notice_codes import NoticeKind
from schemas.vocabulary import DataCategory, Purpose


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What was taken away from one consent, and what she wants withheld from now on. `ends` stands where it moved."""

    consent: str
    purposes: frozenset[Purpose]
    categories: frozenset[DataCategory]
    ends: datetime | None
    restrictions: tuple[Restriction, ...]


def narrowed(before: Consent, after: Consent) -> Narrowed:
    """Return what one consent lost."""
    return Narrowed(
        before.id,
        before.purposes - after.purposes,
        before.categories - after.categories - STRUCTURE,
        after.ends if after.ends < before.ends else None,
        tuple(entry for entry in after.restrictions if entry not in before.restrictions),
    )


def only_withheld(restrictions: tuple[Restriction, ...]) -> Narrowed:
    """Return what is taken away where she wants something withheld, whatever it rests on (C-15)."""
    return Narrowed("", frozenset(), frozenset(), None, restrictions)


def newly_withheld(said: Consent, known: KnownPerson | None) -> Narrowed | None:
    """Return what she wants withheld from now on by what she said last, and did not before; None for nothing (C-15).

    A restriction binds whatever a disclosure rests on, so it concerns what was sent under other consents too.
    """
    stood = Records(None, known.consents, case=known.case).restrictions() if known else ()
    new = tuple(entry for entry in said.restrictions if entry not in stood)
    return only_withheld(new) if known and new else None


def tell_who_holds(
    transaction: Transaction, plan: NoticePlan, taken: Narrowed, people: tuple[bytes, ...], agency: str
) -> int:
    """Queue a notice for each message that carried what was taken away; how many of them that agency had sent.

    The files of those that may have none any more end here: a recipient has them from the gateway still.

    Of what others sent it is told nothing: a number for one recipient would say that this recipient holds it (M-04).
    """
    owed = [
        (held, less) for person in people for held in transaction.notices.held(person) if (less := lost(held, taken))
    ]
    for held, less in owed:
        whole = held.rests_on == taken.consent and held.purpose in taken.purposes
        if whole or DataCategory.ATTACHMENT in less.categories:
            transaction.attachments.end(held.received.message)
        kind = NoticeKind.WITHDRAWAL if whole else NoticeKind.NARROWING
        queued_one(transaction, replace(plan, kind=kind), held.received, Less() if whole else less)
    return sum(held.received.sender == agency for held, _ in owed)


def lost(held: Held, taken: Narrowed) -> Less | None:
    """Return what of this message she no longer agrees to; None where it lost nothing."""
    bound = (one for one in taken.restrictions if one.binds(held.received.recipient))
    gone = held.sends & {one.category for one in bound}
    if held.rests_on != taken.consent:
        return Less(gone) if gone else None
    gone |= held.sends & taken.categories
    earlier = taken.ends if taken.ends is not None and taken.ends < held.use_until else None
    return Less(gone, earlier) if gone or earlier or held.purpose in taken.purposes else None
