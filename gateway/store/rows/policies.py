"""Between the steps of country profiles and their columns."""

from sqlalchemy import Table

from gateway.core.records.policy_rows import PolicyStepRow
from gateway.store.moments import ticks
from gateway.store.tables import policies
from gateway.store.tables.columns import Values, table_of
from schemas.canonical import canonical_trusted
from schemas.documents import Document

STEP = table_of(policies.PolicyStepTable)


def policy_insertion(row: PolicyStepRow) -> tuple[Table, Values]:
    """Return the table a row belongs to and its columns."""
    said: Values = {"digest": row.digest, "step": row.step.value, "at": ticks(row.at), "officer": row.officer}
    return STEP, {**said, "profile": _text(row.profile), "replay": _text(row.replay)}


def _text(document: Document | None) -> str | None:
    return None if document is None else canonical_trusted(document).decode()
