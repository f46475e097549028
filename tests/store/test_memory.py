"""What was read is remembered until its head moves, and never longer."""

from collections.abc import Callable

from gateway.store.reading.memory import Memory


def reading(
    value: object, *heads: str, reads: list[object] | None = None
) -> Callable[[], tuple[object, tuple[str, ...]]]:
    """Return a reader that notes when it was asked."""

    def read() -> tuple[object, tuple[str, ...]]:
        (reads if reads is not None else []).append(value)
        return value, heads

    return read


def test_what_was_read_is_not_read_again() -> None:
    memory, reads = Memory(), []
    assert memory.recall("key", reading(1, "head", reads=reads)) == 1
    assert memory.recall("key", reading(2, "head", reads=reads)) == 1
    assert reads == [1]


def test_it_is_read_again_when_one_of_its_heads_moved() -> None:
    memory = Memory()
    memory.recall("key", reading(1, "head", "other"))
    memory.forget(["unrelated"])
    assert memory.recall("key", reading(2, "head")) == 1
    memory.forget(["other"])
    assert memory.recall("key", reading(2, "head")) == 2


def test_what_hangs_on_no_head_is_not_remembered() -> None:
    memory = Memory()
    memory.recall("key", reading(None))
    assert memory.recall("key", reading("found", "head")) == "found"


def test_what_moved_while_it_was_read_is_not_remembered() -> None:
    """The writer forgets between a read and its remembering: what was read is old already."""
    memory = Memory()

    def read() -> tuple[str, tuple[str, ...]]:
        memory.forget(["head"])
        return "old", ("head",)

    assert memory.recall("key", read) == "old"
    assert memory.recall("key", reading("new", "head")) == "new"


def test_what_moved_beside_a_read_does_not_matter() -> None:
    memory = Memory()

    def read() -> tuple[str, tuple[str, ...]]:
        memory.forget(["another"])
        return "right", ("head",)

    memory.recall("key", read)
    assert memory.recall("key", reading("never", "head")) == "right"


def test_a_read_that_fails_leaves_nothing_behind() -> None:
    memory = Memory()

    def read() -> tuple[str, tuple[str, ...]]:
        raise LookupError

    for _ in range(3):
        try:
            memory.recall("key", read)
        except LookupError:
            continue
    assert memory._being_read == []
    assert memory.recall("key", reading("found", "head")) == "found"


def test_the_least_lately_used_is_dropped_first_and_its_heads_with_it() -> None:
    memory = Memory(limit=2)
    memory.recall(1, reading("one", "head 1"))
    memory.recall(2, reading("two", "head 2"))
    memory.recall(1, reading("never", "head 1"))
    memory.recall(3, reading("three", "head 3"))
    assert memory.recall(1, reading("never", "head 1")) == "one"
    assert memory.recall(2, reading("again", "head 2")) == "again"
    assert set(memory._by_head) == {"head 1", "head 2"}


def test_memory_does_not_grow_with_what_comes_and_goes() -> None:
    memory = Memory(limit=10)
    for number in range(1_000):
        memory.recall("one key", reading(number, f"head {number}"))
        memory.forget([f"head {number}"])
        memory.recall(number, reading(number, f"other {number}", "shared"))
    assert len(memory._entries) <= 10
    assert len(memory._by_head) <= 11
