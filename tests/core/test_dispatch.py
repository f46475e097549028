"""The way onward: a parcel leaves only if all it carries would be permitted now, and once at a time."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from builders import DAY, NOON, SHELTER, a_referral, a_subject, an_agency, an_agreement
from fakes import Result, run
from kept_parcels import QUEUED, RECALLED, SENDING, STOPPED
from line import HILL, Line, a_line, opened, with_sealing

from gateway.core.answers import NotFresh
from gateway.core.dispatch import LEASE
from gateway.core.errors import Defect
from gateway.core.ports import Item
from schemas.validation import satisfies
from schemas.vocabulary import FunctionClass, Urgency


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


def stopped_for(line: Line) -> list[object]:
    return [leaf["reasons"] for leaf in line.leaves("disclosure.stopped")]


class Afterwards:
    """A recorder after whose commit something happens before anybody is answered."""

    def __init__(self, line: Line, action: Callable[[], object]) -> None:
        self.recorder, self.action = line.recorder, action
        self.commits = 0

    async def record(self, item: Item[Result], *, urgent: bool = False) -> Result:
        outcome = await self.recorder.record(item, urgent=urgent)
        self.commits += 1
        self.action()
        return outcome


class TestLeaving:
    def test_what_is_permitted_still_is_handed_out_and_recorded(self, line: Line) -> None:
        [delivered] = line.fetch()
        assert delivered.message == line.parcel.id
        assert delivered.lease_until == NOON + LEASE
        assert state(line) == SENDING
        [leaf] = line.leaves("disclosure.")
        assert leaf["type"] == "disclosure.sending"
        assert leaf["categories"] == sorted(line.parcel.sends)
        assert satisfies(leaf, "ledger/1.0")

    def test_m_04_nobody_fetches_what_is_not_theirs(self, line: Line) -> None:
        assert line.fetch(HILL) == ()
        assert state(line) == QUEUED

    def test_routine_parcels_wait_until_they_are_due(self, line: Line) -> None:
        line.fetch()
        line.told(urgency=Urgency.ROUTINE)
        assert line.fetch() == ()
        line.clock.advance(LEASE * 0.5 + DAY / 48)
        assert len(line.fetch()) == 2

    def test_the_most_urgent_are_handed_out_first_and_no_more_than_were_asked_for(self, line: Line) -> None:
        line.told(urgency=Urgency.ROUTINE)
        line.told(urgency=Urgency.EMERGENCY)
        line.clock.advance(DAY)
        urgencies = [opened(got)["envelope"]["urgency"] for got in line.fetch(limit=2)]
        assert urgencies == ["emergency", "urgent"]
        assert len(line.fetch(limit=5)) == 1

    def test_a_parcel_is_handed_out_once_while_its_lease_runs(self, line: Line) -> None:
        line.fetch()
        line.clock.advance(LEASE)
        assert line.fetch() == ()

    def test_a_lease_that_ran_out_puts_it_back_and_it_is_decided_once_more(self, line: Line) -> None:
        first = line.fetch()
        line.clock.advance(2 * LEASE)
        second = line.fetch()
        assert [got.message for got in second] == [got.message for got in first]
        assert second[0].lease_until == NOON + 3 * LEASE
        assert len(line.leaves("disclosure.sending")) == 2

    def test_two_who_fetch_at_one_moment_get_it_once(self, line: Line) -> None:
        found = line.recorder.together([line.dispatch.lease(line.caller(SHELTER), 5) for _ in range(2)])
        assert sorted(len(got) for got in found if isinstance(got, tuple)) == [0, 1]

    def test_what_waits_behind_more_than_one_fetch_holds_comes_in_one(self, line: Line) -> None:
        """Else a system that asks until it is given nothing believes that nothing waits."""
        line.person_keys.destroy(*line.book.people)
        line.says(person_ref="another")
        line.told(a_referral(subject=a_subject(person_ref="another")))
        assert len(line.fetch(limit=1)) == 1
        assert [kept.state for kept in line.book.parcels.values()] == [STOPPED, SENDING]

    def test_what_never_holds_still_is_looked_at_so_often_and_no_more(self, line: Line) -> None:
        recorder = Afterwards(line, lambda: line.recorder.meanwhile(lambda: line.says(recipient=HILL)))
        line.recorder.meanwhile(lambda: line.says(recipient=HILL))
        assert run(replace(line.dispatch, recorder=recorder).lease(line.caller(SHELTER), 5)) == ()
        assert state(line) == QUEUED
        assert recorder.commits == 8

    def test_each_look_asks_the_kill_switch(self, line: Line) -> None:
        line.person_keys.destroy(*line.book.people)
        recorder = Afterwards(line, lambda: line.book.disabled.add(line.caller(SHELTER).client_id))
        outcome = run(replace(line.dispatch, recorder=recorder).lease(line.caller(SHELTER), 5))
        assert outcome == NotFresh(revoked=True)

    def test_a_replayed_proof_gets_nothing(self, line: Line) -> None:
        caller = line.caller(SHELTER)
        assert len(run(line.dispatch.lease(caller, 5))) == 1
        line.told()
        assert run(line.dispatch.lease(caller, 5)) == NotFresh(revoked=False)
        assert len(line.leaves("disclosure.")) == 1


class TestStopping:
    def test_c_09_after_a_withdrawal_nothing_leaves(self, line: Line) -> None:
        line.takes_back()
        assert line.fetch() == ()
        assert state(line) == STOPPED
        assert line.parcel.payload == b""

    def test_c_09_a_withdrawal_while_a_fetch_is_under_way_wins(self, line: Line) -> None:
        line.recorder.meanwhile(line.takes_back)
        assert line.fetch() == ()
        assert state(line) == STOPPED
        assert not line.leaves("disclosure.sending")

    def test_c_09_what_was_handed_out_is_not_handed_out_again_after_a_withdrawal(self, line: Line) -> None:
        line.fetch()
        line.takes_back()
        line.clock.advance(2 * LEASE)
        assert line.parcel.id not in {got.message for got in line.fetch()}
        assert state(line) == RECALLED

    def test_c_08_an_expired_consent_stops_it_with_a_leaf(self, line: Line) -> None:
        line.clock.advance(90 * DAY)
        assert line.fetch() == ()
        assert (state(line), stopped_for(line)) == (STOPPED, [["consent_expired"]])
        assert satisfies(line.leaves("disclosure.stopped")[0], "ledger/1.0")

    def test_m_02_an_agreement_that_ended_stops_it(self, line: Line) -> None:
        line.directory.agree(an_agreement(id=f"agreement-{SHELTER}", ends=NOON))
        assert line.fetch() == ()
        assert stopped_for(line) == [["no_agreement"]]

    def test_f_01_a_recipient_that_became_an_enforcer_gets_nothing(self, line: Line) -> None:
        line.directory.put(an_agency(SHELTER, FunctionClass.IMMIGRATION_ENFORCEMENT))
        assert line.fetch() == ()
        assert stopped_for(line) == [["never_receives"]]

    def test_c_16_a_narrower_consent_stops_what_carries_more(self, line: Line) -> None:
        line.clock.advance(DAY)
        line.says(categories=["need"], taken_at="2031-03-15T11:00:00Z")
        assert line.fetch() == ()
        assert stopped_for(line) == [["required_not_covered"]]

    def test_c_15_a_restriction_on_what_it_carries_stops_it(self, line: Line) -> None:
        line.says(recipient=HILL, restrictions=[{"category": "alias", "recipient": SHELTER}])
        assert line.fetch() == ()
        assert state(line) == STOPPED

    def test_a_change_that_leaves_all_it_carries_does_not_stop_it(self, line: Line) -> None:
        line.says(recipient=HILL, restrictions=[{"category": "risk"}])
        assert len(line.fetch()) == 1

    def test_what_moves_while_a_fetch_is_under_way_is_decided_again_in_the_same_fetch(self, line: Line) -> None:
        line.recorder.meanwhile(lambda: line.says(recipient=HILL))
        assert len(line.fetch()) == 1
        assert len(line.leaves("disclosure.")) == 1

    def test_a_ground_that_runs_out_while_a_fetch_is_under_way_is_seen(self, line: Line) -> None:
        line.recorder.meanwhile(lambda: line.clock.advance(90 * DAY))
        assert line.fetch() == ()
        assert not line.leaves("disclosure.sending")
        assert stopped_for(line) == [["consent_expired"]]

    def test_a_04_what_may_no_longer_be_used_is_not_handed_out(self, line: Line) -> None:
        line.clock.advance(31 * DAY)
        assert line.fetch() == ()
        assert stopped_for(line) == [["too_late"]]

    def test_what_is_sealed_to_a_key_that_was_replaced_is_not_handed_out(self) -> None:
        line = a_line()
        with_sealing(line)
        line.says()
        line.accept()
        shelter = line.directory.agencies[SHELTER]
        assert shelter.sealing_key is not None
        line.directory.put(replace(shelter, sealing_key=replace(shelter.sealing_key, id="next")))
        assert line.fetch() == ()
        assert stopped_for(line) == [["recipient_key_changed"]]

    def test_two_who_stop_it_at_one_moment_leave_one_leaf(self, line: Line) -> None:
        line.clock.advance(90 * DAY)
        line.recorder.together([line.dispatch.lease(line.caller(SHELTER), 5) for _ in range(2)])
        assert (state(line), stopped_for(line)) == (STOPPED, [["consent_expired"]])

    def test_one_that_stops_takes_no_other_with_it(self, line: Line) -> None:
        line.directory.put(an_agency("hill-police", FunctionClass.POLICE))
        line.directory.agree(an_agreement(id="hill", sender="hill-police"))
        line.says("hill-police", discloser="hill-police", person_ref="P-0114")
        asked = line.asked()
        run(line.exchange.accept(replace(asked, caller=line.caller("hill-police"))))
        line.takes_back()
        assert len(line.fetch()) == 1

    def test_a_parcel_of_an_agency_that_is_gone_is_a_defect(self, line: Line) -> None:
        line.directory.lose("harbour-police")
        with pytest.raises(Defect):
            line.fetch()
        assert state(line) == QUEUED

    def test_a_parcel_of_an_erased_person_is_stopped_and_keeps_no_other_back(self, line: Line) -> None:
        line.person_keys.destroy(*line.book.people)
        assert line.fetch() == ()
        assert stopped_for(line) == [["person_unknown"]]

    def test_a_parcel_of_somebody_erased_in_the_moment_after_keeps_no_other_back(self, line: Line) -> None:
        """Another node destroys her key between the commit that hands out and the answer."""
        [hers] = line.book.people
        line.says(person_ref="another")
        line.told(a_referral(subject=a_subject(person_ref="another")))
        recorder = Afterwards(line, lambda: line.person_keys.destroy(hers))
        outcome = run(replace(line.dispatch, recorder=recorder).lease(line.caller(SHELTER), 10))
        assert [state.state for state in line.book.parcels.values()] == [SENDING, SENDING]
        assert isinstance(outcome, tuple)
        assert len(outcome) == 1

    def test_a_parcel_that_was_altered_where_it_lies_is_stopped_and_keeps_no_other_back(self, line: Line) -> None:
        line.accept()
        altered, kept = next(iter(line.book.parcels.items()))
        payload = kept.parcel.payload[:-1] + bytes([kept.parcel.payload[-1] ^ 1])
        line.book.parcels[altered] = replace(kept, parcel=replace(kept.parcel, payload=payload))
        assert len(line.fetch()) == 1
        assert line.book.parcels[altered].state == STOPPED
        assert stopped_for(line) == [["parcel_unreadable"]]
