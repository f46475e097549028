"""How far long work has come: a bar on a terminal, a line every ten seconds where none can be drawn."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from gateway.cli.output import message

EVERY: Final = 10.0
"""Seconds between two lines."""


@contextmanager
def progress(total: int, done_before: int = 0) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many are done. Writes to standard error only."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines(total, done_before, time.monotonic)
        return
    with Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=total, completed=done_before)
        yield lambda done: bar.update(task, completed=done)


class Lines:
    """Progress as lines: how many, how fast, how long still. `clock` is in seconds from anywhere."""

    def __init__(self, total: int, done_before: int, clock: Callable[[], float]) -> None:
        """Begin now."""
        self._total, self._before, self._clock = total, done_before, clock
        self._began = self._said = clock()

    def __call__(self, done: int) -> None:
        """Say where the work stands, unless it was said a moment ago."""
        now = self._clock()
        if now - self._said < EVERY:
            return
        self._said = now
        rate = (done - self._before) / (now - self._began)
        left = f", {(self._total - done) / rate:.0f} s left" if rate else ""
        message(f"{done} of {self._total} entries, {rate:.0f} a second{left}")
