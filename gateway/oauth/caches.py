"""A small memory of what was expensive to work out. Holds results of pure functions only, never a decision."""

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Bounded(Generic[Key, Value]):
    """Remembers at most `limit` values and forgets the least recently asked for. Safe between threads."""

    __slots__ = ("_held", "_limit", "_lock")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Key) -> Value | None:
        """Return what is remembered, or None."""
        with self._lock:
            value = self._held.get(key)
            if value is not None:
                self._held.move_to_end(key)
            return value

    def put(self, key: Key, value: Value) -> None:
        """Remember, and forget the oldest when there is no room."""
        with self._lock:
            self._held[key] = value
            self._held.move_to_end(key)
            if len(self._held) > self._limit:
                self._held.popitem(last=False)

    def drop(self, key: Key) -> None:
        """Forget one."""
        with self._lock:
            self._held.pop(key, None)
