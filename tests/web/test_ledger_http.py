"""The log over HTTP: its checkpoint, its hashes as tiles, a proof for a sender; and what waits while nobody sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from builders import POLICE, SHELTER, a_referral
from fakes import FakeClock, run
from line import KEYS, MEDIA_TYPE
from web_door import ORIGIN, Answer, Web

from consent.checkpoint import VerifierKey, opened
from consent.errors import ConsentError
from consent.export import proven_receipt
from consent.merkle import leaf_hash
from consent.tiles import tile_at
from gateway.core.log.anchors import Outside, Seen
from gateway.core.records.anchor_rows import AnchorRow
from schemas.vocabulary import Ground

ROUTE = {
    "GX-Recipient": SHELTER,
    "GX-Purpose": "assistance.accommodation",
    "GX-Urgency": "urgent",
    "Content-Type": MEDIA_TYPE,
}
KEY = VerifierKey(ORIGIN, KEYS.checkpoint_public_key())


class Book:
    """What witnesses said so far: nothing, until the test says something."""

    def __init__(self) -> None:
        self.seen: dict[str, Seen] = {}
        self.note: str | None = None

    def newest(self) -> Mapping[str, Seen]:
        return self.seen

    def cosigned(self) -> str | None:
        return self.note

    def time_stamps(self) -> Sequence[AnchorRow]:
        return ()


@pytest.fixture
def web() -> Web:
    """An application in whose world she has said yes to the shelter."""
    made = Web()
    made.line.says()
    return made


def refer(web: Web, number: int = 1, **headers: str) -> Answer:
    """Send a referral under a key of its own."""
    sent = {**ROUTE, "Idempotency-Key": f"key-{number:07d}", **headers}
    return web.ask("POST", "/v1/referrals", a_referral(), sent)


def test_the_hashes_of_the_log_are_served_and_its_entries_are_not(web: Web) -> None:
    for number in range(3):
        refer(web, number)
    leaves = web.line.book.leaves
    found = web.ask("GET", "/v1/ledger/tile/0/000.p/3")
    assert found.body == b"".join(leaf_hash(leaf.content) for leaf in leaves[:3])
    assert found.header("content-type") == "application/octet-stream"
    for path in ("0/000", "0/001.p/1", "0/000.p/0", "0/0", "64/000", "entries/000.p/3", "0/000.p/03", "x"):
        assert web.ask("GET", f"/v1/ledger/tile/{path}").status == 404, path


def test_the_canary_no_other_spelling_is_a_tile() -> None:
    assert tile_at("tile/1/x001/x234/067.p/9").number == 1_234_067
    for path in ("tile/1/x000/067", "tile/01/067", "tile/1/067.p/256", "tile/1/067.p/", "1/067"):
        with pytest.raises(ConsentError):
            tile_at(path)


def test_a_sender_gets_a_proof_that_stands_alone_and_nobody_else_does(web: Web) -> None:
    referral = str(refer(web).json["decision_id"])
    found = web.ask("GET", f"/v1/referrals/{referral}/proof")
    receipt = proven_receipt(found.body.decode(), KEY)
    assert receipt.leaf in {leaf.content for leaf in web.line.book.leaves}
    assert web.ask("GET", f"/v1/referrals/{referral}/proof", agency="hill-shelter").status == 404


def test_a_proof_comes_under_the_checkpoint_that_was_cosigned_where_it_reaches_that_far(web: Web) -> None:
    first, book = str(refer(web).json["decision_id"]), Book()
    tracking = replace(web.door.tracking, anchors=book)
    book.note = tracking.checkpoint(tracking.log.head())
    second = str(refer(web, 2).json["decision_id"])
    texts = [tracking.proof_for_sender(POLICE, one) for one in (first, second)]
    sizes = [proven_receipt(text, KEY).checkpoint.size for text in texts if text]
    assert sizes == [opened(book.note, KEY).size, tracking.log.head().size]
    assert sizes[0] < sizes[1]


def nobody_outside() -> Outside:
    """Return that somebody has to see the log, and nobody has."""
    return Outside(frozenset({"w"}), 1, Book(), FakeClock())


def unseen(web: Web) -> Answer:
    """Let nobody outside have seen the log, and ask for what needs it."""
    outside = nobody_outside()
    exchange, dispatch = replace(web.door.exchange, outside=outside), replace(web.door.dispatch, outside=outside)
    web.use(replace(web.door, exchange=exchange, dispatch=dispatch))
    return refer(web, 9)


def test_ordinary_disclosures_wait_for_a_witness(web: Web) -> None:
    leaves = len(web.line.book.leaves)
    told = unseen(web)
    assert (told.status, told.json["code"], told.header("retry-after")) == (503, "log_not_anchored", "60")
    assert len(web.line.book.leaves) == leaves, "nothing was decided, so nothing tells what the answer would have been"


def test_what_waits_is_not_handed_out_meanwhile_and_is_afterwards(web: Web) -> None:
    refer(web)
    handed_out, unseen_by = web.door.dispatch, web.door
    unseen(web)
    assert web.ask("POST", "/v1/inbox/lease", agency=SHELTER).json["messages"] == []
    web.use(replace(unseen_by, dispatch=handed_out))
    assert len(web.ask("POST", "/v1/inbox/lease", agency=SHELTER).json["messages"]) == 1


def test_what_was_sent_is_taken_back_meanwhile(web: Web) -> None:
    """By a document in the sender's own format, which goes the way of a referral."""
    refer(web)
    unseen(web)
    document = {"schema": "revocation/1.0", "reference": a_referral()["sender_reference"]}
    told = web.ask("POST", "/v1/referrals", document, {**ROUTE, "Idempotency-Key": "key-0000010"})
    assert (told.status, told.json["stopped"]) == (200, 1)


def test_danger_to_life_is_not_kept_back_by_what_has_to_wait(web: Web) -> None:
    for number in range(3):
        refer(web, number)
    [*_, (last, kept)] = web.line.book.parcels.items()
    in_danger = replace(kept.parcel, stated=replace(kept.parcel.stated, ground=Ground.BREAK_GLASS))
    web.line.book.parcels[last] = replace(kept, parcel=in_danger)
    handed_out = replace(web.door.dispatch, outside=nobody_outside())
    _, releases = run(handed_out.ready(SHELTER, web.line.clock.now(), 2))
    assert [one.parcel.id for one in releases] == [last]


def test_readiness_says_so_and_stays_ready_for_withdrawals(web: Web) -> None:
    assert web.ask("GET", "/readyz").json == {"status": "ready"}
    unseen(web)
    found = web.ask("GET", "/readyz")
    assert (found.status, found.json["disclosures"], found.json["code"]) == (200, "stopped", "log_not_anchored")
