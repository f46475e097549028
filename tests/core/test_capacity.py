"""The question for room: codes about nobody, made coarse; one yes for one referral (M-05)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import PERSON_REF, POLICE, SHELTER, an_agency, an_agreement
from fakes import run
from line import BAY, ENFORCERS, HILL, NORTH, SHELTERS, Line, a_line

from consent.policy import Policy
from gateway.core.access.token_details import Act
from gateway.core.answers import KeyConflict, Recorded, Repeated
from gateway.core.consents.desk import Actor
from gateway.core.exchange import Weighed
from gateway.core.recipient_answers import NotNow, Unknown
from gateway.core.room.capacity import ANOTHER_LANGUAGE, AT_ONCE, CapacityRefusedError, NobodyToAsk, told
from gateway.core.room.capacity_shown import shown_to_asker, shown_to_recipient
from schemas.capacity_codes import AgeGroup, RoomAnswer
from schemas.catalogue import load
from schemas.documents import Document, Json
from schemas.errors import SchemaViolationError
from schemas.vocabulary import FunctionClass, Purpose

BED: Document = {
    "schema": "capacity_question/1.0",
    "recipient": SHELTER,
    "purpose": "assistance.accommodation",
    "need": "accommodation.emergency",
    "age": "adult",
}


@pytest.fixture
def line() -> Line:
    """A line on which the shelter wants to be asked first, and she has said yes to it."""
    line = a_line()
    line.directory.agree(an_agreement(id=f"agreement-{SHELTER}", recipient=SHELTER, capacity_first=True))
    line.says()
    return line


def asks(line: Line, key: str = "", **changes: Json) -> list[str]:
    """Ask, and return the ids of the questions, by recipient."""
    document = {name: value for name, value in {**BED, **changes}.items() if value is not None}
    outcome = run(line.capacity.ask(Actor(POLICE, line.caller()), document, key or line.key()))
    assert isinstance(outcome, Recorded | Repeated)
    listed = outcome.answer["questions"]
    assert isinstance(listed, list)
    return [str(one["question"]) for one in sorted(listed, key=lambda one: str(one["recipient"]))]


def answers(line: Line, question: str, said: str = "yes", agency: str = SHELTER, **more: Json) -> object:
    document: Document = {"schema": "capacity_answer/1.0", "answer": said, **more}
    return run(line.capacity.answer(Actor(agency, line.caller(agency)), question, document, line.key()))


def codes(told: Document) -> list[str]:
    reasons = told.get("reasons", [])
    assert isinstance(reasons, list)
    return [str(reason["code"]) for reason in reasons]


def test_m_05_on_a_yes_she_may_be_referred_and_without_one_she_may_not(line: Line) -> None:
    assert codes(line.told()) == ["no_room_said"]
    [question] = asks(line)
    assert codes(line.told(capacity=question)) == ["no_room_said"], "nobody has answered"
    assert isinstance(answers(line, question), Recorded)
    assert line.told(capacity=question)["outcome"] == "permitted"


def test_m_05_a_yes_serves_one_referral(line: Line) -> None:
    [question] = asks(line)
    answers(line, question)
    assert line.told(capacity=question)["outcome"] == "permitted"
    assert codes(line.told(capacity=question)) == ["no_room_said"]
    assert isinstance(answers(line, question, "no"), NotNow)
    assert list(line.capacity.waiting(SHELTER)) == []


def test_m_05_nobody_asks_one_recipient_on_and_on(line: Line) -> None:
    [*_, [last]] = [asks(line, f"question-{number}") for number in range(AT_ONCE)]
    with pytest.raises(CapacityRefusedError, match="too_many at /recipient"):
        asks(line)
    assert asks(line, f"question-{AT_ONCE - 1}") == [last], "what was asked before is told again"
    answers(line, last)
    assert line.told(capacity=last)["outcome"] == "permitted"
    assert len(asks(line)) == 1, "one led to a referral"
    line.clock.advance(timedelta(hours=2 * Policy().clocks.capacity_hours))
    assert len(asks(line)) == 1, "the others are forgotten"


def test_m_05_who_has_enough_questions_is_left_out_of_those_to_a_kind_of_agency(line: Line) -> None:
    assert len([asks(line) for _ in range(AT_ONCE)]) == AT_ONCE
    everybody: dict[str, Json] = {"recipient": None, "function_class": "shelter"}
    reached = [found.asked.recipient for one in asks(line, **everybody) if (found := line.rooms.question(one, POLICE))]
    assert sorted(reached) == sorted(set(SHELTERS) - {SHELTER})
    assert all(asks(line, **everybody) for _ in range(AT_ONCE - 1))
    with pytest.raises(CapacityRefusedError, match="too_many at /function_class"):
        asks(line, **everybody)


def test_m_05_two_referrals_that_race_for_one_room_get_it_once(line: Line) -> None:
    [question] = asks(line)
    answers(line, question)
    racing = [line.exchange.accept(line.asked(capacity=question)) for _ in range(2)]
    outcomes = line.recorder.together(racing)
    assert sorted(str(one.answer["outcome"]) for one in outcomes if isinstance(one, Recorded)) == [
        "permitted",
        "refused",
    ]


def test_m_05_a_no_that_comes_meanwhile_counts(line: Line) -> None:
    [question] = asks(line)
    answers(line, question)
    line.recorder.meanwhile(lambda: answers(line, question, "no"))
    assert codes(line.told(capacity=question)) == ["no_room_said"]


@pytest.mark.parametrize(("said", "more"), [("no", {}), ("wait", {"from": "2031-04-01"})])
def test_m_05_no_and_wait_are_no_yes(line: Line, said: str, more: dict[str, Json]) -> None:
    [question] = asks(line)
    assert isinstance(answers(line, question, said, **more), Recorded)
    assert codes(line.told(capacity=question)) == ["no_room_said"]
    [seen] = line.capacity.asked(POLICE)
    assert shown_to_asker(seen) == {
        "question": question,
        "recipient": SHELTER,
        "purpose": "assistance.accommodation",
        "need": "accommodation.emergency",
        "answer_by": "2031-03-15T12:00:00.000Z",
        "answer": said,
        **more,
    }


def test_m_05_a_yes_holds_for_the_hours_of_the_country(line: Line) -> None:
    [question] = asks(line)
    answers(line, question)
    line.clock.advance(timedelta(hours=24) - timedelta(microseconds=1))
    weighed = line.exchange.weighed(line.asked(capacity=question), Act.SEND)
    assert isinstance(weighed, Weighed)
    assert weighed.case.room.holds
    line.clock.advance(timedelta(microseconds=1))
    assert codes(line.told(capacity=question)) == ["no_room_said"]


def test_m_05_another_recipients_yes_another_agencys_question_and_an_invented_one_open_nothing(line: Line) -> None:
    [hill] = asks(line, recipient=HILL)
    answers(line, hill, agency=HILL)
    for name in (hill, "0" * 26):
        assert codes(line.told(capacity=name)) == ["no_room_said"]
    assert line.told(recipient=HILL, capacity=None)["outcome"] == "refused", "she has not agreed to it"


def test_m_05_where_no_agreement_asks_for_it_nobody_waits_for_room() -> None:
    line = a_line()
    line.says()
    assert line.told()["outcome"] == "permitted"


def test_m_05_what_the_law_orders_waits_for_no_room(line: Line) -> None:
    assert codes(line.told(ground="court_order")) == ["not_permitted"], "it failed for want of the order alone"


def test_m_05_who_asks_on_a_node_that_remembers_an_agency_of_before_asks_all_the_same() -> None:
    line = a_line(remembers=True)
    line.directory.agree(an_agreement(id=f"agreement-{SHELTER}", recipient=SHELTER, capacity_first=True))
    asks(line)

    line.directory.put(an_agency(SHELTER, FunctionClass.SHELTER))

    assert asks(line)


def test_c_04_m_05_a_question_says_nothing_of_her_and_nothing_of_who_asks(line: Line) -> None:
    questions = asks(line, recipient=None, function_class="shelter", language="en")
    assert len(set(questions)) == len(SHELTERS), "each recipient has a number of its own"
    [seen] = line.capacity.waiting(HILL)
    told = shown_to_recipient(seen)
    assert told == {
        "question": seen.asked.id,
        "purpose": "assistance.accommodation",
        "need": "accommodation.emergency",
        "age": "adult",
        "language": "en",
        "asked_on": "2031-03-14",
        "answer_by": "2031-03-15T12:00:00.000Z",
    }
    written = json.dumps(told)
    assert POLICE not in written
    assert PERSON_REF not in written
    kept = json.dumps([str(row) for row in line.book.rooms])
    assert PERSON_REF not in kept
    assert not any(person.hex() in kept for person in line.book.people)
    [leaf, *_] = line.leaves("capacity.asked")
    assert set(leaf) == {"v", "type", "at", "event", "sender", "recipient", "purpose"}


@pytest.mark.parametrize("member", ["person_ref", "pseudonym", "note", "subject"])
def test_m_05_a_question_has_no_place_for_anybody(line: Line, member: str) -> None:
    with pytest.raises(SchemaViolationError):
        asks(line, **{member: PERSON_REF})
    assert line.book.rooms == []


@pytest.mark.parametrize(
    ("given", "language", "region", "coarsened"),
    [
        ({"language": "en"}, "en", None, ()),
        ({"language": "ti"}, ANOTHER_LANGUAGE, None, ("language",)),
        ({"region": "XX1"}, None, "XX1", ()),
        ({"language": "en", "region": "XX1"}, "en", None, ("region",)),
        ({"language": "ti", "region": "XX1"}, ANOTHER_LANGUAGE, None, ("language", "region")),
    ],
)
def test_m_05_codes_leave_so_coarse_that_many_fit_them(
    given: dict[str, Json], language: str | None, region: str | None, coarsened: tuple[str, ...]
) -> None:
    what = told({**BED, **given}, Policy())
    assert (what.age, what.language, what.region, what.coarsened) == (AgeGroup.ADULT, language, region, coarsened)


NOBODY: list[Document] = [
    {**BED, "recipient": "nobody-here"},
    {**BED, "recipient": ENFORCERS},
    {**BED, "purpose": "assistance.health"},
    {name: value for name, value in BED.items() if name != "recipient"} | {"function_class": "health"},
]


@pytest.mark.parametrize("document", NOBODY)
def test_m_05_without_an_agreement_nobody_is_asked_and_every_no_is_alike(line: Line, document: Document) -> None:
    outcome = run(line.capacity.ask(Actor(POLICE, line.caller()), document, line.key()))
    assert outcome == NobodyToAsk()
    assert line.book.rooms == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"function_class": "shelter"}, "/recipient"),
        ({"recipient": None}, "/recipient"),
        ({"purpose": "child_protection"}, "/purpose"),
        ({"purpose": "emergency"}, "/purpose"),
    ],
)
def test_m_05_protection_waits_for_no_room_and_a_question_names_whom_it_asks(
    line: Line, changes: dict[str, Json], pointer: str
) -> None:
    with pytest.raises(CapacityRefusedError) as refused:
        asks(line, **changes)
    assert refused.value.pointer == pointer


@pytest.mark.parametrize(
    ("said", "more"),
    [("wait", {}), ("yes", {"from": "2031-04-01"}), ("wait", {"from": "2031-03-14"})],
)
def test_an_answer_that_says_nothing_is_refused(line: Line, said: str, more: dict[str, Json]) -> None:
    [question] = asks(line)
    with pytest.raises(CapacityRefusedError):
        answers(line, question, said, **more)


def test_only_whom_it_was_asked_answers_and_only_in_time(line: Line) -> None:
    [question] = asks(line)
    assert isinstance(answers(line, question, agency=BAY), Unknown)
    assert isinstance(answers(line, "0" * 26), Unknown)
    line.clock.advance(timedelta(hours=24))
    assert isinstance(answers(line, question), Unknown)


def test_a_repeated_question_is_asked_once(line: Line) -> None:
    assert asks(line, "the-same-key-1") == asks(line, "the-same-key-1")
    assert len(line.book.rooms) == 1
    other = run(line.capacity.ask(Actor(POLICE, line.caller()), {**BED, "age": "child"}, "the-same-key-1"))
    assert isinstance(other, KeyConflict)


def test_an_answer_is_an_entry_of_the_log_without_its_question(line: Line) -> None:
    [question] = asks(line)
    answers(line, question, "no")
    [leaf] = line.leaves("capacity.answered")
    assert (leaf["recipient"], leaf["outcome"]) == (SHELTER, "no")
    assert question not in json.dumps(leaf)


def test_an_agreement_that_is_over_asks_nobody(line: Line) -> None:
    known = line.directory.agreements[POLICE, NORTH, Purpose.ACCOMMODATION]
    line.directory.agree(replace(known, ends=known.begins + timedelta(seconds=1)))
    assert len(asks(line, recipient=None, function_class="shelter")) == len(SHELTERS) - 1


def test_every_answer_a_recipient_may_give_is_in_the_schema_and_taken_is_none() -> None:
    said = load("capacity_answer/1.0")["properties"]
    assert isinstance(said, dict)
    assert said["answer"]["enum"] == [answer.value for answer in RoomAnswer if answer is not RoomAnswer.TAKEN]
