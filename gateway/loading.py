"""Loads the program without looking for garbage in it: what is imported lives as long as the process."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Import inside: no collection looks through it, then or ever. A quarter of a start is looking through modules."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
