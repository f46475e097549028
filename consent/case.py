"""What is known about one person's case beside her consents: events, and what they add up to.

Events are append-only; the case at any past moment is the fold of the events up to it (C-17). Nothing here reads a
clock, and nothing here decides: the rules that read a `Case` stand in `consent.decision` and the files beside it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from consent.errors import UnreadableRecordError
from consent.facts import (
    Age,
    Basis,
    Contact,
    Guardian,
    Heard,
    Instrument,
    Lift,
    Override,
    Restriction,
    Stated,
    Status,
    Transfer,
)
from schemas.case_codes import (
    AgeDetermination,
    BestInterests,
    CaseEventType,
    ChildViews,
    GuardianConflict,
    Informed,
    InstrumentKind,
    OverrideFinding,
    OverrideGround,
    PersonTold,
    Safeguard,
    VictimStatus,
)
from schemas.documents import Document
from schemas.vocabulary import DataCategory, Purpose, Urgency


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One fact: its id, when it was committed, by whom (an agency id, or `officer:` and the officer's id).

    `terms` are those of schema case_event/1.0 under the member named by the type (none where that is `true`). What is
    sealed, an instrument's reference and the words of necessity, may be left out: no rule reads it.
    """

    id: str
    type: CaseEventType
    at: datetime
    by: str
    terms: Document = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """What all events add up to. The empty one says nothing, and permits nothing that consents do not."""

    age: Age | None = None
    guardian: Guardian | None = None
    barred: frozenset[str] = frozenset()
    bases: tuple[Basis, ...] = ()
    contact: Contact | None = None
    heard: Heard | None = None
    stated: tuple[Stated, ...] = ()
    lifts: tuple[Lift, ...] = ()
    restricted_by: frozenset[str] = frozenset()
    nrm_withdrawn_at: datetime | None = None
    status: Status | None = None
    reflection_started: date | None = None
    transfers: tuple[Transfer, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    overrides: tuple[Override, ...] = ()

    @property
    def on_child_route(self) -> bool:
        """Say whether somebody has already treated her as a child; only a determination leads out (K-01)."""
        return any((self.guardian, self.contact, self.bases, self.heard))

    @property
    def restrictions(self) -> tuple[Restriction, ...]:
        """Return what she wants withheld, whoever wrote it down (C-15)."""
        return (*dict.fromkeys(entry.restriction for entry in self.stated),)

    @property
    def processing_restricted(self) -> bool:
        """Say whether nothing about her may move: until all who wrote that down have released it (A-03)."""
        return bool(self.restricted_by)

    def override(self, name: str) -> Override | None:
        """Return the override of that id."""
        return next((override for override in self.overrides if override.id == name), None)


EMPTY = Case()
"""The case of somebody about whom nothing is known beside her consents."""


def case_of(events: Iterable[CaseEvent], at: datetime | None = None) -> Case:
    """Return what the events add up to, in the order they were committed; with `at`, those up to that moment.

    Without `at` everything committed counts, also where the clock of the node that wrote it runs ahead of ours.
    Raises UnreadableRecordError for terms that are not those of the event's type: such a history permits nothing.
    """
    case = EMPTY
    for event in events:
        if at is not None and event.at > at:
            continue
        try:
            case = _FOLDS[event.type](case, event, event.terms)
        except (KeyError, TypeError, ValueError):
            # Not chained: the error of the library would quote the terms.
            raise UnreadableRecordError("a case event does not have the terms of its type") from None
    return case


def _age_determined(case: Case, event: CaseEvent, terms: Document) -> Case:
    adult_on = terms.get("adult_on")
    day = None if adult_on is None else date.fromisoformat(_text(adult_on))
    return replace(case, age=Age(event.id, AgeDetermination(_text(terms["status"])), day, event.at))


def _guardian_recorded(case: Case, event: CaseEvent, terms: Document) -> Case:
    conflict = GuardianConflict(_text(terms["conflict"]))
    return replace(case, guardian=Guardian(event.id, _text(terms["guardian"]), conflict, event.at))


def _guardian_barred(case: Case, _event: CaseEvent, terms: Document) -> Case:
    return replace(case, barred=case.barred | {_text(terms["guardian"])})


def _best_interests_recorded(case: Case, event: CaseEvent, terms: Document) -> Case:
    purpose, basis = Purpose(_text(terms["purpose"])), BestInterests(_text(terms["basis"]))
    return replace(case, bases=(*case.bases, Basis(event.id, _text(terms["recipient"]), purpose, basis, event.at)))


def _local_contact_recorded(case: Case, event: CaseEvent, terms: Document) -> Case:
    return replace(case, contact=Contact(event.id, _text(terms["agency"])))


def _child_heard(case: Case, event: CaseEvent, terms: Document) -> Case:
    heard = Heard(event.id, Informed(_text(terms["informed"])), ChildViews(_text(terms["views"])), event.at)
    return replace(case, heard=heard)


def _restriction_set(case: Case, event: CaseEvent, terms: Document) -> Case:
    stated = Stated(event.by, _restriction(terms))
    kept = tuple(entry for entry in case.stated if entry != stated)
    return replace(case, stated=(*kept, stated))


def _restriction_lifted(case: Case, event: CaseEvent, terms: Document) -> Case:
    """Lift exactly what was set, by whom it was set: one set for everybody is not lifted for one (C-15).

    What she said to others stands until she tells them: whoever lifts its own learns nothing of theirs.
    """
    lifted = Stated(event.by, _restriction(terms))
    kept = tuple(entry for entry in case.stated if entry != lifted)
    return replace(case, stated=kept, lifts=(*case.lifts, Lift(event.by, lifted.restriction, event.at)))


def _processing_restricted(case: Case, event: CaseEvent, _terms: Document) -> Case:
    return replace(case, restricted_by=case.restricted_by | {event.by})


def _processing_released(case: Case, event: CaseEvent, _terms: Document) -> Case:
    """Each releases its own, and learns nothing of what others wrote down (A-03)."""
    return replace(case, restricted_by=case.restricted_by - {event.by})


def _nrm_withdrawn(case: Case, event: CaseEvent, _terms: Document) -> Case:
    return replace(case, nrm_withdrawn_at=max(event.at, case.nrm_withdrawn_at or event.at))


def _status_carried(case: Case, event: CaseEvent, terms: Document) -> Case:
    status = VictimStatus(_text(terms["status"]))
    return replace(case, status=Status(event.id, status, _text(terms["deciding_body"]), event.at))


def _reflection_started(case: Case, _event: CaseEvent, terms: Document) -> Case:
    """The later of two days counts: a reflection period is never shortened by writing it down again (F-04)."""
    day = date.fromisoformat(_text(terms["on"]))
    return replace(case, reflection_started=max(day, case.reflection_started or day))


def _safeguard_recorded(case: Case, event: CaseEvent, terms: Document) -> Case:
    transfer = Transfer(
        event.id,
        _text(terms["country"]),
        Safeguard(_text(terms["safeguard"])),
        _text(terms["recipient"]),
        Urgency(_text(terms["priority"])),
        date.fromisoformat(_text(terms["respond_by"])),
    )
    return replace(case, transfers=(*case.transfers, transfer))


def _instrument_recorded(case: Case, event: CaseEvent, terms: Document) -> Case:
    categories = terms["categories"]
    if not isinstance(categories, list | tuple):
        raise TypeError
    instrument = Instrument(
        event.id,
        InstrumentKind(_text(terms["kind"])),
        _text(terms["recipient"]),
        frozenset(DataCategory(_text(category)) for category in categories),
        PersonTold(_text(terms["person_told"])),
        event.at,
    )
    return replace(case, instruments=(*case.instruments, instrument))


def _override_requested(case: Case, event: CaseEvent, terms: Document) -> Case:
    """The first request of an id counts: a second cannot change what was approved (E-01)."""
    override = Override(
        id=_text(terms["override"]),
        ground=OverrideGround(_text(terms["ground"])),
        recipient=_text(terms["recipient"]),
        purpose=Purpose(_text(terms["purpose"])),
        author=event.by,
        requested_at=event.at,
        ends=_moment(_text(terms["ends"])),
    )
    return case if case.override(override.id) else replace(case, overrides=(*case.overrides, override))


def _override_approved(case: Case, event: CaseEvent, terms: Document) -> Case:
    """A second person: the author's own approval is none (E-01)."""

    def approved(override: Override) -> Override:
        return override if event.by == override.author else replace(override, approver=event.by)

    return _with_override(case, terms, approved)


def _override_stopped(case: Case, event: CaseEvent, terms: Document) -> Case:
    return _with_override(case, terms, lambda override: replace(override, stopped_at=event.at))


def _override_reviewed(case: Case, _event: CaseEvent, terms: Document) -> Case:
    finding = OverrideFinding(_text(terms["finding"]))
    return _with_override(case, terms, lambda override: replace(override, finding=finding))


_FOLDS: Mapping[CaseEventType, Callable[[Case, CaseEvent, Document], Case]] = {
    CaseEventType.AGE_DETERMINED: _age_determined,
    CaseEventType.GUARDIAN_RECORDED: _guardian_recorded,
    CaseEventType.GUARDIAN_BARRED: _guardian_barred,
    CaseEventType.BEST_INTERESTS_RECORDED: _best_interests_recorded,
    CaseEventType.LOCAL_CONTACT_RECORDED: _local_contact_recorded,
    CaseEventType.CHILD_HEARD: _child_heard,
    CaseEventType.RESTRICTION_SET: _restriction_set,
    CaseEventType.RESTRICTION_LIFTED: _restriction_lifted,
    CaseEventType.PROCESSING_RESTRICTED: _processing_restricted,
    CaseEventType.PROCESSING_RELEASED: _processing_released,
    CaseEventType.NRM_WITHDRAWN: _nrm_withdrawn,
    CaseEventType.STATUS_CARRIED: _status_carried,
    CaseEventType.REFLECTION_STARTED: _reflection_started,
    CaseEventType.SAFEGUARD_RECORDED: _safeguard_recorded,
    CaseEventType.INSTRUMENT_RECORDED: _instrument_recorded,
    CaseEventType.OVERRIDE_REQUESTED: _override_requested,
    CaseEventType.OVERRIDE_APPROVED: _override_approved,
    CaseEventType.OVERRIDE_STOPPED: _override_stopped,
    CaseEventType.OVERRIDE_REVIEWED: _override_reviewed,
}
"""One fold for each type; a test holds that none is missing."""


def _with_override(case: Case, terms: Document, change: Callable[[Override], Override]) -> Case:
    name = _text(terms["override"])
    return replace(case, overrides=tuple(change(each) if each.id == name else each for each in case.overrides))


def _restriction(terms: Document) -> Restriction:
    recipient = terms.get("recipient")
    return Restriction(DataCategory(_text(terms["category"])), None if recipient is None else _text(recipient))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
