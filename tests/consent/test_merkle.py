"""The tree against the recursive definition of RFC 9162, and against forgery. The vectors: test_merkle_vectors.py."""

from collections.abc import Callable
from functools import partial
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent import merkle
from consent.errors import Fault, ProofError
from consent.merkle import TreeHead, appended, consistency_proof, inclusion_proof, verify_consistency, verify_inclusion

seeded = partial(settings, deadline=None, derandomize=True, database=None)


# -------------------------------------------- the definition, naive and recursive (RFC 9162 sections 2.1.1 to 2.1.4)


def split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def defined_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return sha256(b"\x01" + defined_root(leaves[:k]) + defined_root(leaves[k:])).digest()


def defined_path(m: int, leaves: list[bytes]) -> tuple[bytes, ...]:
    if len(leaves) == 1:
        return ()
    k = split(len(leaves))
    if m < k:
        return (*defined_path(m, leaves[:k]), defined_root(leaves[k:]))
    return (*defined_path(m - k, leaves[k:]), defined_root(leaves[:k]))


def defined_subproof(m: int, leaves: list[bytes], *, whole: bool) -> tuple[bytes, ...]:
    if m == len(leaves):
        return () if whole else (defined_root(leaves),)
    k = split(len(leaves))
    if m <= k:
        return (*defined_subproof(m, leaves[:k], whole=whole), defined_root(leaves[k:]))
    return (*defined_subproof(m - k, leaves[k:], whole=False), defined_root(leaves[:k]))


class Store:
    """Complete nodes in memory, as the gateway's database keeps them: written once, never changed."""

    def __init__(self, *batches: list[bytes]) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.head = TreeHead(0, merkle.EMPTY_ROOT)
        self.asked: list[tuple[int, int]] = []
        for batch in batches:
            self.append(batch)

    def node_at(self, level: int, index: int) -> bytes:
        self.asked.append((level, index))
        return self.nodes[level, index]

    def append(self, batch: list[bytes]) -> merkle.Appended:
        grown = appended(self.head.size, [merkle.leaf_hash(leaf) for leaf in batch], self.node_at)
        for level, index, made in grown.nodes:
            assert (level, index) not in self.nodes
            self.nodes[level, index] = made
        self.head = grown.head
        return grown


def some_leaves(count: int) -> list[bytes]:
    return [b'{"n":%d}' % number for number in range(count)]


# ---------------------------------------------------------------------------------------- against the definition


@pytest.mark.parametrize("size", range(34))
def test_roots_and_proofs_are_those_of_the_definition(size: int) -> None:
    leaves = some_leaves(size)
    store = Store(leaves)
    assert store.head == TreeHead(size, defined_root(leaves))
    assert merkle.root(size, store.node_at) == store.head.root
    for index in range(size):
        assert inclusion_proof(index, size, store.node_at) == defined_path(index, leaves)
    for older in range(1, size + 1):
        assert consistency_proof(older, size, store.node_at) == defined_subproof(older, leaves, whole=True)


@seeded(max_examples=30)
@given(st.lists(st.integers(0, 70), min_size=1, max_size=5))
def test_appending_in_batches_of_any_size_makes_the_tree_of_all_leaves(counts: list[int]) -> None:
    leaves = some_leaves(sum(counts))
    rest = iter(leaves)
    store = Store(*([next(rest) for _ in range(count)] for count in counts))
    assert store.head == TreeHead(len(leaves), defined_root(leaves))
    assert len(store.nodes) == sum(len(leaves) >> level for level in range(len(leaves).bit_length() or 1))


@seeded(max_examples=30)
@given(st.integers(0, 300), st.integers(1, 64))
def test_an_append_asks_for_the_old_frontier_alone_and_proves_every_fresh_leaf(before: int, more: int) -> None:
    leaves = some_leaves(before + more)
    store = Store(leaves[:before])
    store.asked.clear()
    grown = store.append(leaves[before:])
    assert store.asked == list(merkle.frontier(before))
    for index in range(before, before + more):
        proof = grown.inclusion_proof(index)
        assert proof == defined_path(index, leaves)
        verify_inclusion(merkle.leaf_hash(leaves[index]), index, proof, grown.head)
    assert store.asked == list(merkle.frontier(before))


def test_the_frontier_kept_from_one_append_is_enough_for_the_next() -> None:
    head, kept = TreeHead(0, merkle.EMPTY_ROOT), merkle.from_frontier(0, [])
    leaves = some_leaves(40)
    for size, leaf in enumerate(leaves):
        grown = appended(size, [merkle.leaf_hash(leaf)], kept)
        head, kept = grown.head, merkle.from_frontier(grown.size, grown.frontier)
    assert head.root == defined_root(leaves)


@pytest.mark.parametrize("index", [0, 4, 7, -1])
def test_an_append_proves_no_leaf_but_its_own(index: int) -> None:
    store = Store(some_leaves(5))
    grown = store.append(some_leaves(2))
    assert len(grown.inclusion_proof(5)) == 3
    with pytest.raises(ProofError, match=Fault.LEAF_NOT_FRESH):
        grown.inclusion_proof(index)


def test_appending_nothing_changes_nothing() -> None:
    store = Store(some_leaves(6))
    head = store.head
    grown = store.append([])
    assert (grown.head, grown.nodes) == (head, ())


@pytest.mark.parametrize(
    "question",
    [partial(inclusion_proof, 11, 21), partial(consistency_proof, 12, 21), partial(merkle.root, 21)],
    ids=["inclusion", "consistency", "root"],
)
def test_the_nodes_a_proof_reads_are_known_before_it_is_made(question: Callable[[merkle.NodeAt], object]) -> None:
    store = Store(some_leaves(21))
    question(store.node_at)
    assert merkle.asked(question) == tuple(dict.fromkeys(store.asked))


# -------------------------------------------------------------------------------------------------- what is refused


@seeded(max_examples=40)
@given(st.integers(1, 40), st.data())
def test_one_flipped_bit_in_leaf_root_or_proof_fails_inclusion(size: int, data: st.DataObject) -> None:
    store = Store(some_leaves(size))
    index = data.draw(st.integers(0, size - 1))
    parts = [store.nodes[0, index], store.head.root, *inclusion_proof(index, size, store.node_at)]
    verify_inclusion(parts[0], index, parts[2:], TreeHead(size, parts[1]))
    flip(parts, data)
    with pytest.raises(ProofError, match=Fault.ROOT_DIFFERS):
        verify_inclusion(parts[0], index, parts[2:], TreeHead(size, parts[1]))


@seeded(max_examples=40)
@given(st.integers(1, 40), st.data())
def test_one_flipped_bit_in_roots_or_proof_fails_consistency(size: int, data: st.DataObject) -> None:
    store = Store(some_leaves(size))
    older = data.draw(st.integers(1, size))
    parts = [merkle.root(older, store.node_at), store.head.root, *consistency_proof(older, size, store.node_at)]
    verify_consistency(TreeHead(older, parts[0]), TreeHead(size, parts[1]), parts[2:])
    flip(parts, data)
    with pytest.raises(ProofError, match=Fault.ROOT_DIFFERS):
        verify_consistency(TreeHead(older, parts[0]), TreeHead(size, parts[1]), parts[2:])


def flip(parts: list[bytes], data: st.DataObject) -> None:
    which, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    parts[which] = (int.from_bytes(parts[which]) ^ 1 << bit).to_bytes(32)


@seeded(max_examples=40)
@given(st.integers(2, 60), st.data())
def test_a_proof_holds_at_no_other_place(size: int, data: st.DataObject) -> None:
    store = Store(some_leaves(size))
    index, other = data.draw(st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True))
    leaf, proof = store.nodes[0, index], inclusion_proof(index, size, store.node_at)
    with pytest.raises(ProofError):
        verify_inclusion(leaf, other, proof, store.head)


def test_a_rewritten_tree_is_not_consistent_with_the_head_somebody_kept() -> None:
    kept = Store(some_leaves(9)).head
    rewritten = Store([*some_leaves(4), b'{"n":"changed"}', *some_leaves(20)])
    proof = consistency_proof(9, rewritten.head.size, rewritten.node_at)
    with pytest.raises(ProofError, match=Fault.ROOT_DIFFERS):
        verify_consistency(kept, rewritten.head, proof)


LEAF, HEAD = merkle.leaf_hash(b"{}"), TreeHead(1, merkle.leaf_hash(b"{}"))
THREE = Store(some_leaves(3)).node_at
REFUSED: dict[str, tuple[Callable[[], object], Fault]] = {
    "short hash in a proof": (lambda: verify_inclusion(LEAF, 0, [b"short"], HEAD), Fault.HASH_LENGTH),
    "short roots": (lambda: verify_consistency(TreeHead(1, b""), TreeHead(2, b""), [LEAF]), Fault.HASH_LENGTH),
    "no leaf": (lambda: verify_inclusion(b"", 0, [], HEAD), Fault.HASH_LENGTH),
    "no root": (lambda: verify_inclusion(LEAF, 0, [], TreeHead(1, b"")), Fault.HASH_LENGTH),
    "appending no hash": (lambda: appended(0, [b"no hash"], Store().node_at), Fault.HASH_LENGTH),
    "frontier too long": (lambda: merkle.from_frontier(4, [LEAF, LEAF]), Fault.FRONTIER_LENGTH),
    "frontier too short": (lambda: merkle.from_frontier(3, [LEAF]), Fault.FRONTIER_LENGTH),
    "frontier of no hash": (lambda: merkle.from_frontier(1, [b""]), Fault.HASH_LENGTH),
    "index below": (lambda: verify_inclusion(LEAF, -1, [], HEAD), Fault.INDEX_OUTSIDE_TREE),
    "index beyond": (lambda: verify_inclusion(LEAF, 1, [], HEAD), Fault.INDEX_OUTSIDE_TREE),
    "proving an index below": (lambda: inclusion_proof(-1, 3, THREE), Fault.INDEX_OUTSIDE_TREE),
    "proving an index beyond": (lambda: inclusion_proof(3, 3, THREE), Fault.INDEX_OUTSIDE_TREE),
    "path too long": (lambda: verify_inclusion(LEAF, 0, [LEAF], HEAD), Fault.PROOF_LENGTH),
    "path too short": (lambda: verify_inclusion(LEAF, 0, [], TreeHead(2, LEAF)), Fault.PROOF_LENGTH),
    "proof for equal trees": (lambda: verify_consistency(HEAD, HEAD, [LEAF]), Fault.PROOF_LENGTH),
    "no proof": (lambda: verify_consistency(TreeHead(3, LEAF), TreeHead(4, LEAF), []), Fault.PROOF_LENGTH),
    "no proof, power of two": (lambda: verify_consistency(HEAD, TreeHead(2, LEAF), []), Fault.PROOF_LENGTH),
    "proof too long": (lambda: verify_consistency(HEAD, TreeHead(2, LEAF), [LEAF, LEAF]), Fault.PROOF_LENGTH),
    "equal sizes, two roots": (lambda: verify_consistency(HEAD, TreeHead(1, bytes(32)), []), Fault.ROOT_DIFFERS),
    "sizes swapped": (lambda: verify_consistency(TreeHead(2, LEAF), HEAD, []), Fault.OLDER_TREE_LARGER),
    "proving sizes swapped": (lambda: consistency_proof(4, 3, THREE), Fault.OLDER_TREE_LARGER),
    "negative size": (lambda: verify_consistency(TreeHead(-1, LEAF), HEAD, []), Fault.TREE_SIZE),
    "root of a negative size": (lambda: merkle.root(-1, THREE), Fault.TREE_SIZE),
    "from nothing": (lambda: verify_consistency(TreeHead(0, merkle.EMPTY_ROOT), HEAD, []), Fault.OLDER_TREE_EMPTY),
    "nothing to nothing": (lambda: verify_consistency(Store().head, Store().head, []), Fault.OLDER_TREE_EMPTY),
    "proving from nothing": (lambda: consistency_proof(0, 3, THREE), Fault.OLDER_TREE_EMPTY),
}


@pytest.mark.parametrize(("attempt", "fault"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_proven_is_refused_with_its_fault(attempt: Callable[[], object], fault: Fault) -> None:
    with pytest.raises(ProofError) as caught:
        attempt()
    assert caught.value.fault is fault
