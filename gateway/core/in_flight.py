"""What was in flight when something was stopped."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gone:
    """One parcel that was stopped, or that may have left: its message id and its recipient."""

    message: str
    sender: str
    recipient: str
    referral: str


@dataclass(frozen=True, slots=True)
class InFlight:
    """Parcels in flight, by what became of them: stopped before leaving, or possibly gone; and whom they are about."""

    stopped: tuple[Gone, ...]
    may_have_left: tuple[Gone, ...]
    people: tuple[bytes, ...] = ()
