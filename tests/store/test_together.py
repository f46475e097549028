"""What came together is written together: a referral that replaces nothing asks no question of its own in a batch."""

import asyncio
from pathlib import Path

import pytest
from delivering import Node, a_node, installed_in
from sqlalchemy import Connection

from gateway.store.prepared import say
from gateway.store.writing import transaction

PEOPLE = 4


@pytest.fixture
def savepoints(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was said of savepoints: one is made for every item of a batch that asks the database by itself."""
    made: list[str] = []

    def noted(connection: Connection, sql: str) -> None:
        made.append(sql)
        say(connection, sql)

    monkeypatch.setattr(transaction, "say", noted)
    return made


def test_referrals_that_replace_nothing_are_confirmed_in_one_go(tmp_path: Path, savepoints: list[str]) -> None:
    async def work(node: Node) -> None:
        consents = [await node.agrees(number) for number in range(PEOPLE)]
        savepoints.clear()
        before = node.gateway.writer.commits
        await asyncio.gather(*(node.sent(number) for number in range(PEOPLE)))
        assert node.gateway.writer.commits < before + PEOPLE, "nothing came together"
        assert savepoints == []
        await node.takes_back(consents[0])
        assert savepoints != [], "a withdrawal stops what waits, at once"

    with a_node(installed_in(tmp_path)) as node:
        asyncio.run(work(node))
