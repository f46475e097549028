"""A log as a folder of files that never change (C2SP tlog-tiles): hashes in tiles of 256, entries in bundles of 256.

    checkpoint                     the signed tree head
    tile/<level>/<number>[.p/<n>]  hashes; each of level L + 1 is the root of a whole tile of level L
    tile/entries/<number>[.p/<n>]  the exact bytes of the entries, each after its length (16 bits, big-endian)

Only what stands at the right edge is partial (`.p/<n>`). Who holds an older copy reads what came since, and no more.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TypeAlias

from consent.checkpoint import Checkpoint
from consent.errors import Fault, TamperedLedgerError, UnreadableRecordError
from consent.export import Report, checked_leaves
from consent.merkle import leaf_hash, node_hash

__all__ = ["ENTRIES", "WIDTH", "Read", "Tile", "bundle", "entries", "tile_at", "tiles", "verified_tiles"]

WIDTH = 256
_HEIGHT = 8
_LENGTH = 2
ENTRIES = "entries"
_PATH = re.compile(r"tile/([0-9]{1,2})/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([0-9]{1,3}))?")

Read: TypeAlias = Callable[[str], bytes]
"""Gives the bytes of a file by its path below the folder. It must raise where there is none."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile of hashes: those of the complete subtrees (8 * level, first) and the `width - 1` to their right."""

    level: int
    number: int
    width: int

    @property
    def path(self) -> str:
        """Where it lies below the folder."""
        return _path(str(self.level), self.number, self.width)

    @property
    def entries_path(self) -> str:
        """Where the bundle beside a tile of level 0 lies."""
        return _path(ENTRIES, self.number, self.width)

    @property
    def height(self) -> int:
        """The level of its hashes in the Merkle tree."""
        return self.level * _HEIGHT

    @property
    def first(self) -> int:
        """The index, within that level, of its first hash."""
        return self.number * WIDTH


def tile_at(path: str) -> Tile:
    """Return the tile of hashes that a path names. Raises `UnreadableRecordError` for any other spelling."""
    named = _PATH.fullmatch(path)
    if named is None:
        raise UnreadableRecordError(Fault.TILE_FORM)
    number = int(named[2].replace("x", "").replace("/", ""))
    tile = Tile(int(named[1]), number, int(named[3] or WIDTH))
    if tile.path != path or not 0 < tile.width <= WIDTH:
        raise UnreadableRecordError(Fault.TILE_FORM)
    return tile


def tiles(size: int, since: int = 0) -> Iterator[Tile]:
    """Name every tile of a tree of that size, level by level, without those that were whole at size `since`."""
    level = 0
    while nodes := size >> level * _HEIGHT:
        whole = since >> (level + 1) * _HEIGHT
        for number in range(whole, (nodes + WIDTH - 1) // WIDTH):
            yield Tile(level, number, min(WIDTH, nodes - number * WIDTH))
        level += 1


def bundle(leaves: Sequence[bytes]) -> bytes:
    """Write entries behind each other, each after its length."""
    if any(len(leaf) >= 1 << 8 * _LENGTH for leaf in leaves):
        raise UnreadableRecordError(Fault.ENTRY_TOO_LONG)
    return b"".join(len(leaf).to_bytes(_LENGTH, "big") + leaf for leaf in leaves)


def entries(data: bytes, width: int) -> list[bytes]:
    """Read a bundle of exactly that many entries. Raises `UnreadableRecordError`."""
    found: list[bytes] = []
    at = 0
    while at < len(data):
        begin = at + _LENGTH
        at = begin + int.from_bytes(data[at:begin], "big")
        found.append(data[begin:at])
    if at != len(data) or len(found) != width:
        raise UnreadableRecordError(Fault.TILE_FORM)
    return found


def verified_tiles(read: Read, size: int, checkpoints: Sequence[Checkpoint]) -> Report:
    """Check the first `size` entries of a folder, all its tiles, and every checkpoint, in one pass.

    Raises as `consent.export.verified` does, and `TamperedLedgerError` for a tile that is not made of the entries.
    """
    return checked_leaves(_leaves(read, size), checkpoints)


def _leaves(read: Read, size: int) -> Iterator[bytes]:
    """Give every entry, having seen that the tiles above it are made of it and its neighbours."""
    rows: list[list[bytes]] = [[]]
    for tile in takewhile(lambda one: one.level == 0, tiles(size)):
        yield from _bundle(read, tile, rows)
    for level, row in enumerate(rows):
        if row:
            _compare(read, Tile(level, (size >> level * _HEIGHT) // WIDTH, len(row)), row)


def _bundle(read: Read, tile: Tile, rows: list[list[bytes]]) -> Iterator[bytes]:
    leaves = entries(read(tile.entries_path), tile.width)
    yield from leaves
    rows[0] = [leaf_hash(leaf) for leaf in leaves]
    level, number = 0, tile.number
    while len(rows[level]) == WIDTH:
        _compare(read, Tile(level, number, WIDTH), rows[level])
        if level + 1 == len(rows):
            rows.append([])
        rows[level + 1].append(_root(rows[level]))
        rows[level] = []
        level, number = level + 1, number // WIDTH


def _compare(read: Read, tile: Tile, hashes: Sequence[bytes]) -> None:
    if read(tile.path) != b"".join(hashes):
        leaves = tile.first << tile.height
        end = leaves + (tile.width << tile.height)
        raise TamperedLedgerError(Fault.TILE_DIFFERS, whole_until=leaves, broken_at=end, held=end)


def _root(row: Sequence[bytes]) -> bytes:
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def _path(kind: str, number: int, width: int) -> str:
    digits = [f"{number % 1000:03d}"]
    while number := number // 1000:
        digits.append(f"x{number % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{kind}/{'/'.join(reversed(digits))}{partial}"
