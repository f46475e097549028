"""The Merkle tree of RFC 9162 section 2.1: append, prove, verify, over stored complete subtrees.

A node (level, index) is the root of the complete subtree over leaves [index << level, (index + 1) << level); level 0
holds the leaf hashes. Such a node never changes once it exists, so it is stored once and a log of n leaves keeps
fewer than 2n of them. What is not complete lies on the right edge only and is folded when needed.

The frontier of a tree is its complete subtrees from large to small, one a one-bit of its size. It is all that an
append reads:

    grown = appended(size, hashes, node_at)        # asks node_at for frontier(size), once each
    store.insert(grown.nodes)                      # the new complete nodes, leaves included
    proof = grown.inclusion_proof(size)            # for any leaf of this append, no further read

because a left sibling of a fresh leaf is either fresh or in the old frontier, and a right sibling is always fresh.

This module does no I/O, keeps no state between calls and never answers a check with a flag: `verify_*` raise.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeAlias

from consent.errors import Fault, ProofError

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "Appended",
    "Node",
    "NodeAt",
    "TreeHead",
    "appended",
    "asked",
    "consistency_proof",
    "from_frontier",
    "frontier",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "root",
    "verify_consistency",
    "verify_inclusion",
]

HASH_BYTES = 32
EMPTY_ROOT = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")

NodeAt: TypeAlias = Callable[[int, int], bytes]
"""(level, index) -> hash of that complete subtree. It must raise, not guess, where it holds no such node."""

Node: TypeAlias = tuple[int, int, bytes]
"""(level, index, hash): one row of the store, never updated."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """Size in leaves and root hash: what a checkpoint signs and every proof ends at (RFC 9162 section 4.10)."""

    size: int
    root: bytes


def leaf_hash(data: bytes) -> bytes:
    """Hash the exact bytes of a leaf; the prefix keeps leaves and nodes apart (RFC 9162 section 2.1.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent (RFC 9162 section 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def frontier(size: int) -> tuple[tuple[int, int], ...]:
    """Name the complete subtrees (level, index) that make up a tree, from large to small."""
    levels = range(size.bit_length() - 1, -1, -1)
    return tuple((level, (size >> level) - 1) for level in levels if size >> level & 1)


def from_frontier(size: int, hashes: Sequence[bytes]) -> NodeAt:
    """Answer for the nodes of a frontier that was kept in one place, hashes in the order of `frontier(size)`.

    Raises `ProofError` where the hashes cannot be that frontier; asked for any other node, it raises `KeyError`.
    """
    if len(hashes) != size.bit_count():
        raise ProofError(Fault.FRONTIER_LENGTH)
    _check_hashes(*hashes)
    nodes = dict(zip(frontier(size), hashes, strict=True))
    return lambda level, index: nodes[level, index]


@dataclass(frozen=True, slots=True)
class Appended:
    """A grown tree: its head, and the complete nodes that the growth made, leaves included, none of them old."""

    size: int
    root: bytes
    nodes: tuple[Node, ...]
    _first: int = field(repr=False)
    _known: Mapping[tuple[int, int], bytes] = field(repr=False)
    _edge: tuple[bytes | None, ...] = field(repr=False)

    @property
    def head(self) -> TreeHead:
        """Size and root after the append."""
        return TreeHead(self.size, self.root)

    @property
    def frontier(self) -> tuple[bytes, ...]:
        """Hashes of the new frontier, all that the next append reads: a store may keep them in its head row."""
        return tuple(self._known[place] for place in frontier(self.size))

    def inclusion_proof(self, index: int) -> tuple[bytes, ...]:
        """Prove one of the appended leaves in the grown tree, reading nothing more.

        Raises `ProofError` for an older leaf: its path needs nodes that an append does not read.
        """
        if not self._first <= index < self.size:
            raise ProofError(Fault.LEAF_NOT_FRESH)
        return _path(index, 0, self.size, self._node_at, self._edge)

    def _node_at(self, level: int, index: int) -> bytes:
        return self._known[level, index]


def appended(size: int, leaf_hashes: Sequence[bytes], node_at: NodeAt) -> Appended:
    """Append many leaf hashes at once to a tree of `size` leaves, asking only for the nodes of its frontier.

    The caller must have read size and frontier inside the transaction that stores the result: this function cannot
    know that another append came between.
    """
    if any(len(leaf) != HASH_BYTES for leaf in leaf_hashes):
        raise ProofError(Fault.HASH_LENGTH)
    known = {place: node_at(*place) for place in frontier(size)}
    nodes: list[Node] = []
    level, start, row = 0, size, list(leaf_hashes)
    while row:
        for index, made in enumerate(row, start):
            nodes.append((level, index, made))
            known[level, index] = made
        if start & 1:
            row.insert(0, known[level, start - 1])
        row = [node_hash(row[left], row[left + 1]) for left in range(0, len(row) - 1, 2)]
        level, start = level + 1, start >> 1
    grown = size + len(leaf_hashes)
    edge = _edge(grown, lambda level, index: known[level, index])
    return Appended(grown, edge[-1] or EMPTY_ROOT, tuple(nodes), size, known, edge)


def root(size: int, node_at: NodeAt) -> bytes:
    """Fold the frontier of a tree into its root hash; the empty tree has the hash of nothing."""
    return _edge(size, node_at)[-1] or EMPTY_ROOT


def inclusion_proof(index: int, size: int, node_at: NodeAt) -> tuple[bytes, ...]:
    """Make PATH(index, D_size) of RFC 9162 section 2.1.3.1, from the leaf's sibling upwards."""
    if not 0 <= index < size:
        raise ProofError(Fault.INDEX_OUTSIDE_TREE)
    return _path(index, 0, size, node_at, _edge(size, node_at))


def consistency_proof(older: int, newer: int, node_at: NodeAt) -> tuple[bytes, ...]:
    """Make PROOF(older, D_newer) of RFC 9162 section 2.1.4.1; equal sizes have the empty proof.

    Raises `ProofError` for an older size of 0: the standard defines no such proof.
    """
    _check_order(older, newer)
    if older == newer:
        return ()
    # The older tree ends with its smallest frontier node; the proof is that node, unless it is the whole older tree
    # and so known to the verifier, and then its path in the newer tree.
    level = (older & -older).bit_length() - 1
    path = _path(older - 1, level, newer, node_at, _edge(newer, node_at))
    return path if older == 1 << level else (node_at(level, (older >> level) - 1), *path)


def asked(question: Callable[[NodeAt], object]) -> tuple[tuple[int, int], ...]:
    """Name the nodes a proof reads, so that a store can fetch them in one statement before it is made.

    Which nodes are read depends on the sizes alone, so the question may be put to hashes of zeros:
    `asked(partial(inclusion_proof, index, size))`.
    """
    places: dict[tuple[int, int], None] = {}

    def note(level: int, index: int) -> bytes:
        places[level, index] = None
        return bytes(HASH_BYTES)

    question(note)
    return tuple(places)


def verify_inclusion(leaf: bytes, index: int, proof: Sequence[bytes], head: TreeHead) -> None:
    """Check that the leaf with hash `leaf` stands at `index` of the tree (RFC 9162 section 2.1.3.2).

    Raises `ProofError`. The caller must have got `head` from somewhere it trusts: the proof says nothing about it.
    """
    _check_hashes(leaf, head.root, *proof)
    if not 0 <= index < head.size:
        raise ProofError(Fault.INDEX_OUTSIDE_TREE)
    found = leaf
    for sibling, is_left in _climbed(index, head.size - 1, proof):
        found = node_hash(sibling, found) if is_left else node_hash(found, sibling)
    if found != head.root:
        raise ProofError(Fault.ROOT_DIFFERS)


def verify_consistency(older: TreeHead, newer: TreeHead, proof: Sequence[bytes]) -> None:
    """Check that the newer tree begins with the whole older one (RFC 9162 section 2.1.4.2).

    Raises `ProofError`, also for an empty older tree: every tree begins with nothing, so passing would be mistaken
    for a proof.
    """
    _check_order(older.size, newer.size)
    if older.size == newer.size:
        # Nothing is hashed here, so equal roots are enough, of whatever length.
        if proof:
            raise ProofError(Fault.PROOF_LENGTH)
        if older.root != newer.root:
            raise ProofError(Fault.ROOT_DIFFERS)
        return
    _check_hashes(older.root, newer.root, *proof)
    # An older tree that is one complete subtree is itself the first hash, and the proof leaves it out.
    hashes = (older.root, *proof) if older.size & (older.size - 1) == 0 else tuple(proof)
    if not hashes:
        raise ProofError(Fault.PROOF_LENGTH)
    level = (older.size & -older.size).bit_length() - 1
    old = new = hashes[0]
    for sibling, is_left in _climbed(older.size - 1 >> level, newer.size - 1 >> level, hashes[1:]):
        old = node_hash(sibling, old) if is_left else old
        new = node_hash(sibling, new) if is_left else node_hash(new, sibling)
    if (old, new) != (older.root, newer.root):
        raise ProofError(Fault.ROOT_DIFFERS)


def _climbed(node: int, last: int, proof: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Give each hash of a proof with whether it stands to the left of `node`, climbing with both to the root.

    `node` and `last` are indexes of one level, `last` the rightmost there. A proof that ends below the root, or goes
    on above it, raises.
    """
    for sibling in proof:
        if last == 0:
            raise ProofError(Fault.PROOF_LENGTH)
        is_left = bool(node & 1) or node == last
        yield sibling, is_left
        # A rightmost node without a right neighbour rises unpaired until it is a right child.
        while is_left and node and not node & 1:
            node, last = node >> 1, last >> 1
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError(Fault.PROOF_LENGTH)


def _edge(size: int, node_at: NodeAt) -> tuple[bytes | None, ...]:
    """Fold the right edge: at each level the hash of the leaves after the last complete node, None where none are.

    The last member is the root, None for the empty tree.
    """
    if size < 0:
        raise ProofError(Fault.TREE_SIZE)
    rest: bytes | None = None
    edge = [rest]
    for level in range(size.bit_length()):
        complete = size >> level
        if complete & 1:
            left = node_at(level, complete - 1)
            rest = left if rest is None else node_hash(left, rest)
        edge.append(rest)
    return tuple(edge)


def _path(index: int, level: int, size: int, node_at: NodeAt, edge: Sequence[bytes | None]) -> tuple[bytes, ...]:
    """Collect the siblings from `level` up to the root's children, for the node above leaf `index`."""
    path: list[bytes] = []
    for height in range(level, (size - 1).bit_length()):
        sibling, complete = index >> height ^ 1, size >> height
        if sibling < complete:
            path.append(node_at(height, sibling))
        elif sibling == complete and (rest := edge[height]) is not None:
            path.append(rest)
    return tuple(path)


def _check_order(older: int, newer: int) -> None:
    if older < 0:
        raise ProofError(Fault.TREE_SIZE)
    if older > newer:
        raise ProofError(Fault.OLDER_TREE_LARGER)
    if older == 0:
        raise ProofError(Fault.OLDER_TREE_EMPTY)


def _check_hashes(*hashes: bytes) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofError(Fault.HASH_LENGTH)
