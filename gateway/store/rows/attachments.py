"""Between a disclosure's files and their columns."""

from sqlalchemy import Table

from gateway.core.records.attachment_rows import AttachmentRow
from gateway.store.moments import ticks
from gateway.store.rows.states import AttachmentState
from gateway.store.tables import attachments
from gateway.store.tables.columns import Values, table_of

ATTACHMENT = table_of(attachments.AttachmentTable)
PIECE = table_of(attachments.AttachmentPieceTable)


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
