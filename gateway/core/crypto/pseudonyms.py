"""Names a person to one recipient, so that two recipients who compare notes find nothing equal (DESIGN 6, PRIVACY 1).

A pseudonym is Crockford base32 of HMAC-SHA-256(key of the domain, person id)[:16], 26 characters, most significant
first, and Crockford's check character (value mod 37): 27 characters. It cannot be turned back; the reverse table is the
store's. Never log one, and never derive anything from a person that two recipients could compare.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from gateway.core.crypto import crockford
from gateway.core.crypto.keys import PERSON_ID_BYTES, KeyUse, MacKeys
from gateway.core.errors import Defect, SenderError

_VALUE_BYTES = 16
_DIGITS = 26
_RANDOM_BYTES_OF_AN_ID = 10
_LONGEST_SPELLING = 64
# 26 digits hold 130 bits, a pseudonym 128: the first digit is at most 7
_WELL_FORMED = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}[0-9A-HJKMNP-TV-Z*~$=U]")


@dataclass(frozen=True, slots=True)
class Domain:
    """Within one domain a person has one pseudonym; across domains nothing connects them."""

    recipient: str
    """Agency id of the recipient."""
    epoch: int
    """Epoch of the person ring; raised by rotation, never re-used."""
    release: str = ""
    """Name of one statistical release (rapporteur only), else empty."""

    def context(self) -> bytes:
        """HKDF context: epoch and length of the recipient first, so no two domains give equal bytes."""
        recipient = self.recipient.encode()
        return self.epoch.to_bytes(4) + len(recipient).to_bytes(2) + recipient + self.release.encode()


def pseudonym(keys: MacKeys, domain: Domain, person_id: bytes) -> str:
    """Name this person in this domain: 27 characters, always the same.

    Raises Defect unless the person id is 16 bytes, OperatorError when the ring no longer holds the domain's epoch.
    """
    if len(person_id) != PERSON_ID_BYTES or not domain.recipient:
        raise Defect("a pseudonym needs a 16-byte person id and a named recipient")
    value = keys.mac(KeyUse.PSEUDONYM, domain.context(), person_id, domain.epoch)[:_VALUE_BYTES]
    return _written(value) + crockford.check(int.from_bytes(value))


def release_of(day: date) -> str:
    """Return the statistical release a day belongs to: its quarter, such as `2031-Q1` (P-03)."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def check(claimed: str) -> str:
    """Return the canonical spelling of a pseudonym that somebody typed or sent: use that, not what came in.

    Lower case, hyphens and I, L, O for 1, 1, 0 are read as Crockford meant them. Raises SenderError for anything that
    is not well-formed or whose check character is wrong: every single wrong character and every swap of neighbours is
    found. A pseudonym that passes need not exist.
    """
    spelled = crockford.spelled(claimed, _LONGEST_SPELLING, "-")
    if not _WELL_FORMED.fullmatch(spelled) or crockford.check(crockford.number(spelled[:-1])) != spelled[-1]:
        raise SenderError("not a pseudonym: form or check character is wrong")
    return spelled


def as_written(reference: str) -> str:
    """Return an agency's reference for a person as it is looked up: a pseudonym in its one spelling, others as given.

    So a recipient may refer her on under the pseudonym it holds, however its own system writes it.
    """
    try:
        return check(reference)
    except SenderError:
        return reference


def message_id(randomness: bytes) -> str:
    """Spell 16 fresh random bytes as a message id of 26 characters.

    Random, never a hash: an id derived from a referral or a person would be equal, or provable, across recipients.
    """
    if len(randomness) != _VALUE_BYTES:
        raise Defect("a message id is made of 16 random bytes")
    return _written(randomness)


def referral_id(at: datetime, randomness: bytes) -> str:
    """Spell a moment and 10 fresh random bytes as the id of a referral: a ULID, 26 characters, in order of time.

    Only its sender ever sees it, and the sender knows when it sent. In order, so that new rows stand beside new rows.
    """
    if len(randomness) != _RANDOM_BYTES_OF_AN_ID:
        raise Defect("a referral's id holds 10 random bytes")
    return _written(int(at.timestamp() * 1000).to_bytes(_VALUE_BYTES - _RANDOM_BYTES_OF_AN_ID) + randomness)


def _written(value: bytes) -> str:
    # 128 bits are 26 digits with two zero bits in front.
    return crockford.digits(int.from_bytes(value), _DIGITS)
