"""The log as witnesses and authorities see it: over HTTP, with a real witness, a real authority and a real store."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from authorities import StampAuthority
from cryptography.x509 import load_pem_x509_certificate
from databases import SQLITE, Servers
from fakes import FakeClock
from rings import a_key_ring
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from stores import Store, a_store, appending

from consent.checkpoint import VerifierKey, opened
from consent.cosignature import witnessed
from gateway.clock import SystemClock, SystemEntropy
from gateway.core.log.anchors import FRESH, NotAnchoredError, Outside
from gateway.core.records.anchor_rows import AnchorKind
from gateway.core.tracking import Tracking
from gateway.courier.anchors import Anchor, Anchoring, NotSeenError
from gateway.courier.destinations import destination
from gateway.courier.time_stamps import Authority, stamped_at
from gateway.courier.witnesses import Witness
from gateway.serving.servers import Stop, served, server
from gateway.store.rows.anchors import AnchorReader
from gateway.store.writing.writer import Writer
from gateway.witness.application import application
from gateway.witness.keeping import Keeper, founded
from schemas.vocabulary import Ground

pytestmark = pytest.mark.enable_socket
ORIGIN = "gateway.example/log"
RING = a_key_ring("the log outside")
LOG_KEY = VerifierKey(ORIGIN, RING.checkpoint_public_key())


@dataclass
class House:
    """A store with a log, its signer, and the folder where witnesses live."""

    store: Store
    folder: Path
    clock: SystemClock = field(default_factory=SystemClock)
    log_keys: tuple[VerifierKey, ...] = (LOG_KEY,)

    def __post_init__(self) -> None:
        self.book = AnchorReader(self.store.database.reading)
        self.tracking = Tracking(self.store.referrals, self.store.log, RING, self.store.person_keys, ORIGIN, self.book)

    def keeper(self, name: str) -> Keeper:
        folder = self.folder / name
        if not folder.exists():
            founded(folder, f"{name}.example/w", SystemEntropy().bytes)
        return Keeper.opened(folder, self.log_keys, self.clock)

    def witness(self, name: str, port: int) -> Witness:
        place = destination(f"http://127.0.0.1:{port}", loopback=True)
        return Witness(self.keeper(name).key, place, self.store.log.consistency, self.clock)

    def anchored(self, *anchors: Anchor, needed: int = 1, writer: Writer) -> Anchoring:
        outside = Outside(frozenset(one.name for one in anchors), needed, self.book, self.clock)
        every = timedelta(minutes=30)
        return Anchoring(anchors, self.tracking, self.book, outside, self.clock, writer, every)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Servers:
    return Servers(tmp_path_factory.mktemp("servers"))


@pytest.fixture
def house(servers: Servers, tmp_path: Path) -> Iterator[House]:
    with a_store(servers.url(SQLITE, tmp_path)) as opened_store:
        opened_store.together(*(appending(number) for number in range(5)))
        yield House(opened_store, tmp_path)


@asynccontextmanager
async def listening(*applications: Starlette) -> AsyncIterator[list[int]]:
    """Serve each on a port of its own."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in applications]
    async with served({server(app): bound for app, bound in zip(applications, sockets, strict=True)}, Stop()):
        yield [int(bound.getsockname()[1]) for bound in sockets]


@asynccontextmanager
async def writing(store: Store) -> AsyncIterator[Writer]:
    writer = store.writer()
    writer.start()
    yield writer
    await asyncio.to_thread(writer.close)


async def shown(house: House, *names: str, grow: int = 0) -> dict[str, str]:
    """Show the log to these witnesses, then let it grow and show it again; what became of the last round."""
    async with writing(house.store) as writer, listening(*(application(house.keeper(name)) for name in names)) as ports:
        anchoring = house.anchored(*map(house.witness, names, ports), needed=len(names), writer=writer)
        told = dict(await anchoring.now())
        for number in range(grow):
            await writer.record(appending(100 + number))
            told = dict(await anchoring.now())
        return told


def test_every_witness_cosigns_what_grows(house: House) -> None:
    keys = [house.keeper(name).key for name in ("near", "far")]
    assert asyncio.run(shown(house, "near", "far", grow=1)) == {key.name: "seen" for key in keys}
    text = house.book.cosigned()
    assert text is not None
    assert opened(text, LOG_KEY).head == house.store.log.head()
    witnessed(text, keys, 2)


def test_a_witness_that_was_away_is_brought_up_from_where_it_stands(house: House) -> None:
    asyncio.run(shown(house, "far"))
    house.store.together(*(appending(number) for number in range(50, 60)))
    assert set(asyncio.run(shown(house, "far", "near")).values()) == {"seen"}


def test_who_forgot_where_a_witness_stands_is_told(house: House) -> None:
    """As after a restore, or where another node asked it: the witness says its size, and the proof begins there."""
    asyncio.run(shown(house, "near"))

    async def asked() -> bytes:
        async with listening(application(house.keeper("near"))) as [port]:
            head = house.store.log.head()
            return await house.witness("near", port).vouch(head, house.tracking.checkpoint(head), 0)

    assert asyncio.run(asked()).startswith("— near.example/w ".encode())


@pytest.mark.parametrize("size", [3, 8, 12], ids=["shorter", "as long", "longer"])
def test_another_log_under_the_same_key_is_not_cosigned(house: House, servers: Servers, size: int) -> None:
    """Two logs: the one the witness saw has 8 entries. The other is signed by the same key."""
    house.store.together(*(appending(number) for number in range(50, 53)))
    asyncio.run(shown(house, "near"))
    elsewhere = house.folder / "elsewhere"
    elsewhere.mkdir()
    with a_store(servers.url(SQLITE, elsewhere)) as other:
        other.together(*(appending(1000 + number) for number in range(size)))
        assert asyncio.run(shown(House(other, house.folder), "near")) == {"near.example/w": "log_contradicted"}


def test_what_a_witness_kept_outlives_it(house: House) -> None:
    asyncio.run(shown(house, "near"))
    [kept] = house.folder.glob("near/*.note")
    assert opened(kept.read_text("utf-8"), LOG_KEY).size == 5
    kept.write_text("nothing", "utf-8")
    assert asyncio.run(shown(house, "near")) == {"near.example/w": "witness_refused"}


def test_a_witness_follows_a_log_that_changed_its_key_once_it_is_given_the_new_one_too(house: House) -> None:
    near = house.keeper("near").key.name
    assert asyncio.run(shown(house, "near")) == {near: "seen"}
    rotated = a_key_ring("the log outside", epochs=2)
    newer = VerifierKey(ORIGIN, rotated.checkpoint_public_key())
    house.tracking = replace(house.tracking, keys=rotated)
    for keys, said in (
        ((LOG_KEY,), "witness_refused"),  # It was not told.
        ((newer,), "witness_refused"),  # What it kept is signed by the older key.
        ((LOG_KEY, newer), "seen"),
        ((newer,), "seen"),  # What it keeps now is signed by the newer one.
    ):
        house.log_keys = keys
        assert asyncio.run(shown(house, "near", grow=1)) == {near: said}


ODD = {
    "nobody's signature": (200, "— near.example/w AAAAAAAAAAAA\n", "not_its_signature"),
    "no note": (200, "hello", "not_its_signature"),
    "no": (403, "", "witness_refused"),
    "a size larger than ours": (409, "999\n", "log_contradicted"),
    "a size that is none": (409, "many\n", "witness_refused"),
    "not consistent": (422, "", "log_contradicted"),
}


@pytest.mark.parametrize("what", ODD)
def test_what_a_witness_may_not_say_is_not_kept(house: House, what: str) -> None:
    status, body, code = ODD[what]

    async def answer(_request: Request) -> Response:
        return Response(body, status, media_type="text/x.tlog.size" if status == 409 else "text/plain")

    async def round_of() -> dict[str, str]:
        app = Starlette(routes=[Route("/add-checkpoint", answer, methods=["POST"])])
        async with writing(house.store) as writer, listening(app) as [port]:
            return dict(await house.anchored(house.witness("near", port), writer=writer).now())

    assert asyncio.run(round_of()) == {"near.example/w": code}
    assert house.book.newest() == {}


def test_an_authority_dates_exactly_this_checkpoint(house: House, tmp_path: Path) -> None:
    pytest.importorskip("rfc3161_client", reason="no rfc3161-client: pip install 'referral-gateway[timestamps]'")
    made = StampAuthority.made(tmp_path / "stamps")
    root = load_pem_x509_certificate(made.root.read_bytes())

    async def dated() -> dict[str, str]:
        async with writing(house.store) as writer, listening(made.application()) as [port]:
            place = destination(f"http://127.0.0.1:{port}/", loopback=True)
            return dict(await house.anchored(Authority("post", place, root, house.clock), writer=writer).now())

    assert asyncio.run(dated()) == {"post": "seen"}
    [row] = house.book.time_stamps()
    assert (row.kind, row.by, row.size) == (AnchorKind.TIME_STAMP, "post", 5)
    assert made.verifies(row.content, row.note.encode()), "openssl reads what was kept"
    assert not made.verifies(row.content, row.note.encode() + b"\n")
    assert abs(stamped_at(row.content, row.note, root) - house.clock.now()) < timedelta(minutes=1)
    another = load_pem_x509_certificate(StampAuthority.made(tmp_path / "another").root.read_bytes())
    for wrong in (
        lambda: stamped_at(row.content, row.note + "\n", root),
        lambda: stamped_at(row.content, row.note, another),
        lambda: stamped_at(row.content[:-9], row.note, root),
        lambda: stamped_at(row.content, row.note, root, nonce=1),
    ):
        with pytest.raises(NotSeenError):
            wrong()


def test_nobody_is_asked_again_before_it_is_time(house: House) -> None:
    async def duties() -> int:
        async with writing(house.store) as writer, listening(application(house.keeper("near"))) as [port]:
            anchoring = house.anchored(house.witness("near", port), writer=writer)
            for _ in range(3):
                assert not await anchoring.duty()
            clock = FakeClock(SystemClock().now() + timedelta(minutes=31))
            await replace(anchoring, clock=clock).duty()
        return len(house.store.rows("select id from anchor"))

    assert asyncio.run(duties()) == 2


def test_ordinary_disclosures_stop_four_hours_after_the_last_anchor_and_danger_to_life_does_not(house: House) -> None:
    asyncio.run(shown(house, "near", "far"))
    clock = FakeClock(SystemClock().now())
    names = frozenset({"near.example/w", "far.example/w"})
    outside = Outside(names, 2, house.book, clock)
    for later, going in ((timedelta(), True), (FRESH - timedelta(minutes=1), True), (FRESH, False)):
        clock.moment = SystemClock().now() + later
        assert outside.holds() is going
    outside.require(Ground.BREAK_GLASS)
    for ground in set(Ground) - {Ground.BREAK_GLASS}:
        with pytest.raises(NotAnchoredError):
            outside.require(ground)
    clock.moment = SystemClock().now()
    assert not Outside(names, 3, house.book, clock).holds(), "too few"
    assert not Outside(frozenset({"near.example/w"}), 2, house.book, clock).holds(), "others do not count"


def test_what_a_clock_that_ran_ahead_wrote_neither_counts_nor_keeps_anybody_from_being_asked(house: House) -> None:
    clock = FakeClock(SystemClock().now() + timedelta(days=3_650))
    ours = Outside(frozenset({"near.example/w"}), 1, house.book, clock)

    async def set_right() -> None:
        async with writing(house.store) as writer, listening(application(house.keeper("near"))) as [port]:
            anchoring = replace(house.anchored(house.witness("near", port), writer=writer), clock=clock, outside=ours)
            assert not ours.holds()
            assert not await anchoring.duty()
            clock.advance(timedelta(seconds=3))
            assert ours.holds()
            clock.moment = SystemClock().now()
            assert not ours.holds(), "nobody has seen it yet, whatever was written down"
            assert not await anchoring.duty()
            clock.advance(timedelta(seconds=3))
            assert ours.holds(), "it was asked, and what it said counts"
            clock.advance(FRESH)
            assert not ours.holds()

    asyncio.run(set_right())


def test_an_anchor_of_another_process_starts_them_again(house: House) -> None:
    outside = Outside(frozenset({"near.example/w"}), 1, house.book, FakeClock(SystemClock().now()))
    assert not outside.holds()
    asyncio.run(shown(house, "near"))
    assert not outside.holds(), "it looks every few seconds only"
    assert isinstance(outside.clock, FakeClock)
    outside.clock.moment += timedelta(seconds=3)
    assert outside.holds()


def test_what_was_anchored_is_never_changed(house: House) -> None:
    asyncio.run(shown(house, "near"))
    for statement in ("delete from anchor", "update anchor set size = 1"):
        with pytest.raises(Exception, match="never changed"):
            house.store.rows(statement)
