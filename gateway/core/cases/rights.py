"""Who may record which fact about a person. What is not listed here may not be recorded (unknown refuses).

A fact that widens what may move is recorded by those whom the law trusts with it; a fact that narrows it, by any agency
bound to her. Nobody records what clears or benefits itself. What needs a second person is not recorded here at all, but
approved by one (`gateway.core.cases.overrides`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from consent.case import Case, CaseEvent, case_of
from consent.records import Consent
from gateway.core.agencies import Agency
from gateway.core.errors import SenderError
from gateway.core.ports import Directory
from schemas.case_codes import AgeDetermination, CaseEventType, GuardianConflict
from schemas.vocabulary import FunctionClass, Purpose

_ANY = frozenset(FunctionClass) - {FunctionClass.IMMIGRATION_ENFORCEMENT, FunctionClass.RAPPORTEUR}
_AUTHORITIES = frozenset({FunctionClass.CHILD_PROTECTION, FunctionClass.COMPETENT_AUTHORITY})
_FOR_CHILDREN = frozenset({FunctionClass.CHILD_PROTECTION, FunctionClass.GUARDIAN_SERVICE})

RECORDERS: Mapping[CaseEventType, frozenset[FunctionClass]] = {
    CaseEventType.AGE_DETERMINED: _AUTHORITIES,  # K-01
    CaseEventType.GUARDIAN_RECORDED: _FOR_CHILDREN,  # K-03
    CaseEventType.GUARDIAN_BARRED: _AUTHORITIES
    | _FOR_CHILDREN
    | {FunctionClass.POLICE, FunctionClass.PROSECUTION},  # K-05
    CaseEventType.BEST_INTERESTS_RECORDED: _AUTHORITIES | _FOR_CHILDREN,  # K-03
    CaseEventType.LOCAL_CONTACT_RECORDED: _ANY,  # K-04
    CaseEventType.CHILD_HEARD: _ANY,  # K-02
    CaseEventType.RESTRICTION_SET: _ANY,  # C-15
    CaseEventType.RESTRICTION_LIFTED: _ANY,  # C-15
    CaseEventType.PROCESSING_RESTRICTED: _ANY,
    CaseEventType.PROCESSING_RELEASED: _ANY,
    CaseEventType.NRM_WITHDRAWN: _ANY,  # C-11
    CaseEventType.STATUS_CARRIED: frozenset({FunctionClass.COMPETENT_AUTHORITY}),
    CaseEventType.REFLECTION_STARTED: frozenset(
        {FunctionClass.COMPETENT_AUTHORITY, FunctionClass.IMMIGRATION_PROTECTION}
    ),  # F-04
    CaseEventType.SAFEGUARD_RECORDED: frozenset({FunctionClass.COMPETENT_AUTHORITY, FunctionClass.FOCAL_POINT}),
    CaseEventType.INSTRUMENT_RECORDED: _ANY,  # E-03
    CaseEventType.OVERRIDE_REQUESTED: _ANY,  # E-01
    CaseEventType.OVERRIDE_STOPPED: _ANY,  # E-01
}
"""Which agencies may record what. Approving and reviewing an override stand nowhere in it: a person does that."""

BEGINNINGS = frozenset(
    {
        CaseEventType.AGE_DETERMINED,
        CaseEventType.GUARDIAN_RECORDED,
        CaseEventType.LOCAL_CONTACT_RECORDED,
        CaseEventType.CHILD_HEARD,
        CaseEventType.INSTRUMENT_RECORDED,
        CaseEventType.OVERRIDE_REQUESTED,
    }
)
"""Facts by which a person may come into being: each is, or leads to, a legal basis other than her consent."""


class CaseRefusedError(SenderError):
    """A fact that may not be recorded; `rule` is a rule id of the rule book, `pointer` where it is broken."""

    def __init__(self, pointer: str, rule: str) -> None:
        """Keep where and which rule."""
        super().__init__(f"{rule} at {pointer}")
        self.pointer = pointer
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Recording:
    """One fact somebody wants to record, and what it is looked at beside.

    `longest_override` is the country's: nobody asks for longer, and whoever needs longer asks again (E-01).
    """

    event: CaseEvent
    by: Agency
    directory: Directory
    case: Case
    history: Sequence[CaseEvent]
    consents: Sequence[Consent]
    at: datetime
    longest_override: timedelta

    def text(self, term: str) -> str:
        """Return a term that is a text."""
        return str(self.event.terms[term])

    def agency(self, term: str) -> Agency | None:
        """Return the agency a term names, if somebody registered it."""
        return self.directory.agency(self.text(term))

    def refused(self, term: str, rule: str) -> CaseRefusedError:
        """Say where it is wrong."""
        return CaseRefusedError(f"/event/{self.event.type}" + (f"/{term}" if term else ""), rule)


def check(recording: Recording) -> None:
    """Raise CaseRefusedError unless this agency may record this fact now."""
    kind = recording.event.type
    if recording.by.function not in RECORDERS.get(kind, frozenset()):
        raise recording.refused("", _RULES.get(kind, "E-01"))
    looked_at = _CHECKS.get(kind)
    if looked_at is not None:
        looked_at(recording)


def _age(recording: Recording) -> None:
    """A day to turn 18 belongs to a child, and lies ahead (K-06)."""
    day = recording.event.terms.get("adult_on")
    if day is None:
        return
    if recording.text("status") != AgeDetermination.CHILD or date.fromisoformat(str(day)) <= recording.at.date():
        raise recording.refused("adult_on", "K-06")


def _guardian(recording: Recording) -> None:
    """Nobody names itself the guardian, and a conflict once recorded is cleared by the child-protection authority."""
    guardian, term = recording.agency("guardian"), "guardian"
    if guardian is None or guardian.function not in _FOR_CHILDREN:
        raise recording.refused(term, "K-03")
    if guardian.id == recording.by.id:
        raise recording.refused(term, "K-05")
    clean = recording.text("conflict") == GuardianConflict.NONE
    if clean and recording.by.function is not FunctionClass.CHILD_PROTECTION and _in_conflict(recording, guardian.id):
        raise recording.refused("conflict", "K-05")


def _in_conflict(recording: Recording, guardian: str) -> bool:
    return any(
        event.type is CaseEventType.GUARDIAN_RECORDED
        and event.terms["guardian"] == guardian
        and event.terms["conflict"] != GuardianConflict.NONE
        for event in recording.history
    )


def _barred(recording: Recording) -> None:
    if recording.agency("guardian") is None:
        raise recording.refused("guardian", "K-05")


def _best_interests(recording: Recording) -> None:
    """The recipient does not say that telling it serves her best."""
    recipient = _recipient(recording, "K-03")
    if recipient.id == recording.by.id:
        raise recording.refused("recipient", "K-03")


def _contact(recording: Recording) -> None:
    contact = recording.agency("agency")
    if contact is None or contact.function is not FunctionClass.CHILD_PROTECTION:
        raise recording.refused("agency", "K-04")


def _restriction(recording: Recording) -> None:
    if "recipient" in recording.event.terms and recording.agency("recipient") is None:
        raise recording.refused("recipient", "C-15")


def _lift(recording: Recording) -> None:
    """An agency lifts what it wrote down itself, and is answered by that alone.

    What she said to others stands until they hear her again. Whether there is any such thing is none of its business:
    nobody finds out by lifting what she withholds, and from whom.
    """
    _restriction(recording)
    [lifted], mine = case_of((replace(recording.event, type=CaseEventType.RESTRICTION_SET),)).stated, recording.by.id
    consents = (consent for consent in recording.consents if consent.discloser == mine)
    if lifted not in recording.case.stated and not any(lifted.restriction in one.restrictions for one in consents):
        raise recording.refused("", "C-15")


def _release(recording: Recording) -> None:
    """An agency releases what it restricted itself, and is answered by that alone."""
    if recording.by.id not in recording.case.restricted_by:
        raise recording.refused("", "A-03")


def _status(recording: Recording) -> None:
    """The body that decided is the one that says so, and is named (A-06)."""
    if recording.text("deciding_body") != recording.by.id:
        raise recording.refused("deciding_body", "A-06")


def _reflection(recording: Recording) -> None:
    if date.fromisoformat(recording.text("on")) > recording.at.date():
        raise recording.refused("on", "F-04")


def _safeguard(recording: Recording) -> None:
    """Across a border only to a focal point, in the country the safeguard is about (A-09)."""
    recipient = recording.agency("recipient")
    if recipient is None or recipient.function is not FunctionClass.FOCAL_POINT:
        raise recording.refused("recipient", "A-09")
    if recipient.country != recording.text("country"):
        raise recording.refused("country", "A-09")


def _instrument(recording: Recording) -> None:
    recipient = _recipient(recording, "E-03")
    if recipient.id == recording.by.id:
        raise recording.refused("recipient", "E-03")


def _override(recording: Recording) -> None:
    """One named recipient, the emergency purpose, and a time box that is open now and not for long (E-01)."""
    recipient = _recipient(recording, "E-01")
    if recipient.id == recording.by.id:
        raise recording.refused("recipient", "E-01")
    if recording.text("purpose") != Purpose.EMERGENCY:
        raise recording.refused("purpose", "E-01")
    ends = datetime.fromisoformat(recording.text("ends"))
    if not recording.at < ends <= recording.at + recording.longest_override:
        raise recording.refused("ends", "E-01")


def _stop(recording: Recording) -> None:
    asked = recording.case.override(recording.text("override"))
    if asked is None or asked.stopped_at is not None:
        raise recording.refused("override", "E-01")


def _recipient(recording: Recording, rule: str) -> Agency:
    """Return the recipient a fact names: registered, and never immigration enforcement (F-01); one answer for both."""
    recipient = recording.agency("recipient")
    if recipient is None or recipient.function is FunctionClass.IMMIGRATION_ENFORCEMENT:
        raise recording.refused("recipient", rule)
    return recipient


_CHECKS: Mapping[CaseEventType, Callable[[Recording], None]] = {
    CaseEventType.AGE_DETERMINED: _age,
    CaseEventType.GUARDIAN_RECORDED: _guardian,
    CaseEventType.GUARDIAN_BARRED: _barred,
    CaseEventType.BEST_INTERESTS_RECORDED: _best_interests,
    CaseEventType.LOCAL_CONTACT_RECORDED: _contact,
    CaseEventType.RESTRICTION_SET: _restriction,
    CaseEventType.RESTRICTION_LIFTED: _lift,
    CaseEventType.PROCESSING_RELEASED: _release,
    CaseEventType.STATUS_CARRIED: _status,
    CaseEventType.REFLECTION_STARTED: _reflection,
    CaseEventType.SAFEGUARD_RECORDED: _safeguard,
    CaseEventType.INSTRUMENT_RECORDED: _instrument,
    CaseEventType.OVERRIDE_REQUESTED: _override,
    CaseEventType.OVERRIDE_STOPPED: _stop,
}

_RULES: Mapping[CaseEventType, str] = {
    CaseEventType.AGE_DETERMINED: "K-01",
    CaseEventType.GUARDIAN_RECORDED: "K-03",
    CaseEventType.GUARDIAN_BARRED: "K-05",
    CaseEventType.BEST_INTERESTS_RECORDED: "K-03",
    CaseEventType.LOCAL_CONTACT_RECORDED: "K-04",
    CaseEventType.CHILD_HEARD: "K-02",
    CaseEventType.RESTRICTION_SET: "C-15",
    CaseEventType.RESTRICTION_LIFTED: "C-15",
    CaseEventType.PROCESSING_RESTRICTED: "A-03",
    CaseEventType.PROCESSING_RELEASED: "A-03",
    CaseEventType.NRM_WITHDRAWN: "C-11",
    CaseEventType.STATUS_CARRIED: "A-06",
    CaseEventType.REFLECTION_STARTED: "F-04",
    CaseEventType.SAFEGUARD_RECORDED: "A-09",
    CaseEventType.INSTRUMENT_RECORDED: "E-03",
}
"""The rule an agency hears that may not record this."""
