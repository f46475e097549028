"""Reads what happened to country profiles: codes, digests, officers' ids and times."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from gateway.core.heads import POLICIES, Head
from gateway.core.records.policy_rows import PolicyStep, PolicyStepRow
from gateway.store.heads import head_of
from gateway.store.moments import moment
from gateway.store.rows.policies import STEP
from schemas.decoding import decode_json
from schemas.documents import Document


@dataclass(frozen=True, slots=True)
class PolicyReader:
    """`gateway.core.oversight.policy_approval.PolicyBook` over the database."""

    engine: Engine

    def steps(self) -> tuple[Sequence[PolicyStepRow], Head]:
        """Return every step, the oldest first. The head is read first: it may be older than the steps, never newer."""
        with self.engine.connect() as connection:
            head = head_of(connection, POLICIES)
            rows = connection.execute(select(STEP).order_by(STEP.c.id)).all()
        found = [
            PolicyStepRow(
                row.digest,
                PolicyStep(row.step),
                moment(row.at),
                row.officer,
                _document(row.profile),
                _document(row.replay),
            )
            for row in rows
        ]
        return found, head


def _document(text: str | None) -> Document | None:
    return None if text is None else decode_json(text.encode())
