"""Two agencies come to know one person as one: by a code, once, and never by guessing."""

from datetime import timedelta

import pytest
from builders import HOUR, PERSON_REF, POLICE, SHELTER
from code_showing import (
    ALONE,
    THEIR_REF,
    binds,
    code,
    links,
    made_up,
    recorded_code,
    told,
    two_records,
    withdraws,
)
from fakes import run
from line import BAY, HILL, NORTH, Line, a_line

from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated
from gateway.core.consents.code_items import CodeRefused, CodesLocked
from gateway.core.consents.codes import read
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.desk_items import Changed
from gateway.core.consents.introductions import BoundOtherwise
from gateway.core.housekeeping import ForgetExpired
from schemas.validation import satisfies


@pytest.fixture(params=[False, True], ids=["same node", "another node"])
def line(request: pytest.FixtureRequest) -> Line:
    return a_line(remembers=request.param)


class TestIntroducing:
    def test_a_code_is_made_by_an_agency_that_knows_her_and_is_written_nowhere(self, line: Line) -> None:
        line.says()
        shown = code(line)
        assert read(shown) is not None
        assert len(shown.replace("-", "")) == 13
        assert shown not in repr(line.book)
        assert read(shown) not in repr(line.book)

    def test_nobody_makes_a_code_for_whom_it_does_not_know(self, line: Line) -> None:
        line.says()
        for agency, reference in ((HILL, PERSON_REF), (POLICE, "P-9999")):
            find = line.introductions.bound_to(agency, reference)
            outcome = run(line.introductions.introduce(line.caller(agency), find, line.key()))
            assert outcome == UnknownPerson()
        assert line.book.codes.given == {}

    def test_a_repeated_request_is_told_the_same_code_and_another_another(self, line: Line) -> None:
        line.says()
        assert code(line, key="key-one") == code(line, key="key-one") != code(line, key="key-two")
        assert len(line.book.codes.given) == 2

    def test_a_key_that_comes_again_after_its_answer_is_forgotten_makes_another_code(self, line: Line) -> None:
        line.says()
        first = code(line, key="key-one")
        line.clock.advance(timedelta(hours=25))

        async def forgotten() -> None:
            await line.recorder.record(ForgetExpired(9))

        run(forgotten())
        assert code(line, key="key-one") != first
        assert told(binds(line, first))["bound"] is True

    def test_an_advocate_may_make_one_without_being_an_agency(self, line: Line) -> None:
        line.says()
        [person] = line.book.people
        made = run(line.introductions.introduce(None, lambda: line.people.person(person), "key-of-an-officer"))
        assert told(binds(line, str(told(made)["code"])))["bound"] is True

    def test_a_01_a_code_is_a_leaf_that_names_nobody(self, line: Line) -> None:
        line.says()
        code(line)
        [leaf] = line.leaves("introduction.issued")
        assert satisfies(leaf, "ledger/1.0")
        assert leaf.keys() == {"v", "type", "at", "event", "sender"}


class TestBinding:
    def test_another_agency_that_meets_her_binds_its_own_reference(self, line: Line) -> None:
        line.says()
        answer = told(binds(line, code(line)))
        assert answer == {"bound": True, "covers": ALONE}
        line.says(HILL, discloser=HILL, recipient=BAY, person_ref=THEIR_REF)
        assert len(line.book.people) == 1
        [leaf] = line.leaves("person.bound")
        assert (satisfies(leaf, "ledger/1.0"), leaf["sender"]) == (True, HILL)

    def test_c_09_either_of_them_stops_both(self, line: Line) -> None:
        line.says()
        binds(line, code(line))
        line.says(HILL, discloser=HILL, recipient=BAY, person_ref=THEIR_REF)
        outcome = withdraws(line, HILL, THEIR_REF)
        assert isinstance(outcome, Changed)
        assert len(outcome.consents) == 2
        assert line.told()["outcome"] == "refused"

    def test_c_03_to_be_bound_is_to_be_permitted_nothing(self, line: Line) -> None:
        line.says()
        binds(line, code(line))
        shown = line.desk.shown(HILL, THEIR_REF)
        assert shown == ()

    def test_a_code_may_be_typed_as_people_type(self, line: Line) -> None:
        line.says()
        assert told(binds(line, f" {code(line).lower().replace('-', ' ')} "))["bound"] is True

    def test_a_code_works_once(self, line: Line) -> None:
        line.says()
        shown = code(line)
        binds(line, shown)
        assert binds(line, shown, BAY) == CodeRefused()
        assert len(line.book.bindings) == 2

    def test_wrong_used_and_expired_codes_are_answered_alike(self, line: Line) -> None:
        line.says()
        used, expired = code(line), code(line)
        binds(line, used)
        line.clock.advance(timedelta(days=7))
        answers = [binds(line, shown, BAY, "B-1") for shown in (used, expired, "0" * 13, "nonsense", "")]
        assert answers == [CodeRefused()] * 5
        assert len(line.book.bindings) == 2

    def test_a_code_lasts_until_its_time_is_over(self, line: Line) -> None:
        line.says()
        shown = code(line)
        line.clock.advance(timedelta(days=7) - timedelta(seconds=1))
        assert told(binds(line, shown))["bound"] is True

    def test_a_repeated_request_gets_its_first_answer_though_the_code_is_used(self, line: Line) -> None:
        line.says()
        shown = code(line)
        first = told(binds(line, shown, key="key-one"))
        assert binds(line, shown, key="key-one") == Repeated(first)
        assert binds(line, shown, key="key-two") == BoundOtherwise()
        assert binds(line, shown, person_ref="H-78", key="key-one") == KeyConflict()
        assert len(line.book.bindings) == 2

    def test_a_reference_that_stands_for_another_record_is_not_bound_anew(self, line: Line) -> None:
        two_records(line)
        shown = code(line)
        assert binds(line, shown) == BoundOtherwise()
        assert told(binds(line, shown, BAY, "B-1"))["bound"] is True

    def test_p_02_a_code_tells_nobody_whether_two_references_are_one_person(self, line: Line) -> None:
        """Two recipients with a code for each of their pseudonyms would else know which of them are one person."""
        two_records(line)
        once = code(line)
        binds(line, once, person_ref="H-78")
        of_the_same, of_another = code(line), code(line, HILL, THEIR_REF)
        answers = [binds(line, shown, person_ref="H-78") for shown in (once, of_the_same, of_another)]
        answers += [binds(line, shown) for shown in (once, of_the_same, of_another)]
        assert answers == [BoundOtherwise()] * 6
        assert told(binds(line, of_the_same, BAY, "B-1"))["bound"] is True

    def test_a_receipt_code_introduces_nobody(self, line: Line) -> None:
        actor = Actor(POLICE, line.caller())
        document = {"safe_to_give": True}
        line.says()
        receipt = recorded_code(line, actor, document)
        assert binds(line, receipt) == CodeRefused()

    def test_of_many_that_race_for_one_code_one_has_it(self, line: Line) -> None:
        line.says()
        shown, agencies = code(line), (HILL, BAY, NORTH, SHELTER)
        together = [
            line.introductions.bind(line.caller(agency), f"{agency}-1", shown, f"key-{agency}") for agency in agencies
        ]
        outcomes = line.recorder.together(together)
        assert sum(isinstance(outcome, Recorded) for outcome in outcomes) == 1
        assert sum(outcome == CodeRefused() for outcome in outcomes) == 3
        assert len(line.book.bindings) == 2
        assert len(line.book.codes.uses) == 1

    def test_a_replayed_proof_binds_nothing(self, line: Line) -> None:
        line.says()
        caller = line.caller(HILL)
        run(line.introductions.bind(caller, THEIR_REF, "0" * 13, line.key()))
        outcome = run(line.introductions.bind(caller, THEIR_REF, code(line), line.key()))
        assert outcome == NotFresh(revoked=False)
        assert len(line.book.bindings) == 1


class TestGuessing:
    def test_five_wrong_codes_in_an_hour_lock_the_client_and_are_a_leaf(self, line: Line) -> None:
        line.says()
        right = code(line)
        wrong = [made_up(number) for number in range(5)]
        assert [binds(line, shown, key=f"key-{shown}") for shown in wrong] == [CodeRefused()] * 5
        assert binds(line, right) == CodesLocked() == links(line, right, HILL, THEIR_REF)
        [leaf] = line.leaves("introduction.locked")
        assert (satisfies(leaf, "ledger/1.0"), leaf["sender"]) == (True, HILL)

    def test_another_client_is_not_locked_and_the_lock_opens_after_an_hour(self, line: Line) -> None:
        line.says()
        right, other = code(line), code(line)
        for number in range(5):
            binds(line, made_up(number))
        assert told(binds(line, other, BAY, "B-1"))["bound"] is True
        line.clock.advance(HOUR)
        assert told(binds(line, right))["bound"] is True

    def test_four_wrong_codes_lock_nobody(self, line: Line) -> None:
        line.says()
        for number in range(4):
            binds(line, made_up(number))
        assert told(binds(line, code(line)))["bound"] is True
        assert line.leaves("introduction.locked") == []

    def test_typing_errors_are_not_counted(self, line: Line) -> None:
        line.says()
        shown = code(line)
        flipped = ("1" if shown[0] != "1" else "2") + shown[1:]
        assert [binds(line, flipped) for _ in range(9)] == [CodeRefused()] * 9
        assert told(binds(line, shown))["bound"] is True

    def test_wrong_codes_that_meet_are_all_counted(self, line: Line) -> None:
        together = [
            line.introductions.bind(line.caller(HILL), THEIR_REF, made_up(number), f"key-{number}")
            for number in range(5)
        ]
        assert line.recorder.together(together) == [CodeRefused()] * 5
        assert len(line.book.codes.tries) == 5
        assert len(line.leaves("introduction.locked")) == 1
