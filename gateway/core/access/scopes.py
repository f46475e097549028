"""What an agency's system may be allowed to do, as OAuth scopes (RFC 6749 section 3.3).

Here and not in a door, because two doors need it: gateway/oauth grants scopes, gateway/web asks for them. A scope says
what a client may ask; whether data move is decided by `consent` alone.
"""

from schemas.vocabulary import Coded


class Scope(Coded):
    """Every scope there is. A client gets those a person registered for it, and no request can widen them."""

    SEND_REFERRALS = "referrals:send", "Send a referral, preview it, take it back."
    READ_REFERRALS = "referrals:read", "Read the state and the receipts of the referrals this agency sent."
    READ_INBOX = "inbox:read", "Fetch what other agencies referred to this agency."
    ACKNOWLEDGE_INBOX = "inbox:acknowledge", "Say that a fetched referral arrived and what became of it."
    RECORD_CONSENTS = "consents:record", "Record what a person agreed to."
    WITHDRAW_CONSENTS = "consents:withdraw", "Record that a person took her consent back."
    READ_CONSENTS = "consents:read", "Read the consents that this agency recorded."
    RECORD_CASES = "cases:record", "Record what is known about a person besides her consents; ask for an override."
    READ_CASES = "cases:read", "Read what this agency recorded about a person besides her consents."
    INTRODUCE_PEOPLE = "people:introduce", "Hand over and accept the codes by which agencies know one person as one."
    ERASE_PEOPLE = "people:erase", "Erase everything the gateway keeps about a person whom this agency recorded."
    READ_LEDGER = "ledger:read", "Read the log entries and proofs of this agency's own exchanges."
    APPROVE_STATISTICS = "statistics:approve", "Agree that this agency's people are counted in a release (P-06)."
