"""Hints in memory (`gateway.core.hints`), over a book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fake_book import Book

from gateway.core.hints import Hint, Waiting


@dataclass
class FakeHints:
    """`HintSteps` and `HintBook`."""

    book: Book

    def known(self, name: bytes) -> Waiting | None:
        return self.book.hints.get(name)

    def of_hook(self, hook: str) -> int:
        return sum(one.hint.hook == hook for one in self.book.hints.values())

    def put(self, waiting: Waiting) -> None:
        self.book.hints[waiting.hint.name] = waiting

    def drop(self, name: bytes) -> None:
        self.book.hints.pop(name, None)

    def due(self, now: datetime, limit: int) -> Sequence[Hint]:
        free = [one for one in self.book.hints.values() if one.due <= now and not one.is_held(now)]
        return [one.hint for one in sorted(free, key=lambda one: one.due)[:limit]]
