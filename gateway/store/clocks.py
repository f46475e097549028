"""Whether this machine's clock agrees with the database server's, as every node's must.

Nodes take a lease over from one another when it has run out, and forget a used proof when nobody could use it again,
each by its own clock. One that is minutes ahead would take what another is bringing, and forget what another still has
to refuse; so it stands aside until its clock is right.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError

from gateway.core.errors import OperatorError
from gateway.core.ports import Clock
from gateway.store.database import unreadable

MOST_APART: Final = timedelta(minutes=1)
"""Far less than a lease (`gateway.core.dispatch.LEASE`) and than what has run out is kept (`writing.expiry.GRACE`)."""

_LOOKED_FOR: Final = timedelta(seconds=10)
_SERVERS: Final = frozenset({"postgresql"})


class ClocksDifferError(OperatorError):
    """This machine's clock and the database server's are further apart than they may be."""


@dataclass(slots=True)
class ServerClock:
    """The clock of the server that `engine` connects to. SQLite has no server and no clock of its own."""

    engine: Engine
    clock: Clock
    _agreed: datetime | None = None

    def require(self) -> None:
        """Raise ClocksDifferError; OperatorError where the database does not answer. Looks once in ten seconds."""
        now = self.clock.now()
        if self.engine.dialect.name not in _SERVERS:
            return
        if self._agreed is not None and self._agreed <= now < self._agreed + _LOOKED_FOR:
            return
        self._agreed = None
        try:
            with self.engine.connect() as connection:
                theirs = connection.execute(select(func.clock_timestamp())).scalar_one()
        except DBAPIError as error:
            raise unreadable(error) from None
        # The server answered between these two moments, however long it took.
        if not now - MOST_APART <= theirs <= self.clock.now() + MOST_APART:
            raise ClocksDifferError("this machine's clock and the database server's are more than a minute apart")
        self._agreed = now
