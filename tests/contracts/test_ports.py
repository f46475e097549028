"""One suite over fake and real: a fake that behaves differently proves nothing about the line that rests on it."""

from dataclasses import replace
from datetime import UTC, timedelta

from builders import (
    HOUR,
    NOON,
    POLICE,
    SHELTER,
    SHELTER_KEY,
    a_caller,
    a_consent,
    a_recipient_key,
    an_agency,
    an_agreement,
)
from contract_worlds import World
from rings import bytes_from
from stores import PERSON, Doing, a_parcel, a_sealed_leaf, appending, consuming, moving

from consent.facts import Restriction
from consent.merkle import EMPTY_ROOT, TreeHead, leaf_hash, verify_inclusion
from consent.records import ConsentEvent, ConsentEventType, NewTerms, standing
from gateway.core.answers import LeafSlot, NotFresh
from gateway.core.errors import SenderError
from gateway.core.heads import Head, agency_head, agreement_head, binding_head, pair_head, person_head
from gateway.core.known import KnownPerson, Probing
from gateway.core.ports import Answered, Needs, Transaction
from gateway.core.rows import BindingRow, ConsentRow, IdempotencyRow, LockRow, PersonRow, ReferralRow, StrikeRow
from gateway.core.stages import Idempotency, OwnReference
from schemas.vocabulary import (
    DataCategory,
    DeliveryMode,
    FunctionClass,
    GivenBy,
    Ground,
    LegalBasis,
    Purpose,
    ReferralState,
    Urgency,
)

BLIND, PAIR = bytes_from("a blind reference"), bytes_from("a pair", 16)
RECORDED = ConsentEvent(ConsentEventType.RECORDED, NOON, a_consent())
WITHDRAWN = ConsentEvent(ConsentEventType.WITHDRAWN, NOON)


def alone(world: World, item: object) -> object:
    """Confirm one item; raise what it failed with."""
    [outcome] = world.together(item)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


# clock and entropy


def test_the_time_is_in_utc_and_does_not_go_back(world: World) -> None:
    for clock in world.clocks:
        first, second = clock.now(), clock.now()
        assert first.tzinfo is UTC
        assert first <= second


def test_randomness_is_as_long_as_asked_and_never_the_same(world: World) -> None:
    for entropy in world.entropies:
        drawn = [entropy.bytes(count) for count in (0, 1, 12, 16, 32, 32, 100)]
        assert [len(one) for one in drawn] == [0, 1, 12, 16, 32, 32, 100]
        assert drawn[4] != drawn[5]


# directory


def test_an_agency_is_found_with_its_head(world: World) -> None:
    assert world.directory.agency(SHELTER) is None
    sealed = an_agency(
        SHELTER, FunctionClass.SHELTER, delivery=DeliveryMode.SEALED_PULL, sealing_key=a_recipient_key(SHELTER_KEY)
    )
    world.put(sealed)
    world.put(an_agency())
    assert world.directory.agency(SHELTER) == replace(sealed, head=Head(agency_head(SHELTER), 1))
    world.put(an_agency(SHELTER, FunctionClass.SHELTER))
    assert world.directory.agency(SHELTER) == replace(
        an_agency(SHELTER, FunctionClass.SHELTER), head=Head(agency_head(SHELTER), 2)
    )


def test_an_agreement_is_found_by_its_route(world: World) -> None:
    route = (POLICE, SHELTER, Purpose.ACCOMMODATION)
    assert world.directory.agreement(*route) is None
    signed = an_agreement(legal_bases=frozenset({LegalBasis.CONSENT, LegalBasis.EXPLICIT_CONSENT}))
    world.agree(signed)
    assert world.directory.agreement(*route) == (signed, Head(agreement_head("agreement-1"), 1))
    assert world.directory.agreement(POLICE, SHELTER, Purpose.HEALTH) is None
    assert world.directory.agreement(SHELTER, POLICE, Purpose.ACCOMMODATION) is None


# people


def knowing(*events: ConsentEvent) -> Doing[None]:
    """Return an item that makes a person known by those events of one consent."""

    def work(transaction: Transaction) -> None:
        transaction.add(PersonRow(PERSON))
        transaction.add(BindingRow(BLIND, PERSON, POLICE, b"sealed"))
        transaction.bump(binding_head(BLIND))
        for event in events:
            transaction.add(ConsentRow("consent-1", PERSON, event, b"sealed"))
        transaction.bump(person_head(PERSON))

    return Doing(work, Needs((binding_head(BLIND), person_head(PERSON))))


def test_everything_that_happened_to_a_consent_comes_back_in_order(world: World) -> None:
    """Each kind of event, with every member of its terms set and with none."""
    full = NewTerms(
        NOON,
        frozenset({Purpose.ACCOMMODATION}),
        frozenset({DataCategory.NEED}),
        (Restriction(DataCategory.RISK, SHELTER), Restriction(DataCategory.NARRATIVE)),
        NOON + HOUR,
        GivenBy.COURT,
        confirmed=True,
    )
    renewed = ConsentEvent(ConsentEventType.RENEWED, NOON, terms=full)
    narrowed = ConsentEvent(ConsentEventType.NARROWED, NOON, terms=NewTerms(NOON))
    events = (RECORDED, renewed, narrowed, WITHDRAWN)
    alone(world, knowing(*events))
    assert dict(world.people.history(PERSON)) == {"consent-1": events}
    assert world.people.person(PERSON).consents == (standing(events),)


def test_a_person_is_known_by_reference_id_and_consent(world: World) -> None:
    assert world.people.known(BLIND) is None
    assert world.people.of_consent("consent-1") is None
    assert world.people.person(PERSON) == KnownPerson(PERSON, Head(person_head(PERSON), 0), ())
    alone(world, knowing(RECORDED))
    her = KnownPerson(PERSON, Head(person_head(PERSON), 1), (a_consent(),))
    assert world.people.known(BLIND) == world.people.person(PERSON) == world.people.of_consent("consent-1") == her
    assert world.people.known(bytes_from("another")) is None


def test_m_04_a_person_is_found_by_a_consent_only_for_who_recorded_it(world: World) -> None:
    """Her recipient did not, nor an agency whose name is only alike; what happened later names nobody."""
    alone(world, knowing(RECORDED, WITHDRAWN))
    of_consent, recorded_by, to = world.people.of_consent, a_consent().discloser, a_consent().recipient
    assert of_consent("consent-1", recorded_by) == of_consent("consent-1") is not None
    for other in (to, recorded_by[:-1], f"{recorded_by}-2", "%", "_" * len(recorded_by), '"'):
        assert of_consent("consent-1", other) is None


def test_a_later_event_is_seen_with_a_later_head(world: World) -> None:
    alone(world, knowing(RECORDED))
    world.people.person(PERSON)

    def work(transaction: Transaction) -> None:
        transaction.add(ConsentRow("consent-1", PERSON, WITHDRAWN, None))
        transaction.bump(person_head(PERSON))

    alone(world, Doing(work, Needs((person_head(PERSON),))))
    world.people.forget((person_head(PERSON),))
    her = KnownPerson(PERSON, Head(person_head(PERSON), 2), (standing((RECORDED, WITHDRAWN)),))
    assert world.people.person(PERSON) == her


def test_refusals_are_counted_and_a_pair_is_locked(world: World) -> None:
    assert world.people.probing(PAIR) == Probing(Head(pair_head(PAIR), 0), (), locked=False)

    def strike(transaction: Transaction) -> None:
        transaction.add(StrikeRow(PAIR, SHELTER, NOON))
        transaction.bump(pair_head(PAIR))

    def lock(transaction: Transaction) -> None:
        transaction.add(LockRow(PAIR, POLICE, NOON))
        transaction.bump(pair_head(PAIR))

    needs = Needs((pair_head(PAIR),))
    alone(world, Doing(strike, needs))
    world.people.forget((pair_head(PAIR),))
    assert world.people.probing(PAIR) == Probing(Head(pair_head(PAIR), 1), ((SHELTER, NOON),), locked=False)
    alone(world, Doing(lock, needs))
    world.people.forget((pair_head(PAIR),))
    assert world.people.probing(PAIR).locked


# outbox and referrals


def test_what_waits_is_handed_out_urgent_first_then_the_oldest(world: World) -> None:
    routine = a_parcel(1, urgency=Urgency.ROUTINE, due=NOON - HOUR)
    late, early, later = a_parcel(2), a_parcel(3, due=NOON - HOUR), a_parcel(4, due=NOON + HOUR)
    for parcel in (routine, late, early, later):
        alone(world, Doing(lambda transaction, one=parcel: transaction.add(one)))
    assert list(world.outbox.waiting(SHELTER, NOON, 10)) == [early, late, routine]
    assert list(world.outbox.waiting(SHELTER, NOON, 2)) == [early, late]
    assert list(world.outbox.waiting(POLICE, NOON, 10)) == []
    assert list(world.outbox.waiting(SHELTER, NOON - timedelta(hours=2), 10)) == []
    for grounds, found in ((frozenset({Ground.CONSENT}), [early]), (frozenset({Ground.BREAK_GLASS}), [])):
        assert list(world.outbox.waiting(SHELTER, NOON, 1, grounds=grounds)) == found
    leasing = Doing(lambda transaction: transaction.lease(early.id, NOON + HOUR))
    assert alone(world, leasing) is True
    assert list(world.outbox.waiting(SHELTER, NOON, 10)) == [late, routine]
    assert list(world.outbox.waiting(SHELTER, NOON + 2 * HOUR, 1)) == [early]


def test_a_referral_is_read_back_and_moves_with_its_parcel(world: World) -> None:
    def work(transaction: Transaction) -> None:
        parcel, reference = a_parcel(), OwnReference(b"sealed", bytes_from("number", 16))
        transaction.add(parcel)
        answer = {"outcome": "permitted"}
        ids = ("permitted", ReferralState.SUBMITTED, NOON, PERSON, 7)
        row = ReferralRow(parcel.referral, "client", POLICE, SHELTER, Purpose.ACCOMMODATION, *ids, answer, reference)
        transaction.add(row)

    alone(world, Doing(work))
    reached = world.people.reached
    assert reached(PERSON, "client", SHELTER)
    assert not any(reached(*other) for other in ((PERSON, "client", POLICE), (PERSON, "another", SHELTER)))
    assert not reached(bytes_from("another", 16), "client", SHELTER)
    found = world.referrals.referral(a_parcel().referral)
    assert found is not None
    assert (found.sender, found.state, found.leaf_index, found.person) == (POLICE, ReferralState.SUBMITTED, 7, PERSON)
    assert (found.answer, found.sealed_reference) == ({"outcome": "permitted"}, b"sealed")
    assert world.referrals.referral(a_parcel().referral, POLICE) == found
    assert world.referrals.referral(a_parcel().referral, SHELTER) is None
    assert world.referrals.referral("R-NOBODY") is None


# recorder and transaction


def test_a_batch_is_confirmed_in_order_and_urgent_items_first(world: World) -> None:
    order: list[str] = []
    items = [Doing(lambda _transaction, name=name: order.append(name)) for name in ("a", "b", "withdrawal")]
    world.together(*items[:2], urgent=items[2:])
    assert order == ["withdrawal", "a", "b"]


def test_an_item_that_refuses_fails_alone_and_leaves_nothing(world: World) -> None:
    def work(transaction: Transaction) -> None:
        transaction.append(a_sealed_leaf(9))
        transaction.add(a_parcel(9))
        raise SenderError("no")

    outcomes = world.together(appending(1), Doing(work), appending(2))
    assert isinstance(outcomes[1], SenderError)
    assert [slot.index for slot in (outcomes[0], outcomes[2]) if isinstance(slot, LeafSlot)] == [0, 1]
    assert list(world.outbox.waiting(SHELTER, NOON, 10)) == []


def test_heads_move_by_one_and_later_items_see_it(world: World) -> None:
    assert world.together(moving("pair:1", 0), moving("pair:1", 0), moving("pair:1", 1)) == [True, False, True]
    assert alone(world, moving("pair:1", 2)) is True


def test_a_proof_is_fresh_once(world: World) -> None:
    caller = a_caller()
    assert world.together(consuming(caller), consuming(caller)) == [None, NotFresh(revoked=False)]
    assert alone(world, consuming(caller)) == NotFresh(revoked=False)


def test_an_answer_is_found_again_also_within_the_batch(world: World) -> None:
    key = Idempotency(bytes_from("key"), bytes_from("digest"))

    def work(transaction: Transaction) -> Answered | None:
        if earlier := transaction.answered(key.key):
            return earlier
        transaction.add(IdempotencyRow(key, None, {"outcome": "first"}, NOON))
        return None

    item = Doing(work, Needs(idempotency=(key.key,)))
    told = Answered(key.digest, {"outcome": "first"})
    assert world.together(item, item) == [None, told]
    assert alone(world, item) == told


def test_the_moment_is_the_clocks(world: World) -> None:
    world.clock.advance(HOUR)
    assert alone(world, Doing(lambda transaction: transaction.now)) == NOON + HOUR


# log


def test_the_log_proves_what_was_appended(world: World) -> None:
    assert world.log.head() == TreeHead(0, EMPTY_ROOT)
    outcomes = world.together(*map(appending, range(5)))
    head = world.log.head()
    for index, slot in enumerate(outcomes):
        assert isinstance(slot, LeafSlot)
        assert slot.proof is not None
        assert world.log.leaf(index) == slot.proof.leaf == a_sealed_leaf(index).content
        verify_inclusion(leaf_hash(slot.proof.leaf), index, slot.proof.path, slot.proof.head)
        verify_inclusion(leaf_hash(slot.proof.leaf), index, world.log.inclusion(index, head.size), head)
    assert head.size == 5
