"""What the log says of each parcel that something stopped before it left.

A withdrawal is one entry, and what it kept from leaving is one entry each, in the same transaction: that nothing left
is then something the log shows, and not something it is silent about (C-09).
"""

from dataclasses import replace

from gateway.core.drawn import Drawn
from gateway.core.in_flight import Gone, InFlight, Stopping
from gateway.core.log.leaves import sealed_leaf
from gateway.core.ports import Transaction
from gateway.core.stages import SealedLeaf

STOPPED = "disclosure.stopped"
_PURPOSE = b"stopped:"


def log_stopped(transaction: Transaction, stopping: Stopping, in_flight: InFlight) -> InFlight:
    """Append an entry for each parcel that was stopped, and return what was in flight.

    What may have left is told of otherwise: the entry that it was sent stands, and its recipient is owed a notice.
    """
    for gone in in_flight.stopped:
        transaction.append(_leaf(transaction, stopping, gone))
    return in_flight


def cause_code(cause: str) -> str:
    """Return the code under which an entry names the type of the entry that caused it."""
    return cause.replace(".", "_")


def _leaf(transaction: Transaction, stopping: Stopping, gone: Gone) -> SealedLeaf:
    entropy = Drawn(_PURPOSE + stopping.seed + gone.message.encode())
    fields = {"sender": gone.sender, "recipient": gone.recipient, "reasons": [cause_code(stopping.cause)]}
    leaf = sealed_leaf(entropy, STOPPED, transaction.now, {**fields})
    return leaf if stopping.erasure else replace(leaf, person=gone.person, referral=gone.referral)
