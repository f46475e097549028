"""What docker/database.sh says to PostgreSQL: a cluster whose tables the gateway owned is given an owner apart."""

import re
import subprocess
from collections.abc import Iterator

import pytest
from checkout import ROOT
from clusters import Cluster

from gateway.store.database import opened
from gateway.store.migrating import migrate
from gateway.store.person_keys import METADATA
from gateway.store.roles import grant, too_much

OWNER = "owns_the_tables"  # The cluster's own superuser has the name that docker/ gives the owner.
FIRST, APART = (
    sql.replace("gateway_owner", OWNER)
    for sql in re.findall(r"<<'SQL'\n(.*?)\nSQL\n", (ROOT / "docker" / "database.sh").read_text("utf-8"), re.DOTALL)
)


pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster as `docker/database.sh` first made it, in which the gateway worked for a while."""
    made = Cluster.made(tmp_path_factory.mktemp("docker") / "postgresql")
    made.start()
    try:
        say(made, "postgres", FIRST)
        with opened(made.url("gateway", "gateway")) as database, opened(made.url("person_keys", "gateway")) as keys:
            migrate(database.writing)
            METADATA.create_all(keys.writing)
            assert too_much(database.reading) == ("it owns the log",)
        yield made
    finally:
        made.crash()


def say(cluster: Cluster, database: str, sql: str, *options: str) -> None:
    """Say it as the script does, through psql."""
    command = [str(cluster.programs / "psql"), cluster.url(database).replace("+psycopg", ""), "--no-psqlrc"]
    command += ["--quiet", "--set=ON_ERROR_STOP=1", "--set=password=invented", *options]
    subprocess.run(command, input=sql.encode(), check=True, capture_output=True)


def test_the_log_gets_an_owner_apart_however_often_it_is_said(cluster: Cluster) -> None:
    for _ in range(2):  # The machine may go out before the script notes that it was done.
        say(cluster, "gateway", APART, "--single-transaction")
    with opened(cluster.url("gateway", OWNER)) as owned:
        migrate(owned.writing)
        grant(owned.writing, "gateway")
    with opened(cluster.url("gateway", "gateway")) as database, opened(cluster.url("person_keys", "gateway")) as keys:
        assert too_much(database.reading) == []
        METADATA.drop_all(keys.writing)  # People's keys stay the gateway's own: it destroys them.
        METADATA.create_all(keys.writing)
    owning = "select datname, pg_get_userbyid(datdba) from pg_database where datname ~ 'gateway|keys'"
    owners = dict(cluster.sql(owning))
    assert owners == {"gateway": OWNER, "person_keys": "gateway"}
