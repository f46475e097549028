"""Facts about a person beside her consents: recorded once, sealed where they say who she is, stopping what they end."""

import json

import pytest
from builders import DAY, NOON, PERSON_REF, POLICE, SHELTER, an_agency
from case_facts import an_override
from fakes import run
from kept_parcels import QUEUED, RECALLED, STOPPED
from line import HILL, KEYS, Line, a_line

from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated
from gateway.core.cases.events import HIDDEN
from gateway.core.cases.rights import CaseRefusedError
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.crypto.blind import blind_person_ref
from gateway.core.known import KnownPerson
from schemas.documents import Document, Json
from schemas.errors import SchemaViolationError
from schemas.validation import satisfies
from schemas.vocabulary import ConsentState, FunctionClass

CHILDREN, GUARDIANS = "city-children", "north-guardians"
DECIDING = "national-authority"
ADULT_ON = "2031-09-02"


@pytest.fixture(params=[False, True], ids=["same node", "another node"])
def line(request: pytest.FixtureRequest) -> Line:
    line = a_line(remembers=request.param)
    line.directory.put(an_agency(CHILDREN, FunctionClass.CHILD_PROTECTION))
    line.directory.put(an_agency(GUARDIANS, FunctionClass.GUARDIAN_SERVICE))
    return line


def fact(kind: str, terms: Json = None) -> Document:
    event: Json = {kind: True if terms is None else terms}
    return {"schema": "case_event/1.0", "person_ref": PERSON_REF, "event": event}


def recorded(line: Line, document: Document, agency: str = POLICE, key: str = "") -> object:
    return run(line.cases.record(Actor(agency, line.caller(agency)), document, key or line.key()))


def told(line: Line, document: Document, agency: str = POLICE) -> Document:
    outcome = recorded(line, document, agency)
    assert isinstance(outcome, Recorded)
    return outcome.answer


def her(line: Line, agency: str = POLICE) -> KnownPerson | None:
    known = line.people.known(blind_person_ref(KEYS, agency, PERSON_REF))
    if known is not None:
        line.people.forget((known.head.id,))
        known = line.people.known(blind_person_ref(KEYS, agency, PERSON_REF))
    return known


def states(line: Line) -> list[str]:
    return [kept.state for kept in line.book.parcels.values()]


class TestRecording:
    def test_of_whom_nothing_was_recorded_no_data_key_is_left(self, line: Line) -> None:
        heard = fact("child_heard", {"informed": "yes", "views": "agrees"})
        recorded(line, heard, key="one key")
        assert isinstance(recorded(line, {**heard, "person_ref": "another"}, key="one key"), KeyConflict)
        assert line.person_keys.keys.keys() == line.book.people

    def test_a_fact_is_written_once_with_a_leaf_and_moves_her_head(self, line: Line) -> None:
        line.says()
        before = her(line)
        answer = told(line, fact("child_heard", {"informed": "yes", "views": "agrees"}))
        after = her(line)
        assert before is not None
        assert after is not None
        assert after.head.version == before.head.version + 1
        assert [event.id for event in after.facts] == [answer["event"]]
        assert after.case.heard is not None
        [leaf] = line.leaves("case.")
        assert leaf["type"] == "case.child_heard"
        assert leaf["sender"] == POLICE
        assert satisfies(leaf, "ledger/1.0")

    def test_c_17_what_was_recorded_stays_and_the_newest_counts(self, line: Line) -> None:
        told(line, fact("age_determined", {"status": "unknown"}), CHILDREN)
        told(line, fact("age_determined", {"status": "adult"}), CHILDREN)
        known = her(line, CHILDREN)
        assert known is not None
        assert [event.terms["status"] for event in known.facts] == ["unknown", "adult"]
        assert known.case.age is not None
        assert known.case.age.status == "adult"

    def test_a_repeated_request_gets_its_first_answer_also_where_it_would_be_refused_now(self, line: Line) -> None:
        line.says()
        document = fact("override_requested", _override())
        first = recorded(line, document, key="key-0000001")
        again = recorded(line, document, key="key-0000001")
        assert isinstance(first, Recorded)
        assert again == Repeated(first.answer)
        assert len(line.leaves("case.")) == 1
        assert [row.event.terms["override"] for row in line.book.case_events] == [first.answer["event"]]
        assert isinstance(recorded(line, fact("nrm_withdrawn"), key="key-0000001"), KeyConflict)

    def test_a_replayed_proof_records_nothing(self, line: Line) -> None:
        line.says()
        actor = Actor(POLICE, line.caller())
        run(line.cases.record(actor, fact("processing_restricted"), line.key()))
        assert run(line.cases.record(actor, fact("processing_released"), line.key())) == NotFresh(revoked=False)
        known = her(line)
        assert known is not None
        assert known.case.processing_restricted

    def test_two_first_facts_that_race_make_one_person(self, line: Line) -> None:
        document = fact("age_determined", {"status": "child"})
        actors = [Actor(CHILDREN, line.caller(CHILDREN)) for _ in range(2)]
        line.recorder.together([line.cases.record(actor, document, line.key()) for actor in actors])
        assert len(line.book.people) == 1
        assert len(line.book.case_events) == 2

    def test_nothing_of_a_fact_that_is_not_in_the_schema_is_stored(self, line: Line) -> None:
        with pytest.raises(SchemaViolationError):
            recorded(line, fact("she_is_lying"))
        with pytest.raises(CaseRefusedError) as caught:
            recorded(line, {"schema": "case_event/1.0", "event": {"nrm_withdrawn": True}})
        assert (caught.value.pointer, caught.value.rule) == ("/person_ref", "required")
        assert not line.book.case_events

    @pytest.mark.parametrize("day", ["2031-02-30", "2031-09-31"])
    def test_a_day_that_is_none_does_not_make_her_history_unreadable(self, line: Line, day: str) -> None:
        with pytest.raises((CaseRefusedError, SchemaViolationError)):
            recorded(line, fact("age_determined", {"status": "child", "adult_on": day}), CHILDREN)
        assert not line.book.people


class TestWhoBecomesKnown:
    def test_a_legal_basis_other_than_consent_makes_a_person_known(self, line: Line) -> None:
        told(line, fact("age_determined", {"status": "child"}), CHILDREN)
        assert her(line, CHILDREN) is not None

    @pytest.mark.parametrize("kind", ["nrm_withdrawn", "processing_restricted", "processing_released"])
    def test_other_facts_about_nobody_are_told_like_an_unknown_person(self, line: Line, kind: str) -> None:
        assert recorded(line, fact(kind)) == UnknownPerson()
        assert not line.book.people
        assert not line.leaves("case.")

    def test_a_refused_fact_makes_nobody_known(self, line: Line) -> None:
        with pytest.raises(CaseRefusedError):
            recorded(line, fact("age_determined", {"status": "adult"}))
        assert not line.book.people

    def test_another_agencys_reference_is_not_hers(self, line: Line) -> None:
        line.says()
        assert recorded(line, fact("nrm_withdrawn"), HILL) == UnknownPerson()


class TestAtRest:
    def test_k_06_the_day_she_turns_18_is_sealed_and_the_rules_still_see_it(self, line: Line) -> None:
        told(line, fact("age_determined", {"status": "child", "adult_on": ADULT_ON}), CHILDREN)
        [row] = line.book.case_events
        assert ADULT_ON not in json.dumps(dict(row.event.terms))
        assert ADULT_ON.encode() not in (row.sealed or b"")
        known = her(line, CHILDREN)
        assert known is not None
        assert known.case.age is not None
        assert str(known.case.age.adult_on) == ADULT_ON

    def test_e_01_e_03_words_of_necessity_and_references_are_sealed_and_told_to_nobody(self, line: Line) -> None:
        line.says()
        told(line, fact("override_requested", _override()))
        told(line, fact("instrument_recorded", an_instrument()))
        for row in line.book.case_events:
            assert row.sealed is not None
            assert not HIDDEN & row.event.terms.keys()
        shown = line.cases.shown(POLICE, PERSON_REF)
        assert not isinstance(shown, UnknownPerson)
        assert [event.type for event in shown] == ["override_requested", "instrument_recorded"]
        assert "District" not in json.dumps([dict(event.terms) for event in shown])

    def test_f_04_a_reflection_period_is_told_to_the_protection_function_alone(self, line: Line) -> None:
        line.directory.put(an_agency(DECIDING, FunctionClass.COMPETENT_AUTHORITY))
        told(line, fact("local_contact_recorded", {"agency": CHILDREN}), DECIDING)
        assert line.cases.reflection(DECIDING, PERSON_REF) == {}
        told(line, fact("reflection_started", {"on": "2031-03-01"}), DECIDING)
        carried = {"reflection": {"earliest_end": "2031-03-31", "may_not_be_removed": True}}
        assert line.cases.reflection(DECIDING, PERSON_REF) == carried
        assert line.cases.reflection(POLICE, PERSON_REF) == {}
        assert line.cases.reflection(SHELTER, PERSON_REF) == {}

    def test_f_04_whoever_knows_her_case_by_another_function_is_not_told(self) -> None:
        line = a_line()
        line.directory.put(an_agency(CHILDREN, FunctionClass.CHILD_PROTECTION))
        line.directory.put(an_agency(DECIDING, FunctionClass.COMPETENT_AUTHORITY))
        told(line, fact("local_contact_recorded", {"agency": CHILDREN}), DECIDING)
        told(line, fact("reflection_started", {"on": "2031-03-01"}), DECIDING)
        line.directory.put(an_agency(DECIDING, FunctionClass.SHELTER))
        assert line.cases.reflection(DECIDING, PERSON_REF) == {}

    def test_m_04_an_agency_is_shown_only_what_it_recorded_itself(self, line: Line) -> None:
        told(line, fact("age_determined", {"status": "child"}), CHILDREN)
        assert line.cases.shown(POLICE, PERSON_REF) == UnknownPerson()


class TestEnding:
    @pytest.fixture(autouse=True)
    def _sent(self, line: Line) -> None:
        self.consent = line.says()
        line.told()

    @pytest.mark.parametrize(
        "document",
        [
            fact("nrm_withdrawn"),
            fact("processing_restricted"),
            fact("restriction_set", {"category": "need"}),
            fact("restriction_set", {"category": "need", "recipient": SHELTER}),
        ],
        ids=["C-11", "A-03", "C-15 from everybody", "C-15 from one"],
    )
    def test_what_waits_is_stopped_in_the_same_transaction(self, line: Line, document: Document) -> None:
        answer = told(line, document)
        assert (answer["stopped"], answer["may_have_left"]) == (1, 0)
        assert states(line) == [STOPPED]
        assert line.fetch() == ()

    @pytest.mark.parametrize(
        "terms",
        [{"category": "need", "recipient": HILL}, {"category": "address"}],
        ids=["another recipient", "something it does not carry"],
    )
    def test_c_15_a_restriction_stops_nothing_else(self, line: Line, terms: Json) -> None:
        assert told(line, fact("restriction_set", terms))["stopped"] == 0
        assert states(line) == [QUEUED]

    def test_a_fact_that_ends_nothing_stops_nothing(self, line: Line) -> None:
        assert told(line, fact("child_heard", {"informed": "yes", "views": "agrees"}))["stopped"] == 0
        assert states(line) == [QUEUED]

    def test_c_11_leaving_the_mechanism_takes_back_every_consent_and_tells_what_may_have_left(self, line: Line) -> None:
        line.fetch()
        answer = told(line, fact("nrm_withdrawn"))
        assert (answer["withdrawn"], answer["stopped"], answer["may_have_left"]) == (1, 0, 1)
        assert answer["may_have_left_to"] == [SHELTER]
        assert states(line) == [RECALLED]
        known = her(line)
        assert known is not None
        assert [consent.state for consent in known.consents] == [ConsentState.WITHDRAWN]

    def test_c_11_she_may_be_referred_again_by_a_later_yes(self, line: Line) -> None:
        told(line, fact("nrm_withdrawn"))
        line.clock.advance(DAY)
        at = "2031-03-15T11:30:00Z"
        line.says(taken_at=at, valid_from=at)
        known = her(line)
        assert known is not None
        assert [consent.state for consent in known.consents] == [ConsentState.WITHDRAWN, ConsentState.GIVEN]

    def test_c_15_a_restriction_while_a_fetch_is_under_way_wins(self, line: Line) -> None:
        line.recorder.meanwhile(lambda: told(line, fact("restriction_set", {"category": "need"})))
        assert line.fetch() == ()
        assert states(line) == [STOPPED]
        assert not line.leaves("disclosure.sending")


def _override(**changes: Json) -> dict[str, Json]:
    return {**an_override(NOON), **changes}


def an_instrument(**changes: Json) -> dict[str, Json]:
    terms: dict[str, Json] = {
        "kind": "court_order",
        "recipient": SHELTER,
        "categories": ["name"],
        "person_told": "yes",
        "reference": "District court, order 12 of 2031",
    }
    return {**terms, **changes}


def test_two_officers_who_use_one_key_are_not_taken_for_one(line: Line) -> None:
    line.says()
    document = fact("restriction_set", {"category": "name"})
    first, again, other = (
        run(line.cases.record(Actor(POLICE, None, officer), document, "the-key-of-1"))
        for officer in ("officer-1", "officer-1", "officer-2")
    )
    assert isinstance(first, Recorded)
    assert isinstance(again, Repeated)
    assert isinstance(other, Recorded)
