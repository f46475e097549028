"""What the desk answers: a consent that was recorded, and what taking one back stopped."""

from dataclasses import dataclass, field
from datetime import date

from gateway.client.answers import Answer, count, flag, text, texts
from gateway.client.errors import NotUnderstoodError


@dataclass(frozen=True, slots=True)
class Recorded:
    """A consent on record. While it is not `active` nothing rests on it.

    It waits for a second person then, or is a no, or begins later.
    `withdrawal_code` is hers, for her receipt, told once: never keep it.
    """

    consent: str
    active: bool
    ends: date
    withdrawal_code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What a withdrawal did: `stopped` were still waiting, `may_have_left` were not, and `notices` went out about them.

    `left_to` are the recipients this agency itself had sent to.
    """

    withdrawn: int
    stopped: int
    may_have_left: int
    notices: int
    left_to: tuple[str, ...]


def recorded_of(answer: Answer) -> Recorded:
    """Read what was recorded. Raises ProblemError, NotUnderstoodError."""
    told, status = answer.accepted(), answer.status
    try:
        ends = date.fromisoformat(text(status, told, "ends"))
    except ValueError:
        raise NotUnderstoodError(status, "ends") from None
    code = text(status, told, "withdrawal_code") if "withdrawal_code" in told else None
    return Recorded(text(status, told, "consent"), flag(status, told, "active"), ends, code)


def withdrawn_of(answer: Answer) -> Withdrawn:
    """Read what was withdrawn. Raises ProblemError, NotUnderstoodError."""
    told, status = answer.accepted(), answer.status
    return Withdrawn(
        withdrawn=count(status, told, "withdrawn"),
        stopped=count(status, told, "stopped"),
        may_have_left=count(status, told, "may_have_left"),
        notices=count(status, told, "notices"),
        left_to=texts(status, told, "may_have_left_to"),
    )
