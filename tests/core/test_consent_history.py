"""Who may say what happened to a consent, how it is written down, and how it stood at any past moment (C-17)."""

import json

import pytest
from builders import DAY, HOUR, NOON, PERSON_REF, POLICE, SHELTER, a_consent_document
from fakes import run
from happening import INFORMED, WHO, happens, standing, told
from line import HILL, Line, a_line

from consent.records import ConsentEventType
from gateway.core.answers import KeyConflict, Recorded, Repeated
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.life_cycle import LifeCycle, Standing
from gateway.core.crypto.sealing import Place, open_at_rest
from schemas.documents import Document
from schemas.validation import satisfies
from schemas.vocabulary import ConsentState


@pytest.fixture(params=[False, True], ids=["same node", "another node"])
def line(request: pytest.FixtureRequest) -> Line:
    return a_line(remembers=request.param)


class TestWhoAndHow:
    @pytest.mark.parametrize("agency", [SHELTER, HILL])
    def test_only_the_agency_that_recorded_it_may_say_what_happened(self, line: Line, agency: str) -> None:
        consent = line.says()
        assert happens(line, consent, "withdrawn", agency=agency) == UnknownPerson()
        assert happens(line, "0" * 26, "withdrawn") == UnknownPerson()
        assert standing(line, consent).consent.state is ConsentState.GIVEN

    def test_a_repeated_event_gets_its_first_answer_though_it_fits_no_longer(self, line: Line) -> None:
        consent = line.says(state="requested")
        first = told(happens(line, consent, "given", key="key-one", **INFORMED))
        assert happens(line, consent, "given", key="key-one", **INFORMED) == Repeated(first)
        assert happens(line, consent, "refused", key="key-one", **INFORMED) == KeyConflict()
        assert len(line.book.consents) == 2

    def test_a_repeated_end_is_told_what_it_stopped(self, line: Line) -> None:
        consent = line.says()
        line.told()
        first = told(happens(line, consent, "withdrawn", key="key-one"))
        assert happens(line, consent, "withdrawn", key="key-one") == Repeated(first)

    def test_a_01_every_event_is_a_leaf_that_commits_to_what_was_written(self, line: Line) -> None:
        consent = line.says()
        happens(line, consent, "narrowed", **WHO, categories=["pseudonym", "need"])
        [leaf] = line.leaves("consent.narrowed")
        assert satisfies(leaf, "ledger/1.0")
        assert (leaf["sender"], leaf["recipient"], leaf["outcome"]) == (POLICE, SHELTER, "given")
        assert len(str(leaf["content"])) == 64

    def test_what_was_said_opens_with_her_key_only(self, line: Line) -> None:
        consent = line.says()
        happens(line, consent, "narrowed", **WHO, categories=["pseudonym", "need"])
        row = line.book.consents[-1]
        place = Place("consent_event", "sealed", consent.encode(), 2)
        assert row.sealed is not None
        assert json.loads(open_at_rest(line.person_keys.of(row.person), place, row.sealed))["taken_by"]["name"]

    def test_events_that_meet_are_all_written_in_turn(self, line: Line) -> None:
        consents = [line.says(recipient=recipient) for recipient in (SHELTER, HILL)]
        document: Document = {"schema": "consent_event/1.0", "type": "withdrawn"}
        life = LifeCycle(line.desk)
        together = [life.happened(Actor(POLICE, line.caller()), one, document, line.key()) for one in consents]
        assert all(isinstance(outcome, Recorded) for outcome in line.recorder.together(together))
        assert {standing(line, one).consent.state for one in consents} == {ConsentState.WITHDRAWN}


class TestLookingBack:
    def test_c_17_its_state_at_any_past_moment_can_be_told(self, line: Line) -> None:
        consent, life = line.says(), LifeCycle(line.desk)
        line.clock.advance(DAY)
        happens(line, consent, "narrowed", **WHO, categories=["pseudonym", "need"])
        line.clock.advance(DAY)
        line.takes_back()
        states = []
        for at in (NOON, NOON + DAY, NOON + 2 * DAY):
            found = life.one(POLICE, consent, at)
            assert isinstance(found, Standing)
            states.append((found.consent.state, len(found.consent.categories) > 2, len(found.events)))
        assert states == [
            (ConsentState.GIVEN, True, 1),
            (ConsentState.GIVEN, False, 2),
            (ConsentState.WITHDRAWN, False, 3),
        ]
        assert life.one(POLICE, consent, NOON - HOUR) == UnknownPerson()

    def test_every_consent_this_agency_recorded_about_her_with_its_history(self, line: Line) -> None:
        consent, life = line.says(), LifeCycle(line.desk)
        line.says(recipient=HILL)
        happens(line, consent, "withdrawn")
        [first, second] = life.all_of(POLICE, PERSON_REF)
        assert [event.type for event in first.events] == [ConsentEventType.RECORDED, ConsentEventType.WITHDRAWN]
        assert second.consent.recipient == HILL
        assert life.all_of(HILL, PERSON_REF) == () == life.all_of(POLICE, "P-9999")
        assert life.all_of(POLICE, PERSON_REF, NOON - HOUR) == ()

    def test_what_another_agency_recorded_about_the_same_person_is_not_shown(self, line: Line) -> None:
        line.says()
        actor = Actor(HILL, line.caller(HILL))
        run(line.desk.record(actor, a_consent_document(discloser=HILL, recipient=SHELTER), "K"))
        assert len(LifeCycle(line.desk).all_of(POLICE, PERSON_REF)) == 1
