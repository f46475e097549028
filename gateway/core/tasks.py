"""A referral as its two parties may look it up: codes, agency ids and days, and nothing that was said about the person.

Each party knows it under a name of its own: the sender by the referral, the recipient by the message. A recipient sees
what was handed out to it and nothing earlier (C-04); neither sees what is another's (M-04), and for both a foreign, a
refused and an invented one are alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, unique
from typing import Protocol

from gateway.core.access.scopes import Scope
from gateway.core.callers import Caller
from gateway.core.crypto.keys import KeyUse, MacKeys
from gateway.core.ports import PersonKeys
from gateway.core.tracking import opened_reference
from schemas.answer_codes import AnswerCode
from schemas.vocabulary import Purpose, ReferralState

_VERSION_BYTES = 12


@unique
class Side(StrEnum):
    """Which of the two parties looks."""

    SENT = "sent"
    RECEIVED = "received"


READING = {Side.SENT: Scope.READ_REFERRALS, Side.RECEIVED: Scope.READ_INBOX}
CHANGING = {Side.SENT: Scope.SEND_REFERRALS, Side.RECEIVED: Scope.ACKNOWLEDGE_INBOX}
"""What a client needs, to look at its side of a referral or to change it."""


@dataclass(frozen=True, slots=True)
class PartyTask:
    """One referral, seen from one side. `id` is the referral's for its sender, the message's for its recipient.

    `sealed_reference` is the sender's own number, under her data key; a recipient's has none.
    """

    id: str
    side: Side
    sender: str
    recipient: str
    purpose: Purpose
    state: ReferralState
    reason: AnswerCode | None
    made: datetime
    answered: datetime | None
    person: bytes | None = None
    sealed_reference: bytes | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, all of it things an answer shows anyway; what is None is not asked.

    `after` is the side and id behind which a page begins.
    """

    sides: tuple[Side, ...] = tuple(Side)
    id: str | None = None
    states: frozenset[ReferralState] | None = None
    sender: str | None = None
    recipient: str | None = None
    after: tuple[Side, str] | None = None

    def on(self, side: Side) -> str | None:
        """Return the id behind which that side begins, or None where it is not looked at."""
        if side not in self.sides:
            return None
        if self.after is None:
            return ""
        begun = [*Side]
        if begun.index(side) < begun.index(self.after[0]):
            return None
        return self.after[1] if side is self.after[0] else ""


class TaskReader(Protocol):
    """Reads referrals by their parties, afresh."""

    def of_party(self, agency: str, wanted: Wanted, limit: int) -> Sequence[PartyTask]:
        """Return up to `limit` of that agency's own: what it sent, then what it was handed, each by ascending id."""
        ...


@dataclass(frozen=True, slots=True)
class Tasks:
    """Looks up for one party."""

    reader: TaskReader
    person_keys: PersonKeys
    keys: MacKeys

    def one(self, caller: Caller, name: str, scopes: Mapping[Side, Scope] = READING) -> PartyTask | None:
        """Return the one the caller's agency knows by that name, if it has the scope for its side."""
        found = self._found(caller, Wanted(id=name), 1, scopes)
        return found[0] if found else None

    def just_sent(self, caller: Caller, referral: str) -> PartyTask | None:
        """Return what the caller sent with this very request; that needs no leave to read others."""
        found = self.reader.of_party(caller.agency, Wanted((Side.SENT,), referral), 1)
        return found[0] if found else None

    def page(self, caller: Caller, wanted: Wanted, limit: int) -> Sequence[PartyTask]:
        """Return what is wanted, on the sides whose scope the caller has."""
        return self._found(caller, wanted, limit, READING)

    def own_number(self, task: PartyTask) -> str | None:
        """Return the sender's own number for it."""
        return opened_reference(self.person_keys, task.id, task.person, task.sealed_reference)

    def version(self, caller: Caller, task: PartyTask) -> str:
        """Name the state it is in, for this client and this one only, so that two cannot compare (DESIGN section 6)."""
        said = f"{task.state}|{task.reason or ''}|{task.answered.timestamp() if task.answered else ''}"
        context = f"{caller.client_id}|{task.id}".encode()
        return self.keys.mac(KeyUse.ETAG, context, said.encode())[:_VERSION_BYTES].hex()

    def _found(self, caller: Caller, wanted: Wanted, limit: int, scopes: Mapping[Side, Scope]) -> Sequence[PartyTask]:
        sides = tuple(side for side in wanted.sides if scopes[side] in caller.scopes)
        return self.reader.of_party(caller.agency, replace(wanted, sides=sides), limit) if sides else ()
