"""The life of a writer: several event loops, loops that close, people who stop waiting, and the end."""

import asyncio
import threading

import pytest
from stores import Store, adding

from gateway.core.errors import OperatorError
from gateway.store.writing.writer import LARGEST_BATCH


def test_two_event_loops_are_answered_each_in_its_own(store: Store) -> None:
    writer, answers = store.writer(), {}
    writer.start()

    def loop(numbers: range) -> None:
        async def main() -> list[int]:
            return list(await asyncio.gather(*[writer.record(adding(number)) for number in numbers]))

        answers[numbers] = asyncio.run(main())

    threads = [threading.Thread(target=loop, args=(numbers,)) for numbers in (range(30), range(30, 60))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    assert answers == {range(30): [*range(30)], range(30, 60): [*range(30, 60)]}
    assert len(store.parcels()) == 60


def test_a_loop_that_closed_meanwhile_takes_nobody_with_it(store: Store) -> None:
    writer = store.writer()

    async def gone() -> None:
        writer.record(adding(1))

    asyncio.run(gone())

    async def here() -> int:
        waiting = writer.record(adding(2))
        writer.start()
        return await asyncio.wait_for(waiting, 10)

    assert asyncio.run(here()) == 2
    assert writer.working
    writer.close()
    assert store.parcels() == [1, 2]


def test_somebody_who_stops_waiting_takes_nobody_with_him(store: Store) -> None:
    writer = store.writer()

    async def main() -> int:
        left, stays = writer.record(adding(1)), writer.record(adding(2))
        left.cancel()
        writer.start()
        return await stays

    assert asyncio.run(main()) == 2
    writer.close()
    assert store.parcels() == [1, 2]


def test_closing_confirms_what_waits_and_refuses_what_comes_later(store: Store) -> None:
    writer = store.writer()

    async def main() -> list[int]:
        waiting = [writer.record(adding(number)) for number in range(LARGEST_BATCH + 5)]
        writer.start()
        await asyncio.to_thread(writer.close)
        with pytest.raises(OperatorError):
            writer.record(adding(999))
        return list(await asyncio.gather(*waiting))

    assert asyncio.run(main()) == [*range(LARGEST_BATCH + 5)]
    assert not writer.working
    assert len(store.parcels()) == LARGEST_BATCH + 5


def test_a_writer_that_never_started_leaves_nobody_waiting(sqlite: Store) -> None:
    writer = sqlite.writer()

    async def main() -> None:
        waiting = writer.record(adding(1))
        writer.close()
        with pytest.raises(OperatorError):
            await asyncio.wait_for(waiting, 10)

    asyncio.run(main())
    assert not writer.working
