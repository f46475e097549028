"""Reads statistical releases, and what is counted in them: codes, ids and times (P-04, P-06)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, select
from sqlalchemy import Row as SqlRow

from gateway.core.heads import Head, release_head
from gateway.core.records.release_rows import ReleaseStep
from gateway.core.statistics.releases import Counted, Release
from gateway.store.moments import moment, ticks
from gateway.store.rows.line import HEAD, REFERRAL, json_document
from gateway.store.rows.releases import STEP
from schemas.vocabulary import Purpose, ReferralState


@dataclass(frozen=True, slots=True)
class ReleaseReader:
    """`gateway.core.statistics.releases.ReleaseBook` over the database."""

    engine: Engine

    def counted(self, quarter: str) -> Sequence[Counted]:
        """Return every permitted referral of that quarter, the oldest first."""
        begins, ends = _span(quarter)
        of = REFERRAL.c
        query = select(of.person, of.sender, of.purpose, of.state, of.at).where(
            of.at >= ticks(begins), of.at < ticks(ends), of.outcome == "permitted", of.person.is_not(None)
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query.order_by(of.at, of.id)).all()
        return [
            Counted(bytes(person), sender, Purpose(purpose), ReferralState(state), moment(at))
            for person, sender, purpose, state, at in rows
        ]

    def release(self, release: str) -> Release | None:
        """Return the release of that id."""
        name = release_head(release)
        with self.engine.connect() as connection:  # The version first: it may be older than the steps, never newer.
            version = connection.execute(select(HEAD.c.version).where(HEAD.c.id == name)).scalar_one_or_none()
            steps = connection.execute(select(STEP).where(STEP.c.release == release).order_by(STEP.c.id)).all()
        return _folded(release, steps, Head(name, version or 0)) if steps else None

    def releases(self) -> Sequence[Release]:
        """Return every release, the newest first."""
        query = select(STEP.c.release, STEP.c.id).where(STEP.c.step == ReleaseStep.PROPOSED.value)
        with self.engine.connect() as connection:
            names = connection.execute(query.order_by(STEP.c.id.desc())).scalars().all()
        return [found for name in dict.fromkeys(names) if (found := self.release(name)) is not None]


def _folded(release: str, steps: Sequence[SqlRow[tuple[object, ...]]], head: Head) -> Release:
    of = {step: frozenset(row.agency for row in steps if row.step == step.value) for step in ReleaseStep}
    made = next((row.document for row in steps if row.step == ReleaseStep.RELEASED.value), None)
    document = None if made is None else json_document(made)
    contributors, approved = of[ReleaseStep.PROPOSED], of[ReleaseStep.APPROVED]
    return Release(release, steps[0].quarter, contributors, approved, document, head)


def _span(quarter: str) -> tuple[datetime, datetime]:
    """Return the first moment of a quarter such as `2031-Q1`, and the first after it."""
    year, number = int(quarter[:4]), int(quarter[-1])
    following = (year, number * 3 + 1) if number < 4 else (year + 1, 1)  # noqa: PLR2004 - a year has four
    return datetime(year, number * 3 - 2, 1, tzinfo=UTC), datetime(*following, 1, tzinfo=UTC)
