"""Says what every column of the databases holds: docs/data-at-rest.md, made from the columns themselves.

`python -m gateway.store.describe > docs/data-at-rest.md`; a test compares. Reads no database.
"""

import sys
from collections.abc import Iterable

from sqlalchemy import Column, Table
from sqlmodel import SQLModel

from gateway.store import person_keys
from gateway.store.tables import (
    anchors,
    attachments,
    breaches,
    capacity,
    cases,
    codes,
    courier,
    erasures,
    hints,
    line,
    notices,
    officers,
    policies,
    replacements,
    signing_keys,
    statistics,
)
from gateway.store.tables.columns import Kind

_MODULES = (
    line,
    anchors,
    attachments,
    breaches,
    capacity,
    cases,
    codes,
    officers,
    notices,
    erasures,
    replacements,
    policies,
    statistics,
    signing_keys,
    courier,
    hints,
)
_INTRODUCTION = """\
# Data at rest

Made from the columns by `python -m gateway.store.describe`; do not edit by hand.

What somebody finds who steals a database without the key ring: ids that are random or registered, codes, times,
versions, and public facts about agencies. Whatever an agency or a person said is sealed under the person's data key.
Moments are whole microseconds since 1970, UTC.
"""
_PERSON_KEYS = """\
## Database of people's data keys

A database of its own, left out of backups of the data. Destroying a row makes everything sealed about that person
unreadable, in every copy of the other database.
"""


def described() -> str:
    """Return the document."""
    found = [model for module in _MODULES for model in vars(module).values()]
    models = [model for model in found if isinstance(model, type) and issubclass(model, SQLModel)]
    named = {str(model.__tablename__): (model.__doc__ or "").strip() for model in models if model is not SQLModel}
    main = [_table(table, named[name]) for name, table in sorted(SQLModel.metadata.tables.items())]
    keys = [_table(table, str(table.comment)) for table in person_keys.METADATA.sorted_tables]
    kinds = _rows(("kind", "what it is"), ((f"`{kind}`", kind.sentence) for kind in Kind))
    return "\n".join((_INTRODUCTION, kinds, "## Main database\n", *main, _PERSON_KEYS, *keys)).rstrip("\n") + "\n"


def kind_of(column: Column[object]) -> Kind:
    """Return what a column says it holds. Raises KeyError for one that does not say: nothing is added without."""
    return Kind(column.info["kind"])


def _table(table: Table, says: str) -> str:
    sentences = " ".join(says.split())
    return f"### {table.name}\n\n{sentences}\n\n{_rows(('column', 'kind'), map(_column, table.columns))}"


def _column(column: Column[object]) -> tuple[str, str]:
    return f"`{column.name}`", f"`{kind_of(column)}`{', or nothing' if column.nullable else ''}"


def _rows(header: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    lines = (f"| {left} | {right} |" for left, right in (header, ("---", "---"), *rows))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(described())
