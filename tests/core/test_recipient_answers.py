"""What a recipient says back: that a message arrived, and what becomes of the referral, in codes (M-03, M-05, M-06)."""

import pytest
from books import DELIVERED, QUEUED
from builders import SHELTER
from fakes import run
from line import HILL, Line, a_line

from adapters.sdk import UnsupportedError
from gateway.core.answers import KeyConflict, NotFresh, Repeated
from gateway.core.dispatch import LEASE
from gateway.core.recipient_answers import NotNow, Told, Unknown
from gateway.core.referral_life import ANSWERS
from schemas.answer_codes import ServiceOutcome
from schemas.validation import satisfies
from schemas.vocabulary import ReferralState, RejectionReason


@pytest.fixture(params=[False, True], ids=["same node", "another node"])
def line(request: pytest.FixtureRequest) -> Line:
    """She said yes, and one parcel waits for the shelter."""
    line = a_line(remembers=request.param)
    line.says()
    line.told()
    return line


def state(line: Line) -> str:
    [kept] = line.book.parcels.values()
    return kept.state


def came_of(state: ReferralState) -> ServiceOutcome | None:
    """Return what has to go with a state."""
    return ServiceOutcome.PROVIDED if state is ReferralState.COMPLETED else None


class TestAnswers:
    def acknowledged(self, line: Line, agency: str = SHELTER) -> object:
        return run(line.answering.acknowledge(line.caller(agency), line.parcel.id, line.key()))

    def said(self, line: Line, *states: ReferralState) -> list[object]:
        message = line.parcel.id
        return [
            run(line.answering.answer(line.caller(SHELTER), message, state, came_of(state), line.key()))
            for state in states
        ]

    def referral(self, line: Line) -> ReferralState:
        return line.book.referrals[line.parcel.referral].state

    def test_an_acknowledgement_is_a_leaf_and_wipes_the_payload(self, line: Line) -> None:
        line.fetch()
        assert self.acknowledged(line) == Told()
        assert (state(line), line.parcel.payload, self.referral(line)) == (DELIVERED, b"", ReferralState.RECEIVED)
        [leaf] = line.leaves("disclosure.delivered")
        assert leaf["recipient"] == SHELTER
        assert satisfies(leaf, "ledger/1.0")
        line.clock.advance(2 * LEASE)
        assert line.fetch() == ()

    def test_what_was_not_handed_out_cannot_be_acknowledged(self, line: Line) -> None:
        assert self.acknowledged(line) == Unknown()
        assert state(line) == QUEUED

    def test_m_04_anothers_and_an_invented_message_answer_alike(self, line: Line) -> None:
        line.fetch()
        assert self.acknowledged(line, HILL) == Unknown()
        assert self.acknowledged(line) == Told()
        assert self.acknowledged(line, HILL) == Unknown()
        assert run(line.answering.acknowledge(line.caller(SHELTER), "invented", line.key())) == Unknown()
        assert len(line.leaves("disclosure.delivered")) == 1

    def test_a_message_acknowledged_again_under_another_key_is_recorded_once(self, line: Line) -> None:
        """Whoever crashed after the first time has forgotten its key, and must not think that the message is lost."""
        line.fetch()
        assert [self.acknowledged(line) for _ in range(2)] == [Told(), Told()]
        line.takes_back()
        assert self.acknowledged(line) == Told()
        assert len(line.leaves("disclosure.delivered")) == 1
        assert self.referral(line) is ReferralState.REVOKED

    def test_c_10_what_was_recalled_may_still_be_acknowledged_and_stays_revoked(self, line: Line) -> None:
        line.fetch()
        line.takes_back()
        assert self.acknowledged(line) == Told()
        assert self.referral(line) is ReferralState.REVOKED

    def test_m_06_an_answer_is_a_state_and_a_coded_reason(self, line: Line) -> None:
        line.fetch()
        self.acknowledged(line)
        answer = (ReferralState.REJECTED, RejectionReason.NO_CAPACITY)
        assert run(line.answering.answer(line.caller(SHELTER), line.parcel.id, *answer, line.key())) == Told()
        assert self.referral(line) is ReferralState.REJECTED
        [leaf] = line.leaves("disclosure.answered")
        assert (leaf["outcome"], leaf["reasons"]) == ("rejected", ["lack_of_capacity"])
        assert satisfies(leaf, "ledger/1.0")

    def test_m_06_what_is_completed_says_what_came_of_it(self, line: Line) -> None:
        line.fetch()
        self.acknowledged(line)
        self.said(line, ReferralState.ACCEPTED)
        for refused in (
            (ReferralState.COMPLETED, None),
            (ReferralState.COMPLETED, RejectionReason.OTHER),
            (ReferralState.IN_PROGRESS, ServiceOutcome.PROVIDED),
        ):
            with pytest.raises(UnsupportedError, match="M-06 at /service_outcome"):
                run(line.answering.answer(line.caller(SHELTER), line.parcel.id, *refused, line.key()))
        assert self.said(line, ReferralState.COMPLETED) == [Told()]
        leaf = line.leaves("disclosure.answered")[-1]
        assert (leaf["outcome"], leaf["reasons"]) == ("completed", ["service_provided"])
        assert satisfies(leaf, "ledger/1.0")

    def test_m_03_what_is_over_takes_no_further_answer(self, line: Line) -> None:
        line.fetch()
        self.acknowledged(line)
        assert self.said(line, ReferralState.ACCEPTED, ReferralState.COMPLETED, ReferralState.ACCEPTED) == [
            Told(),
            Told(),
            NotNow(),
        ]
        assert self.referral(line) is ReferralState.COMPLETED
        assert len(line.leaves("disclosure.answered")) == 2

    @pytest.mark.parametrize("said", [ReferralState.IN_PROGRESS, ReferralState.COMPLETED, ReferralState.CANCELLED])
    def test_m_05_nothing_begins_or_ends_that_was_not_accepted(self, line: Line, said: ReferralState) -> None:
        line.fetch()
        self.acknowledged(line)
        assert self.said(line, said) == [NotNow()]
        assert self.referral(line) is ReferralState.RECEIVED

    def test_c_09_what_she_took_back_takes_no_answer_any_more(self, line: Line) -> None:
        line.fetch()
        self.acknowledged(line)
        line.takes_back()
        assert self.said(line, ReferralState.ACCEPTED) == [NotNow()]
        assert self.referral(line) is ReferralState.REVOKED

    def test_an_answer_to_what_was_not_acknowledged_or_is_anothers_is_unknown(self, line: Line) -> None:
        line.fetch()
        accepted = (line.parcel.id, ReferralState.ACCEPTED, None)
        assert run(line.answering.answer(line.caller(SHELTER), *accepted, line.key())) == Unknown()
        self.acknowledged(line)
        assert run(line.answering.answer(line.caller(HILL), *accepted, line.key())) == Unknown()
        assert not line.leaves("disclosure.answered")

    def test_a_repeated_request_gets_its_first_answer_and_writes_nothing(self, line: Line) -> None:
        line.fetch()
        key = line.key()
        first = run(line.answering.acknowledge(line.caller(SHELTER), line.parcel.id, key))
        again = run(line.answering.acknowledge(line.caller(SHELTER), line.parcel.id, key))
        assert (first, again) == (Told(), Repeated({"outcome": "recorded"}))
        assert run(line.answering.acknowledge(line.caller(SHELTER), "another", key)) == KeyConflict()
        assert len(line.leaves("disclosure.delivered")) == 1

    @pytest.mark.parametrize("state", sorted(set(ReferralState) - ANSWERS))
    def test_a_state_that_is_not_the_recipients_to_set_is_refused(self, line: Line, state: ReferralState) -> None:
        line.fetch()
        self.acknowledged(line)
        with pytest.raises(UnsupportedError):
            run(line.answering.answer(line.caller(SHELTER), line.parcel.id, state, None, line.key()))
        assert not line.leaves("disclosure.answered")

    def test_replayed_proofs_write_nothing(self, line: Line) -> None:
        line.fetch()
        caller = line.caller(SHELTER)
        run(line.answering.acknowledge(caller, line.parcel.id, line.key()))
        before = line.book.copied()
        stale = NotFresh(revoked=False)
        assert run(line.answering.acknowledge(caller, line.parcel.id, line.key())) == stale
        assert run(line.answering.answer(caller, line.parcel.id, ReferralState.ACCEPTED, None, line.key())) == stale
        assert line.book == before
