"""She takes it back: at once, without a reason, everything or one thing, and whatever rests on it stops (C-09)."""

from dataclasses import replace

import pytest
from builders import DAY, PERSON_REF, POLICE, SHELTER, a_referral, a_subject
from fakes import run
from kept_parcels import QUEUED, RECALLED, STOPPED
from line import ADVOCATE, BAY, HILL, Line, a_line

from gateway.core.answers import NotFresh, Recorded
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.desk_items import Changed
from gateway.core.errors import OperatorError
from gateway.core.heads import person_head
from gateway.core.officers import APPROVAL_HOLDS, Action, OfficerRefusedError
from schemas.documents import Json
from schemas.validation import satisfies
from schemas.vocabulary import ReferralState

REVOCATION: dict[str, Json] = {"schema": "revocation/1.0", "reference": "CASE-2031/114"}


@pytest.fixture(params=[False, True], ids=["same node", "another node"])
def line(request: pytest.FixtureRequest) -> Line:
    return a_line(remembers=request.param)


def changed(outcome: object) -> Changed:
    assert isinstance(outcome, Changed)
    return outcome


def states(line: Line) -> dict[str, str]:
    """The state of each recipient's parcel."""
    return {kept.parcel.recipient: kept.state for kept in line.book.parcels.values()}


class TestTakingBack:
    def test_c_09_one_consent_taken_back_closes_that_way_only(self, line: Line) -> None:
        consent = line.says()
        line.says(recipient=HILL)
        assert changed(line.takes_back(consent)).consents == (consent,)
        assert [line.told(recipient=one)["outcome"] for one in (SHELTER, HILL)] == ["refused", "permitted"]

    def test_c_09_all_taken_back_closes_every_way(self, line: Line) -> None:
        consents = {line.says(), line.says(recipient=HILL), line.says(recipient=BAY)}
        assert set(changed(line.takes_back()).consents) == consents
        assert {str(line.told(recipient=one)["outcome"]) for one in (SHELTER, HILL, BAY)} == {"refused"}

    def test_c_09_what_waits_is_stopped_and_what_may_have_left_is_named(self, line: Line) -> None:
        for recipient in (SHELTER, HILL):
            line.says(recipient=recipient)
            line.told(recipient=recipient)
        line.fetch(HILL)
        in_flight = changed(line.takes_back()).in_flight
        assert [gone.recipient for gone in in_flight.stopped] == [SHELTER]
        assert [gone.recipient for gone in in_flight.may_have_left] == [HILL]
        assert states(line) == {SHELTER: STOPPED, HILL: RECALLED}
        assert {row.state for row in line.book.referrals.values()} == {ReferralState.REVOKED}

    def test_c_09_what_rests_on_another_consent_goes_on(self, line: Line) -> None:
        consent = line.says()
        line.says(recipient=HILL)
        for recipient in (SHELTER, HILL):
            line.told(recipient=recipient)
        line.takes_back(consent)
        assert states(line) == {SHELTER: STOPPED, HILL: QUEUED}

    def test_c_09_it_stops_nothing_of_anybody_else(self, line: Line) -> None:
        line.says()
        line.says(person_ref="P-0115")
        line.told(a_referral(subject=a_subject(person_ref="P-0115")))
        line.takes_back()
        assert states(line) == {SHELTER: QUEUED}

    def test_c_09_it_is_a_leaf_without_an_agency_or_a_reason(self, line: Line) -> None:
        line.says()
        line.takes_back()
        [leaf] = line.leaves("consent.withdrawn")
        assert satisfies(leaf, "ledger/1.0")
        assert leaf.keys() == {"v", "type", "at", "event"}

    def test_c_09_a_refusal_she_takes_back_is_still_no_yes(self, line: Line) -> None:
        line.says(state="refused")
        line.takes_back()
        assert line.told()["outcome"] == "refused"

    def test_c_09_one_that_waits_for_confirmation_can_be_taken_back_and_stays_so(self, line: Line) -> None:
        consent = line.says(taken_by={"agency": POLICE, "name": "Dan Rusu"})
        line.takes_back(consent)
        assert line.confirms(consent) == UnknownPerson()
        assert line.told()["outcome"] == "refused"

    def test_c_11_after_it_she_may_agree_again(self, line: Line) -> None:
        line.says()
        line.takes_back()
        line.clock.advance(DAY)
        line.says(taken_at="2031-03-15T11:00:00Z")
        assert line.told()["outcome"] == "permitted"

    def test_c_16_an_old_yes_written_down_late_does_not_undo_it(self, line: Line) -> None:
        line.says()
        line.takes_back()
        line.says(taken_at="2031-03-14T11:30:00Z")
        assert line.told()["outcome"] == "refused"

    def test_c_09_her_word_may_reach_the_operator_by_another_channel(self, line: Line) -> None:
        consent = line.says()
        line.told()
        assert changed(run(line.desk.withdraw_one(consent))).consents == (consent,)
        assert states(line) == {SHELTER: STOPPED}

    def test_c_09_it_goes_through_though_her_record_moves_beside_it(self, line: Line) -> None:
        line.says()
        line.recorder.meanwhile(lambda: line.says(recipient=HILL))
        assert len(changed(line.takes_back()).consents) == 2

    def test_what_never_stands_still_is_given_up(self, line: Line) -> None:
        line.says()
        [person] = line.book.people
        for _ in range(100):
            line.recorder.meanwhile(lambda: line.book.bumped(person_head(person)))
        with pytest.raises(OperatorError):
            line.takes_back()


class TestNobody:
    @pytest.mark.parametrize(
        ("agency", "reference", "consent"),
        [
            (POLICE, "P-9", None),
            (ADVOCATE, PERSON_REF, None),
            (POLICE, PERSON_REF, "invented"),
            (POLICE, PERSON_REF, "of another person"),
        ],
        ids=["unknown reference", "another agency", "invented consent", "another person's consent"],
    )
    def test_there_is_one_answer_for_all_who_have_nothing_to_take_back(
        self, line: Line, agency: str, reference: str, consent: str | None
    ) -> None:
        line.says()
        others = line.says(person_ref="P-0115")
        wanted = others if consent == "of another person" else consent
        before = line.book.copied()
        outcome = run(line.desk.withdraw(Actor(agency, line.caller(agency)), reference, wanted))
        assert outcome == UnknownPerson()
        assert line.book == replace(before, used=line.book.used)

    def test_what_was_taken_back_cannot_be_taken_back_again(self, line: Line) -> None:
        consent = line.says()
        line.takes_back(consent)
        assert line.takes_back(consent) == UnknownPerson()
        assert line.takes_back() == UnknownPerson()
        assert len(line.leaves("consent.withdrawn")) == 1

    def test_an_invented_consent_can_be_neither_confirmed_nor_taken_back(self, line: Line) -> None:
        assert line.confirms("invented") == UnknownPerson()
        assert run(line.desk.withdraw_one("invented")) == UnknownPerson()

    def test_a_proof_that_was_used_for_something_else_takes_nothing_back(self, line: Line) -> None:
        line.says()
        asked = line.asked()
        run(line.exchange.accept(asked))
        outcome = run(line.desk.withdraw(Actor(POLICE, asked.caller), PERSON_REF, None))
        assert outcome == NotFresh(revoked=False)
        assert states(line) == {SHELTER: QUEUED}

    def test_a_replayed_proof_is_not_fresh_whether_she_is_known_or_not(self, line: Line) -> None:
        line.says()
        caller = line.caller()
        known, unknown = (
            [run(line.desk.withdraw(Actor(POLICE, one), reference, None)) for one in (spent, spent)]
            for reference, spent in ((PERSON_REF, caller), ("P-9", line.caller()))
        )
        assert known[1] == unknown[1] == NotFresh(revoked=False)


class TestConfirming:
    def test_c_19_confirming_stops_nothing(self, line: Line) -> None:
        consent = line.says(taken_by={"agency": POLICE, "name": "Dan Rusu"})
        found = changed(line.confirms(consent))
        assert (found.in_flight.stopped, found.in_flight.may_have_left) == ((), ())
        [leaf] = line.leaves("consent.confirmed")
        assert satisfies(leaf, "ledger/1.0")

    def test_c_19_an_approval_of_something_else_confirms_nothing(self, line: Line) -> None:
        consent = line.says(taken_by={"agency": POLICE, "name": "Dan Rusu"})
        with pytest.raises(OfficerRefusedError):
            run(line.desk.confirm(line.approval(consent, Action.APPROVE_OVERRIDE)))
        assert line.told()["outcome"] == "refused"

    def test_c_19_an_approval_that_lapsed_confirms_nothing(self, line: Line) -> None:
        consent = line.says(taken_by={"agency": POLICE, "name": "Dan Rusu"})
        approval = line.approval(consent)
        line.clock.advance(APPROVAL_HOLDS)
        with pytest.raises(OfficerRefusedError):
            run(line.desk.confirm(approval))
        assert line.told()["outcome"] == "refused"

    def test_c_19_confirming_what_nobody_had_to_confirm_stops_nothing_either(self, line: Line) -> None:
        consent = line.says()
        line.told()
        changed(line.confirms(consent))
        assert states(line) == {SHELTER: QUEUED}


class TestRevoking:
    """The sender takes back what it sent under one of its own numbers."""

    def test_what_waits_is_stopped_and_counted(self, line: Line) -> None:
        line.says()
        line.told()
        answer = line.told(REVOCATION)
        assert (answer["outcome"], answer["stopped"], answer["may_have_left"]) == ("revoked", 1, 0)
        assert states(line) == {SHELTER: STOPPED}
        assert satisfies(line.leaves("referral.revoked")[0], "ledger/1.0")

    def test_what_may_have_left_is_counted(self, line: Line) -> None:
        line.says()
        line.told()
        line.fetch()
        answer = line.told(REVOCATION)
        assert (answer["stopped"], answer["may_have_left"]) == (0, 1)

    def test_a_number_nothing_was_sent_under_is_unknown_and_leaves_no_leaf(self, line: Line) -> None:
        line.told()
        assert line.told(REVOCATION)["outcome"] == "unknown_reference"
        assert not line.leaves("referral.")

    def test_another_agencys_number_is_unknown(self, line: Line) -> None:
        line.says()
        line.told()
        asked = replace(line.asked(REVOCATION), caller=line.caller(HILL))
        outcome = run(line.exchange.accept(asked))
        assert isinstance(outcome, Recorded)
        assert outcome.answer["outcome"] == "unknown_reference"
        assert states(line) == {SHELTER: QUEUED}

    def test_a_replayed_proof_revokes_nothing(self, line: Line) -> None:
        line.says()
        asked = line.asked()
        run(line.exchange.accept(asked))
        again = replace(line.asked(REVOCATION), caller=asked.caller)
        assert run(line.exchange.accept(again)) == NotFresh(revoked=False)
        assert states(line) == {SHELTER: QUEUED}

    def test_repeated_it_gets_its_first_answer(self, line: Line) -> None:
        line.says()
        line.told()
        line.told(REVOCATION, idempotency_key="R")
        line.accept(REVOCATION, idempotency_key="R")
        assert len(line.leaves("referral.revoked")) == 1
