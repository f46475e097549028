"""Who may record which fact; for every yes a no. Nobody records what clears or benefits itself."""

import pytest
from builders import NOON, PERSON_REF, POLICE, SHELTER, a_consent_document, an_agency
from case_facts import an_override
from fakes import run
from line import ENFORCERS, KEYS, Line, a_line

from gateway.core.answers import Recorded
from gateway.core.cases.rights import BEGINNINGS, RECORDERS, CaseRefusedError
from gateway.core.consents.desk import Actor
from gateway.core.crypto.blind import blind_person_ref
from gateway.core.rows import BindingRow
from schemas.case_codes import CaseEventType
from schemas.documents import Json
from schemas.errors import SchemaViolationError
from schemas.vocabulary import FunctionClass

CHILDREN, GUARDIANS, OTHER_GUARDIANS = "city-children", "north-guardians", "south-guardians"
AUTHORITY, ABROAD = "national-authority", "focal-point-yy"


@pytest.fixture
def line() -> Line:
    line = a_line()
    for agency, function in {
        CHILDREN: FunctionClass.CHILD_PROTECTION,
        GUARDIANS: FunctionClass.GUARDIAN_SERVICE,
        OTHER_GUARDIANS: FunctionClass.GUARDIAN_SERVICE,
        AUTHORITY: FunctionClass.COMPETENT_AUTHORITY,
    }.items():
        line.directory.put(an_agency(agency, function))
    line.directory.put(an_agency(ABROAD, FunctionClass.FOCAL_POINT, country="YY"))
    for agency in (POLICE, SHELTER, CHILDREN, GUARDIANS, AUTHORITY):
        run(line.desk.record(Actor(agency, None), a_consent_document(discloser=agency), line.key()))
    return line


def record(line: Line, agency: str, kind: str, terms: Json) -> str:
    """Record one fact; return its number."""
    document: dict[str, Json] = {"schema": "case_event/1.0", "person_ref": PERSON_REF, "event": {kind: terms}}
    outcome = run(line.cases.record(Actor(agency, line.caller(agency)), document, line.key()))
    assert isinstance(outcome, Recorded)
    return str(outcome.answer["event"])


OVERRIDE = an_override(NOON)
INSTRUMENT: dict[str, Json] = {
    "kind": "court_order",
    "recipient": SHELTER,
    "categories": ["name"],
    "person_told": "yes",
    "reference": "Order 12",
}
SAFEGUARD: dict[str, Json] = {
    "country": "YY",
    "safeguard": "adequacy",
    "recipient": ABROAD,
    "priority": "urgent",
    "respond_by": "2031-04-01",
}
BASIS: dict[str, Json] = {"recipient": SHELTER, "purpose": "assistance.accommodation", "basis": "safety"}
CLEAN, IMPLICATED = (
    {"guardian": GUARDIANS, "conflict": "none"},
    {"guardian": GUARDIANS, "conflict": "implicated"},
)

YES: list[tuple[str, str, Json]] = [
    (CHILDREN, "age_determined", {"status": "child", "adult_on": "2031-09-02"}),
    (AUTHORITY, "age_determined", {"status": "adult"}),
    (CHILDREN, "guardian_recorded", CLEAN),
    (CHILDREN, "guardian_barred", {"guardian": GUARDIANS}),
    (POLICE, "guardian_barred", {"guardian": GUARDIANS}),
    (CHILDREN, "best_interests_recorded", BASIS),
    (POLICE, "local_contact_recorded", {"agency": CHILDREN}),
    (POLICE, "restriction_set", {"category": "address"}),
    (POLICE, "nrm_withdrawn", True),
    (AUTHORITY, "status_carried", {"status": "presumed", "deciding_body": AUTHORITY}),
    (AUTHORITY, "reflection_started", {"on": "2031-03-14"}),
    (AUTHORITY, "safeguard_recorded", SAFEGUARD),
    (POLICE, "instrument_recorded", INSTRUMENT),
    (POLICE, "override_requested", OVERRIDE),
]
NO: list[tuple[str, str, Json, str]] = [
    (POLICE, "age_determined", {"status": "adult"}, "K-01"),
    (SHELTER, "age_determined", {"status": "adult"}, "K-01"),
    (CHILDREN, "age_determined", {"status": "adult", "adult_on": "2031-09-02"}, "K-06"),
    (CHILDREN, "age_determined", {"status": "child", "adult_on": "2031-03-14"}, "K-06"),
    (POLICE, "guardian_recorded", CLEAN, "K-03"),
    (GUARDIANS, "guardian_recorded", CLEAN, "K-05"),
    (CHILDREN, "guardian_recorded", {"guardian": "nobody-known", "conflict": "none"}, "K-03"),
    (CHILDREN, "guardian_recorded", {"guardian": POLICE, "conflict": "none"}, "K-03"),
    (SHELTER, "guardian_barred", {"guardian": GUARDIANS}, "K-05"),
    (CHILDREN, "guardian_barred", {"guardian": "nobody-known"}, "K-05"),
    (SHELTER, "best_interests_recorded", BASIS, "K-03"),
    (CHILDREN, "best_interests_recorded", {**BASIS, "recipient": CHILDREN}, "K-03"),
    (CHILDREN, "best_interests_recorded", {**BASIS, "recipient": ENFORCERS}, "K-03"),
    (POLICE, "local_contact_recorded", {"agency": SHELTER}, "K-04"),
    (POLICE, "local_contact_recorded", {"agency": "nobody-known"}, "K-04"),
    (POLICE, "restriction_set", {"category": "address", "recipient": "nobody-known"}, "C-15"),
    (POLICE, "status_carried", {"status": "identified", "deciding_body": POLICE}, "A-06"),
    (AUTHORITY, "status_carried", {"status": "identified", "deciding_body": POLICE}, "A-06"),
    (POLICE, "reflection_started", {"on": "2031-03-14"}, "F-04"),
    (AUTHORITY, "reflection_started", {"on": "2031-03-15"}, "F-04"),
    (POLICE, "safeguard_recorded", SAFEGUARD, "A-09"),
    (AUTHORITY, "safeguard_recorded", {**SAFEGUARD, "recipient": SHELTER}, "A-09"),
    (AUTHORITY, "safeguard_recorded", {**SAFEGUARD, "country": "ZZ"}, "A-09"),
    (POLICE, "instrument_recorded", {**INSTRUMENT, "recipient": POLICE}, "E-03"),
    (POLICE, "instrument_recorded", {**INSTRUMENT, "recipient": ENFORCERS}, "E-03"),
    (POLICE, "override_requested", {**OVERRIDE, "recipient": ENFORCERS}, "E-01"),
    (POLICE, "override_requested", {**OVERRIDE, "recipient": POLICE}, "E-01"),
    (POLICE, "override_requested", {**OVERRIDE, "purpose": "investigation"}, "E-01"),
    (POLICE, "override_requested", {**OVERRIDE, "ends": "2031-03-14T12:00:00Z"}, "E-01"),
    (POLICE, "override_requested", {**OVERRIDE, "ends": "2031-03-16T12:00:00Z"}, "E-01"),
    (POLICE, "override_approved", {"override": "0V000000000000000020310007"}, "E-01"),
    (CHILDREN, "override_reviewed", {"override": "0V000000000000000020310007", "finding": "justified"}, "E-01"),
    (POLICE, "override_stopped", {"override": "0VN0B0DYASKED0000000000000"}, "E-01"),
]


@pytest.mark.parametrize(("agency", "kind", "terms"), YES, ids=lambda one: one if isinstance(one, str) else "")
def test_those_whom_the_law_trusts_with_it_record_it(line: Line, agency: str, kind: str, terms: Json) -> None:
    record(line, agency, kind, terms)


@pytest.mark.parametrize(("agency", "kind", "terms", "rule"), NO)
def test_nobody_else_does(line: Line, agency: str, kind: str, terms: Json, rule: str) -> None:
    with pytest.raises(CaseRefusedError) as caught:
        record(line, agency, kind, terms)
    assert caught.value.rule == rule
    assert not line.book.case_events


def test_f_01_immigration_enforcement_and_the_rapporteur_record_nothing() -> None:
    never = {FunctionClass.IMMIGRATION_ENFORCEMENT, FunctionClass.RAPPORTEUR}
    assert all(never.isdisjoint(recorders) for recorders in RECORDERS.values())


def test_e_01_what_needs_a_second_person_is_recorded_by_no_system() -> None:
    assert set(CaseEventType) - set(RECORDERS) == {
        CaseEventType.OVERRIDE_APPROVED,
        CaseEventType.OVERRIDE_REVIEWED,
    }
    assert set(RECORDERS) >= BEGINNINGS


def test_e_01_a_number_names_one_override_however_often_it_is_asked_for(line: Line) -> None:
    asked = [record(line, agency, "override_requested", OVERRIDE) for agency in (POLICE, POLICE, CHILDREN)]
    assert len(set(asked)) == 3
    assert [row.event.terms["override"] for row in line.book.case_events] == asked


def test_e_01_an_override_is_stopped_once(line: Line) -> None:
    asked = record(line, POLICE, "override_requested", OVERRIDE)
    record(line, POLICE, "override_stopped", {"override": asked})
    with pytest.raises(CaseRefusedError):
        record(line, POLICE, "override_stopped", {"override": asked})


def test_k_05_a_conflict_is_cleared_by_the_child_protection_authority_only(line: Line) -> None:
    record(line, CHILDREN, "guardian_recorded", IMPLICATED)
    line.directory.put(an_agency(CHILDREN, FunctionClass.GUARDIAN_SERVICE))
    with pytest.raises(CaseRefusedError):
        record(line, CHILDREN, "guardian_recorded", CLEAN)
    line.directory.put(an_agency(CHILDREN, FunctionClass.CHILD_PROTECTION))
    record(line, CHILDREN, "guardian_recorded", CLEAN)


def share(line: Line, agency: str) -> None:
    """Let an agency know the person the police know."""
    known = line.people.known(blind_person_ref(KEYS, POLICE, PERSON_REF))
    assert known is not None
    blind = blind_person_ref(KEYS, agency, PERSON_REF)
    line.book.bindings[blind] = BindingRow(blind, known.id, agency, b"sealed")


def test_c_15_an_agency_lifts_what_it_wrote_down_itself_and_no_other(line: Line) -> None:
    share(line, SHELTER)
    record(line, POLICE, "restriction_set", {"category": "address"})
    with pytest.raises(CaseRefusedError):
        record(line, SHELTER, "restriction_lifted", {"category": "address"})
    record(line, POLICE, "restriction_lifted", {"category": "address"})


def test_c_15_what_she_said_in_a_consent_is_lifted_by_its_discloser_only(line: Line) -> None:
    share(line, SHELTER)
    withheld = a_consent_document(restrictions=[{"category": "need"}])
    run(line.desk.record(Actor(POLICE, None), withheld, line.key()))
    with pytest.raises(CaseRefusedError):
        record(line, SHELTER, "restriction_lifted", {"category": "need"})
    record(line, POLICE, "restriction_lifted", {"category": "need"})


def test_a_03_what_she_had_restricted_is_released_by_whoever_wrote_it_down(line: Line) -> None:
    share(line, SHELTER)
    done: Json = True
    record(line, POLICE, "processing_restricted", done)
    with pytest.raises(CaseRefusedError):
        record(line, SHELTER, "processing_released", done)
    record(line, POLICE, "processing_released", done)


@pytest.mark.parametrize("name", ["Mirela-K-born-1991", "MARE1AK0FHARB0RB0RN1991000", "0V000000000000000020310007"])
def test_p_02_nobody_chooses_an_overrides_number(line: Line, name: str) -> None:
    """It lies readable in a column, in terms and in the ids of heads; twenty-six letters have room for a name."""
    with pytest.raises(SchemaViolationError):
        record(line, POLICE, "override_requested", {**OVERRIDE, "override": name})
    assert not line.book.case_events
