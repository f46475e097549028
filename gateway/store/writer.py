"""The one writer: a thread that confirms whatever waits, together, in one durable transaction, and answers only after the commit.

Urgent items (withdrawals) go before everything that waits. An item that fails alone fails alone; a transaction that fails is tried twice
more, then each of its items by itself, so that one poisoned item cannot take others with it.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from gateway.core.errors import Defect, GatewayError, OperatorError
from gateway.core.ports import Clock, Item
from gateway.store.batch_reads import read_for
from gateway.store.ledger import read_frontier
from gateway.store.transaction import Batch, ItemTransaction

_Result = TypeVar("_Result")

LARGEST_BATCH = 256
_TRIES = 3


@dataclass(slots=True, eq=False)
class _Waiting(Generic[_Result]):
    """An item, and whom to answer."""

    item: Item[_Result]
    future: "asyncio.Future[_Result]"
    loop: asyncio.AbstractEventLoop

    def answer(self, outcome: _Result | GatewayError) -> None:
        """Tell the waiting coroutine, in its own loop."""
        if self.future.done():
            return
        if isinstance(outcome, GatewayError):
            self.future.set_exception(outcome)
        else:
            self.future.set_result(outcome)


class Writer:
    """Group commit. `moved` is told which heads every committed batch moved."""

    def __init__(self, engine: Engine, clock: Clock, moved: Callable[[Sequence[str]], None]) -> None:
        """Prepare; `start` begins to work."""
        self._engine = engine
        self._clock = clock
        self._moved = moved
        self._ordinary: deque[_Waiting[object]] = deque()
        self._urgent: deque[_Waiting[object]] = deque()
        self._arrived = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self.commits = 0
        self.items = 0

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def close(self) -> None:
        """Confirm what waits, then stop."""
        with self._arrived:
            self._closing = True
            self._arrived.notify()
        if self._thread.is_alive():
            self._thread.join()

    def record(self, item: Item[_Result], *, urgent: bool = False) -> "asyncio.Future[_Result]":
        """Confirm one item; the future is answered after the commit. Called from an event loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_Result] = loop.create_future()
        waiting = cast("_Waiting[object]", _Waiting(item, future, loop))
        with self._arrived:
            if self._closing:
                raise OperatorError("the gateway is shutting down")
            (self._urgent if urgent else self._ordinary).append(waiting)
            self._arrived.notify()
        return future

    def _work(self) -> None:
        while batch := self._next_batch():
            outcomes = self._confirmed(batch)
            self.commits += 1
            self.items += len(batch)
            by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Waiting[object], object]]] = {}
            for waiting, outcome in zip(batch, outcomes, strict=True):
                by_loop.setdefault(waiting.loop, []).append((waiting, outcome))
            for loop, answers in by_loop.items():
                loop.call_soon_threadsafe(_answer_all, answers)

    def _next_batch(self) -> list[_Waiting[object]]:
        """Wait for work and take all of it, urgent items first; empty when closing and nothing is left."""
        with self._arrived:
            while not (self._urgent or self._ordinary or self._closing):
                self._arrived.wait()
            batch: list[_Waiting[object]] = []
            for queue in (self._urgent, self._ordinary):
                while queue and len(batch) < LARGEST_BATCH:
                    batch.append(queue.popleft())
            return batch

    def _confirmed(self, batch: Sequence[_Waiting[object]]) -> list[object]:
        """Return an outcome for each item: its result, or the error it failed with."""
        items = [waiting.item for waiting in batch]
        for _ in range(_TRIES):
            try:
                return self._transact(items)
            except (DBAPIError, GatewayError):  # Another node was faster, the disk is full, or one item broke a constraint.
                continue
        return [self._alone(item) for item in items]

    def _alone(self, item: Item[object]) -> object:
        try:
            return self._transact([item])[0]
        except (DBAPIError, GatewayError):
            return OperatorError("the database did not take a record")

    def _transact(self, items: Sequence[Item[object]]) -> list[object]:
        """Confirm these items in one transaction. Nothing is answered here: the commit comes first."""
        with self._engine.begin() as connection:
            seen = read_for(connection, (item.needs for item in items))
            batch = Batch(connection, self._clock.now(), seen, read_frontier(connection))
            outcomes = [_applied(item, batch) for item in items]
            batch.finish()
        if batch.moved_heads:
            self._moved(batch.moved_heads)
        return outcomes


def _applied(item: Item[object], batch: Batch) -> object:
    transaction = ItemTransaction(batch)
    try:
        outcome = item.apply(transaction)
    except DBAPIError:
        raise
    except GatewayError as error:
        transaction.discard()
        return error
    except Exception:  # noqa: BLE001 - the wall between one item and all others: the writer must outlive any defect
        transaction.discard()
        return Defect("an item failed inside the transaction")
    transaction.keep()
    return outcome


def _answer_all(answers: Sequence[tuple[_Waiting[object], object]]) -> None:
    for waiting, outcome in answers:
        waiting.answer(outcome)
