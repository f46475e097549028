"""Somebody with the database file rewrites the log and its whole tree, so that nothing in the file contradicts itself.

Only a checkpoint that was held outside tells; `python -m consent verify` must find each case by it.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeAlias

from furnished import Installation
from trials.officer import DOES_NOT_VERIFY, PROVEN, Officer

from consent.merkle import appended, leaf_hash

Leaves: TypeAlias = list[bytes]
Kind: TypeAlias = Callable[[list[bytes], Random], list[bytes]]


@dataclass(slots=True)
class Tampering:
    """How often each kind of rewriting was tried, and what the checks said."""

    tried: dict[str, int] = field(default_factory=dict)
    unnoticed: int = 0
    believed_new_checkpoint: int = 0
    """Rewritten logs that agree with a checkpoint signed afterwards: they must, or the tree was not rewritten well."""
    untouched_refused: int = 0
    two_witnesses_unnoticed: int = 0
    """One witness was shown the log before, another the rewritten one, both signed: no export agrees with both."""

    @property
    def held(self) -> bool:
        """Say whether every rewriting was found, and nothing else was."""
        whole = sum(self.tried.values())
        missed = self.unnoticed or self.untouched_refused or self.two_witnesses_unnoticed
        return whole > 0 and not missed and self.believed_new_checkpoint == whole


def changed(leaves: Leaves, random: Random) -> Leaves:
    """Make a yes of the police a yes of somebody else."""
    at = random.randrange(len(leaves))
    return [*leaves[:at], leaves[at].replace(b'"v":1', b'"v":2'), *leaves[at + 1 :]]


def deleted(leaves: Leaves, random: Random) -> Leaves:
    """Take one entry out of the middle."""
    at = random.randrange(len(leaves) - 1)
    return leaves[:at] + leaves[at + 1 :]


def inserted(leaves: Leaves, random: Random) -> Leaves:
    """Put one more entry in."""
    at = random.randrange(len(leaves))
    return [*leaves[:at], random.choice(leaves).replace(b'"v":1', b'"v":3'), *leaves[at:]]


def swapped(leaves: Leaves, random: Random) -> Leaves:
    """Let two entries change places."""
    one, other = random.sample(range(len(leaves)), 2)
    moved = list(leaves)
    moved[one], moved[other] = moved[other], moved[one]
    return moved


def truncated(leaves: Leaves, random: Random) -> Leaves:
    """Cut the newest entries off."""
    return leaves[: len(leaves) - random.randint(1, len(leaves) // 2)]


KINDS: Sequence[Kind] = (changed, deleted, inserted, swapped, truncated)


def tampered(installed: Installation, times: int, seed: int, folder: Path) -> Tampering:
    """Rewrite copies of this installation's log so many times in each way."""
    found, random, officer = Tampering(), Random(seed), Officer.of(installed)  # noqa: S311 - repeatable, and no secret
    held = officer.checkpoint()
    found.untouched_refused += officer.verifies(held) != PROVEN
    for kind in KINDS:
        for number in range(times):
            copy = installed.copy(folder / f"{kind.__name__}-{number}")
            rewrite(copy.data / "gateway.db", partial(_with, kind, random))
            theirs = Officer.of(copy)
            found.tried[kind.__name__] = found.tried.get(kind.__name__, 0) + 1
            found.unnoticed += theirs.verifies(held) != DOES_NOT_VERIFY
            shown = theirs.checkpoint()
            found.believed_new_checkpoint += theirs.verifies(shown) == PROVEN
            found.two_witnesses_unnoticed += theirs.verifies(held, shown) != DOES_NOT_VERIFY
    return found


def _with(kind: Kind, random: Random, leaves: Leaves) -> Leaves:
    return kind(leaves, random)


def rewrite(database: Path, change: Callable[[Leaves], Leaves]) -> None:
    """Change the leaves and build every node, the frontier and the size anew."""
    with closing(sqlite3.connect(database)) as connection, connection:
        old: Leaves = [row[0] for row in connection.execute('select content from ledger_leaf order by "index"')]
        leaves = change(old)
        if leaves == old:
            raise RuntimeError("nothing was changed")
        grown = appended(0, [leaf_hash(leaf) for leaf in leaves], _nothing_yet)
        guards = connection.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
        for name, _ in guards:  # Who owns the file takes the guards off first, and puts them back.
            connection.execute(f'drop trigger "{name}"')
        connection.execute("delete from ledger_leaf")
        connection.execute("delete from ledger_node")
        connection.executemany('insert into ledger_leaf("index", content) values (?, ?)', list(enumerate(leaves)))
        connection.executemany('insert into ledger_node(level, "index", hash) values (?, ?, ?)', grown.nodes)
        connection.execute("update ledger_head set size = ?, frontier = ?", (grown.size, b"".join(grown.frontier)))
        for _, sql in guards:
            connection.execute(sql)


def _nothing_yet(level: int, index: int) -> bytes:
    raise KeyError((level, index))
