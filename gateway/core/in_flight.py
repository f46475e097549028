"""What was in flight when something was stopped, and why it was."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gone:
    """One parcel that was stopped, or that may have left: its message id, its recipient and whom it is about."""

    message: str
    sender: str
    recipient: str
    referral: str
    person: bytes


@dataclass(frozen=True, slots=True)
class Stopping:
    """Why parcels are stopped: the type of the entry that did it.

    `seed` is 32 fresh random bytes for the entries of what is stopped. Those of an `erasure` are about nobody.
    """

    cause: str
    seed: bytes
    erasure: bool = False


@dataclass(frozen=True, slots=True)
class InFlight:
    """Parcels in flight, by what became of them: stopped before leaving, or possibly gone; and whom they are about."""

    stopped: tuple[Gone, ...]
    may_have_left: tuple[Gone, ...]
    people: tuple[bytes, ...] = ()

    def sent_by(self, agency: str) -> "InFlight":
        """Return what of it that agency sent: all it is told where a number would say who else holds something."""
        stopped = tuple(parcel for parcel in self.stopped if parcel.sender == agency)
        return InFlight(stopped, tuple(parcel for parcel in self.may_have_left if parcel.sender == agency))
