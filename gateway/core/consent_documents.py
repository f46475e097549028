"""From a consent as an agency wrote it down (schema consent/1.0) to the record the decision reads.

Unclear consents are refused.
"""

from datetime import UTC, datetime

from consent.facts import Restriction
from consent.policy import DECISION_OF, ConsentDecision, Policy
from consent.records import Consent, needs_second_person
from gateway.core.errors import SenderError
from gateway.core.ports import Directory
from schemas.documents import Document, Json, ValidDocument
from schemas.errors import Fault, SchemaViolationError
from schemas.vocabulary import ConsentState, DataCategory, FunctionClass, GivenBy, Purpose

SCHEMA = "consent/1.0"


class ConsentRefusedError(SenderError):
    """A consent that may not be recorded.

    `rule` is a rule id of the rule book or a schema rule, `pointer` where it is broken.
    """

    def __init__(self, pointer: str, rule: str) -> None:
        super().__init__(f"{rule} at {pointer}")
        self.pointer = pointer
        self.rule = rule


def consent_of(valid: ValidDocument, consent_id: str, directory: Directory, policy: Policy, now: datetime) -> Consent:
    """Read a valid consent document as of `now`.

    Raises ConsentRefusedError when it names an agency nobody registered or one that may never receive (C-03, F-01),
    mixes the four decisions (C-13), was read to her in a language she does not speak without an interpreter (C-06), or
    begins after it ends.
    """
    document = valid.document
    purposes = frozenset(Purpose(code) for code in _texts(document, "purposes"))
    decision = ConsentDecision(_text(document, "decision"))
    _refuse_mixed(purposes, decision)
    _refuse_unread(document)
    recipient, taker = _registered(document, directory)
    taken, begins = _moment(document, "taken_at"), _moment(document, "valid_from")
    ends = _moment(document, "valid_until") if "valid_until" in document else begins + policy.default_consent  # C-08
    if taken > now:
        raise ConsentRefusedError("/taken_at", "C-05")
    if ends <= begins:
        raise ConsentRefusedError("/valid_until", "C-08")
    return Consent(
        id=consent_id,
        version=1,
        discloser=_text(document, "discloser"),
        recipient=recipient,
        decision=decision,
        purposes=purposes,
        categories=frozenset(DataCategory(code) for code in _texts(document, "categories")),
        restrictions=tuple(_restrictions(document)),
        state=ConsentState(_text(document, "state")),
        decided_at=taken,
        begins=begins,
        ends=ends,
        given_by=GivenBy(_text(document, "given_by")),
        confirmed=not needs_second_person(recipient, taker[0], taker[1], policy.enforcing),  # C-19
    )


def _refuse_mixed(purposes: frozenset[Purpose], decision: ConsentDecision) -> None:
    """Hold the four decisions apart: one consent, one decision (C-13)."""
    if any(DECISION_OF[purpose] is not decision for purpose in purposes):
        raise ConsentRefusedError("/purposes", "C-13")


def _refuse_unread(document: Document) -> None:
    """The text was in a language she speaks, or an interpreter is named (C-06)."""
    text, interpreter = _object(document, "text"), _object(document, "interpreter")
    if text["language"] not in _texts(document, "person_languages") and "id" not in interpreter:
        raise ConsentRefusedError("/interpreter", "C-06")


def _registered(document: Document, directory: Directory) -> tuple[str, tuple[str, FunctionClass]]:
    """Return the recipient's id, and the taker's id and class. All three agencies must be registered."""
    recipient = directory.agency(_text(document, "recipient"))
    taker = directory.agency(str(_object(document, "taken_by")["agency"]))
    if recipient is None or recipient.function is FunctionClass.IMMIGRATION_ENFORCEMENT:  # One answer for both (F-01).
        raise ConsentRefusedError("/recipient", "C-03")
    if directory.agency(_text(document, "discloser")) is None:
        raise ConsentRefusedError("/discloser", "C-03")
    if taker is None:
        raise ConsentRefusedError("/taken_by/agency", "C-05")
    return recipient.id, (taker.id, taker.function)


def _restrictions(document: Document) -> list[Restriction]:
    found = document.get("restrictions", [])
    return [
        Restriction(DataCategory(str(entry["category"])), str(entry["recipient"]) if "recipient" in entry else None)
        for entry in (found if isinstance(found, list) else [])
        if isinstance(entry, dict)
    ]


def _moment(document: Document, key: str) -> datetime:
    try:
        return datetime.strptime(_text(document, key), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise SchemaViolationError(SCHEMA, (Fault(f"/{key}", "date-time"),)) from None


def _text(document: Document, key: str) -> str:
    return str(document[key])


def _texts(document: Document, key: str) -> list[str]:
    members = document[key]
    return [str(member) for member in members] if isinstance(members, list) else []


def _object(document: Document, key: str) -> dict[str, Json]:
    member = document[key]
    return member if isinstance(member, dict) else {}
