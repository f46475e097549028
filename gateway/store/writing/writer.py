"""The one writer.

A thread that confirms whatever waits, together, in one durable transaction, and answers only after the commit.

Urgent items (withdrawals) go before everything that waits. An item that fails alone fails alone; a transaction that
fails is tried twice more, then each of its items by itself, so that one poisoned item cannot take others with it.
Whatever fails, and however, every item is answered and the thread goes on.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from gateway.core.errors import Defect, GatewayError, OperatorError
from gateway.core.lately import lately
from gateway.core.ports import Clock, Item
from gateway.store.ledger import read_frontier
from gateway.store.writing.batch import Batch
from gateway.store.writing.batch_reads import locked_heads, read_for
from gateway.store.writing.transaction import ItemTransaction

_Result = TypeVar("_Result")

LARGEST_BATCH = 256
_TRIES = 3
_QUIET_ROUNDS = 2
"""So many turns of the event loop must bring nothing new before a batch is closed: one reads what has arrived, the
next prepares it. For a lone request that is some microseconds."""

_DOUBTED = timedelta(seconds=4)
"""How long the database is in doubt after it took nothing, unless it takes something before. No longer: a load balancer
sends only to what is ready, and without an item nobody would find out that the database is well again."""

_LONGEST_WAIT = 0.03
"""Seconds after which a batch is closed, however many more are coming."""


class _UnreachableError(OperatorError):
    """No transaction could be begun, so no item is at fault and trying them singly would only take longer."""


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
        self._arrivals = 0
        self._closed_batch = False
        self._closing = False
        self._connection: Connection | None = None
        self._took_nothing_at: datetime | None = None
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self.commits = 0
        self.items = 0

    @property
    def working(self) -> bool:
        """Say whether items that arrive now will be confirmed."""
        return self._thread.is_alive() and not self._closing

    @property
    def in_doubt(self) -> bool:
        """Say whether the database took nothing a moment ago, and nothing since: the disk may be full."""
        return self._took_nothing_at is not None and lately(self._took_nothing_at, self._clock.now(), _DOUBTED)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def close(self) -> None:
        """Confirm what waits, then stop. What a writer that never started was given is refused."""
        with self._arrived:
            self._closing = True
            self._arrived.notify()
        if self._thread.is_alive():
            self._thread.join()
        left = [*self._urgent, *self._ordinary]
        _answer(left, [OperatorError("the gateway is shutting down") for _ in left])

    def record(self, item: Item[_Result], *, urgent: bool = False) -> "asyncio.Future[_Result]":
        """Confirm one item; the future is answered after the commit. Called from an event loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_Result] = loop.create_future()
        waiting = cast("_Waiting[object]", _Waiting(item, future, loop))
        with self._arrived:
            if self._closing:
                raise OperatorError("the gateway is shutting down")
            (self._urgent if urgent else self._ordinary).append(waiting)
            self._arrivals += 1
            if urgent:
                self._arrived.notify()
        if not urgent:
            # A commit costs more than an item does, so requests that came together are confirmed together.
            loop.call_soon(self._settle, loop, self._arrivals, 0, loop.time() + _LONGEST_WAIT)
        return future

    def _settle(self, loop: asyncio.AbstractEventLoop, known: int, quiet: int, latest: float) -> None:
        """Close the batch as soon as the loop has nothing more to add, or when it was open long enough."""
        quiet = quiet + 1 if known == self._arrivals else 0
        if not self._ordinary:
            return  # Another item of this batch closed it.
        if quiet < _QUIET_ROUNDS and loop.time() < latest:
            loop.call_soon(self._settle, loop, self._arrivals, quiet, latest)
            return
        with self._arrived:
            self._closed_batch = True
            self._arrived.notify()

    def _work(self) -> None:
        while (batch := self._next_batch()) is not None:
            _answer(batch, self._confirmed([waiting.item for waiting in batch]))
            self.commits += 1
            self.items += len(batch)
        self._disconnect()

    def _next_batch(self) -> list[_Waiting[object]] | None:
        """Wait for work and take all of it, urgent items first; None when closing and nothing is left."""
        with self._arrived:
            while not (self._urgent or (self._closed_batch and self._ordinary) or self._closing):
                self._arrived.wait()
            self._closed_batch = False
            batch: list[_Waiting[object]] = []
            for queue in (self._urgent, self._ordinary):
                while queue and len(batch) < LARGEST_BATCH:
                    batch.append(queue.popleft())
            if self._ordinary:  # More than one batch holds.
                self._closed_batch = True
            return batch if batch or not self._closing else None

    def _confirmed(self, items: Sequence[Item[object]]) -> list[object]:
        """Return an outcome for each item: its result, or the error it failed with."""
        failure: Exception = Defect("nothing was tried")
        for _ in range(_TRIES):
            try:
                outcomes = self._transact(items)
            except _UnreachableError:
                self._took_nothing_at = self._clock.now()
                return [OperatorError("the database does not answer") for _ in items]
            except Exception as error:  # noqa: BLE001 - the wall between the writer and whatever a batch does to it
                failure = error  # Another node was faster, the disk is full, or one item is poisoned.
            else:
                self._took_nothing_at = None
                return outcomes
        if isinstance(getattr(failure, "orig", None), self._engine.dialect.loaded_dbapi.OperationalError):
            self._took_nothing_at = self._clock.now()
        if len(items) == 1:
            return [_as_gateway_error(failure)]
        return [outcome for item in items for outcome in self._confirmed([item])]

    def _transact(self, items: Sequence[Item[object]]) -> list[object]:
        """Confirm these items in one transaction. Nothing is answered here: the commit comes first."""
        with self._begun() as connection:
            needs = [item.needs for item in items]
            versions = locked_heads(connection, needs)
            ledger = read_frontier(connection)  # The last lock: from here on no other node commits.
            batch = Batch(connection, self._clock.now(), read_for(connection, needs, versions), ledger)
            outcomes = [_applied(item, batch) for item in items]
            batch.finish()
        if batch.moved_heads:
            self._moved(batch.moved_heads)
        return outcomes

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        """Begin a transaction on the writer's own connection and end it; after a failure the next one is a new one."""
        try:
            connection = self._connection = self._connection or self._engine.connect()
            transaction = connection.begin()
        except DBAPIError:
            self._disconnect()
            raise _UnreachableError from None
        try:
            with transaction:
                yield connection
        except BaseException:
            self._disconnect()
            raise

    def _disconnect(self) -> None:
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.close()
        self._connection = None


def _applied(item: Item[object], batch: Batch) -> object:
    transaction = ItemTransaction(batch)
    try:
        outcome = item.apply(transaction)
    except DBAPIError:
        raise
    except GatewayError as error:
        transaction.discard()
        return error
    except Exception:  # noqa: BLE001 - the wall between one item and all others
        transaction.discard()
        return Defect("an item failed inside the transaction")
    transaction.keep()
    return outcome


def _as_gateway_error(failure: Exception) -> GatewayError:
    """Say whose fault it was, without the words of whatever failed: those may carry values."""
    match failure:
        case GatewayError():
            return failure
        case DBAPIError():
            return OperatorError("the database did not take a record")
        case _:
            return Defect("an item failed inside the transaction")


def _answer(batch: Sequence[_Waiting[object]], outcomes: Sequence[object]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Waiting[object], object]]] = {}
    for waiting, outcome in zip(batch, outcomes, strict=True):
        by_loop.setdefault(waiting.loop, []).append((waiting, outcome))
    for loop, answers in by_loop.items():
        with suppress(RuntimeError):  # The loop was closed: nobody waits there any more.
            loop.call_soon_threadsafe(_answer_all, answers)


def _answer_all(answers: Sequence[tuple[_Waiting[object], object]]) -> None:
    for waiting, outcome in answers:
        waiting.answer(outcome)
