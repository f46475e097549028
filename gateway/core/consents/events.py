"""From what an agency says happened to a consent (schema consent_event/1.0) to the event the fold reads.

An event may take away, end, or renew what was agreed to; none widens it (C-16). Which members a type may have and must
have stands in one table here, because the schemas of the house know no alternatives.
"""

from dataclasses import dataclass
from datetime import datetime

from consent.policy import Policy
from consent.records import ENDED, FOLLOWS, Consent, ConsentEvent, ConsentEventType, NewTerms, needs_second_person
from gateway.core.consents.documents import (
    ConsentRefusedError,
    moment_of,
    refuse_unread,
    restrictions_of,
    text_of,
    texts_of,
)
from gateway.core.ports import Directory
from schemas.documents import ValidDocument
from schemas.errors import Fault, SchemaViolationError
from schemas.vocabulary import Coded, DataCategory, GivenBy, Purpose

SCHEMA = "consent_event/1.0"

_WHO = frozenset({"mechanism", "taken_by", "taken_at"})
_INFORMED = _WHO | {"text", "person_languages", "interpreter", "information_confirmed", "given_by"}
_COMPANY = frozenset({"interpreter_relation", "accompanied_by", "given_by_name"})
SAID_ANEW = _INFORMED | _COMPANY
"""What a later yes or no says anew: how, by whom and in which language she was told, and who said it."""
_LESS = frozenset({"purposes", "categories", "restrictions", "valid_until"})


@dataclass(frozen=True, slots=True)
class _Form:
    """What a document of one type must and may say besides `schema` and `type`."""

    must: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()


_FORMS = {
    ConsentEventType.DEFERRED: _Form(may=_WHO),
    ConsentEventType.GIVEN: _Form(_INFORMED, _COMPANY | {"restrictions", "valid_until"}),  # C-05
    ConsentEventType.REFUSED: _Form(_INFORMED, _COMPANY),  # C-12: a no has the detail of a yes.
    ConsentEventType.RENEWED: _Form(_INFORMED, _COMPANY | {"restrictions", "valid_until"}),  # C-05, C-16
    ConsentEventType.NARROWED: _Form(_WHO, _LESS),
    ConsentEventType.WITHDRAWN: _Form(may=_WHO),  # C-09: no reason, no more steps than giving.
    ConsentEventType.REVOKED: _Form(frozenset({"revoked_by"}), _WHO),
    ConsentEventType.INVALIDATED: _Form(frozenset({"reason"}), _WHO),
}
_ANEW = frozenset({ConsentEventType.GIVEN, ConsentEventType.RENEWED})


class Unfit(Coded):
    """Why a well-formed event may not happen to this consent."""

    STATE = "state", "The consent is not in a state this may follow."
    SUPERSEDED = "superseded", "She has said something newer about this recipient."


class EventRefusedError(ConsentRefusedError):
    """An event that does not fit the consent as it stands."""

    def __init__(self, why: Unfit) -> None:
        """Keep which of the two it is."""
        super().__init__("/type", why.value)


def event_of_document(
    valid: ValidDocument, consent: Consent, directory: Directory, policy: Policy, now: datetime
) -> ConsentEvent:
    """Read a valid event document about `consent` as it stands now.

    Raises SchemaViolationError for members the type may not have or lacks, ConsentRefusedError for an event that would
    widen the consent (C-16), was not understood (C-06), was interpreted by a companion (C-07) or has no end to come
    (C-08), and EventRefusedError for one that cannot follow its state.
    """
    kind = ConsentEventType(text_of(valid.document, "type"))
    _require_form(valid, kind)
    fits = consent.state in FOLLOWS[kind] if kind in FOLLOWS else consent.state not in ENDED
    if not fits:
        raise EventRefusedError(Unfit.STATE)
    said_at = moment_of(valid, "taken_at") if "taken_at" in valid.document else now
    if said_at > now:
        raise ConsentRefusedError("/taken_at", "C-05")
    if kind is ConsentEventType.NARROWED:
        return ConsentEvent(kind, now, terms=_less(valid, consent, directory, said_at))
    if "text" in valid.document:
        refuse_unread(valid.document)
    terms = _yes(valid, consent, directory, policy, said_at, now) if kind in _ANEW else None
    return ConsentEvent(kind, now, terms=terms)


def is_superseded(consent: Consent, others: tuple[Consent, ...]) -> bool:
    """Say whether she said something newer to the same discloser about the same recipient and purpose.

    Narrowing an older word would look as if it had an effect, and the newer one would go on permitting.
    """
    return any(
        other.id != consent.id
        and (other.discloser, other.recipient, other.decision)
        == (consent.discloser, consent.recipient, consent.decision)
        and other.purposes & consent.purposes
        and other.decided_at > consent.decided_at
        and other.state not in ENDED
        for other in others
    )


def _require_form(valid: ValidDocument, kind: ConsentEventType) -> None:
    form, said = _FORMS[kind], valid.document.keys() - {"schema", "type"}
    faults = [Fault(f"/{member}", "required") for member in sorted(form.must - said)]
    faults += [Fault(f"/{member}", "additionalProperties") for member in sorted(said - form.must - form.may)]
    if kind is ConsentEventType.NARROWED and not said & _LESS:
        faults.append(Fault("", "minProperties"))
    if faults:
        raise SchemaViolationError(SCHEMA, tuple(faults))


def _less(valid: ValidDocument, consent: Consent, directory: Directory, said_at: datetime) -> NewTerms:
    """Read what she takes away; anything that would be more than before is refused, not cut (C-16)."""
    document = valid.document
    purposes = frozenset(map(Purpose, texts_of(document, "purposes"))) if "purposes" in document else None
    categories = frozenset(map(DataCategory, texts_of(document, "categories"))) if "categories" in document else None
    ends = moment_of(valid, "valid_until") if "valid_until" in document else None
    if purposes is not None and not purposes <= consent.purposes:
        raise ConsentRefusedError("/purposes", "C-16")
    if categories is not None and not categories <= consent.categories:
        raise ConsentRefusedError("/categories", "C-16")
    if ends is not None and ends > consent.ends:
        raise ConsentRefusedError("/valid_until", "C-16")
    return NewTerms(said_at, purposes, categories, restrictions_of(document, directory), ends)


def _yes(
    valid: ValidDocument, consent: Consent, directory: Directory, policy: Policy, said_at: datetime, now: datetime
) -> NewTerms:
    taken_by = valid.document["taken_by"]
    taker = directory.agency(str(taken_by["agency"])) if isinstance(taken_by, dict) else None
    if taker is None:
        raise ConsentRefusedError("/taken_by/agency", "C-05")
    in_days = moment_of(valid, "valid_until") if "valid_until" in valid.document else said_at + policy.default_consent
    if in_days <= max(said_at, now, consent.begins):
        raise ConsentRefusedError("/valid_until", "C-08")
    return NewTerms(
        said_at,
        restrictions=restrictions_of(valid.document, directory),
        ends=in_days,
        given_by=GivenBy(text_of(valid.document, "given_by")),
        confirmed=not needs_second_person(consent.recipient, taker.id, taker.function, policy.enforcing),  # C-19
    )
