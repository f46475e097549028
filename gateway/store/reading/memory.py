"""What was read is remembered until its head moves.

Remembering is safe because nothing is ever written on the strength of it alone: `confirm` re-reads the heads inside the
transaction, and a stale memory only means that an item is prepared again.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import TypeVar, cast

_Value = TypeVar("_Value")


class Memory:
    """A bounded memory whose entries hang on heads.

    Thread-safe: the writer forgets what it moved, everybody else reads.
    """

    def __init__(self, limit: int = 20_000) -> None:
        """Remember at most `limit` entries, dropping the least lately used."""
        self._entries: OrderedDict[Hashable, tuple[object, Sequence[str]]] = OrderedDict()
        self._by_head: dict[str, set[Hashable]] = {}
        self._being_read: list[set[str]] = []
        self._limit = limit
        self._lock = Lock()

    def recall(self, key: Hashable, read: Callable[[], tuple[_Value, Sequence[str]]]) -> _Value:
        """Return what is remembered under `key`, or read it: `read` gives the value and the heads it hangs on.

        A value that hangs on no head is not remembered, and neither is one whose head was forgotten while it was read.
        """
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
                return cast("_Value", entry[0])
            forgotten: set[str] = set()
            self._being_read.append(forgotten)
        heads: Sequence[str] = ()
        try:
            value, heads = read()
        finally:
            with self._lock:
                self._being_read = [other for other in self._being_read if other is not forgotten]
                if heads and forgotten.isdisjoint(heads):
                    self._remember(key, value, heads)
        return value

    def forget(self, heads: Sequence[str]) -> None:
        """Drop everything that hangs on these heads."""
        with self._lock:
            for forgotten in self._being_read:
                forgotten.update(heads)
            for key in {key for head in heads for key in self._by_head.get(head, ())}:
                self._drop(key)

    def _remember(self, key: Hashable, value: object, heads: Sequence[str]) -> None:
        self._drop(key)
        self._entries[key] = (value, heads)
        for head in heads:
            self._by_head.setdefault(head, set()).add(key)
        while len(self._entries) > self._limit:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: Hashable) -> None:
        _, hung_on = self._entries.pop(key, (None, ()))
        for head in hung_on:
            keys = self._by_head.get(head, set())
            keys.discard(key)
            if not keys:
                self._by_head.pop(head, None)
