"""From a consent as an agency wrote it down (schema consent/1.0) to the record the decision reads.

Unclear consents are refused.
"""

from datetime import UTC, datetime

from consent.facts import Restriction
from consent.policy import DECISION_OF, ConsentDecision, Policy
from consent.records import Consent, needs_second_person
from gateway.core.errors import SenderError
from gateway.core.ports import Directory
from schemas.consent_codes import InterpreterRelation
from schemas.documents import Document, Json, ValidDocument
from schemas.errors import Fault, SchemaViolationError
from schemas.vocabulary import ConsentState, DataCategory, FunctionClass, GivenBy, Purpose, WithdrawalMethod

SCHEMA = "consent/1.0"

MAY_INTERPRET = frozenset(
    {
        InterpreterRelation.PROFESSIONAL,
        InterpreterRelation.MEDIATOR,
        InterpreterRelation.STAFF,
        InterpreterRelation.VOLUNTEER,
    }
)
"""Who may stand between her and the text: nobody who came with her (C-07)."""


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
    mixes the four decisions (C-13), was read to her in a language she does not speak without an interpreter (C-06), was
    interpreted by a companion (C-07), or begins after it ends.
    """
    document = valid.document
    purposes = frozenset(Purpose(code) for code in texts_of(document, "purposes"))
    decision = ConsentDecision(text_of(document, "decision"))
    _refuse_mixed(purposes, decision)
    refuse_unread(document)
    if document["withdrawal_method"] == WithdrawalMethod.RECEIPT_CODE and document.get("safe_to_give") is not True:
        raise ConsentRefusedError("/safe_to_give", "C-18")  # She cannot use a code that is not safe to give her.
    recipient, taker = _registered(document, directory)
    taken, begins = moment_of(valid, "taken_at"), moment_of(valid, "valid_from")
    ends = moment_of(valid, "valid_until") if "valid_until" in document else begins + policy.default_consent  # C-08
    if taken > now:
        raise ConsentRefusedError("/taken_at", "C-05")
    if ends <= begins:
        raise ConsentRefusedError("/valid_until", "C-08")
    return Consent(
        id=consent_id,
        version=1,
        discloser=text_of(document, "discloser"),
        recipient=recipient,
        decision=decision,
        purposes=purposes,
        categories=frozenset(DataCategory(code) for code in texts_of(document, "categories")),
        restrictions=restrictions_of(document, directory),
        state=ConsentState(text_of(document, "state")),
        decided_at=taken,
        begins=begins,
        ends=ends,
        given_by=GivenBy(text_of(document, "given_by")),
        confirmed=not needs_second_person(recipient, taker[0], taker[1], policy.enforcing),  # C-19
    )


def _refuse_mixed(purposes: frozenset[Purpose], decision: ConsentDecision) -> None:
    """Hold the four decisions apart: one consent, one decision (C-13)."""
    if any(DECISION_OF[purpose] is not decision for purpose in purposes):
        raise ConsentRefusedError("/purposes", "C-13")


def refuse_unread(document: Document) -> None:
    """The text was in a language she speaks, or an interpreter is named (C-06) who is nobody she came with (C-07).

    Raises ConsentRefusedError. What the interpreter is to her must be said: unknown refuses.
    """
    text, interpreter = _object(document, "text"), _object(document, "interpreter")
    if "id" not in interpreter:
        if text["language"] not in texts_of(document, "person_languages"):
            raise ConsentRefusedError("/interpreter", "C-06")
        return
    company = document.get("accompanied_by", [])
    came_with_her = {"id": interpreter["id"]} in (company if isinstance(company, list) else [])
    if came_with_her or document.get("interpreter_relation") not in MAY_INTERPRET:
        raise ConsentRefusedError("/interpreter", "C-07")


def _registered(document: Document, directory: Directory) -> tuple[str, tuple[str, FunctionClass]]:
    """Return the recipient's id, and the taker's id and class. All three agencies must be registered."""
    recipient = directory.agency(text_of(document, "recipient"))
    taker = directory.agency(str(_object(document, "taken_by")["agency"]))
    if recipient is None or recipient.function is FunctionClass.IMMIGRATION_ENFORCEMENT:  # One answer for both (F-01).
        raise ConsentRefusedError("/recipient", "C-03")
    if directory.agency(text_of(document, "discloser")) is None:
        raise ConsentRefusedError("/discloser", "C-03")
    if taker is None:
        raise ConsentRefusedError("/taken_by/agency", "C-05")
    return recipient.id, (taker.id, taker.function)


def restrictions_of(document: Document, directory: Directory) -> tuple[Restriction, ...]:
    """Return what she wants withheld, and from whom (C-15): a registered agency, since its id lies readable (P-02)."""
    found = document.get("restrictions", [])
    for at, entry in enumerate(found if isinstance(found, list) else []):
        if isinstance(entry, dict) and "recipient" in entry and directory.agency(str(entry["recipient"])) is None:
            raise ConsentRefusedError(f"/restrictions/{at}/recipient", "C-15")
    return tuple(
        Restriction(DataCategory(str(entry["category"])), str(entry["recipient"]) if "recipient" in entry else None)
        for entry in (found if isinstance(found, list) else [])
        if isinstance(entry, dict)
    )


def moment_of(valid: ValidDocument, key: str) -> datetime:
    """Return a moment that a valid document says. Raises SchemaViolationError for a day in no calendar."""
    try:
        return datetime.strptime(text_of(valid.document, key), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise SchemaViolationError(valid.schema, (Fault(f"/{key}", "date-time"),)) from None


def text_of(document: Document, key: str) -> str:
    """Return a member that is a text."""
    return str(document[key])


def texts_of(document: Document, key: str) -> list[str]:
    """Return the texts of a member that is a list."""
    members = document[key]
    return [str(member) for member in members] if isinstance(members, list) else []


def _object(document: Document, key: str) -> dict[str, Json]:
    member = document[key]
    return member if isinstance(member, dict) else {}
