"""What a case event ends at once: which parcels in flight stop in its own transaction.

Whatever waits is decided again before it leaves (`gateway.core.dispatch`); what is stopped here is also never handed
out again, and the answer can say what may have left. To end too much costs a referral that is sent anew; to end too
little is caught at dispatch.
"""

from consent.case import CaseEvent
from gateway.core.cases.items import Ending
from gateway.core.drawn import SEED_BYTES
from gateway.core.in_flight import Stopping
from gateway.core.known import KnownPerson
from gateway.core.ports import Entropy
from gateway.core.stages import Chosen
from schemas.case_codes import AgeDetermination, CaseEventType, GuardianConflict
from schemas.vocabulary import DataCategory, GivenBy

ALL = (Chosen(),)
"""Every parcel of hers in flight."""


def ending_of(event: CaseEvent, known: KnownPerson | None, entropy: Entropy) -> Ending | None:
    """Return what this event ends, None for one that ends nothing."""
    parcels = _parcels(event, known) if known else ()
    if known is None or not parcels:
        return None
    return Ending(parcels, known.everyone, Stopping(f"case.{event.type}", entropy.bytes(SEED_BYTES)))


def _parcels(event: CaseEvent, known: KnownPerson) -> tuple[Chosen, ...]:
    terms = event.terms
    match event.type:
        case CaseEventType.PROCESSING_RESTRICTED | CaseEventType.NRM_WITHDRAWN:  # A-03, C-11
            return ALL
        case CaseEventType.RESTRICTION_SET:  # C-15
            recipient = terms.get("recipient")
            to = None if recipient is None else frozenset({str(recipient)})
            return (Chosen(recipients=to, sends=DataCategory(str(terms["category"]))),)
        case CaseEventType.OVERRIDE_STOPPED:  # E-01
            return (Chosen(rests_on=frozenset({str(terms["override"])})),)
        case CaseEventType.GUARDIAN_BARRED:  # K-05
            return _barred(str(terms["guardian"]), known)
        case CaseEventType.GUARDIAN_RECORDED if terms["conflict"] != GuardianConflict.NONE:  # K-05
            return _barred(str(terms["guardian"]), known)
        case CaseEventType.AGE_DETERMINED if terms["status"] != AgeDetermination.ADULT:  # K-01
            return (Chosen(rests_on=frozenset(consent.id for consent in known.consents)),)
        case _:
            return ()


def _barred(guardian: str, known: KnownPerson) -> tuple[Chosen, ...]:
    """Nothing goes to that guardian, and nothing rests on what a guardian authorised."""
    authorised = frozenset(consent.id for consent in known.consents if consent.given_by is GivenBy.GUARDIAN)
    return (Chosen(recipients=frozenset({guardian})), Chosen(rests_on=authorised))
