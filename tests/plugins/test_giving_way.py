"""A worker that only computes takes no core from the line."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from elsewhere import Lines
from plugins.placing import HASTY, Place, refused

from gateway.plugins.confinement import missing

pytestmark = pytest.mark.skipif(missing() is not None, reason="this machine cannot hold a worker")


def test_it_gives_way_to_the_gateways_own_work(place: Place) -> None:
    """One that only computes may take a core for as long as it may; it is the line that goes first."""
    adapter = place.adapter(Lines(parses="while True: pass"), replace(HASTY, seconds=1.0))
    with ThreadPoolExecutor(1) as asking:
        asked = asking.submit(refused, adapter)
        nice = set[int]()
        while not asked.done():
            nice |= {int(line.rpartition(") ")[2].split()[16]) for line in _children()}
        assert asked.result().rule == "worker_slow"
    assert max(nice) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10), "19 is the last there is"


def _children() -> Iterator[str]:
    """The state of every process that this one started."""
    for task in Path("/proc/self/task").iterdir():
        for child in (task / "children").read_text().split():
            with suppress(OSError):
                yield Path(f"/proc/{child}/stat").read_text()
