"""Erasing a person (A-03, A-04): what stops, who is told, what is left, and what may not be erased."""

import json
from collections.abc import Awaitable

import pytest
from builders import PERSON_REF, POLICE, SHELTER
from case_facts import ORDER, recorded, referred_twice
from fakes import run
from line import HILL, Line, a_line

from gateway.core.answers import KeyConflict, Repeated
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.crypto.blind import blind_pair, erased_mark
from gateway.core.crypto.sealing import Place, open_at_rest
from gateway.core.erasure.holds import Hold
from gateway.core.erasure.items import Erased, ErasureAnswer, Held
from gateway.core.errors import OperatorError
from gateway.core.ports import Item
from gateway.core.recipient_answers import Told
from gateway.core.records.notice_records import Notice
from schemas.notice_codes import NoticeKind


@pytest.fixture
def line() -> Line:
    return referred_twice()


def erase(
    line: Line, agency: str = POLICE, reference: str = PERSON_REF, key: str = ""
) -> ErasureAnswer | UnknownPerson:
    return run(line.erasures.erase(Actor(agency, line.caller(agency)), reference, key or line.key()))


def told(line: Line) -> list[Notice]:
    return [*line.book.notices.values()]


def test_a_04_nothing_of_hers_is_left_and_her_key_is_gone(line: Line) -> None:
    [person] = line.book.people
    outcome = erase(line)
    assert isinstance(outcome, Erased)
    assert not line.book.people
    assert not line.book.bindings
    assert not line.book.consents
    assert not line.book.parcels
    assert not line.book.referrals
    assert all(leaf.person is None and leaf.wrapped_key is None for leaf in line.book.leaves)
    assert not [head for head in line.book.heads if person.hex() in head or head.startswith("binding:")]
    assert person not in line.person_keys.keys
    assert not line.book.erasing


@pytest.mark.parametrize("way", ["erase", "ask"])
def test_every_head_that_goes_with_her_is_held_before_the_logs(
    line: Line, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Two nodes wait for each other else, a second, and everybody for them."""
    asked, record = list[Item[object]](), line.recorder.record

    def remembering(item: Item[object], *, urgent: bool = False) -> Awaitable[object]:
        asked.append(item)
        return record(item, urgent=urgent)

    monkeypatch.setattr(line.recorder, "record", remembering)
    before = {*line.book.heads}
    run(getattr(line.erasures, way)(Actor(POLICE, line.caller(POLICE)), PERSON_REF, line.key()))
    gone = before - {*line.book.heads}
    assert any(head.startswith("binding:") for head in gone)
    assert gone <= {*asked[0].needs.heads}


def test_a_03_what_was_in_flight_stops_and_past_recipients_are_told_once(line: Line) -> None:
    outcome = erase(line)
    assert isinstance(outcome, Erased)
    assert outcome.answer == {
        "outcome": "erased",
        "stopped": 1,
        "may_have_left": 1,
        "notices": 1,
        "may_have_left_to": [SHELTER],
        "covers": "what is known under this record",
    }
    assert [(one.recipient, one.kind, one.person) for one in told(line)] == [(SHELTER, NoticeKind.ERASURE, None)]


def test_a_03_the_notice_is_handed_out_and_answered_after_her_key_is_gone(line: Line) -> None:
    erase(line)
    line.clock.moment = told(line)[0].due
    [message] = line.fetch()
    notice = json.loads(message.body)
    assert (notice["kind"], notice["asks"]) == ("erasure", "erase")
    assert isinstance(run(line.answering.acknowledge(line.caller(SHELTER), message.message, line.key())), Told)
    assert told(line)[0].state == "acknowledged"
    assert all(leaf.person is None for leaf in line.book.leaves)


def test_a_notice_prepared_before_she_was_erased_leads_to_nobody(line: Line) -> None:
    """Between preparing and confirming she may go; the leaf of the handing out must not bring a row of hers back."""
    recorded(line, "processing_restricted", True)  # noqa: FBT003 - as the schema writes a bare fact
    line.clock.moment = told(line)[0].due
    line.recorder.meanwhile(lambda: erase(line))
    assert [message.message for message in line.fetch()] == [told(line)[0].id]
    assert all(leaf.person is None for leaf in line.book.leaves)


def test_the_leaf_names_who_asked_and_nobody_else(line: Line) -> None:
    erase(line)
    [leaf] = line.leaves("erasure")
    assert leaf.keys() == {"v", "type", "at", "event", "sender"}
    assert leaf["sender"] == POLICE


def test_a_repeated_request_gets_its_first_answer(line: Line) -> None:
    first = erase(line, key="key-of-erasure")
    assert isinstance(first, Erased)
    assert erase(line, key="key-of-erasure") == Repeated(first.answer)
    assert isinstance(erase(line, reference="somebody-else", key="key-of-erasure"), KeyConflict)


def test_who_is_unknown_and_who_was_recorded_by_others_only_is_answered_alike(line: Line) -> None:
    assert erase(line, reference="nobody-here") == UnknownPerson()
    [held] = [row for row in line.book.bindings.values() if row.agency == SHELTER]
    pseudonym = line_reference(line, held.person, held.sealed_ref)
    assert erase(line, SHELTER, pseudonym) == UnknownPerson()
    assert line.book.people


def line_reference(line: Line, person: bytes, sealed: bytes) -> str:
    return open_at_rest(line.person_keys.of(person), Place("binding", "sealed", person, 1), sealed).decode()


def test_under_a_court_order_nothing_is_erased_and_that_is_a_leaf(line: Line) -> None:
    recorded(line, "instrument_recorded", ORDER)
    before = line.book.copied()
    assert erase(line) == Held(Hold.LEGAL_HOLD)
    assert (line.book.people, line.book.parcels, line.book.consents) == (before.people, before.parcels, before.consents)
    [leaf] = line.leaves("erasure.refused")
    assert leaf["reasons"] == ["legal_hold"]
    assert line.person_keys.keys


def test_a_statutory_duty_alone_holds_nothing(line: Line) -> None:
    recorded(line, "instrument_recorded", {**ORDER, "kind": "statutory_duty"})
    assert isinstance(erase(line), Erased)


def test_what_refusals_were_counted_under_goes_too() -> None:
    line = a_line()
    line.says()
    assert line.told(recipient=HILL)["outcome"] == "refused"
    assert line.book.strikes
    erase(line)
    assert not line.book.strikes
    assert not [head for head in line.book.heads if head.startswith("pair:")]


def test_what_was_prepared_for_her_is_prepared_again_and_refused(line: Line) -> None:
    line.recorder.meanwhile(lambda: erase(line))
    assert line.told()["outcome"] == "refused"
    assert not line.book.parcels


def test_a_key_that_could_not_be_destroyed_is_destroyed_when_asked_again(line: Line) -> None:
    [person] = line.book.people
    line.key_store.fails = 1
    with pytest.raises(OperatorError):
        erase(line, key="key-of-erasure")
    assert line.book.erasing == {person}
    assert isinstance(erase(line, key="key-of-erasure"), Repeated)
    assert not line.book.erasing
    assert person not in line.person_keys.keys


def test_what_was_cut_short_is_finished_at_the_next_start_and_twice_does_no_harm(line: Line) -> None:
    [person] = line.book.people
    line.key_store.fails = 1
    with pytest.raises(OperatorError):
        erase(line)
    run(line.erasures.replay())
    assert person not in line.person_keys.keys
    assert run(line.erasures.finish()) == 0
    assert run(line.erasures.replay()) == 0


def test_while_somebody_reads_the_files_it_stays_noted(line: Line) -> None:
    line.erasure_book.readers = 1
    assert isinstance(erase(line), Erased)
    assert line.book.erasing
    line.erasure_book.readers = 0
    assert run(line.erasures.finish()) == 1
    assert not line.book.erasing


def test_an_older_copy_of_the_database_does_not_bring_her_back(line: Line) -> None:
    [person] = line.book.people
    older = line.book.copied()
    erase(line)
    line.book.adopt(older)
    assert line.book.people == {person}
    assert run(line.erasures.replay()) == 1
    assert not line.book.people
    assert not line.book.consents
    assert run(line.erasures.replay()) == 0


def test_who_changes_while_she_is_erased_again_is_erased_all_the_same(line: Line) -> None:
    older = line.book.copied()
    erase(line)
    line.book.adopt(older)
    line.recorder.meanwhile(line.takes_back)
    assert run(line.erasures.replay()) == 1
    assert not line.book.people


def test_a_database_from_before_she_came_is_looked_through_once(line: Line) -> None:
    erase(line)
    line.book.adopt(a_line().book)
    assert run(line.erasures.replay()) == 0
    assert line.erasure_book.counted() == 1


def test_whoever_was_not_erased_stays_when_an_older_copy_is_looked_through(line: Line) -> None:
    line.says(person_ref="somebody-else")
    older = line.book.copied()
    erase(line)
    line.book.adopt(older)
    run(line.erasures.replay())
    assert len(line.book.people) == 1
    assert len(line.book.consents) == 1


def test_a_mark_says_nothing_without_the_ring_and_differs_by_epoch(line: Line) -> None:
    [person] = line.book.people
    mark = erased_mark(line.desk.keys, person)
    assert mark.digest not in {person, blind_pair(line.desk.keys, "client", person.hex())}
    assert len(mark.digest) == 32
