"""A courier as a process of its own: what it does beside bringing."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from delivering import a_node, installed_in, until

from gateway.serving import courier
from gateway.serving.servers import Stop


def test_a_04_it_forgets_the_key_of_somebody_erased_in_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "WATCH", 0.02)
    installed = installed_in(tmp_path)
    with a_node(installed) as node:
        asyncio.run(node.agrees(0))
        [(person,)] = node.rows("select id from person")
    gateway = courier.build(installed.settings())

    async def lives() -> None:
        going = asyncio.create_task(courier.bring(gateway, Stop(), lambda: None))
        keys = gateway.base.person_keys
        keys.of(bytes(person))
        await asyncio.sleep(0.2)
        assert keys._open, "a key that is still there stays"
        with closing(sqlite3.connect(gateway.settings.data / "person-keys.db")) as database, database:
            database.execute("delete from data_key")
        try:
            await until(lambda: not keys._open, 2.0)
        finally:
            going.cancel()
            await asyncio.gather(going, return_exceptions=True)

    asyncio.run(lives())
