"""Between `prepare` and the commit anything may happen: what moved is prepared again (DESIGN section 2)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import DAY, HOUR, NOON, SHELTER, a_referral, a_subject, an_agency, an_agreement
from fakes import run
from line import HILL, Line, a_line

from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated, Stale
from gateway.core.confirm import Accept, UseProof
from gateway.core.errors import OperatorError
from gateway.core.heads import agency_head, agreement_head, person_head
from schemas.vocabulary import FunctionClass, Ground, Purpose, Urgency


@pytest.fixture(params=[False, True], ids=["same node", "another node"])
def line(request: pytest.FixtureRequest) -> Line:
    """She said yes. On another node nothing is remembered better than it was first read."""
    line = a_line(remembers=request.param)
    line.says()
    return line


def outcomes(line: Line) -> list[object]:
    return [leaf["outcome"] for leaf in line.leaves("decision.")]


class TestWhatMoved:
    def test_c_09_a_withdrawal_between_decision_and_record_is_seen(self, line: Line) -> None:
        line.recorder.meanwhile(line.takes_back)
        assert line.told()["outcome"] == "refused"
        assert not line.book.parcels
        assert outcomes(line) == ["refused"]
        assert line.leaves("decision.")[0]["reasons"] == ["consent_withdrawn"]

    def test_c_15_a_restriction_stated_in_between_is_seen(self, line: Line) -> None:
        line.recorder.meanwhile(lambda: line.says(restrictions=[{"category": "alias"}]))
        assert "alias" not in line.told()["sent"]

    def test_c_08_a_consent_that_ran_out_in_between_is_seen(self, line: Line) -> None:
        line.recorder.meanwhile(lambda: line.clock.advance(90 * DAY))
        assert line.told()["outcome"] == "refused"
        assert not line.book.parcels

    def test_m_02_an_agreement_that_ended_in_between_is_seen(self, line: Line) -> None:
        ended = an_agreement(id=f"agreement-{SHELTER}", ends=NOON)
        line.recorder.meanwhile(lambda: line.directory.agree(ended))
        assert line.told()["outcome"] == "refused"
        assert line.leaves("decision.")[0]["reasons"] == ["no_agreement"]

    def test_f_01_an_agency_that_changed_its_function_in_between_is_seen(self, line: Line) -> None:
        enforcing = an_agency(SHELTER, FunctionClass.IMMIGRATION_ENFORCEMENT)
        line.recorder.meanwhile(lambda: line.directory.put(enforcing))
        assert line.told()["outcome"] == "refused"
        assert not line.book.parcels

    def test_a_permit_rests_on_every_head_that_could_change_it(self, line: Line) -> None:
        item = line.exchange.prepare(line.asked())
        assert isinstance(item, Accept)
        [person] = line.book.people
        needed = {
            agency_head("harbour-police"),
            agency_head(SHELTER),
            agreement_head(f"agreement-{SHELTER}"),
            person_head(person),
        }
        heads = {head.id for head in item.prepared.heads}
        assert heads > needed
        assert {name.split(":")[0] for name in heads - needed} == {"pair"}
        assert heads == set(item.needs.heads)

    def test_each_of_these_heads_sends_it_back(self, line: Line) -> None:
        item = line.exchange.prepare(line.asked())
        assert isinstance(item, Accept)
        before = line.book.copied()
        for head in item.prepared.heads:
            line.book.bumped(head.id)
            assert run(confirmed(line, item)) == Stale((head.id,))
            line.book.heads[head.id] = head.version
        assert line.book.leaves == before.leaves
        assert isinstance(run(confirmed(line, item)), Recorded)

    def test_a_head_that_moved_leaves_the_proof_for_the_next_try(self, line: Line) -> None:
        asked = line.asked()
        line.recorder.meanwhile(lambda: line.says(recipient=HILL))
        assert isinstance(run(line.exchange.accept(asked)), Recorded)
        assert line.book.used.keys() >= {asked.caller.proof.id}

    def test_what_never_stands_still_is_given_up_and_written_nowhere(self, line: Line) -> None:
        [person] = line.book.people
        for _ in range(100):
            line.recorder.meanwhile(lambda: line.book.bumped(person_head(person)))
        with pytest.raises(OperatorError):
            line.accept()
        assert not line.leaves("decision.")

    def test_c_09_a_withdrawal_counts_even_if_its_clock_runs_ahead_of_ours(self, line: Line) -> None:
        """What is committed has happened, whatever two nodes' clocks say about when."""
        line.clock.advance(HOUR)
        line.takes_back()
        line.clock.advance(-HOUR)
        line.people.remembered.clear()
        assert line.told()["outcome"] == "refused"

    def test_c_15_a_restriction_counts_even_if_its_clock_runs_ahead_of_ours(self, line: Line) -> None:
        line.clock.advance(timedelta(seconds=5))
        line.says(recipient=HILL, restrictions=[{"category": "need", "recipient": SHELTER}])
        line.clock.advance(-timedelta(seconds=5))
        line.people.remembered.clear()
        assert line.told()["outcome"] == "refused"


async def confirmed(line: Line, item: Accept) -> object:
    return await line.recorder.record(item)


class TestProofs:
    def test_a_replayed_proof_is_not_fresh_and_nothing_is_written(self, line: Line) -> None:
        asked = line.asked()
        assert isinstance(run(line.exchange.accept(asked)), Recorded)
        before = line.book.copied()
        again = replace(asked, routing=replace(asked.routing, idempotency_key="another"))
        assert run(line.exchange.accept(again)) == NotFresh(revoked=False)
        assert line.book == before

    def test_a_revoked_client_or_token_is_refused_and_nothing_is_written(self, line: Line) -> None:
        asked = line.asked()
        before = line.book.copied()
        for revoked in ({"disabled": {asked.caller.client_id}}, {"revoked": {asked.caller.token_jti: 0}}):
            book = replace(before, **revoked)
            line.book.adopt(book)
            assert run(line.exchange.accept(asked)) == NotFresh(revoked=True)
            assert line.book == book

    def test_a_request_that_writes_nothing_else_uses_up_its_proof(self, line: Line) -> None:
        caller = line.caller()

        async def use() -> NotFresh | None:
            return await line.recorder.record(UseProof(caller))

        assert run(use()) is None
        assert run(use()) == NotFresh(revoked=False)


class TestRepetition:
    def test_the_same_request_gets_its_first_answer_and_nothing_is_written_twice(self, line: Line) -> None:
        first = line.told(idempotency_key="K")
        before = line.book.copied()
        assert line.accept(idempotency_key="K") == Repeated(first)
        assert line.book == replace(before, used=line.book.used)
        assert len(line.book.used) == len(before.used) + 1

    def test_a_repeated_refusal_is_no_second_strike(self, line: Line) -> None:
        first = line.told(idempotency_key="K", recipient=HILL)
        assert line.accept(idempotency_key="K", recipient=HILL) == Repeated(first)
        assert len(line.book.strikes) == 2, "under her reference, and under her record"

    def test_the_first_answer_stands_though_she_withdrew_since(self, line: Line) -> None:
        first = line.told(idempotency_key="K")
        line.takes_back()
        assert line.accept(idempotency_key="K") == Repeated(first)
        assert line.told(idempotency_key="L")["outcome"] == "refused"

    @pytest.mark.parametrize(
        "changes",
        [
            {"recipient": HILL},
            {"purpose": Purpose.LEGAL},
            {"urgency": Urgency.EMERGENCY},
            {"ground": Ground.BREAK_GLASS},
            {"supplement": b'{"schema":"supplement/1.0","subject":{"person_ref":"P-0114"}}'},
            {"document": a_referral(subject=a_subject(alias="Wren"))},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_another_request_under_the_same_key_is_a_conflict(self, line: Line, changes: dict[str, object]) -> None:
        line.told(idempotency_key="K")
        leaves = list(line.book.leaves)
        assert line.accept(idempotency_key="K", **changes) == KeyConflict()
        assert line.book.leaves == leaves

    def test_two_clients_may_use_the_same_key(self, line: Line) -> None:
        asked = line.asked(idempotency_key="K")
        other = replace(line.caller(), client_id="the second client of the police")
        assert isinstance(run(line.exchange.accept(asked)), Recorded)
        assert isinstance(run(line.exchange.accept(replace(asked, caller=other))), Recorded)

    def test_repeated_side_by_side_it_is_written_once(self, line: Line) -> None:
        asked = [line.asked(idempotency_key="K") for _ in range(8)]
        found = line.recorder.together([line.exchange.accept(one) for one in asked])
        assert sum(isinstance(outcome, Recorded) for outcome in found) == 1
        assert sum(isinstance(outcome, Repeated) for outcome in found) == 7
        assert len(line.book.parcels) == 1


class TestSideBySide:
    def test_many_permits_about_one_person_are_one_batch(self, line: Line) -> None:
        """A permit moves no head, so none of them has to be prepared again."""
        batches = line.recorder.batches
        found = line.recorder.together([line.exchange.accept(line.asked()) for _ in range(20)])
        assert all(isinstance(outcome, Recorded) for outcome in found)
        assert len(line.book.parcels) == 20
        assert line.recorder.batches == batches + 1

    def test_c_09_a_withdrawal_goes_before_everything_that_waits(self, line: Line) -> None:
        sent = [line.exchange.accept(line.asked()) for _ in range(5)]
        [consent] = {row.consent for row in line.book.consents}
        line.recorder.together([*sent, line.desk.withdraw_one(consent)])
        assert not line.book.parcels
        assert [leaf["type"] for leaf in line.leaves()][1:] == ["consent.withdrawn", *["decision.refused"] * 5]


def test_c_01_a_consent_recorded_between_decision_and_record_is_seen_also_of_somebody_unknown() -> None:
    """That nobody is known may be remembered: the head of the binding says when it is so no longer."""
    for remembers in (False, True):
        line = a_line(remembers=remembers)
        assert line.told()["outcome"] == "refused"
        line.recorder.meanwhile(line.says)
        assert line.told()["outcome"] == "permitted"
        assert line.told()["outcome"] == "permitted"
