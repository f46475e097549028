"""A parcel takes the same steps in the fake outbox as in the real one, whatever the order."""

from datetime import timedelta

from builders import NOON, POLICE, SHELTER
from contract_worlds import FakeWorld
from databases import SQLITE, Servers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rings import bytes_from
from stores import PERSON, WHY, Doing, Store, a_parcel, a_store

from gateway.core.ports import Transaction
from gateway.core.rows import ReferralRow
from gateway.core.stages import OwnReference
from schemas.vocabulary import Purpose, ReferralState

BLIND = bytes_from("number", 16)
LEASE = timedelta(minutes=5)
STEPS = {
    "lease": lambda transaction: transaction.lease(a_parcel().id, transaction.now + LEASE),
    "stop": lambda transaction: transaction.stop(a_parcel().id),
    "withdraw": lambda transaction: transaction.stop_consents(PERSON, ["consent-1"], WHY),
    "withdraw another": lambda transaction: transaction.stop_consents(PERSON, ["consent-2"], WHY),
    "take back": lambda transaction: transaction.stop_referrals(POLICE, BLIND, WHY),
    "take back another": lambda transaction: transaction.stop_referrals(SHELTER, BLIND, WHY),
    "acknowledge": lambda transaction: transaction.acknowledge(SHELTER, a_parcel().id),
    "acknowledge another's": lambda transaction: transaction.acknowledge(POLICE, a_parcel().id),
    "accept": lambda transaction: transaction.answer_referral(SHELTER, a_parcel().id, ReferralState.ACCEPTED),
    "ask": lambda transaction: transaction.answer_referral(SHELTER, a_parcel().id, ReferralState.INFO_REQUESTED),
    "complete": lambda transaction: transaction.answer_referral(SHELTER, a_parcel().id, ReferralState.COMPLETED),
    "wait": None,
}

_LEAVES = 'select content from ledger_leaf order by "index"'


def _filled(transaction: Transaction) -> None:
    parcel = a_parcel()
    transaction.add(parcel)
    ids = ("permitted", ReferralState.SUBMITTED, NOON, PERSON, 0)
    reference = OwnReference(b"sealed", BLIND)
    route = (POLICE, SHELTER, Purpose.ACCOMMODATION)
    transaction.add(ReferralRow(parcel.referral, "client", *route, *ids, {"outcome": "permitted"}, reference))


def _state(fake: FakeWorld, real: Store) -> list[tuple[object, ...]]:
    """What can be seen of parcel and referral, in both worlds."""
    [kept], [row] = fake.book.parcels.values(), fake.book.referrals.values()
    [(state, payload, referral)] = real.rows(
        "select parcel.state, payload, referral.state from parcel join referral on referral.id = parcel.referral"
    )
    here = (kept.state, kept.parcel.payload, row.state.value, [leaf.content for leaf in fake.book.leaves])
    there = (state, bytes(payload), referral, [bytes(content) for (content,) in real.rows(_LEAVES)])
    return [
        (*here, [one.id for one in fake.outbox.waiting(SHELTER, fake.clock.now(), 9)]),
        (*there, [one.id for one in real.outbox.waiting(SHELTER, real.clock.now(), 9)]),
    ]


@settings(max_examples=16, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=7))
def test_fake_and_real_outbox_take_the_same_steps(servers: Servers, tmp_path_factory: object, steps: list[str]) -> None:
    folder = tmp_path_factory.mktemp("steps")
    fake = FakeWorld()
    with a_store(servers.url(SQLITE, folder)) as real:
        outcomes = [fake.together(Doing(_filled)), real.together(Doing(_filled))]
        for name in steps:
            step = STEPS[name]
            if step is None:
                fake.clock.advance(LEASE + timedelta(seconds=1))
                real.clock.advance(LEASE + timedelta(seconds=1))
            else:
                outcomes = [fake.together(Doing(step)), real.together(Doing(step))]
            assert outcomes[0] == outcomes[1], name
            here, there = _state(fake, real)
            assert here == there, name
