"""What becomes of a parcel, and of the files it names."""

from schemas.vocabulary import Coded


class ParcelState(Coded):
    """States of an outbox row. Only the writer moves them."""

    QUEUED = "queued", "Waiting; nothing has left."
    SENDING = "sending", "Handed out under a lease: past the point of no return."
    DELIVERED = "delivered", "The recipient acknowledged it; the payload is wiped."
    DEAD = "dead", "Given up after many tries, or declined: a person decides. It may have left."
    STOPPED = "stopped", "It never left, and never will; the payload is wiped."
    RECALLED = (
        "recalled",
        "It may have left before it was stopped; it is never handed out again, and the payload is wiped.",
    )


class AttachmentState(Coded):
    """States of a file that a disclosure names. One that has ended has no row any more."""

    AWAITED = "awaited", "Named, and not yet brought whole: nobody may fetch it."
    COMPLETE = "complete", "All of it is there."
