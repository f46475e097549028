"""Between the steps of country profiles and their columns."""

from sqlalchemy import Table

from gateway.core.records.policy_rows import PolicyStepRow
from gateway.store import policy_tables
from gateway.store.columns import Values, table_of
from gateway.store.moments import ticks
from schemas.canonical import canonical_trusted
from schemas.documents import Document

STEP = table_of(policy_tables.PolicyStepTable)


def policy_insertion(row: PolicyStepRow) -> tuple[Table, Values]:
    """Return the table a row belongs to and its columns."""
    said: Values = {"digest": row.digest, "step": row.step.value, "at": ticks(row.at), "officer": row.officer}
    return STEP, {**said, "profile": _text(row.profile), "replay": _text(row.replay)}


def _text(document: Document | None) -> str | None:
    return None if document is None else canonical_trusted(document).decode()
