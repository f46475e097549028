"""Codes and links in memory: what is committed about them, and the port that reads it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from gateway.core.consents.codes import KnownCode, Tries, code_head, tries_head
from gateway.core.heads import Head
from gateway.core.records.code_rows import CodeInsert, CodeKind, CodeRow, CodeUseRow, LinkRow, TryRow


@dataclass
class CodeBook:
    """Everything that is committed about codes and links."""

    given: dict[bytes, CodeRow] = field(default_factory=dict)
    uses: list[CodeUseRow] = field(default_factory=list)
    tries: list[TryRow] = field(default_factory=list)
    links: set[tuple[bytes, bytes]] = field(default_factory=set)

    def copy(self) -> "CodeBook":
        """Return a copy to work on."""
        return CodeBook(self.given.copy(), self.uses.copy(), self.tries.copy(), self.links.copy())

    def add(self, row: CodeInsert) -> None:
        """Insert a row; the keys of the real tables are kept."""
        match row:
            case CodeRow():
                assert row.digest not in self.given
                self.given[row.digest] = row
            case CodeUseRow():
                assert (row.digest, row.person) not in {(use.digest, use.person) for use in self.uses}
                self.uses.append(row)
            case TryRow():
                self.tries.append(row)
            case LinkRow():
                assert (row.person, row.other) not in self.links
                self.links.add((row.person, row.other))


class Heads(Protocol):
    """The book that the codes are in."""

    codes: CodeBook

    def head(self, name: str) -> Head:
        """Return the head of that name."""


class FakeCodes:
    """Codes that were given out, and wrong ones that still count."""

    def __init__(self, book: Heads) -> None:
        self.book = book

    def code(self, kind: CodeKind, digests: tuple[bytes, ...]) -> KnownCode | None:
        row = next((self.book.codes.given[digest] for digest in digests if digest in self.book.codes.given), None)
        if row is None or row.kind is not kind:
            return None
        uses = tuple(use for use in self.book.codes.uses if use.digest == row.digest)
        return KnownCode(row, self.book.head(code_head(row.digest)), uses)

    def tries(self, client: str, kind: CodeKind, now: datetime) -> Tries:
        counting = [
            row for row in self.book.codes.tries if (row.client, row.kind) == (client, kind) and row.expires > now
        ]
        return Tries(self.book.head(tries_head(client, kind)), len(counting))
