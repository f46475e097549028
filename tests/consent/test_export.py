"""An export against checkpoints held outside: every kind of rewriting is found, and only because they are."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from consent import merkle
from consent.checkpoint import Checkpoint, VerifierKey, signed
from consent.errors import ConsentError, Fault, ProofError, SignatureError, TamperedLedgerError, UnreadableRecordError
from consent.export import Accumulator, Receipt, Report, proven_receipt, verified

seeded = partial(settings, deadline=None, derandomize=True, database=None)
ORIGIN = "log.example/referrals"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey(ORIGIN, PRIVATE.public_key().public_bytes_raw())


def an_export(count: int) -> list[bytes]:
    return [b'{"event":"decision","n":%d}\n' % number for number in range(count)]


def a_checkpoint(lines: list[bytes], size: int | None = None) -> Checkpoint:
    """Give the checkpoint an honest log signs after `size` of these entries, from the tree that stores its nodes."""
    hashes = [merkle.leaf_hash(line.removesuffix(b"\n")) for line in lines[:size]]
    grown = merkle.appended(0, hashes, no_node)
    return Checkpoint(ORIGIN, grown.size, grown.root)


def no_node(level: int, index: int) -> bytes:
    raise KeyError((level, index))


# -------------------------------------------------------------------------------------------------------- the log


@seeded(max_examples=25)
@given(st.integers(0, 80))
def test_the_streamed_tree_is_the_stored_tree(count: int) -> None:
    lines = an_export(count)
    tree = Accumulator()
    for size, line in enumerate(lines, 1):
        tree.add(merkle.leaf_hash(line[:-1]))
        assert tree.head() == a_checkpoint(lines, size).head
    assert tree.head() == a_checkpoint(lines).head


def test_a_whole_log_agrees_with_every_checkpoint_held() -> None:
    lines = an_export(21)
    held = [a_checkpoint(lines, size) for size in (21, 8, 13, 8)]
    assert verified(lines, held) == Report(a_checkpoint(lines).head, covered=21)


def test_entries_after_the_newest_checkpoint_are_not_covered() -> None:
    lines = an_export(21)
    assert verified(lines, [a_checkpoint(lines, 13)]).covered == 13


@pytest.mark.parametrize("held", [[], [Checkpoint(ORIGIN, 0, merkle.EMPTY_ROOT)]], ids=["none", "of an empty log"])
def test_without_a_checkpoint_nothing_is_covered(held: list[Checkpoint]) -> None:
    assert verified(an_export(3), held).covered == 0
    assert verified([], held) == Report(merkle.TreeHead(0, merkle.EMPTY_ROOT), covered=0)


def test_the_lines_are_read_once_and_not_kept() -> None:
    lines = an_export(1000)

    def once() -> Iterator[bytes]:
        yield from lines

    assert verified(once(), [a_checkpoint(lines)]).covered == 1000


# --------------------------------------------------------------------------------------------- rewriting is found


def changed(lines: list[bytes], at: int, _: int) -> list[bytes]:
    return [*lines[:at], lines[at].replace(b"decision", b"refusal"), *lines[at + 1 :]]


def deleted(lines: list[bytes], at: int, _: int) -> list[bytes]:
    return [*lines[:at], *lines[at + 1 :]]


def inserted(lines: list[bytes], at: int, _: int) -> list[bytes]:
    return [*lines[:at], b'{"event":"invented"}\n', *lines[at:]]


def swapped(lines: list[bytes], at: int, other: int) -> list[bytes]:
    copy = list(lines)
    copy[at], copy[other] = copy[other], copy[at]
    return copy


def truncated(lines: list[bytes], at: int, _: int) -> list[bytes]:
    return lines[:at]


Rewrite = Callable[[list[bytes], int, int], list[bytes]]


@pytest.mark.parametrize("rewrite", [changed, deleted, inserted, swapped, truncated])
def test_every_rewriting_is_found_by_a_checkpoint_held_outside_and_by_nothing_else(rewrite: Rewrite) -> None:
    @seeded(max_examples=25)
    @given(st.integers(2, 60), st.data())
    def run(count: int, data: st.DataObject) -> None:
        lines = an_export(count)
        at, other = data.draw(st.lists(st.integers(0, count - 1), min_size=2, max_size=2, unique=True))
        held = a_checkpoint(lines)
        forged = rewrite(lines, at, other)
        # The insider rewrote the whole tree: with her own checkpoint everything agrees.
        assert verified(forged, [a_checkpoint(forged)]).covered == len(forged)
        with pytest.raises(TamperedLedgerError):
            verified(forged, [a_checkpoint(forged), held])

    run()


def test_the_damage_is_placed_between_two_checkpoints() -> None:
    lines = an_export(40)
    held = [a_checkpoint(lines, size) for size in (10, 20, 30)]
    with pytest.raises(TamperedLedgerError) as caught:
        verified(changed(lines, 14, 0), held)
    error = caught.value
    assert (error.whole_until, error.broken_at, error.held) == (10, 20, 40)
    assert error.fault is Fault.CHECKPOINT_DIFFERS


def test_a_shortened_log_says_how_much_is_missing() -> None:
    lines = an_export(40)
    with pytest.raises(TamperedLedgerError) as caught:
        verified(lines[:25], [a_checkpoint(lines, 10), a_checkpoint(lines)])
    assert (caught.value.whole_until, caught.value.broken_at, caught.value.held) == (10, 40, 25)


def test_two_checkpoints_of_one_size_that_differ_show_a_split_view_whatever_the_export() -> None:
    lines = an_export(9)
    split = [a_checkpoint(lines), a_checkpoint(changed(lines, 3, 0))]
    for held in (split, split[::-1]):
        with pytest.raises(TamperedLedgerError, match=Fault.CHECKPOINTS_CONTRADICT) as caught:
            verified(lines, held)
        assert caught.value.broken_at == 9


LINES: dict[str, tuple[bytes, Fault]] = {
    "cut": (b'{"n":3}', Fault.LINE_CUT),
    "cut inside": (b'{"n"', Fault.LINE_CUT),
    "carriage return": (b'{"n":3}\r\n', Fault.LINE_CONVERTED),
    "empty": (b"\n", Fault.LINE_NOT_AN_ENTRY),
    "one brace": (b"{\n", Fault.LINE_NOT_AN_ENTRY),
    "byte order mark": (b"\xef\xbb\xbf{}\n", Fault.LINE_NOT_AN_ENTRY),
    "space after": (b"{} \n", Fault.LINE_NOT_AN_ENTRY),
    "not an object": (b"[]\n", Fault.LINE_NOT_AN_ENTRY),
}


@pytest.mark.parametrize(("line", "fault"), LINES.values(), ids=LINES.keys())
def test_a_line_that_is_no_entry_is_named_by_number_and_never_shown(line: bytes, fault: Fault) -> None:
    with pytest.raises(UnreadableRecordError) as caught:
        verified([*an_export(2), line], [])
    assert (caught.value.fault, caught.value.line) == (fault, 3)
    assert str(caught.value) == fault.value


def test_the_bytes_are_hashed_as_they_stand_and_not_as_json_reads_them() -> None:
    lines = [b'{"n":1}\n', b'{"n": 1}\n']
    assert json.loads(lines[0]) == json.loads(lines[1])
    with pytest.raises(TamperedLedgerError):
        verified(lines[1:], [a_checkpoint(lines[:1])])


# ------------------------------------------------------------------------------------------------------- receipts


def a_receipt(**members: object) -> dict[str, object]:
    lines = an_export(11)
    grown = merkle.appended(0, [merkle.leaf_hash(line[:-1]) for line in lines], no_node)
    return {
        "leaf": lines[4][:-1].decode(),
        "index": 4,
        "proof": [b64encode(one).decode() for one in grown.inclusion_proof(4)],
        "checkpoint": signed(Checkpoint(ORIGIN, grown.size, grown.root), KEY, PRIVATE.sign),
        "decision": "another member, which is ignored",
    } | members


@pytest.mark.parametrize("key", [KEY, None], ids=["with key", "without key"])
def test_a_receipt_is_proven_with_its_leaf_as_text_or_base64(key: VerifierKey | None) -> None:
    lines = an_export(11)
    leaf = lines[4][:-1]
    expected = Receipt(leaf, 4, a_checkpoint(lines))
    assert proven_receipt(json.dumps(a_receipt()), key) == expected
    assert proven_receipt(json.dumps(a_receipt(leaf=b64encode(leaf).decode())), key) == expected


def test_the_standard_form_of_a_leaf_never_begins_like_base64() -> None:
    assert b"{" not in b64encode(bytes(range(256)))


RECEIPTS: dict[str, tuple[dict[str, object], type[ConsentError]]] = {
    "leaf altered": ({"leaf": '{"event":"refusal","n":4}'}, ProofError),
    "index altered": ({"index": 5}, ProofError),
    "index outside": ({"index": 11}, ProofError),
    "index is true": ({"index": True}, UnreadableRecordError),
    "index is a float": ({"index": 4.0}, UnreadableRecordError),
    "index is text": ({"index": "4"}, UnreadableRecordError),
    "proof shortened": ({"proof": []}, ProofError),
    "proof of numbers": ({"proof": [1]}, UnreadableRecordError),
    "proof is text": ({"proof": "AAAA"}, UnreadableRecordError),
    "proof not base64": ({"proof": ["*"]}, UnreadableRecordError),
    "leaf not base64": ({"leaf": "*"}, UnreadableRecordError),
    "leaf no text": ({"leaf": "{\ud800}"}, UnreadableRecordError),
    "checkpoint no note": ({"checkpoint": "log"}, UnreadableRecordError),
    "checkpoint no text": ({"checkpoint": None}, UnreadableRecordError),
}


@pytest.mark.parametrize("key", [KEY, None], ids=["with key", "without key"])
@pytest.mark.parametrize(("members", "kind"), RECEIPTS.values(), ids=RECEIPTS.keys())
def test_a_receipt_with_one_member_altered_is_refused(
    members: dict[str, object], kind: type[ConsentError], key: VerifierKey | None
) -> None:
    with pytest.raises(kind):
        proven_receipt(json.dumps(a_receipt(**members)), key)


def test_a_receipt_of_a_log_that_the_key_did_not_sign_is_refused_with_the_key_alone() -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    own_key = VerifierKey(ORIGIN, stranger.public_key().public_bytes_raw())
    forged = signed(a_checkpoint(an_export(11)), own_key, stranger.sign)
    document = json.dumps(a_receipt(checkpoint=forged))
    assert proven_receipt(document, None).index == 4
    with pytest.raises(SignatureError, match=Fault.SIGNATURE_MISSING):
        proven_receipt(document, KEY)


NO_RECEIPTS = {
    "empty": "",
    "array": "[]",
    "no members": "{}",
    "cut": "{",
    "too deep": "[" * 100_000,
    "number too long": '{"index":' + "9" * 5000 + "}",
}


@pytest.mark.parametrize("document", NO_RECEIPTS.values(), ids=NO_RECEIPTS.keys())
def test_what_is_not_a_receipt_is_refused(document: str) -> None:
    with pytest.raises(UnreadableRecordError, match=Fault.RECEIPT_FORM):
        proven_receipt(document, KEY)


def test_a_member_that_stands_twice_is_refused() -> None:
    twice = '{"leaf":"{}",' + json.dumps(a_receipt())[1:]
    with pytest.raises(UnreadableRecordError, match=Fault.RECEIPT_FORM):
        proven_receipt(twice, KEY)
