"""A notice takes the same steps in the fake book as in the database, whatever the order (C-10)."""

from collections.abc import Sequence
from datetime import timedelta

from builders import POLICE, SHELTER
from contract_worlds import FakeWorld
from databases import SQLITE, Servers
from fake_notices import FakeNotices
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rings import bytes_from
from stores import PERSON, Doing, Store, a_parcel, a_store

from gateway.core.notice.notices import NoticePlan, queued
from gateway.core.ports import Transaction
from gateway.core.records.notice_records import BEGINNING, Notice, Notices, Place
from gateway.core.rows import ReferralRow
from gateway.core.stages import OwnReference
from gateway.store.writing.notices import NoticeReader
from schemas.notice_codes import NoticeKind, NoticeState, ObjectionGround
from schemas.vocabulary import Purpose, ReferralState

BLIND = bytes_from("number", 16)
LEASE = timedelta(minutes=5)
STEPS = (
    *("leave", "withdraw", "withdraw another", "restrict", "revoke"),
    *("hand out", "erased", "objected", "late", "wait"),
)


def _told(transaction: Transaction, kind: NoticeKind, name: str) -> int:
    plan = NoticePlan(kind, bytes_from(f"{name}{transaction.now}{kind}"), timedelta(minutes=30), timedelta(hours=1))
    match name:
        case "revoke":
            owed = transaction.notices.owed_for(kind, POLICE, BLIND)
        case "restrict":
            owed = transaction.notices.owed(kind, PERSON)
        case _:
            owed = transaction.notices.owed(kind, PERSON, ["consent-2" if "another" in name else "consent-1"])
    return len(queued(transaction, plan, owed))


def _step(name: str, transaction: Transaction, known: Sequence[str]) -> object:
    notices = transaction.notices
    match name:
        case "leave":
            return transaction.lease(a_parcel().id, transaction.now + LEASE)
        case "hand out":
            return [notices.lease(one, transaction.now + LEASE) for one in known]
        case "erased" | "objected":
            found = [one for one in known if notices.notice(SHELTER, one) is not None]
            for one in found:
                notices.move(one, NoticeState(name), ObjectionGround.ARCHIVING if name == "objected" else None)
            return found, [notices.notice(POLICE, one) for one in known]
        case "late":
            late = notices.late(9)
            for one in late:
                notices.escalate(one.id)
            return late
        case "restrict":
            return _told(transaction, NoticeKind.RESTRICTION, name)
        case _:
            return _told(transaction, NoticeKind.WITHDRAWAL, name)


def _filled(transaction: Transaction) -> None:
    parcel = a_parcel()
    transaction.add(parcel)
    ids = ("permitted", ReferralState.SUBMITTED, transaction.now, PERSON, 0)
    route = (POLICE, SHELTER, Purpose.ACCOMMODATION)
    transaction.add(
        ReferralRow(parcel.referral, "client", *route, *ids, {"outcome": "permitted"}, OwnReference(b"sealed", BLIND))
    )


def _seen(notices: Notices, world: FakeWorld | Store, known: Sequence[str]) -> list[Sequence[Notice | Place | None]]:
    """All that can be read."""
    beginning, behind_one = BEGINNING, (a_parcel().referral, "restriction", 1)
    return [
        list(notices.waiting(SHELTER, world.clock.now(), 9)),
        list(notices.waiting(POLICE, world.clock.now(), 9)),
        list(notices.listed(POLICE, still_open=False, after=beginning, limit=9)),
        list(notices.listed(None, still_open=True, after=beginning, limit=1)),
        list(notices.listed(SHELTER, still_open=False, after=beginning, limit=9)),
        list(notices.listed(None, still_open=False, after=behind_one, limit=9)),
        [notices.place(one) for one in notices.listed(None, still_open=False, after=beginning, limit=9)],
        [notices.handed_out(SHELTER, one) for one in known],
    ]


@settings(max_examples=16, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=9))
@example(steps=["wait", "hand out", "erased", "restrict"])  # Chance hardly ever hands one out before it is answered,
@example(steps=["wait", "hand out", "objected", "withdraw"])
@example(steps=["wait", "wait", "late", "late"])  # or waits until one is late.
def test_fake_and_real_notices_take_the_same_steps(
    servers: Servers, tmp_path_factory: object, steps: list[str]
) -> None:
    fake, folder = FakeWorld(), tmp_path_factory.mktemp("notices")
    with a_store(servers.url(SQLITE, folder)) as real:
        fake.together(Doing(_filled))
        real.together(Doing(_filled))
        for name in ("leave", "withdraw", *steps):
            known = list(fake.book.notices)
            fake.clock.advance(timedelta(minutes=31 if name == "wait" else 1))
            real.clock.advance(timedelta(minutes=31 if name == "wait" else 1))
            if name != "wait":
                step = Doing(lambda transaction, name=name, known=known: _step(name, transaction, known))
                assert fake.together(step) == real.together(step), name
            known = list(fake.book.notices)
            readers = FakeNotices(fake.book), NoticeReader(real.database.reading)
            assert _seen(readers[0], fake, known) == _seen(readers[1], real, known), name
