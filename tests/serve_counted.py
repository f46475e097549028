"""The product's own server processes, as `referral-gateway serve` runs them, and one route more: what was counted."""

import logging
import os
import struct
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from mmap import mmap
from pathlib import Path

from fastapi import FastAPI

from gateway import logs
from gateway.app import create_app
from gateway.core.ports import Item
from gateway.serving import process, sibling
from gateway.serving.siblings import Siblings
from gateway.settings import read
from gateway.store.writing.writer import Writer
from gateway.wiring import Gateway

_TALLY = "COUNTED_TALLY"
_SLOTS, _SLOT = 64, struct.Struct("qqq")


class _Tally:
    """What the writers of all processes have committed; each adds to a slot of its own in one shared page."""

    def __init__(self, descriptor: int, slot: int) -> None:
        self._page, self._slot = mmap(descriptor, _SLOTS * _SLOT.size), slot * _SLOT.size
        _SLOT.pack_into(self._page, self._slot, 1, 0, 0)

    def add(self, items: int) -> None:
        """Count one commit."""
        _, commits, known = _SLOT.unpack_from(self._page, self._slot)
        _SLOT.pack_into(self._page, self._slot, 1, commits + 1, known + items)

    def all(self) -> dict[str, int]:
        """Add the slots up."""
        processes, commits, items = (sum(column) for column in zip(*_SLOT.iter_unpack(self._page[:]), strict=True))
        return {"processes": processes, "commits": commits, "items": items}


def _counted(tally: _Tally) -> Callable[[Gateway], FastAPI]:
    """Make the application with a route for the benchmark; the product has none."""
    transact = Writer._transact

    def counting(writer: Writer, items: Sequence[Item[object]]) -> list[object]:
        outcomes = transact(writer, items)
        tally.add(len(items))
        return outcomes

    Writer._transact = counting  # type: ignore[method-assign]  # the product has no such hook, and needs none

    def made(gateway: Gateway) -> FastAPI:
        app = create_app(gateway)

        @app.get("/counted", include_in_schema=False)  # Of it the description says nothing, and could not be made.
        async def found() -> dict[str, int]:
            return tally.all()

        return app

    return made


def _first() -> None:
    with tempfile.TemporaryFile() as page:
        page.truncate(_SLOTS * _SLOT.size)
        os.environ[_TALLY] = f"/proc/{os.getpid()}/fd/{page.fileno()}"
        process.create_app = _counted(_Tally(page.fileno(), 0))
        process.Siblings = partial(Siblings, module="serve_counted")
        process.serve(read(), announce=lambda _url: None)


def _sibling(listening: int) -> None:
    with Path(os.environ[_TALLY]).open("r+b") as page:
        sibling.create_app = _counted(_Tally(page.fileno(), 1 + os.getpid() % (_SLOTS - 1)))
    sibling.run(listening)


if __name__ == "__main__":
    logs.configure(level=logging.WARNING)
    if len(sys.argv) > 1:
        _sibling(int(sys.argv[1]))
    else:
        _first()
