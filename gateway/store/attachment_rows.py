"""Between a disclosure's files and their columns."""

from sqlalchemy import Table

from gateway.core.records.attachment_rows import AttachmentRow
from gateway.store import attachment_tables
from gateway.store.columns import Values, table_of
from gateway.store.moments import ticks
from gateway.store.states import AttachmentState

ATTACHMENT = table_of(attachment_tables.AttachmentTable)
PIECE = table_of(attachment_tables.AttachmentPieceTable)


def attachment_insertion(row: AttachmentRow) -> tuple[Table, Values]:
    """Return the table of a file that its sender has yet to bring, and its columns."""
    return ATTACHMENT, {
        "id": row.id,
        "message": row.message,
        "referral": row.referral,
        "number": row.number,
        "person": row.person,
        "size_class": row.size_class,
        "sealed": row.sealed,
        "state": AttachmentState.AWAITED.value,
        "upload": None,
        "expires": ticks(row.expires),
    }
