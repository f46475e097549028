"""Between the steps of statistical releases and their columns."""

from sqlalchemy import Table

from gateway.core.records.release_rows import ReleaseStepRow
from gateway.store.moments import ticks
from gateway.store.tables import statistics
from gateway.store.tables.columns import Values, table_of
from schemas.canonical import canonical_trusted

STEP = table_of(statistics.ReleaseStepTable)


def release_insertion(row: ReleaseStepRow) -> tuple[Table, Values]:
    """Return the table a row belongs to and its columns."""
    document = None if row.document is None else canonical_trusted(row.document).decode()
    of: Values = {"release": row.release, "quarter": row.quarter, "step": row.step.value, "agency": row.agency}
    return STEP, {**of, "at": ticks(row.at), "document": document}
