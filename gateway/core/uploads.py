"""A file of several records, for organisations that keep their cases in a spreadsheet: each row walks the line alone.

One row that is wrong stops no other. A row is recognised by what it says, under the key of the upload: the same file
again, with some rows mended, sends the mended ones and none twice.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from adapters.sdk.contract import Inbound, Splitting
from adapters.sdk.errors import AdapterError, MalformedError, UnsupportedError
from gateway.core.answers import Confirmed
from gateway.core.callers import Caller
from gateway.core.crypto.blind import request_digest
from gateway.core.exchange import Exchange
from gateway.core.once_more import once_more
from gateway.core.own_format import in_own_format
from gateway.core.stages import Authenticated, Routing
from schemas.errors import SchemaViolationError

MOST_ROWS = 200
"""Rows in one upload: each is decided, sealed and logged before the answer is there."""


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one row, counted from the first record: the line's answer, or why it is no referral."""

    number: int
    outcome: Confirmed | AdapterError | SchemaViolationError


@dataclass(frozen=True, slots=True)
class Uploads:
    """Takes files apart and sends their rows."""

    exchange: Exchange

    async def rows(self, caller: Caller, inbound: Inbound) -> tuple[Inbound, ...]:
        """Return each record of a file as a document of its own. Raises AdapterError; nothing of it is stored then."""
        parts = await in_own_format(self.exchange, caller, lambda adapter: _split(adapter, inbound))
        if len(parts) > MOST_ROWS:
            raise MalformedError("/rows", "too_many_rows")
        if not parts:
            raise MalformedError("/rows", "required")
        return parts

    async def sent(self, caller: Caller, routing: Routing, parts: tuple[Inbound, ...]) -> AsyncIterator[Row]:
        """Send row by row. The caller's own proof must be used up before; each row uses one drawn for it.

        So the transaction of each looks at the kill switch again.
        """
        for number, part in enumerate(parts, start=1):
            as_caller = once_more(caller, self.exchange.clock, self.exchange.entropy)
            asked = Authenticated(as_caller, self._routing(routing, part), part, None)
            try:
                yield Row(number, await self.exchange.accept(asked))
            except (AdapterError, SchemaViolationError) as error:
                yield Row(number, error)

    def _routing(self, routing: Routing, part: Inbound) -> Routing:
        said = request_digest(self.exchange.keys, part.body).hex()
        return replace(routing, idempotency_key=f"upload|{routing.idempotency_key}|{said}")


def _split(adapter: object, inbound: Inbound) -> tuple[Inbound, ...]:
    if not isinstance(adapter, Splitting):
        raise UnsupportedError("", "one_record")
    return adapter.split(inbound)
