"""Questions for room in both databases: found by id, by whom they are for and by who asked (M-05)."""

from dataclasses import replace
from datetime import date, timedelta

from builders import NOON, POLICE, SHELTER
from stores import Store

from gateway.core.heads import Head, capacity_head
from gateway.core.records.capacity_rows import RoomAnswerRow, RoomQuestionRow
from gateway.core.rows import AgreementRow
from gateway.store.reading.capacity import RoomReader
from schemas.capacity_codes import AgeGroup, RoomAnswer
from schemas.vocabulary import Need, Purpose

DAY = timedelta(days=1)


def a_question(number: int = 1, recipient: str = SHELTER, language: str | None = "en") -> RoomQuestionRow:
    codes = (Purpose.ACCOMMODATION, Need.ACCOMMODATION_EMERGENCY, AgeGroup.CHILD, language, None)
    return RoomQuestionRow(f"{number:026d}", POLICE, recipient, *codes, NOON, NOON + DAY, NOON + 2 * DAY)


def said(store: Store, *answers: RoomAnswerRow) -> None:
    for answer in answers:
        store.do(lambda transaction, answer=answer: transaction.add(answer))


def reader(store: Store) -> RoomReader:
    return RoomReader(store.database.reading)


def test_m_05_a_question_is_read_as_it_was_written_with_its_newest_answer(store: Store) -> None:
    asked = a_question()
    store.do(lambda transaction: transaction.add(asked))
    found = reader(store).question(asked.id, POLICE)
    assert found is not None
    assert (found.asked, found.answer, found.head) == (asked, None, Head(capacity_head(asked.id), 0))
    wait = RoomAnswerRow(asked.id, RoomAnswer.WAIT, date(2031, 4, 1), NOON)
    yes = RoomAnswerRow(asked.id, RoomAnswer.YES, None, NOON + timedelta(hours=1))
    for answer in (wait, yes):
        said(store, answer)
        newest = reader(store).question(asked.id, POLICE)
        assert newest is not None
        assert newest.answer == answer
        assert newest == reader(store).question(asked.id, SHELTER)
    assert reader(store).question("0" * 26, POLICE) is None
    assert reader(store).question(asked.id, "hill-shelter") is None


def test_m_05_a_recipient_sees_what_waits_for_it_and_no_more(store: Store) -> None:
    mine, taken, theirs = a_question(1), a_question(2), a_question(3, "hill-shelter", None)
    for row in (mine, taken, theirs):
        store.do(lambda transaction, row=row: transaction.add(row))
    said(store, RoomAnswerRow(taken.id, RoomAnswer.TAKEN, None, NOON))
    assert [one.asked for one in reader(store).to(SHELTER, NOON, 9)] == [mine]
    assert reader(store).to(SHELTER, NOON + DAY, 9) == []
    assert {one.asked for one in reader(store).of(POLICE, NOON, 9)} == {mine, taken, theirs}
    assert reader(store).of(SHELTER, NOON, 9) == []


def test_m_05_a_page_begins_behind_a_question_and_what_is_taken_takes_no_room(store: Store) -> None:
    rows = [replace(a_question(number), asked=NOON + timedelta(hours=number // 2)) for number in range(1, 7)]
    for row in rows:
        store.do(lambda transaction, row=row: transaction.add(row))
    said(store, RoomAnswerRow(rows[0].id, RoomAnswer.TAKEN, None, NOON))
    read, ids = reader(store), [row.id for row in rows]
    assert [one.asked.id for one in read.to(SHELTER, NOON, 2)] == ids[1:3]
    assert [one.asked.id for one in read.to(SHELTER, NOON, 9, ids[2])] == ids[3:]
    newest = [ids[5], ids[3], ids[4], ids[1], ids[2], ids[0]]
    assert [one.asked.id for one in read.of(POLICE, NOON, 9)] == newest
    assert [[one.asked.id for one in read.of(POLICE, NOON, 9, after)] for after in newest] == [
        newest[at + 1 :] for at in range(6)
    ]
    assert read.to(SHELTER, NOON, 9, "0" * 26) == []


def test_m_05_what_is_over_is_forgotten(store: Store) -> None:
    row = a_question()
    store.do(lambda transaction: transaction.add(row))
    said(store, RoomAnswerRow(row.id, RoomAnswer.NO, None, NOON))
    for days, left in ((1, 1), (3, 0), (20, 0)):
        store.clock.moment = NOON + days * DAY
        store.do(lambda transaction: transaction.forget_expired(9))
        assert len(store.rows("select id from room_question")) == left
    assert store.rows("select id from room_answer") == []


def test_everybody_agreed_with_is_found_once(store: Store) -> None:
    for number, recipient in enumerate(("hill-shelter", SHELTER, SHELTER)):
        route = (POLICE, recipient, Purpose.ACCOMMODATION)
        row = AgreementRow(f"agreement-{number}", *route, NOON, NOON + DAY, {})
        store.do(lambda transaction, row=row: transaction.register(row))
    assert reader(store).agreed_with(POLICE, Purpose.ACCOMMODATION) == ["hill-shelter", SHELTER]
    assert reader(store).agreed_with(POLICE, Purpose.HEALTH) == []


def test_m_05_what_one_asked_another_is_counted_until_it_served_or_is_forgotten(store: Store) -> None:
    for row in (a_question(1), a_question(2), a_question(3), a_question(4, "hill-shelter")):
        store.do(lambda transaction, row=row: transaction.add(row))
    taken = a_question(3).id
    said(store, RoomAnswerRow(a_question(2).id, RoomAnswer.NO, None, NOON))
    said(store, RoomAnswerRow(taken, RoomAnswer.TAKEN, None, NOON))
    assert reader(store).unused(POLICE, SHELTER, NOON) == 2, "a no is an answer; what was taken led to a referral"
    assert reader(store).unused(SHELTER, POLICE, NOON) == 0
    assert reader(store).unused(POLICE, SHELTER, NOON + 2 * DAY) == 0
