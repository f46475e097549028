"""What is said about the whole API, and about each part of it."""

from collections.abc import Mapping
from typing import Final

INTRODUCTION: Final = """\
Agencies refer people to each other through this gateway, each in the format of its own system.

**Identity.** Your system proves who it is with a key of its own (private_key_jwt), gets an access token of five minutes
that is bound to that key, and signs a DPoP proof for every request. `docs/quickstart-agency.md` shows it in one file.

**Writes** take an `Idempotency-Key`: the same key with the same bytes gives the same answer, and nothing is done twice.

**Errors** are problems (RFC 9457) with a `code` to act on, and pointers and rules that say where. Nothing you sent is
ever repeated. At the token endpoint they are those of RFC 6749, at the FHIR endpoint OperationOutcomes.

**Refusals** are 403 with `decision_id` and `reasons`. All that rests on a person's record is one reason,
`not_permitted`, with one shape and at one time, whatever is behind it.

**What others may see and what never was** are answered alike, with 404.

**Additions** are not announced: new members, headers, codes of problems and operations may come at any time. What is to
go is announced by `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) at least twelve months before.
"""

TAGS: Final[Mapping[str, str]] = {
    "referrals": "Send a referral, see what would be sent, and follow what became of it.",
    "inbox": "Fetch what was referred to you, and answer it.",
    "notices": "What past recipients were told, and what they did.",
    "consents": "What people agreed to, how it stands, and how it is taken back.",
    "people": "Codes by which agencies know one person as one, and erasure.",
    "cases": "Facts about people beside their consents: age, guardians, overrides, restrictions.",
    "capacity": "Ask whether there is room before anything about anybody is told.",
    "statistics": "Releases that wait for your approval.",
    "ledger": "The signed state of the log.",
    "oauth": "Tokens, keys and metadata.",
    "fhir": "The same line for FHIR systems (R4 4.0.1); docs/fhir-endpoint.md.",
    "health": "Whether the gateway is there.",
    "reference": "This description.",
}
"""By tag."""
