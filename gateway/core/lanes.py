"""One lane for each recipient: whoever holds it is the only one who brings that recipient anything.

So messages keep their order, one recipient is never tried by two at once, and one that does not answer holds nobody up
but itself. A lane is held for a moment at a time, by a token that is compared inside the transaction that writes what
came of a delivery: a holder that was stopped past its time writes nothing any more (fencing).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from gateway.core.endpoints import Endpoint, EndpointRow
from gateway.core.in_flight import Gone
from schemas.vocabulary import Urgency

TOKEN_BYTES: Final = 16

HELD_FOR: Final = timedelta(seconds=25)
"""How long a lane, and a message brought in it, belong to their holder: after a node is lost, so long nothing moves."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A recipient's lane as one holder names it."""

    recipient: str
    token: bytes


@dataclass(frozen=True, slots=True)
class Tried:
    """How often a message was tried without success, and how many steps of it are done already."""

    attempts: int = 0
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Aged:
    """A message that waited too long, whoever fetches or gets it."""

    message: str
    referral: str
    sender: str
    recipient: str
    person: bytes
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Dead:
    """A message that was given up: for the operator, so by the referral's id and never by the message's."""

    referral: str
    sender: str
    recipient: str
    urgency: Urgency
    code: str
    attempts: int
    since: datetime


class LaneSteps(Protocol):
    """What happens to lanes and what is brought in them, inside the writer's transaction (`Transaction.lanes`)."""

    def file(self, row: EndpointRow) -> None:
        """Write down an endpoint, or replace it, and open its lane."""
        ...

    def hold(self, lane: Lane, until: datetime) -> bool:
        """Take a lane that nobody holds and that is not resting. False otherwise."""
        ...

    def holds(self, lane: Lane) -> bool:
        """Say whether the lane is this holder's still: nobody took it since, however long ago that was."""
        ...

    def leave(self, lane: Lane, resume: datetime, failures: int) -> None:
        """Let it go; nobody takes it before `resume`. `failures` in a row are remembered for the next holder."""
        ...

    def put_back(self, message: str) -> None:
        """Put back what was leased and not begun, as if nothing had been: unless it was handed out before this turn.

        Then it may have left (C-09), also where whoever had it died with it and never said so, and stays as it is.
        """
        ...

    def count_try(self, message: str, code: str, steps: int) -> Tried:
        """Count a try that failed, and return how many there are now."""
        ...

    def postpone(self, message: str, until: datetime) -> None:
        """Keep a message or notice that is sending from being handed out again until then."""
        ...

    def give_up(self, message: str) -> bool:
        """Make a message that is sending a dead letter; False when it is not sending any more."""
        ...

    def rerun(self, recipient: str | None, referrals: Sequence[str]) -> tuple[Gone, ...]:
        """Let dead letters be tried again, decided anew and due from now: of a recipient, or of these referrals."""
        ...

    def end_rests(self, longest: timedelta) -> int:
        """Let whatever waits for a moment further ahead than that wait no more; how much that was.

        Lanes, what is brought in them or fetched, and hints: no rest is so long, unless a clock that ran ahead was
        asked.
        """
        ...

    def note_told(self, waiting: Sequence[str]) -> None:
        """Note that the recipient was told that these wait for it."""
        ...

    def mark_aged(self, before: datetime, routine_before: datetime, limit: int) -> tuple[Aged, ...]:
        """Return, and mark, messages due before that moment and not delivered, of which nobody was alarmed yet."""
        ...


class LaneBook(Protocol):
    """Reads lanes, outside any transaction."""

    def ready(self, now: datetime) -> Sequence[str]:
        """Return the recipients for whom something waits and whose lane nobody holds and is not resting."""
        ...

    def endpoint(self, agency: str) -> Endpoint | None:
        """Return an agency's registered endpoint."""
        ...

    def endpoints(self) -> Sequence[Endpoint]:
        """Return every endpoint, by agency."""
        ...

    def failures(self, recipient: str) -> int:
        """Return how often in a row its lane failed."""
        ...

    def tried(self, messages: Sequence[str]) -> dict[str, Tried]:
        """Return what is known of earlier tries of these messages."""
        ...

    def untold(self, recipient: str, now: datetime, limit: int) -> Sequence[str]:
        """Return the ids of what waits for a recipient and of which it was not told yet."""
        ...

    def dead(self, limit: int) -> Sequence[Dead]:
        """Return the dead letters, the oldest first."""
        ...
