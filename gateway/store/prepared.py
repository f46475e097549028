"""Statements of the accept path: written in SQLAlchemy Core, compiled once for each dialect, run by the driver itself.

Making and running a statement through SQLAlchemy costs more than the database does; the line runs about fourteen of
them for each batch, and twelve to meet a person. They run on a connection out of SQLAlchemy's pool, and inside the
transaction where it began one. What the driver raises becomes a DBAPIError like any other.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar, cast

from sqlalchemy import BindParameter, Column, Engine, PoolProxiedConnection, Select, Table, bindparam, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import Insert, Update

from gateway.core.errors import OperatorError

Value: TypeAlias = "str | int | bytes | bool | None"
Named: TypeAlias = Mapping[str, Value]

Statement: TypeAlias = "Select[*tuple[object, ...]] | Insert | Update"

_Result = TypeVar("_Result")

_MOST_AT_ONCE = 16
_SILENT = "the database does not answer"
_VALUES = " VALUES "


class _Cursor(Protocol):
    """What is used of a driver's cursor (PEP 249)."""

    rowcount: int

    def execute(self, sql: str, parameters: object) -> object: ...
    def executemany(self, sql: str, parameters: object) -> object: ...
    def fetchall(self) -> Sequence[tuple[Value, ...]]: ...


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
    """The SQL of one dialect, and how its driver wants parameters: in order, or by name."""

    def __init__(self, statement: Statement, columns: Sequence[str] | None, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        self.sql = str(compiled)
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._order = tuple(compiled.positiontup or ()) if compiled.positional else None
        self._repeated: dict[int, str] = {}

    def parameters(self, given: Named) -> object:
        """Return the parameters of one execution."""
        return {**self._fixed, **given} if self._order is None else tuple(self._in_order(given))

    def insert(self, cursor: _Cursor, rows: Sequence[Named]) -> None:
        """Insert rows: where parameters stand in order, up to sixteen with one statement.

        Each statement of SQLite's lets go of the interpreter, and under load waits its turn to have it again.
        """
        if self._order is None:
            cursor.executemany(self.sql, [self.parameters(row) for row in rows])
            return
        begun = 0
        while begun < len(rows):
            count = min(_MOST_AT_ONCE, 1 << (len(rows) - begun).bit_length() - 1)
            several = rows[begun : begun + count]
            cursor.execute(self._for_rows(count), [value for row in several for value in self._in_order(row)])
            begun += count

    def _in_order(self, given: Named) -> list[Value]:
        fixed = self._fixed
        return [given[name] if name in given else fixed[name] for name in self._order or ()]

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

    def rows(self, connection: Connected, given: Named) -> Sequence[tuple[Value, ...]]:
        """Run a query and return its rows."""
        compiled = self._for(connection)
        return _run(connection, lambda cursor: _fetched(cursor, compiled.sql, compiled.parameters(given)))

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

    Compiled for lengths that are powers of two; a shorter list is filled up with its last value.
    """

    def __init__(self, query: Callable[[Sequence[BindParameter[Value]]], Select[*tuple[object, ...]]]) -> None:
        """Compile nothing yet."""
        self._query = query
        self._compiled: dict[tuple[str, int], _Compiled] = {}

    def rows(self, connection: Connected, values: Sequence[Value]) -> Sequence[tuple[Value, ...]]:
        """Return the rows for any of these values; none for no value."""
        if not values:
            return ()
        length = 1 << (len(values) - 1).bit_length()
        names = [f"any_{number}" for number in range(length)]
        key = (connection.dialect.name, length)
        compiled = self._compiled.get(key)
        if compiled is None:
            query = self._query([bindparam(name) for name in names])
            compiled = self._compiled[key] = _Compiled(query, None, connection.dialect)
        filled = [*values, *[values[-1]] * (length - len(values))]
        parameters = compiled.parameters(dict(zip(names, filled, strict=True)))
        return _run(connection, lambda cursor: _fetched(cursor, compiled.sql, parameters))


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


def _fetched(cursor: _Cursor, sql: str, parameters: object) -> Sequence[tuple[Value, ...]]:
    cursor.execute(sql, parameters)
    return cursor.fetchall()


def _run(connection: Connected, work: Callable[[_Cursor], _Result]) -> _Result:
    """Run the driver's own statement; its error says no value here, and becomes one of SQLAlchemy's."""
    cursor = connection.connection.cursor()
    try:
        return work(cast("_Cursor", cursor))
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(None, None, error, hide_parameters=True) from None
    finally:
        cursor.close()
