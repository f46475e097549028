"""What a recipient answers to a notice, and what becomes of one that nobody answers (C-10, A-03)."""

from datetime import timedelta

import pytest
from builders import DAY, SHELTER
from fakes import SeededEntropy, run
from line import HILL, Line
from noticing import (
    ERASED,
    OBJECTED,
    acknowledged,
    answered,
    fetched,
    standing,
    took_back,
    two_told,
)

from adapters.sdk import UnsupportedError
from gateway.core.answers import KeyConflict, NotFresh, Repeated
from gateway.core.notice.items import EscalateNotices
from gateway.core.recipient_answers import NotNow, Told, Unknown
from schemas.notice_codes import NoticeState, ObjectionGround
from schemas.validation import satisfies


@pytest.fixture
def line() -> Line:
    return two_told()


class TestAnswering:
    @pytest.fixture
    def name(self, line: Line) -> str:
        took_back(line)
        return fetched(line).message

    def test_c_10_it_is_tracked_until_erased(self, line: Line, name: str) -> None:
        assert (acknowledged(line, name), standing(line).state) == (Told(), NoticeState.ACKNOWLEDGED)
        assert (answered(line, name), standing(line).state) == (Told(), ERASED)
        assert [leaf["type"] for leaf in line.leaves("notice.") if leaf["recipient"] == SHELTER] == [
            "notice.queued",
            "notice.sending",
            "notice.acknowledged",
            "notice.erased",
        ]

    def test_a_03_an_objection_names_its_legal_ground(self, line: Line, name: str) -> None:
        acknowledged(line, name)
        assert answered(line, name, OBJECTED, ObjectionGround.LEGAL_CLAIMS) == Told()
        assert standing(line).ground is ObjectionGround.LEGAL_CLAIMS
        [leaf] = line.leaves("notice.objected")
        assert leaf["reasons"] == ["legal_claims"]
        assert satisfies(leaf, "ledger/1.0")

    @pytest.mark.parametrize(
        ("state", "ground"), [(OBJECTED, None), (ERASED, ObjectionGround.ARCHIVING)], ids=["no ground", "no objection"]
    )
    def test_a_03_an_objection_without_a_ground_is_none(
        self, line: Line, name: str, state: NoticeState, ground: ObjectionGround | None
    ) -> None:
        acknowledged(line, name)
        with pytest.raises(UnsupportedError):
            answered(line, name, state, ground)
        assert standing(line).state is NoticeState.ACKNOWLEDGED

    def test_what_was_not_acknowledged_is_not_ended(self, line: Line, name: str) -> None:
        assert answered(line, name) == NotNow()
        assert standing(line).state is NoticeState.SENDING

    @pytest.mark.parametrize("state", [NoticeState.STOPPED, NoticeState.CORRECTED])
    def test_what_is_asked_is_not_met_by_something_less(self, line: Line, name: str, state: NoticeState) -> None:
        acknowledged(line, name)
        assert answered(line, name, state) == NotNow()

    def test_what_has_ended_stays_so(self, line: Line, name: str) -> None:
        acknowledged(line, name)
        answered(line, name)
        assert answered(line, name, OBJECTED, ObjectionGround.ARCHIVING) == NotNow()
        assert standing(line).state is ERASED

    def test_that_it_arrived_may_be_said_again_and_changes_nothing(self, line: Line, name: str) -> None:
        assert [acknowledged(line, name) for _ in range(2)] == [Told(), Told()]
        answered(line, name)
        assert acknowledged(line, name) == Told()
        assert standing(line).state is ERASED
        assert len(line.leaves("notice.acknowledged")) == 1

    def test_m_04_anothers_a_waiting_and_an_invented_notice_are_unknown(self, line: Line, name: str) -> None:
        assert answered(line, name, agency=HILL) == Unknown()
        assert answered(line, standing(line, HILL).id, agency=HILL) == Unknown()
        assert answered(line, "0123456789ABCDEFGHJKMNPQRS") == Unknown()
        assert acknowledged(line, name, HILL) == Unknown()
        assert not line.leaves("notice.erased")

    def test_repeated_it_gets_its_first_answer_and_other_words_conflict(self, line: Line, name: str) -> None:
        caller, key = line.caller(SHELTER), "the-same-key"
        assert run(line.answering.acknowledge(caller, name, key)) == Told()
        assert run(line.answering.acknowledge(line.caller(SHELTER), name, key)) == Repeated({"outcome": "recorded"})
        assert run(line.answering.acknowledge(caller, name, line.key())) == NotFresh(revoked=False)
        objection = (name, OBJECTED, ObjectionGround.ARCHIVING)
        assert run(line.answering.answer_notice(line.caller(SHELTER), *objection, "k")) == Told()
        erased = (name, ERASED, None)
        assert run(line.answering.answer_notice(line.caller(SHELTER), *erased, "k")) == KeyConflict()


class TestEscalating:
    def late(self, line: Line, limit: int = 10) -> tuple[str, ...]:
        return run(_recorded(line, limit))

    def test_c_10_what_nobody_answers_in_time_is_escalated_once(self, line: Line) -> None:
        took_back(line)
        line.clock.advance(timedelta(hours=72))
        assert self.late(line) == ()
        line.clock.advance(timedelta(microseconds=1))
        assert sorted(self.late(line)) == sorted([SHELTER, HILL])
        assert self.late(line) == ()
        leaves = line.leaves("notice.escalated")
        assert len(leaves) == 2
        assert all(satisfies(leaf, "ledger/1.0") for leaf in leaves)

    def test_what_was_only_acknowledged_is_late_too_and_what_has_ended_is_not(self, line: Line) -> None:
        took_back(line)
        for shelter in (SHELTER, HILL):
            acknowledged(line, fetched(line, shelter).message, shelter)
        answered(line, standing(line).id)
        line.clock.advance(4 * DAY)
        assert self.late(line) == (HILL,)

    def test_it_may_still_be_answered(self, line: Line) -> None:
        took_back(line)
        line.clock.advance(4 * DAY)
        self.late(line)
        name = fetched(line).message
        assert (acknowledged(line, name), answered(line, name)) == (Told(), Told())

    def test_no_more_than_were_asked_for_at_a_time(self, line: Line) -> None:
        took_back(line)
        line.clock.advance(4 * DAY)
        assert [len(self.late(line, 1)) for _ in range(3)] == [1, 1, 0]


async def _recorded(line: Line, limit: int) -> tuple[str, ...]:
    return await line.recorder.record(EscalateNotices(limit, SeededEntropy("late")))
