"""Two records of one person are joined by both who hold them, and a receipt takes back what it is about (C-09)."""

import pytest
from builders import DAY, PERSON_REF, POLICE
from code_showing import (
    ALONE,
    LINKED,
    THEIR_REF,
    binds,
    code,
    document,
    linked,
    links,
    made_up,
    recorded_code,
    told,
    two_records,
    withdraws,
)
from fakes import run
from line import BAY, HILL, NORTH, Line, a_line

from gateway.core.answers import Repeated
from gateway.core.consents.code_items import CodeRefused, CodesLocked
from gateway.core.consents.codes import read
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.desk_items import Changed
from schemas.validation import satisfies
from schemas.vocabulary import ConsentState


@pytest.fixture(params=[False, True], ids=["same node", "another node"])
def line(request: pytest.FixtureRequest) -> Line:
    return a_line(remembers=request.param)


class TestLinking:
    def test_two_records_are_linked_when_each_side_has_confirmed_it(self, line: Line) -> None:
        two_records(line)
        shown = code(line)
        assert told(links(line, shown, HILL, THEIR_REF)) == {"linked": False, "covers": ALONE}
        assert line.book.codes.links == set()
        assert told(links(line, shown, POLICE, PERSON_REF)) == {"linked": True, "covers": LINKED}
        [leaf] = line.leaves("person.linked")
        assert satisfies(leaf, "ledger/1.0")

    def test_in_either_order(self, line: Line) -> None:
        two_records(line)
        shown = code(line)
        assert told(links(line, shown, POLICE, PERSON_REF))["linked"] is False
        assert told(links(line, shown, HILL, THEIR_REF))["linked"] is True

    @pytest.mark.parametrize(("agency", "reference"), [(POLICE, PERSON_REF), (HILL, THEIR_REF)])
    def test_c_09_a_withdrawal_at_either_stops_both(self, line: Line, agency: str, reference: str) -> None:
        ours, theirs = two_records(line)
        line.told()
        linked(line)
        outcome = withdraws(line, agency, reference)
        assert isinstance(outcome, Changed)
        assert (set(outcome.consents), outcome.linked) == ({ours, theirs}, True)
        assert len(outcome.in_flight.stopped) == 1
        for consent in (ours, theirs):
            shown = line.desk.shown_one(consent)
            assert not isinstance(shown, UnknownPerson)
            assert shown.state is ConsentState.WITHDRAWN
        assert line.told()["outcome"] == "refused"

    def test_without_a_link_it_stops_what_is_known_under_its_own_record(self, line: Line) -> None:
        ours, theirs = two_records(line)
        outcome = withdraws(line, HILL, THEIR_REF)
        assert isinstance(outcome, Changed)
        assert (outcome.consents, outcome.linked) == ((theirs,), False)
        assert line.told()["outcome"] == "permitted"
        assert ours

    def test_c_15_a_restriction_in_either_record_binds_both(self, line: Line) -> None:
        line.says()
        line.says(HILL, discloser=HILL, recipient=BAY, person_ref=THEIR_REF, restrictions=[{"category": "pseudonym"}])
        line.says(HILL, discloser=HILL, recipient=BAY, person_ref=THEIR_REF, restrictions=[{"category": "need"}])
        assert line.told()["outcome"] == "permitted"
        linked(line)
        assert line.told()["outcome"] == "refused"

    def test_what_waits_when_records_are_linked_is_decided_again(self, line: Line) -> None:
        line.says()
        line.says(HILL, discloser=HILL, recipient=BAY, person_ref=THEIR_REF, restrictions=[{"category": "need"}])
        line.told()
        linked(line)
        assert line.fetch() == ()

    def test_links_lead_on(self, line: Line) -> None:
        two_records(line)
        line.says(NORTH, discloser=NORTH, recipient=BAY, person_ref="N-1")
        linked(line)
        linked(line, code(line, HILL, THEIR_REF), (HILL, THEIR_REF), (NORTH, "N-1"))
        outcome = withdraws(line, NORTH, "N-1")
        assert isinstance(outcome, Changed)
        assert len(outcome.consents) == 3

    def test_one_agency_alone_links_nobody(self, line: Line) -> None:
        two_records(line)
        shown = code(line)
        for _ in range(3):
            assert told(links(line, shown, HILL, THEIR_REF))["linked"] is False
        assert line.book.codes.links == set()

    def test_a_third_record_cannot_slip_in_between(self, line: Line) -> None:
        two_records(line)
        line.says(NORTH, discloser=NORTH, recipient=BAY, person_ref="N-1")
        shown = code(line)
        links(line, shown, HILL, THEIR_REF)
        assert links(line, shown, NORTH, "N-1") == CodeRefused()

    def test_a_code_that_links_binds_nobody_and_one_that_bound_links_nobody(self, line: Line) -> None:
        two_records(line)
        one, two = code(line), code(line)
        links(line, one, HILL, THEIR_REF)
        assert binds(line, one, BAY, "B-1") == CodeRefused()
        binds(line, two, BAY, "B-1")
        assert links(line, two, HILL, THEIR_REF) == CodeRefused()

    def test_a_reference_that_stands_for_nobody_links_nothing(self, line: Line) -> None:
        line.says()
        assert links(line, code(line), HILL, "H-99") == UnknownPerson()

    def test_a_repeated_confirmation_is_answered_as_the_first_and_later_ones_as_it_is(self, line: Line) -> None:
        two_records(line)
        shown = code(line)
        first = told(links(line, shown, HILL, THEIR_REF, key="key-one"))
        linked(line, shown)
        assert links(line, shown, HILL, THEIR_REF, key="key-one") == Repeated(first)
        assert told(links(line, shown, HILL, THEIR_REF))["linked"] is True
        assert len(line.book.codes.links) == 2

    def test_two_sides_that_meet_make_one_link(self, line: Line) -> None:
        two_records(line)
        shown = code(line)
        sides = [(POLICE, PERSON_REF), (HILL, THEIR_REF)]
        together = [line.introductions.link(line.caller(one), ref, shown, line.key()) for one, ref in sides]
        answers = [told(outcome)["linked"] for outcome in line.recorder.together(together)]
        assert sorted(map(bool, answers)) == [False, True]
        assert len(line.leaves("person.linked")) == 1


class TestReceiptCodes:
    def test_c_09_who_shows_the_code_of_her_receipt_takes_the_consent_back(self, line: Line) -> None:
        receipt = recorded_code(line, Actor(POLICE, line.caller()), {"safe_to_give": True})
        other = line.says(recipient=HILL)
        line.told()
        outcome = run(line.introductions.withdraw(line.caller(BAY), receipt, line.key(), everything=False))
        assert isinstance(outcome, Changed)
        assert len(outcome.in_flight.stopped) == 1
        assert other not in outcome.consents
        assert line.told()["outcome"] == "refused"

    def test_c_09_or_everything(self, line: Line) -> None:
        receipt = recorded_code(line, Actor(POLICE, line.caller()), {"safe_to_give": True})
        line.says(recipient=HILL)
        outcome = run(line.introductions.withdraw(line.caller(BAY), receipt, line.key(), everything=True))
        assert isinstance(outcome, Changed)
        assert len(outcome.consents) == 2

    def test_it_lasts_as_long_as_the_consent(self, line: Line) -> None:
        receipt = recorded_code(line, Actor(POLICE, line.caller()), {"safe_to_give": True})
        line.clock.advance(80 * DAY)
        outcome = run(line.introductions.withdraw(line.caller(BAY), receipt, line.key(), everything=False))
        assert isinstance(outcome, Changed)

    def test_a_code_that_was_never_given_takes_nothing_back(self, line: Line) -> None:
        recorded_code(line, Actor(POLICE, line.caller()), {"safe_to_give": True})
        introduction = code(line)
        for shown in (made_up(1), "nonsense", introduction):
            outcome = run(line.introductions.withdraw(line.caller(BAY), shown, line.key(), everything=True))
            assert outcome == CodeRefused()
        assert line.told()["outcome"] == "permitted"

    def test_after_twenty_wrong_codes_a_client_tries_no_more(self, line: Line) -> None:
        receipt = recorded_code(line, Actor(POLICE, line.caller()), {"safe_to_give": True})
        for number in range(20):
            run(line.introductions.withdraw(line.caller(BAY), made_up(number), line.key(), everything=False))
        outcome = run(line.introductions.withdraw(line.caller(BAY), receipt, line.key(), everything=False))
        assert outcome == CodesLocked()
        assert len(line.leaves("receipt.locked")) == 1
        other = run(line.introductions.withdraw(line.caller(HILL), receipt, line.key(), everything=False))
        assert isinstance(other, Changed)

    def test_c_18_no_code_is_given_where_a_receipt_is_not_safe(self, line: Line) -> None:
        for safe in ({}, {"safe_to_give": False}):
            actor = Actor(POLICE, line.caller())
            outcome = run(line.desk.record(actor, document(**safe), line.key()))
            assert "withdrawal_code" not in told(outcome)
        assert line.book.codes.given == {}

    def test_a_repeated_recording_is_told_the_same_code_and_nothing_keeps_it(self, line: Line) -> None:
        first, again = (
            told(run(line.desk.record(Actor(POLICE, line.caller()), document(safe_to_give=True), "key-one")))
            for _ in range(2)
        )
        assert first == again
        assert str(first["withdrawal_code"]) not in repr(line.book)
        assert read(str(first["withdrawal_code"])) not in repr(line.book)
