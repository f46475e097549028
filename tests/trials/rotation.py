"""A process that is killed between beginning a new epoch of a key ring and the entry that says so."""

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

from furnished import Installation
from trials.erasure import running

from gateway.core.crypto.keys import Ring


class _Killed:
    """A writer before which the process is killed: nothing is flushed, closed or told."""

    async def record(self, *_given: object, **_more: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def killed_half_way(data: Path, ring: Ring) -> None:
    """Rotate a ring in this process, and die before it is logged."""
    with running(Installation(data, {}, 1)) as gateway:
        asyncio.run(replace(gateway.keys, recorder=_Killed()).rotate(ring))
