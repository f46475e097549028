"""Statements that go together: asked at once, answered after; one that fails is told without a value."""

import pytest
from databases import POSTGRESQL, Servers
from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError

from gateway.core.errors import OperatorError
from gateway.store.database import Database, opened
from gateway.store.prepared import PreparedIn, PreparedStatement, prepared_insert, reading, together
from gateway.store.rows.line import HEAD

VERSION = PreparedStatement(select(HEAD.c.version).where(HEAD.c.id == bindparam("head")))
HEADS = PreparedIn(lambda values: select(HEAD.c.id).where(HEAD.c.id.in_(values)).order_by(HEAD.c.id))
INSERT = prepared_insert(HEAD)
CANARY = "pair:a canary"


@pytest.fixture
def database(servers: Servers, backend: str, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A migrated database with one head."""
    made = opened(servers.url(backend, tmp_path_factory.mktemp("prepared")))
    with made.writing.begin() as connection:
        INSERT.many(connection, [{"id": "pair:1", "version": 3}])
    return made


def test_what_was_asked_together_is_answered_in_the_order_it_was_asked(database: Database) -> None:
    with database, database.writing.begin() as connection:
        with together(connection):
            before = HEADS.asked(connection, ["pair:1", "pair:2"])
            INSERT.many(connection, [{"id": "pair:2", "version": 1}])
            after, version = (
                HEADS.asked(connection, ["pair:1", "pair:2"]),
                VERSION.asked(connection, {"head": "pair:1"}),
            )
            none = HEADS.asked(connection, [])
        assert (before(), after(), version(), none()) == ([("pair:1",)], [("pair:1",), ("pair:2",)], [(3,)], ())


def test_more_values_than_a_server_takes_are_asked_for_in_pieces(database: Database) -> None:
    names = [f"pair:{number:06}" for number in range(70_000)]
    with database, database.writing.begin() as connection:
        INSERT.many(connection, [{"id": name, "version": 1} for name in (names[0], names[40_000], names[-1])])
        with together(connection):
            found = HEADS.asked(connection, names)
        assert found() == [(names[0],), (names[40_000],), (names[-1],)] == HEADS.rows(connection, names)


def test_one_that_fails_is_told_without_a_value_and_nothing_of_the_transaction_stays(database: Database) -> None:
    def failing() -> None:
        with database.writing.begin() as connection, together(connection):
            INSERT.many(connection, [{"id": "pair:3", "version": 1}])
            INSERT.many(connection, [{"id": CANARY, "version": 1}, {"id": CANARY, "version": 1}])
            INSERT.many(connection, [{"id": "pair:4", "version": 1}])

    with database:
        with pytest.raises(DBAPIError, match=r"UniqueViolation|IntegrityError") as told:
            failing()
        assert CANARY not in str(told.value)
        with reading(database.reading) as connection:
            assert HEADS.rows(connection, ["pair:1", "pair:3", CANARY]) == [("pair:1",)]


def test_a_server_is_waited_for_once(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> None:
    url = servers.url(POSTGRESQL, tmp_path_factory.mktemp("once"))
    with opened(url) as made, made.writing.begin() as connection:
        wire = connection.connection.dbapi_connection.pgconn
        with together(connection):
            HEADS.asked(connection, ["pair:1"])
            assert wire.pipeline_status
        assert not wire.pipeline_status


def test_a_reader_whose_server_goes_away_is_told_so(database: Database) -> None:
    def asking_nobody() -> None:
        with reading(database.reading) as connection:
            connection.connection.dbapi_connection.close()
            VERSION.rows(connection, {"head": CANARY})

    with database:
        with pytest.raises(OperatorError):
            asking_nobody()
        with reading(database.reading) as connection:
            assert VERSION.rows(connection, {"head": "pair:1"}) == [(3,)], "the canary"
