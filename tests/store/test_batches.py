"""Inside one batch: later items see what earlier ones wrote, and nothing of an item that failed."""

import pytest
from builders import NOON, a_caller
from rings import bytes_from
from stores import Doing, Store, a_parcel, consuming, moving

from gateway.core.answers import NotFresh
from gateway.core.callers import UsedProof
from gateway.core.errors import Defect, SenderError
from gateway.core.heads import agency_head
from gateway.core.ports import Answered, Needs, Transaction
from gateway.core.rows import AgencyRow, IdempotencyRow, ReferralRow
from gateway.core.stages import Idempotency
from gateway.store.rows.states import ParcelState
from schemas.vocabulary import Purpose, ReferralState

REPLAYED, REVOKED = NotFresh(revoked=False), NotFresh(revoked=True)
KEY = Idempotency(bytes_from("a key"), bytes_from("a digest"))


def disabling(client: str, *, fails: bool = False) -> Doing[bool]:
    """Return an item that switches a client off, and then perhaps fails."""

    def work(transaction: Transaction) -> bool:
        found = transaction.disable_client(client)
        if fails:
            raise SenderError("after all not")
        return found

    return Doing(work)


# proofs


def test_a_proof_is_fresh_once(registered: Store) -> None:
    caller = a_caller()
    assert registered.alone(consuming(caller)) is None
    assert registered.alone(consuming(caller)) == REPLAYED
    assert registered.rows("select count(*) from used_proof") == [(1,)]


def test_a_proof_is_fresh_once_within_a_batch(registered: Store) -> None:
    caller = a_caller()
    assert registered.together(consuming(caller), consuming(a_caller(proof="other")), consuming(caller)) == [
        None,
        None,
        REPLAYED,
    ]


def test_an_item_that_fails_leaves_its_proof_fresh(registered: Store) -> None:
    caller = a_caller()

    def work(transaction: Transaction) -> None:
        transaction.consume(caller)
        raise SenderError("no")

    outcomes = registered.together(Doing(work, Needs(callers=(caller,))), consuming(caller))
    assert isinstance(outcomes[0], SenderError)
    assert outcomes[1] is None


def test_several_ids_are_used_up_all_or_none(registered: Store) -> None:
    assertion, proof = (UsedProof(bytes_from(name), 2_000_000_000) for name in ("assertion", "proof"))
    client = a_caller().client_id

    def using(*proofs: UsedProof) -> Doing[object]:
        needs = Needs(proofs=tuple(used.id for used in proofs), clients=(client,))
        return Doing(lambda transaction: transaction.use_once(client, None, proofs), needs)

    assert registered.together(using(proof), using(assertion, proof)) == [None, REPLAYED]
    assert registered.alone(using(assertion)) is None, "an id was used up although another was not fresh"


def test_a_proof_is_kept_until_the_moment_it_was_said_to_expire(registered: Store) -> None:
    registered.alone(consuming(a_caller(proof="p")))
    [(expires,)] = registered.rows("select expires from used_proof")
    assert expires == a_caller().proof.expires_at * 1_000_000


@pytest.mark.parametrize("caller", [a_caller(client_id="nobody"), a_caller(client_id="")], ids=["unknown", "empty"])
def test_a_client_nobody_registered_is_refused(registered: Store, caller: object) -> None:
    assert registered.alone(consuming(caller)) == REVOKED


# the kill switch


def test_the_kill_switch_holds_within_its_own_batch(registered: Store) -> None:
    caller = a_caller()
    before, off, after = registered.together(
        consuming(a_caller(proof="a")), disabling(caller.client_id), consuming(caller)
    )
    assert (before, off, after) == (None, True, REVOKED)
    assert registered.alone(consuming(caller)) == REVOKED


def test_a_kill_switch_that_failed_switched_nothing_off(registered: Store) -> None:
    caller = a_caller()
    outcomes = registered.together(disabling(caller.client_id, fails=True), consuming(caller))
    assert outcomes[1] is None
    assert registered.clients.client(caller.client_id).enabled


def test_a_token_that_is_taken_back_is_refused_from_there_on(registered: Store) -> None:
    caller = a_caller()
    taking = Doing(lambda transaction: transaction.revoke_token(caller.token_jti, caller.proof.expires_at))
    other = a_caller(proof="other", token_jti="another token")  # noqa: S106 - not a password
    assert registered.together(taking, consuming(caller), consuming(other)) == [True, REVOKED, None]
    assert registered.alone(taking) is False, "taking it back again is no error"
    assert registered.clients.revoked() == (frozenset(), frozenset({caller.token_jti}))


def test_switching_off_nobody_is_told(registered: Store) -> None:
    assert registered.alone(disabling("nobody")) is False


# heads


def test_a_head_begins_at_nothing_and_moves_by_one(store: Store) -> None:
    assert store.together(moving("pair:1", 0), moving("pair:1", 0), moving("pair:1", 1)) == [True, False, True]
    assert store.rows("select id, version from head") == [("pair:1", 2)]
    assert store.begun == 1, "the batch was not written at its first try"
    assert store.together(moving("pair:1", 1), moving("pair:1", 2)) == [False, True]
    assert store.rows("select id, version from head") == [("pair:1", 3)]


def test_a_head_that_was_not_read_cannot_be_moved(store: Store) -> None:
    store.alone(moving("agency:x", 0))
    outcome, other = store.together(Doing(lambda transaction: transaction.bump("agency:x")), moving("agency:y", 0))
    assert isinstance(outcome, Exception)
    assert other is True
    assert store.rows("select id, version from head order by id") == [("agency:x", 1), ("agency:y", 1)]


def test_registering_twice_in_one_batch_moves_the_head_twice(store: Store) -> None:
    def registering(title: str) -> Doing[None]:
        def work(transaction: Transaction) -> None:
            transaction.register(AgencyRow("river-shelter", {"title": title}))
            transaction.bump(agency_head("river-shelter"))

        return Doing(work, Needs((agency_head("river-shelter"),)))

    assert store.together(registering("one"), registering("two")) == [None, None]
    assert store.begun == 1, "the batch was not written at its first try"
    assert store.rows("select version from head") == [(2,)]
    assert store.rows("select document from agency") == [('{"title":"two"}',)]


# answers


def answering(answer: str = "first") -> Doing[object]:
    """Return an item that answers under one idempotency key, or returns what was answered before."""

    def work(transaction: Transaction) -> Answered | None:
        if earlier := transaction.answered(KEY.key):
            return earlier
        transaction.add(IdempotencyRow(KEY, None, {"outcome": answer}, NOON))
        return None

    return Doing(work, Needs(idempotency=(KEY.key,)))


def test_a_repetition_in_the_same_batch_finds_the_first_answer(store: Store) -> None:
    first = Answered(KEY.digest, {"outcome": "first"})
    assert store.together(answering("first"), answering("second")) == [None, first]
    assert store.alone(answering("third")) == first


def test_an_answer_is_that_of_its_referral(store: Store) -> None:
    def work(transaction: Transaction) -> Answered | None:
        if earlier := transaction.answered(KEY.key):
            return earlier
        transaction.add(_referral())
        transaction.add(IdempotencyRow(KEY, "R1", None, NOON))
        return None

    item = Doing(work, Needs(idempotency=(KEY.key,)))
    told = Answered(KEY.digest, {"outcome": "permitted"})
    assert store.together(item, item) == [None, told]
    assert store.alone(item) == told


def test_an_answer_without_its_referral_is_a_defect_of_that_item_alone(store: Store) -> None:
    broken = Doing(lambda transaction: transaction.add(IdempotencyRow(KEY, "R1", None, NOON)))
    outcomes = store.together(moving("a:b", 0), broken)
    assert outcomes[0] is True
    assert isinstance(outcomes[1], Defect)


def _referral() -> ReferralRow:
    return ReferralRow(
        id="R1",
        client="client",
        sender="harbour-police",
        recipient=None,
        purpose=Purpose.ACCOMMODATION,
        outcome="permitted",
        state=ReferralState.SUBMITTED,
        at=NOON,
        person=None,
        leaf_index=0,
        answer={"outcome": "permitted"},
        reference=None,
    )


# items that change rows


def test_an_item_that_changes_rows_sees_what_earlier_items_of_its_batch_inserted(store: Store) -> None:
    adding = Doing(lambda transaction: transaction.add(a_parcel()))
    leasing = Doing(lambda transaction: transaction.lease(a_parcel().id, NOON))
    assert store.together(adding, leasing) == [None, True]


def test_what_an_item_changed_before_it_failed_is_undone_and_nothing_else(store: Store) -> None:
    def fails_after_leasing(transaction: Transaction) -> None:
        assert transaction.lease(a_parcel(1).id, NOON)
        raise KeyError("after the change")

    def adding(number: int) -> Doing[None]:
        return Doing(lambda transaction: transaction.add(a_parcel(number)))

    leasing = Doing(lambda transaction: transaction.lease(a_parcel(2).id, NOON))
    outcomes = store.together(adding(1), adding(2), leasing, Doing(fails_after_leasing), adding(3))
    assert outcomes[:3] == [None, None, True]
    assert isinstance(outcomes[3], Defect)
    states = store.rows("select state from parcel order by id")
    assert states == [(ParcelState.QUEUED,), (ParcelState.SENDING,), (ParcelState.QUEUED,)]
    assert store.commits == 1
