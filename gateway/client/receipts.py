"""Checks a receipt as an auditor does, by `consent`'s own code: the log's key signed for a log with this entry."""

import json

from consent.checkpoint import VerifierKey
from consent.errors import ConsentError
from consent.export import proven_receipt
from consent.route import STRUCTURE
from gateway.client.errors import UnprovenError
from gateway.client.referring import Referral


def check(referral: Referral, log_key: str) -> int:
    """Return the entry's index in the log.

    `log_key` is the log's public key (`name+hash+base64`), pinned beforehand. What is proven: that the log holds a
    permit to that recipient for that purpose with exactly the kinds of data the referral says were sent. Raises
    UnprovenError.
    """
    if referral.proof is None:
        raise UnprovenError("this answer brought no receipt; fetch the referral")
    try:
        receipt = proven_receipt(json.dumps(referral.proof), VerifierKey.parsed(log_key))
        leaf = json.loads(receipt.leaf)
    except (ConsentError, ValueError):
        raise UnprovenError("the receipt does not verify") from None
    told = {"outcome": "permitted", "recipient": referral.recipient, "purpose": referral.purpose}
    same = all(leaf.get(name) == value for name, value in told.items())
    if not same or {*leaf["categories"]} - STRUCTURE != {*referral.sent}:
        raise UnprovenError("the receipt is about something else")
    return receipt.index
