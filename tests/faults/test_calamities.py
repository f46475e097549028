"""Whatever befalls the gateway or its database: what it answered is kept, once. Full counts: docs/evidence."""

import errno
import os
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from clusters import Cluster
from served import Server
from trials.calamities import DatabaseCrashed, Disk, Wire, WireCut
from trials.kill9 import Killing
from trials.unlucky import by_wire, on_postgresql
from trials.verifying import verified_seconds

pytestmark = pytest.mark.slow


@pytest.mark.enable_socket
def test_nothing_answered_is_lost_when_postgresql_is_killed_or_cut_off(tmp_path: Path) -> None:
    with ExitStack() as closing:
        cluster = Cluster.made(tmp_path / "postgresql")
        closing.callback(cluster.crash)
        cluster.start()
        wire = closing.enter_context(Wire([cluster.port]).laid())
        installed = on_postgresql(tmp_path, cluster, persons=3)
        installed = replace(installed, database_url=by_wire(installed.database_url, wire))
        server = Server.gateway(installed)
        for seed, calamity in enumerate((partial(DatabaseCrashed, cluster=cluster), partial(WireCut, wire=wire))):
            kills = Killing(installed, seed, server, calamity(server)).run(1, (5,))
            assert kills.held
            assert kills.trials == 1
            assert kills.answered


def test_a_full_disk_is_full(tmp_path: Path) -> None:
    with Disk.mounted(tmp_path / "disk", 1) as disk:
        disk.fill()
        file = os.open(disk.folder / "more", os.O_WRONLY | os.O_CREAT)
        with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            os.write(file, b"x")
        disk.free()
        assert os.write(file, b"x") == 1
        os.close(file)


def test_verifying_is_measured_by_the_processor(tmp_path: Path) -> None:
    assert 0 < verified_seconds(tmp_path, 2000) < 10
