"""Whoever was erased is in no file any more. The full count is in docs/evidence."""

import asyncio
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from forked import python
from furnished import POLICE, Installation, person_ref
from trials.erasure import Erasing, erased, running

from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.errors import OperatorError

pytestmark = pytest.mark.slow
KILLED = "import pathlib, sys; from trials.erasure import killed_half_way as run; run(pathlib.Path(sys.argv[1]))"


@pytest.fixture(scope="module")
def erasing(furnished_once: Installation, tmp_path_factory: pytest.TempPathFactory) -> Erasing:
    return erased(furnished_once.copy(tmp_path_factory.mktemp("erasing") / "data"), 4)


def test_a_04_nothing_decrypts_and_no_leaf_leads_to_her(erasing: Erasing) -> None:
    assert erasing.held, erasing
    assert (erasing.erased, erasing.cut_short) == (4, 2)


def test_the_search_finds_who_is_there(erasing: Erasing) -> None:
    """The canary: before, and for those who stayed, it found everything."""
    assert erasing.found_before == erasing.needles > 0
    assert erasing.stayed_found == erasing.stayed > 0
    assert erasing.keys_opened_before == erasing.erased
    assert erasing.leaves_linked_before > 0


@pytest.mark.parametrize("left", ["found_after", "leaves_linked_after", "keys_opened_after", "rows_after"])
def test_one_trace_breaks_the_promise(erasing: Erasing, left: str) -> None:
    assert not replace(erasing, **{left: 1}).held


def test_a_database_restored_from_before_does_not_bring_her_back(furnished_once: Installation, tmp_path: Path) -> None:
    """The key store is not part of it, and lists her (ADR 0036)."""
    installed = furnished_once.copy(tmp_path / "data")
    database, copied = installed.data / "gateway.db", tmp_path / "copy.db"
    shutil.copy(database, copied)
    with running(installed) as gateway:
        asyncio.run(gateway.door.erasures.erase(Actor(POLICE, None), person_ref(0)))
    for beside in installed.data.glob("gateway.db-*"):
        beside.unlink()
    shutil.copy(copied, database)
    with running(installed) as gateway:
        people = [*gateway.door.erasures.book.people()]
        assert asyncio.run(gateway.door.erasures.replay()) == 1
        assert len([*gateway.door.erasures.book.people()]) == len(people) - 1
        outcome = asyncio.run(gateway.door.erasures.erase(Actor(POLICE, None), person_ref(0)))
        assert outcome == UnknownPerson()
        assert asyncio.run(gateway.door.erasures.replay()) == 0


def test_a_process_killed_before_the_key_is_destroyed_leaves_nothing_undone(
    furnished_once: Installation, tmp_path: Path
) -> None:
    installed = furnished_once.copy(tmp_path / "data")
    assert python(("-c", KILLED, str(installed.data)), os.environ).wait(60) == -signal.SIGKILL
    with running(installed) as gateway:
        [person] = gateway.door.erasures.book.pending()
        assert gateway.base.person_keys.of(person)
        asyncio.run(gateway.door.erasures.replay())
        assert not gateway.door.erasures.book.pending()
        with pytest.raises(OperatorError):
            gateway.base.person_keys.of(person)
