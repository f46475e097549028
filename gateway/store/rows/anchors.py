"""Between anchors and their columns, and reads them back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, Table, func, select

from consent.checkpoint import note, parse_note
from gateway.core.log.anchors import Seen
from gateway.core.records.anchor_rows import AnchorKind, AnchorRow
from gateway.store.moments import moment, ticks
from gateway.store.tables import anchors
from gateway.store.tables.columns import Values, table_of

ANCHOR = table_of(anchors.AnchorTable)
_OF = ANCHOR.c


def anchor_insertion(row: AnchorRow) -> tuple[Table, Values]:
    """Return the table a row belongs to and its columns."""
    of: Values = {"kind": row.kind.value, "by": row.by, "size": row.size, "at": ticks(row.at)}
    return ANCHOR, {**of, "note": row.note.encode(), "content": row.content}


@dataclass(frozen=True, slots=True)
class AnchorReader:
    """`gateway.core.log.anchors.AnchorBook` over the database."""

    engine: Engine

    def newest(self) -> Mapping[str, Seen]:
        """Return the newest of each witness and authority, by name."""
        of_each = select(func.max(_OF.id).label("id"), func.max(_OF.size).label("size")).group_by(_OF.by).subquery()
        # When: as the last one says. Whatever was written under a clock that ran years ahead stays here for ever.
        query = select(_OF.by, of_each.c.size, _OF.at).join(of_each, of_each.c.id == _OF.id)
        with self.engine.connect() as connection:
            return {by: Seen(size, moment(at)) for by, size, at in connection.execute(query)}

    def cosigned(self) -> str | None:
        """Return the newest checkpoint that a witness has cosigned, with the newest cosignature of each witness."""
        ours = _OF.kind == AnchorKind.COSIGNATURE.value
        newest = select(_OF.note).where(ours).order_by(_OF.size.desc(), _OF.id.desc()).limit(1)
        with self.engine.connect() as connection:
            own = connection.execute(newest).scalar_one_or_none()
            if own is None:
                return None
            of_it = select(_OF.by, _OF.content).where(ours, _OF.note == own).order_by(_OF.id)
            lines = {by: bytes(content).decode() for by, content in connection.execute(of_it)}
        return _together(bytes(own).decode(), list(lines.values()))

    def time_stamps(self) -> Sequence[AnchorRow]:
        """Return the newest time stamp of each authority."""
        newest = select(func.max(_OF.id)).where(_OF.kind == AnchorKind.TIME_STAMP.value).group_by(_OF.by)
        with self.engine.connect() as connection:
            rows = connection.execute(select(ANCHOR).where(_OF.id.in_(newest)).order_by(_OF.by)).all()
        return [
            AnchorRow(
                AnchorKind(row.kind), row.by, row.size, moment(row.at), bytes(row.note).decode(), bytes(row.content)
            )
            for row in rows
        ]


def _together(own: str, lines: Sequence[str]) -> str:
    """Put the signature lines of witnesses under the note of the log."""
    whole = parse_note(own + "".join(lines))
    return note(whole.body, whole.signatures)
