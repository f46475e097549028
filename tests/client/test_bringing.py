"""Bringing a file: the one that was named, whole, within a day, and no other (M-09)."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from client.paper_cases import (
    LETTER,
    OCTETS,
    PAPER,
    Case,
    Meanwhile,
    Paper,
    attachments,
    digest,
    leaves,
    upload,
)

from gateway.client import (
    ConflictError,
    NotFoundError,
)
from gateway.core.delivery.attachments import OtherFileError, OvertakenError
from gateway.core.housekeeping import ForgetExpired
from gateway.core.named_files import PIECE
from gateway.demo.agencies import CLINIC, CLINIC_SYSTEM, RECORDS


def test_a_file_is_brought_once_however_often(case: Case) -> None:
    case.brought()
    referral = case.refer()
    for _ in range(3):
        case.bring(referral)
    assert len(leaves(case.post, "attachment.received")) >= 2
    raw = case.post.client(CLINIC_SYSTEM).line.ask(upload(referral, case.papers[1].sealed))
    assert (raw.status, raw.document()["outcome"]) == (200, "received")


LIES: dict[str, Callable[[bytes], bytes]] = {
    "length": lambda sealed: sealed[:-1],
    "digest": lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]),
    "not_sealed": lambda sealed: b"%PDF-1.7  " + sealed[10:],
}


@pytest.mark.parametrize("rule", LIES)
@pytest.mark.parametrize("content", [LETTER, PAPER], ids=["one piece", "many"])
def test_another_file_than_the_one_named_is_not_kept(case: Case, rule: str, content: bytes) -> None:
    sealed = case.seal(content=content).sealed
    if rule == "not_sealed":  # Named as it is: its digest would hold.
        case.papers[1] = Paper(replace(case.papers[1].named, sha256=digest(LIES[rule](sealed))), LIES[rule](sealed))
    referral = case.refer()
    sender = case.post.client(CLINIC_SYSTEM)
    told = sender.line.ask(replace(upload(referral, LIES[rule](sealed)), headers=OCTETS))
    assert (told.status, told.problem().code) == (422, "other_file")
    assert [fault.rule for fault in told.problem().told.faults] == [rule]
    message = case.message()
    with pytest.raises(ConflictError):
        case.fetch(message)
    if rule != "not_sealed":
        case.bring(referral)
        assert case.fetch(message) == sealed, "the control: the right one is still taken"


def test_too_much_is_seen_before_it_is_read(case: Case) -> None:
    case.seal()
    referral = case.refer()
    sender = case.post.client(CLINIC_SYSTEM)
    told = sender.line.ask(upload(referral, case.papers[1].sealed + b"more"))
    assert (told.status, told.problem().told.faults[0].rule) == (422, "length")
    told = sender.line.ask(replace(upload(referral, case.papers[1].sealed + b"more"), headers=OCTETS))
    assert (told.status, told.problem().told.faults[0].rule) == (422, "length")
    told = sender.line.ask(replace(upload(referral, b""), headers={"Content-Type": "text/plain"}))
    assert told.status == 415


def test_what_the_installation_does_not_take_is_not_begun(case: Case) -> None:
    case.seal()
    referral = case.refer()
    door = case.post.line.world.gateway.door
    small = attachments(case.post, largest=1024)
    object.__setattr__(door, "attachments", small)
    try:
        told = case.post.client(CLINIC_SYSTEM).line.ask(upload(referral, case.papers[1].sealed))
    finally:
        object.__setattr__(door, "attachments", replace(small, largest=16_777_216))
    assert (told.status, told.problem().code) == (413, "other_file")


def test_somebody_else_s_referral_takes_no_file(case: Case) -> None:
    case.seal()
    referral = case.refer()
    with pytest.raises(NotFoundError):
        case.post.client(RECORDS).bring(referral, case.papers[1].named, BytesIO(case.papers[1].sealed))
    for path in (f"/v1/referrals/{referral.id}/attachments/0", "/v1/referrals/nobody/attachments/1"):
        asked = replace(upload(referral, case.papers[1].sealed), path=path)
        assert case.post.client(CLINIC_SYSTEM).line.ask(asked).status == 404
    case.bring(referral)


def test_what_nobody_brings_within_a_day_is_forgotten(case: Case) -> None:
    case.seal()
    referral = case.refer()
    message = case.message()
    with pytest.raises(ConflictError) as not_yet:
        case.fetch(message)
    assert (not_yet.value.code, not_yet.value.told.retry_after) == ("not_there_yet", 60)
    with case.post.later(hours=25):
        with pytest.raises(NotFoundError):
            case.bring(referral)
        asyncio.run(forgotten(case))
        assert case.is_gone(message)


def test_a_later_attempt_takes_the_place_of_an_earlier_one(case: Case) -> None:
    """Nothing has ended: the earlier one is told that it was overtaken, and not that there is no such file."""
    case.seal(content=PAPER)
    referral = case.refer()
    files, sealed = attachments(case.post), case.papers[1].sealed

    async def both() -> bool:
        first = await files.bringing(CLINIC, referral.id, 1)
        assert first is not None
        assert await first.take(sealed[:PIECE])
        second = await files.bringing(CLINIC, referral.id, 1)
        assert second is not None
        assert await second.take(sealed)
        with pytest.raises(OvertakenError):
            await first.take(sealed[PIECE:])
        return await second.end()

    assert asyncio.run(both())
    assert case.fetch(case.message()) == sealed


def test_the_request_that_was_overtaken_is_told_to_wait(case: Case) -> None:
    case.seal()
    referral, door = case.refer(), case.post.line.world.gateway.door
    files = door.attachments

    async def again() -> None:
        assert await files.bringing(CLINIC, referral.id, 1)

    racing = replace(files, recorder=Meanwhile(files, "KeepPiece", lambda: asyncio.run(again())))
    object.__setattr__(door, "attachments", racing)
    try:
        told = case.post.client(CLINIC_SYSTEM).line.ask(upload(referral, case.papers[1].sealed))
    finally:
        object.__setattr__(door, "attachments", files)
    assert (told.status, told.problem().code, told.problem().told.retry_after) == (409, "overtaken", 60)
    case.bring(referral)


@pytest.mark.parametrize(("length", "rule"), [(-1, "length"), (1, "length")], ids=["too little", "too much"])
def test_the_end_is_held_against_what_was_named_where_nobody_announced_it(case: Case, length: int, rule: str) -> None:
    sealed = case.seal().sealed
    referral = case.refer()

    async def brought() -> None:
        attempt = await attachments(case.post).bringing(CLINIC, referral.id, 1)
        assert attempt is not None
        await attempt.take((sealed + b"x")[: len(sealed) + length])
        await attempt.end()

    with pytest.raises(OtherFileError, match=rule):
        asyncio.run(brought())


def test_of_two_attempts_at_once_the_later_one_counts_to_the_end(case: Case) -> None:
    """Also where the earlier one had brought everything, and only its last step was missing."""
    files, sealed = attachments(case.post), case.seal().sealed
    referral = case.refer()

    async def again() -> None:
        assert await files.bringing(CLINIC, referral.id, 1)

    racing = replace(files, recorder=Meanwhile(files, "ReceiveAttachment", lambda: asyncio.run(again())))

    async def brought() -> bool:
        attempt = await racing.bringing(CLINIC, referral.id, 1)
        assert attempt is not None
        return await attempt.take(sealed) and await attempt.end()

    with pytest.raises(OvertakenError):
        asyncio.run(brought())
    case.bring(referral)


async def forgotten(case: Case) -> bool:
    return await case.post.line.world.gateway.writer.record(ForgetExpired(1000))


def test_never_more_than_a_piece_is_held(case: Case) -> None:
    """The process's own figure is in docs/evidence."""
    case.seal(content=PAPER)
    referral, sealed, most = case.refer(), case.papers[1].sealed, list[int]()

    async def brought() -> bool:
        attempt = await attachments(case.post).bringing(CLINIC, referral.id, 1)
        assert attempt is not None
        for at in range(0, len(sealed), 65_536):
            assert await attempt.take(sealed[at : at + 65_536])
            most.append(len(attempt._held))
        return await attempt.end()

    assert asyncio.run(brought())
    assert max(most) < PIECE
    assert len(sealed) > 3 * PIECE
