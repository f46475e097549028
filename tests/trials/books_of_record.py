"""What the database holds about referrals, read past the product.

Plain SQL throughout; only the keys are made blind as the gateway makes them.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from furnished import SENDING, Installation
from sqlalchemy import Connection, create_engine, text

from gateway.core.crypto.blind import blind_idempotency
from gateway.core.crypto.keys import MacKeys

_WITHOUT_PARCEL = """
select count(*) from referral where outcome = 'permitted' and id not in (select referral from parcel)
"""
_SEVERAL_PARCELS = "select count(*) from (select referral from parcel group by referral having count(*) > 1)"
_WITHOUT_LEAF = """
select count(*) from referral left join ledger_leaf on ledger_leaf."index" = referral.leaf_index
where ledger_leaf.content is null or not {permitted}
"""
_HALF_WRITTEN = (
    "select count(*) from parcel where referral not in (select id from referral)",
    "select count(*) from referral where id not in (select referral from idempotency where referral is not null)",
    "select count(*) from idempotency where referral is not null and referral not in (select id from referral)",
    "select count(*) - count(distinct leaf_index) from referral",
    """select count(*) from ledger_leaf where {permitted} and "index" not in (select leaf_index from referral)""",
    "select abs((select size from ledger_head) - (select count(*) from ledger_leaf))",
    """select count(*) from ledger_leaf where "index" >= (select size from ledger_head)""",
)


_PERMITTED = {
    "sqlite": """instr(content, cast('"type":"decision.permitted"' as blob)) > 0""",
    "postgresql": """position('"type":"decision.permitted"'::bytea in content) > 0""",
}
"""By kind of database: whether a leaf is that of a permit."""


@dataclass(frozen=True, slots=True)
class Balance:
    """The books as they stand; everything but the number of referrals should be 0."""

    referrals: int
    without_parcel: int
    several_parcels: int
    without_leaf: int
    half_written: int


@dataclass(frozen=True, slots=True)
class Books:
    """The database of one installation."""

    installed: Installation
    keys: MacKeys

    def referrals_of(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the referral that each of these Idempotency-Keys made, where it made one."""
        query = text("select referral from idempotency where key = :key")
        with self._opened() as connection:
            found = {key: connection.execute(query, {"key": self._blind(key)}).scalar_one_or_none() for key in keys}
        return {key: referral for key, referral in found.items() if referral is not None}

    def balance(self) -> Balance:
        """Count the whole books."""
        with self._opened() as connection:
            permitted = _PERMITTED[connection.dialect.name]

            def count(query: str) -> int:
                found: int = connection.exec_driver_sql(query.format(permitted=permitted)).scalar_one()
                return found

            return Balance(
                referrals=count("select count(*) from referral"),
                without_parcel=count(_WITHOUT_PARCEL),
                several_parcels=count(_SEVERAL_PARCELS),
                without_leaf=count(_WITHOUT_LEAF),
                half_written=sum(count(query) for query in _HALF_WRITTEN),
            )

    def _blind(self, key: str) -> bytes:
        return blind_idempotency(self.keys, SENDING, "referrals", key)

    @contextmanager
    def _opened(self) -> Iterator[Connection]:
        engine = create_engine(self.installed.settings().database())
        with engine.connect() as connection:
            yield connection
        engine.dispose()


def copied_parcel(connection: sqlite3.Connection, name: str) -> None:
    """Plant a second parcel equal to an existing one but for its id: what a doubled disclosure would look like."""
    columns = [column for _, column, *_ in connection.execute("pragma table_info(parcel)") if column != "id"]
    rest = ", ".join(columns)
    connection.execute(f"insert into parcel(id, {rest}) select ?, {rest} from parcel limit 1", (name,))  # noqa: S608 - columns of ours
