"""A log as tiles (C2SP tlog-tiles): the names, the bytes, and every damage found."""

import random
from collections.abc import Callable

import pytest

from consent.checkpoint import Checkpoint
from consent.errors import ConsentError, Fault, UnreadableRecordError
from consent.merkle import Node, appended, leaf_hash
from consent.tiles import WIDTH, Tile, bundle, entries, tiles, verified_tiles


class Folder:
    """The tiles of an invented log, made from the nodes a store keeps."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.leaves = [b'{"n":%d}' % number for number in range(size)]
        grown = appended(0, [leaf_hash(leaf) for leaf in self.leaves], _none)
        self.checkpoint = Checkpoint("log.example", size, grown.root)
        self.files = self._written(grown.nodes)

    def _written(self, nodes: tuple[Node, ...]) -> dict[str, bytes]:
        known = {(level, index): digest for level, index, digest in nodes}
        files: dict[str, bytes] = {}
        for tile in tiles(self.size):
            hashes = [known[tile.height, tile.first + at] for at in range(tile.width)]
            files[tile.path] = b"".join(hashes)
            if tile.level == 0:
                files[tile.entries_path] = bundle(self.leaves[tile.first : tile.first + tile.width])
        return files

    def read(self, path: str) -> bytes:
        return self.files[path]

    def covered(self) -> int:
        return verified_tiles(self.read, self.size, [self.checkpoint]).covered


def _none(level: int, index: int) -> bytes:
    raise KeyError((level, index))


def test_the_tiles_of_the_standards_example() -> None:
    """The tree of 70,000 entries (tlog-tiles, "Partial Tiles")."""
    found = list(tiles(70_000))
    partial = [(tile.level, tile.width) for tile in found if tile.width < WIDTH]
    assert partial == [(0, 112), (1, 17), (2, 1)]
    assert sum(tile.level == 0 for tile in found) == 274
    assert sum(tile.level == 1 for tile in found) == 2
    assert [(tile.level, tile.width) for tile in tiles(256)] == [(0, 256), (1, 1)]


def test_the_names_of_the_standards_examples() -> None:
    assert Tile(3, 1_234_067, WIDTH).path == "tile/3/x001/x234/067"
    assert Tile(0, 0, WIDTH).path == "tile/0/000"
    assert Tile(0, 273, 112).entries_path == "tile/entries/273.p/112"


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 1000, 66_000])
def test_a_whole_folder_is_covered(size: int) -> None:
    assert Folder(size).covered() == size


def test_only_what_came_since_is_named() -> None:
    later = list(tiles(1000, since=600))
    assert Tile(0, 1, WIDTH) not in later
    assert Tile(0, 2, WIDTH) in later
    assert list(tiles(1000, since=1000)) == [Tile(0, 3, 232), Tile(1, 0, 3)]


Damage = Callable[[Folder, random.Random], None]


def flipped(folder: Folder, chance: random.Random) -> None:
    path = chance.choice(sorted(folder.files))
    data = bytearray(folder.files[path])
    data[chance.randrange(len(data))] ^= 1
    folder.files[path] = bytes(data)


def swapped(folder: Folder, chance: random.Random) -> None:
    path = chance.choice([name for name in sorted(folder.files) if "entries" in name])
    held = entries(folder.files[path], int(path.partition(".p/")[2] or WIDTH))
    one, other = chance.sample(range(len(held)), 2)
    held[one], held[other] = held[other], held[one]
    folder.files[path] = bundle(held)


def dropped(folder: Folder, chance: random.Random) -> None:
    path = chance.choice([name for name in sorted(folder.files) if "entries" in name])
    folder.files[path] = folder.files[path][:-3]


@pytest.mark.parametrize("damage", [flipped, swapped, dropped])
def test_every_damage_is_found(damage: Damage) -> None:
    chance = random.Random(5)  # noqa: S311 - repeatable, and no secret
    for _ in range(12):
        folder = Folder(700)
        damage(folder, chance)
        with pytest.raises(ConsentError):
            folder.covered()


def test_a_folder_that_agrees_with_itself_and_not_with_the_checkpoint_is_found() -> None:
    folder, other = Folder(600), Folder(599)
    with pytest.raises(ConsentError, match=Fault.CHECKPOINT_DIFFERS):
        verified_tiles(other.read, 599, [folder.checkpoint])


def test_entries_read_back_and_only_whole() -> None:
    held = [b"", b"{}", b"x" * 65_535]
    assert entries(bundle(held), 3) == held
    with pytest.raises(UnreadableRecordError, match=Fault.ENTRY_TOO_LONG):
        bundle([b"x" * 65_536])
    for data, width in ((bundle(held), 2), (bundle(held)[:-1], 3), (b"\x00", 1)):
        with pytest.raises(UnreadableRecordError, match=Fault.TILE_FORM):
            entries(data, width)
