"""Reads what senders may look up again."""

from dataclasses import dataclass

from sqlalchemy import Engine, select

from gateway.core.tracking import StoredReferral
from gateway.store.moments import moment
from gateway.store.rows.line import REFERRAL, json_document
from schemas.answer_codes import answer_code
from schemas.vocabulary import ReferralState


@dataclass(frozen=True, slots=True)
class ReferralReader:
    """`gateway.core.tracking.Referrals` over the database."""

    engine: Engine

    def referral(self, referral: str, sender: str | None = None) -> StoredReferral | None:
        """Return the referral of that id; where a sender is named, only if that agency sent it."""
        query = select(REFERRAL).where(REFERRAL.c.id == referral)
        if sender is not None:
            query = query.where(REFERRAL.c.sender == sender)
        with self.engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return StoredReferral(
            id=row.id,
            sender=row.sender,
            state=ReferralState(row.state),
            leaf_index=row.leaf_index,
            person=row.person,
            answer=json_document(row.answer),
            sealed_reference=row.sealed_reference,
            reason=None if row.reason is None else answer_code(row.reason),
            answered=None if row.answered is None else moment(row.answered),
        )
