"""Nobody: the id that is nobody's, and one thing that nobody said.

Where a reference stands for no person, as much is read and folded as for a person who said one thing, so that from how
long a refusal takes nobody learns whether she is known (DESIGN section 5). No rule ever sees it.
"""

from datetime import UTC, datetime
from typing import TypeAlias

from consent.policy import ConsentDecision
from consent.records import Consent, ConsentEventType
from gateway.store.rows.consent_terms import terms_text
from schemas.vocabulary import ConsentState, DataCategory, GivenBy, Purpose

SaidRow: TypeAlias = tuple[bytes, str, str, int, str | None]
"""One event of a consent as it is stored: person, consent, type, moment, terms."""

NOBODY = bytes(16)
_NAME = "0" * 26
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CONSENT = Consent(
    id=_NAME,
    version=1,
    discloser=_NAME,
    recipient=_NAME,
    decision=ConsentDecision.SUPPORT,
    purposes=frozenset({Purpose.ACCOMMODATION}),
    categories=frozenset([*DataCategory][:7]),
    restrictions=(),
    state=ConsentState.UNKNOWN,
    decided_at=_EPOCH,
    begins=_EPOCH,
    ends=_EPOCH,
    given_by=GivenBy.SELF,
    confirmed=False,
)
SAID_BY_NOBODY: SaidRow = (NOBODY, _NAME, ConsentEventType.RECORDED.value, 0, terms_text(_CONSENT))
