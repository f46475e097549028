"""Whatever ends a disclosure ends its files, for who has them, reads them and brings them (M-03, C-09, C-15, A-04)."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from client.law_offices import ROUTE
from client.paper_cases import (
    LETTER,
    NO_MESSAGE,
    PAPER,
    Case,
    Meanwhile,
    ask_for,
    attachments,
    completed,
    elsewhere,
    erased,
    narrowed,
    rejected,
    restricted,
    stopped,
    taken_back,
    withdrawn,
    withheld_anew,
)
from structlog.testing import capture_logs

from gateway.client import (
    Message,
    NotFoundError,
    Route,
)
from gateway.core.answers import Stale
from gateway.core.delivery.attachments import Attachments, Fetching
from gateway.core.errors import OperatorError
from gateway.core.heads import Head
from gateway.core.named_files import PIECE
from gateway.demo.agencies import CLINIC, CLINIC_SYSTEM, SHELTER
from gateway.store.writing.attachments import AttachmentReader


def test_m_03_before_the_lease_and_after_it_nothing_is_fetched(case: Case) -> None:
    case.seal()
    referral = case.refer()
    case.bring(referral)
    with pytest.raises(NotFoundError):
        case.fetch(case.waiting())
    message = case.message(acknowledged=False)
    assert case.fetch(message) == case.papers[1].sealed
    with case.post.later(minutes=6), pytest.raises(NotFoundError):
        case.fetch(message)


ENDS = (withdrawn, narrowed, restricted, withheld_anew, stopped, erased, completed, rejected, taken_back)


@pytest.mark.parametrize("end", ENDS)
def test_what_ends_a_disclosure_ends_its_files_though_it_was_delivered(
    case: Case, end: Callable[[Case, Message], None]
) -> None:
    """C-09, C-15, A-03, A-04, M-03."""
    referral, message = case.brought(sender_reference=case.person)
    end(case, message)
    assert case.is_gone(message)
    with pytest.raises(NotFoundError):
        case.bring(referral)


def test_c_15_withheld_from_somebody_else_it_stays_where_it_is(case: Case) -> None:
    _, message = case.brought()
    restricted(case, message, recipient=SHELTER)
    assert case.fetch(message) == case.papers[1].sealed


def test_c_15_withheld_from_this_office_it_never_goes(case: Case) -> None:
    case.seal()
    restricted(case, NO_MESSAGE, recipient=case.office.member.id)
    assert case.refer().sent == ("need",)


def test_a_03_a_correction_ends_the_files_of_what_it_corrects(case: Case) -> None:
    earlier, message = case.brought()
    case.seal()
    key = case.office.key(case.post.line.clock.now().date())
    addition = key.supplement(case.person, attachments=(case.papers[1].named,))
    case.post.client(CLINIC_SYSTEM).refer(
        case.document(), Route(case.office.member.id, ROUTE, replaces=earlier.id), supplement=addition
    )
    assert case.is_gone(message)


def test_a_04_when_its_time_is_over_nothing_is_fetched_and_then_nothing_is_kept(case: Case) -> None:
    _, message = case.brought()
    with case.post.later(days=40):
        with pytest.raises(NotFoundError):
            case.fetch(message)
        rejected(case, message)
        asyncio.run(case.post.line.world.gateway.retention.end(case.post.line.clock.now()))
        assert case.is_gone(message)


def test_c_09_who_is_reading_when_she_withdraws_gets_no_further_piece(case: Case) -> None:
    _, message = case.brought(PAPER)

    async def read() -> list[int]:
        found = await attachments(case.post).fetching(case.office.member.id, message.id, 1)
        assert isinstance(found, Fetching)
        pieces = found.bytes_between(0, found.named.length - 1)
        came = [len(await anext(pieces))]
        elsewhere(lambda: withdrawn(case, message))
        with pytest.raises(OperatorError):
            await anext(pieces)
        return came

    assert asyncio.run(read()) == [PIECE]


def test_c_09_an_answer_that_a_withdrawal_cuts_off_is_nobodys_mistake(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is cut, and the log raises no alarm about it."""
    _, message = case.brought(PAPER)
    whole = AttachmentReader.piece

    async def first_alone(shelf: AttachmentReader, attachment: str, number: int, heads: Sequence[Head]) -> bytes | None:
        return None if number else await whole(shelf, attachment, number, heads)

    monkeypatch.setattr(AttachmentReader, "piece", first_alone)
    with capture_logs() as logged, pytest.raises(AssertionError):  # It is not told as a whole answer.
        ask_for(case, message, "/1")
    assert [line for line in logged if line["log_level"] in {"warning", "error"}] == []


@pytest.mark.parametrize("content", [LETTER, PAPER], ids=["one piece", "many"])
def test_c_09_who_is_bringing_when_she_withdraws_brings_nothing(case: Case, content: bytes) -> None:
    case.seal(content=content)
    referral, sealed = case.refer(), case.papers[1].sealed

    async def brought(at: int) -> bool:
        attempt = await attachments(case.post).bringing(CLINIC, referral.id, 1)
        assert attempt is not None
        assert await attempt.take(sealed[:at])
        elsewhere(lambda: withdrawn(case, NO_MESSAGE))
        return await attempt.take(sealed[at:]) and await attempt.end()

    assert asyncio.run(brought(PIECE)) is False
    with pytest.raises(NotFoundError):
        case.bring(referral)


class AlwaysStale:
    """A recorder under which everything keeps changing."""

    def __init__(self, files: Attachments) -> None:
        self.files = files

    async def record(self, item: object, *, urgent: bool = False) -> object:
        kind = type(item).__name__
        return Stale(()) if kind in {"HandOut", "ReceiveAttachment"} else await self.files.recorder.record(item)


@pytest.mark.parametrize("kind", ["HandOut", "ReceiveAttachment", "BeginAttachment"])
def test_c_09_a_withdrawal_between_decision_and_record_wins(case: Case, kind: str) -> None:
    files = attachments(case.post)
    if kind == "HandOut":
        _, message = case.brought()
    else:
        case.seal()
        referral = case.refer()
    racing = replace(
        files,
        recorder=Meanwhile(files, kind, lambda: withdrawn(case, NO_MESSAGE)),
    )

    async def asked() -> object:
        if kind == "HandOut":
            return await racing.fetching(case.office.member.id, message.id, 1)
        attempt = await racing.bringing(CLINIC, referral.id, 1)
        if attempt is None:
            return None
        await attempt.take(case.papers[1].sealed)
        return await attempt.end() or None

    assert asyncio.run(asked()) is None


def test_m_03_an_answer_between_decision_and_record_wins(case: Case) -> None:
    _, message = case.brought()
    files = attachments(case.post)
    racing = replace(files, recorder=Meanwhile(files, "HandOut", lambda: rejected(case, message)))
    assert asyncio.run(racing.fetching(case.office.member.id, message.id, 1)) is None


def test_c_09_another_word_of_hers_meanwhile_only_costs_a_second_look(case: Case) -> None:
    files = attachments(case.post)
    case.seal()
    referral = case.refer()
    racing = replace(
        files,
        recorder=Meanwhile(files, "ReceiveAttachment", lambda: restricted(case, NO_MESSAGE, recipient=SHELTER)),
    )

    async def brought() -> bool:
        attempt = await racing.bringing(CLINIC, referral.id, 1)
        assert attempt is not None
        return await attempt.take(case.papers[1].sealed) and await attempt.end()

    assert asyncio.run(brought()) is True
    assert case.fetch(case.message()) == case.papers[1].sealed


def test_records_that_keep_changing_are_the_operators(case: Case) -> None:
    _, message = case.brought()
    files = attachments(case.post)
    racing = replace(files, recorder=AlwaysStale(files))
    case.seal()
    referral = case.refer()

    async def brought() -> None:
        attempt = await racing.bringing(CLINIC, referral.id, 1)
        assert attempt is not None
        await attempt.take(case.papers[1].sealed)
        await attempt.end()

    with pytest.raises(OperatorError):
        asyncio.run(racing.fetching(case.office.member.id, message.id, 1))
    with pytest.raises(OperatorError):
        asyncio.run(brought())


@dataclass
class Ahead:
    """A clock of another node, much too early."""

    files: Attachments

    def now(self) -> object:
        return self.files.clock.now() + timedelta(days=60)


def test_what_may_not_leave_any_more_is_not_taken_to_its_end(case: Case) -> None:
    files = attachments(case.post)
    case.seal()
    referral = case.refer()

    async def brought() -> bool:
        attempt = await replace(files, clock=Ahead(files)).bringing(CLINIC, referral.id, 1)
        assert attempt is not None
        return await attempt.take(case.papers[1].sealed) and await attempt.end()

    assert asyncio.run(brought()) is False
