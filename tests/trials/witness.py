"""Who came first, written down by the database itself: triggers that know nothing of the product.

A row is written when a consent is withdrawn, when a parcel is queued, and when one enters sending. The numbers of the
rows are the order of the commits: SQLite has one writer at a time, and on PostgreSQL the triggers wait for the commit
and then for each other, however many nodes write.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, create_engine, text

_TABLE = "create table witness (n integer primary key, what text not null, subject text not null)"
_LEAVES = "new.state = 'sending' and old.state <> 'sending'"
_EVENTS = {
    "her_word": ("insert", "consent_event", "new.type = 'withdrawn'", "'withdrawn', new.consent"),
    "it_leaves": ("update of state", "parcel", _LEAVES, "'sending', new.consent"),
    "it_waits": ("insert", "parcel", "", "'queued', new.consent"),
}
_SQLITE = """
create trigger {name} after {event} on {table} {when}
begin insert into witness(what, subject) values ({values}); end
"""
_FUNCTION = """
create function {name}() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(1);
    insert into witness(n, what, subject) select coalesce(max(n), 0) + 1, {values} from witness;
    return null;
end $$
"""
_POSTGRESQL = """
create constraint trigger {name} after {event} on {table} deferrable initially deferred
for each row {when} execute function {name}()
"""
_TOO_LATE = """
select count(*) from witness later join witness word on word.subject = later.subject and word.what = 'withdrawn'
where later.what = :what and later.n > word.n
"""
_STILL_THERE = """
select count(*) from parcel join witness word on word.subject = parcel.consent and word.what = 'withdrawn'
where parcel.state in ('queued', 'sending')
"""
_TOLD = "select about, count(*) from notice where kind = 'withdrawal' group by about"
_TOLD_FOR_NOTHING = """
select count(*) from notice join parcel on parcel.id = notice.about where parcel.state in ('queued', 'stopped')
"""


@dataclass(frozen=True, slots=True)
class Testimony:
    """What the database wrote down."""

    entered_sending: int
    entered_sending_after: int
    queued_after: int
    left_in_flight: int
    told: dict[str, int]
    """How many notices of a withdrawal there are about each message."""
    told_for_nothing: int


def plant(url: str) -> None:
    """Plant the triggers in that database."""
    with _connected(url) as connection:
        on_postgresql = connection.dialect.name == "postgresql"
        connection.execute(text(_TABLE))
        for name, (event, table, condition, values) in _EVENTS.items():
            when = f"when ({condition})" if condition else ""
            for statement in (_FUNCTION, _POSTGRESQL) if on_postgresql else (_SQLITE,):
                made = statement.format(name=name, event=event, table=table, when=when, values=values)
                connection.execute(text(made))


def testimony(url: str) -> Testimony:
    """Read what the database wrote down since."""
    with _connected(url) as connection:

        def count(query: str, **values: str) -> int:
            return int(connection.execute(text(query), values).scalar_one())

        return Testimony(
            entered_sending=count("select count(*) from witness where what = 'sending'"),
            entered_sending_after=count(_TOO_LATE, what="sending"),
            queued_after=count(_TOO_LATE, what="queued"),
            left_in_flight=count(_STILL_THERE),
            told={str(about): int(told) for about, told in connection.execute(text(_TOLD))},
            told_for_nothing=count(_TOLD_FOR_NOTHING),
        )


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
