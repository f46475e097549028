"""Who may do what in a PostgreSQL database: the owner makes the tables, the gateway works with them.

The gateway's own role may add to the log and to what was said of it outside, and never change or delete there: triggers
refuse it too, but only who does not own a table cannot take its triggers off (DESIGN section 7).
"""

from collections.abc import Sequence

from sqlalchemy import Engine, text

from gateway.core.errors import OperatorError

KEPT = ("ledger_leaf", "ledger_node", "anchor")
"""Tables that are only ever added to."""

_ONE_ROW = "ledger_head"
_VERSION = "alembic_version"
_POSTGRESQL = "postgresql"


def grant(owner: Engine, role: str) -> None:
    """Let a role work with every table of the owner's, and change nothing of what is kept.

    Raises OperatorError for another kind of database, or where the role is the owner's own.
    """
    if owner.dialect.name != _POSTGRESQL or owner.url.username == role:
        raise OperatorError("an owner apart from the gateway's own role needs PostgreSQL and another role")
    quoted = owner.dialect.identifier_preparer.quote(role)
    statements = (
        f"grant usage on schema public to {quoted}",
        f"grant select, insert, update, delete on all tables in schema public to {quoted}",
        f"grant usage, select on all sequences in schema public to {quoted}",
        f"revoke update, delete, truncate on {', '.join(KEPT)} from {quoted}",
        f"revoke insert, delete, truncate on {_ONE_ROW} from {quoted}",
        f"revoke insert, update, delete, truncate on {_VERSION} from {quoted}",
    )
    with owner.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def too_much(engine: Engine) -> Sequence[str]:
    """Say what the role of this connection may do and should not; nothing on SQLite, which has no roles."""
    if engine.dialect.name != _POSTGRESQL:
        return ()
    with engine.connect() as connection:
        superuser = connection.execute(text("select rolsuper from pg_roles where rolname = current_user")).scalar_one()
        if superuser:
            return ("it is a superuser",)
        owns = text("select count(*) from pg_tables where tablename = any(:kept) and tableowner = current_user")
        if connection.execute(owns, {"kept": list(KEPT)}).scalar_one():
            return ("it owns the log",)
        # Null where there is no table yet.
        may = text("select has_table_privilege(current_user, to_regclass(:table), :right)")
        return [
            f"it may {right} {table}"
            for table in KEPT
            for right in ("update", "delete", "truncate")
            if connection.execute(may, {"table": table, "right": right}).scalar_one()
        ]
