"""No key is rotated without an entry of the log, whatever the process that rotated it dies of."""

import asyncio
import json
import os
import signal
from hashlib import sha256
from pathlib import Path

from forked import python
from furnished import Installation
from trials.erasure import running

from gateway.core.crypto.keys import Ring
from gateway.wiring import Gateway

KILLED = """
import pathlib, sys
from gateway.core.crypto.keys import Ring
from trials.rotation import killed_half_way

killed_half_way(pathlib.Path(sys.argv[1]), Ring.LEDGER)
"""


def rotations(gateway: Gateway) -> list[tuple[str, int, str | None]]:
    leaves = [json.loads(leaf) for leaf in gateway.log.leaves(gateway.log.head().size)]
    return [(one["ring"], one["epoch"], one.get("content")) for one in leaves if one["type"] == "key.rotated"]


def test_a_process_killed_before_it_logged_a_rotation_leaves_nothing_unlogged(
    furnished_once: Installation, tmp_path: Path
) -> None:
    installed = furnished_once.copy(tmp_path / "data")
    assert python(("-c", KILLED, str(installed.data)), os.environ).wait(60) == -signal.SIGKILL
    with running(installed) as gateway:
        assert gateway.base.ring.epoch(Ring.LEDGER) == 2, "it was killed after the ring was written"
        assert rotations(gateway) == []
        asyncio.run(gateway.catch_up())
        signs = gateway.base.ring.checkpoint_public_key() + gateway.base.ring.message_public_key()
        killed = ("ledger", 2, sha256(signs).hexdigest())
        assert rotations(gateway) == [killed]
        asyncio.run(gateway.catch_up())
        assert rotations(gateway) == [killed], "what is logged is not logged again"
        asyncio.run(gateway.keys.rotate(Ring.DATA))
        assert rotations(gateway) == [killed, ("data", 2, None)]


def test_the_next_rotation_logs_one_that_was_not(furnished_once: Installation, tmp_path: Path) -> None:
    """As where the database was away for a moment while the gateway went on."""
    with running(furnished_once.copy(tmp_path / "data")) as gateway:
        gateway.keys.ring.rotate(Ring.DATA, gateway.base.clock.now().date())
        asyncio.run(gateway.keys.rotate(Ring.DATA))
        assert [(ring, epoch) for ring, epoch, _ in rotations(gateway)] == [("data", 2), ("data", 3)]
