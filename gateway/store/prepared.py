"""Statements of the accept path: written in SQLAlchemy Core, compiled once for each dialect, run by the driver itself.

Making and running a statement through SQLAlchemy costs more than the database does; the line runs about fourteen of
them for each batch, and twelve to meet a person. They run on a connection out of SQLAlchemy's pool, and inside the
transaction where it began one. What the driver raises becomes a DBAPIError like any other.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar, cast

from sqlalchemy import BindParameter, Column, Engine, PoolProxiedConnection, Select, Table, bindparam, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import Insert, Update

from gateway.core.errors import OperatorError

Value: TypeAlias = "str | int | bytes | bool | None"
Named: TypeAlias = Mapping[str, Value]
Rows: TypeAlias = Sequence[tuple[Value, ...]]

Statement: TypeAlias = "Select[*tuple[object, ...]] | Insert | Update"

_Result = TypeVar("_Result")

_MOST_AT_ONCE = 16
_MOST_VALUES = 8192
"""SQLite takes 32,766 parameters in one statement and PostgreSQL 65,535."""
_SILENT = "the database does not answer"
_VALUES = " VALUES "


class _Cursor(Protocol):
    """What is used of a driver's cursor (PEP 249)."""

    rowcount: int

    def execute(self, sql: str, parameters: object) -> object: ...
    def fetchall(self) -> Rows: ...
    def close(self) -> None: ...


class Connected(Protocol):
    """What a statement runs on: a connection of SQLAlchemy's, or what `reading` lends."""

    @property
    def dialect(self) -> Dialect:
        """Whose SQL it speaks."""
        ...

    @property
    def connection(self) -> PoolProxiedConnection:
        """The driver's connection, as the pool lends it."""
        ...


@dataclass(frozen=True, slots=True)
class _Lent:
    dialect: Dialect
    connection: PoolProxiedConnection


class _Compiled:
    """The SQL of one dialect, with the order in which its parameters are given."""

    def __init__(self, statement: Statement, columns: Sequence[str] | None, dialect: Dialect) -> None:
        if not dialect.positional:
            dialect = cast("type[DefaultDialect]", type(dialect))(paramstyle="format")
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        self.sql = str(compiled)
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._order = tuple(compiled.positiontup or ())
        self._repeated: dict[int, str] = {}

    def parameters(self, given: Named) -> Sequence[Value]:
        """Return the parameters of one execution."""
        fixed = self._fixed
        return tuple([given[name] if name in given else fixed[name] for name in self._order])

    def insert(self, cursor: _Cursor, rows: Sequence[Named]) -> None:
        """Insert rows, up to sixteen with one statement.

        Each statement of SQLite's lets go of the interpreter, and under load waits its turn to have it again.
        """
        begun = 0
        while begun < len(rows):
            count = min(_MOST_AT_ONCE, 1 << (len(rows) - begun).bit_length() - 1)
            several = rows[begun : begun + count]
            cursor.execute(self._for_rows(count), [value for row in several for value in self.parameters(row)])
            begun += count

    def _for_rows(self, count: int) -> str:
        """Repeat the row of an insert. Five forms serve every number of rows."""
        if count not in self._repeated:
            before, row = self.sql.split(_VALUES)
            self._repeated[count] = before + _VALUES + ", ".join([row] * count)
        return self._repeated[count]


class PreparedStatement:
    """One statement with named parameters."""

    def __init__(self, statement: Statement, columns: Sequence[str] | None = None) -> None:
        """Compile nothing yet: the dialect is known when it runs. `columns` are those an insert gives."""
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connected, given: Named) -> Rows:
        """Run a query and return its rows."""
        return self.asked(connection, given)()

    def asked(self, connection: Connected, given: Named) -> Callable[[], Rows]:
        """Ask for its rows, and return what gives them: called after the block that it goes `together` in."""
        compiled = self._for(connection)
        return _asked(connection, compiled.sql, compiled.parameters(given))

    def changed(self, connection: Connected, given: Named) -> int:
        """Run a change and return how many rows it touched."""
        compiled = self._for(connection)

        def change(cursor: _Cursor) -> int:
            cursor.execute(compiled.sql, compiled.parameters(given))
            return cursor.rowcount

        return _run(connection, change)

    def many(self, connection: Connected, rows: Sequence[Named]) -> None:
        """Insert these rows."""
        compiled = self._for(connection)
        _run(connection, lambda cursor: compiled.insert(cursor, rows))

    def _for(self, connection: Connected) -> _Compiled:
        compiled = self._compiled.get(connection.dialect.name)
        if compiled is None:
            compiled = _Compiled(self._statement, self._columns, connection.dialect)
            self._compiled[connection.dialect.name] = compiled
        return compiled


def prepared_insert(table: Table) -> PreparedStatement:
    """Return the insert of whole rows into a table; a number that the database counts up itself is left to it."""
    return PreparedStatement(
        insert(table).inline(), [column.name for column in table.columns if not _is_counted(column)]
    )


def _is_counted(column: Column[object]) -> bool:
    return column.primary_key and column.autoincrement is not False


class PreparedIn:
    """One query for a list of values; `query` makes it from that many parameters.

    Compiled for lengths that are powers of two; a shorter list is filled up with its last value, and a longer one than
    any server takes is asked for in pieces, in its order.
    """

    def __init__(self, query: Callable[[Sequence[BindParameter[Value]]], Select[*tuple[object, ...]]]) -> None:
        """Compile nothing yet."""
        self._query = query
        self._compiled: dict[tuple[str, int], _Compiled] = {}

    def rows(self, connection: Connected, values: Sequence[Value]) -> Rows:
        """Return the rows for any of these values; none for no value."""
        return self.asked(connection, values)()

    def asked(self, connection: Connected, values: Sequence[Value]) -> Callable[[], Rows]:
        """Ask for them, as `PreparedStatement.asked` does."""
        if not values:
            return tuple
        if len(values) > _MOST_VALUES:
            places = range(0, len(values), _MOST_VALUES)
            asked = [self.asked(connection, values[place : place + _MOST_VALUES]) for place in places]
            return lambda: [row for rows in asked for row in rows()]
        length = 1 << (len(values) - 1).bit_length()
        names = [f"any_{number}" for number in range(length)]
        key = (connection.dialect.name, length)
        compiled = self._compiled.get(key)
        if compiled is None:
            query = self._query([bindparam(name) for name in names])
            compiled = self._compiled[key] = _Compiled(query, None, connection.dialect)
        filled = [*values, *[values[-1]] * (length - len(values))]
        parameters = compiled.parameters(dict(zip(names, filled, strict=True)))
        return _asked(connection, compiled.sql, parameters)


@contextmanager
def together(connection: Connected) -> Iterator[None]:
    """Send what is inserted and asked inside, and wait for the server once, at the end, and not for each answer.

    For a driver that can; SQLite's asks no server. What fails inside is raised at the end.
    """
    with _as_ours(connection), (_pipeline(connection) or nullcontext)():
        yield


@contextmanager
def reading(engine: Engine) -> Iterator[Connected]:
    """Lend a connection for queries of this module, each of which sees what was committed when it began.

    It comes from the pool as it is: to put SQLAlchemy's own around it takes as long as the query does. Raises
    OperatorError for what goes wrong, as everything that is read does (`gateway.store.database`).
    """
    try:
        lent = _Lent(engine.dialect, engine.raw_connection())
    except engine.dialect.loaded_dbapi.Error:
        raise OperatorError(_SILENT) from None
    try:
        yield lent
    except DBAPIError:
        lent.connection.invalidate()
        raise OperatorError(_SILENT) from None
    finally:
        lent.connection.close()


def say(connection: Connected, sql: str) -> None:
    """Run a statement that has no parameters, the same in every dialect."""
    _run(connection, lambda cursor: cursor.execute(sql, ()))


def _asked(connection: Connected, sql: str, parameters: Sequence[Value]) -> Callable[[], Rows]:
    with _as_ours(connection):
        cursor = cast("_Cursor", connection.connection.cursor())
        cursor.execute(sql, parameters)
        if _pipeline(connection) is None:
            found = cursor.fetchall()  # SQLite looks at the rows only now, and a later change would be among them.
            cursor.close()
            return lambda: found

    def rows() -> Rows:
        with _as_ours(connection), closing(cursor):
            return cursor.fetchall()

    return rows


def _pipeline(connection: Connected) -> Callable[[], AbstractContextManager[object]] | None:
    return getattr(connection.connection.dbapi_connection, "pipeline", None)


def _run(connection: Connected, work: Callable[[_Cursor], _Result]) -> _Result:
    """Let a change be made with the driver's own statement."""
    with _as_ours(connection), closing(cast("_Cursor", connection.connection.cursor())) as cursor:
        return work(cursor)


@contextmanager
def _as_ours(connection: Connected) -> Iterator[None]:
    """Raise what the driver raises as SQLAlchemy does, and without its words: a server quotes the row it refused."""
    try:
        yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(None, None, type(error)(type(error).__name__), hide_parameters=True) from None
