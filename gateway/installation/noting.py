"""An entry of the log about the gateway's own keys, written where no gateway serves: under the folder's lock."""

import asyncio

from gateway.clock import SystemClock, SystemEntropy
from gateway.core.log.leaves import sealed_leaf
from gateway.core.rotation.key_items import NoteKeyAct
from gateway.installation.preparing import refuse_lost
from gateway.settings import Settings
from gateway.store.database import opened
from gateway.store.schema_state import require_newest
from gateway.store.writing.writer import Writer


def noted(settings: Settings, action: str) -> None:
    """Write down what is about to be done to the key ring: done without an entry it must never be.

    Whoever is killed between the two types the command again, and the log then says twice what was done once. Raises
    OperatorError.
    """
    refuse_lost(settings)
    clock = SystemClock()
    leaf = sealed_leaf(SystemEntropy(), "key.changed", clock.now(), {"action": action, "by": "operator"})
    with opened(settings.database()) as database:
        require_newest(database.reading)
        asyncio.run(_recorded(Writer(database.writing, clock, lambda _heads: None), NoteKeyAct(leaf)))


async def _recorded(writer: Writer, item: NoteKeyAct) -> None:
    writer.start()
    try:
        await writer.record(item)
    finally:
        writer.close()
