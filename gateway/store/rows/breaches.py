"""Between the steps of the register of breaches and their columns."""

from sqlalchemy import Table

from gateway.core.records.breach_rows import BreachStepRow
from gateway.store.moments import ticks
from gateway.store.tables import breaches
from gateway.store.tables.columns import Values, table_of
from schemas.canonical import canonical_trusted

BREACH_STEP = table_of(breaches.BreachStepTable)


def breach_insertion(row: BreachStepRow) -> tuple[Table, Values]:
    """Return the table a row belongs to and its columns."""
    of: Values = {"breach": row.breach, "step": row.step.value, "officer": row.officer, "at": ticks(row.at)}
    return BREACH_STEP, {**of, "terms": canonical_trusted(row.terms).decode()}
