"""Reads the register of breaches, and what the log says of the referrals in it (A-05)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Engine, select
from sqlalchemy import Row as SqlRow

from gateway.core.heads import Head, breach_head
from gateway.core.oversight.breaches import Breach, Noticed, Sent
from gateway.core.records.breach_rows import BreachStepRow
from gateway.store.moments import moment
from gateway.store.rows.breaches import BREACH_STEP
from gateway.store.rows.line import HEAD, LEDGER_LEAF, PERSON_LEAF, REFERRAL, json_document
from schemas.breach_codes import BreachKind, BreachStep
from schemas.documents import Json

_OF = BREACH_STEP.c


@dataclass(frozen=True, slots=True)
class BreachReader:
    """`gateway.core.oversight.breaches.BreachBook` over the database."""

    engine: Engine

    def breach(self, breach: str) -> Breach | None:
        """Return the entry of that id."""
        return next(iter(self._read([breach])), None)

    def breaches(self) -> Sequence[Breach]:
        """Return every entry, the newest first."""
        return self._read(None)

    def people_in(self, referrals: Iterable[str]) -> Mapping[str, bytes | None]:
        """Return whom each of these referrals is about."""
        query = select(REFERRAL.c.id, REFERRAL.c.person).where(REFERRAL.c.id.in_([*referrals]))
        with self.engine.connect() as connection:
            return {name: person and bytes(person) for name, person in connection.execute(query)}

    def sent(self, referrals: Iterable[str]) -> Sequence[Sent]:
        """Return what the log says of these referrals, in its order."""
        query = (
            select(PERSON_LEAF.c.referral, LEDGER_LEAF.c.content)
            .join(LEDGER_LEAF, LEDGER_LEAF.c.index == PERSON_LEAF.c.leaf_index)
            .where(PERSON_LEAF.c.referral.in_([*referrals]))
            .order_by(PERSON_LEAF.c.leaf_index)
        )
        with self.engine.connect() as connection:
            return [Sent(name, json_document(leaf.decode())) for name, leaf in connection.execute(query)]

    def _read(self, only: Sequence[str] | None) -> list[Breach]:
        """Read the versions first: they may be older than the steps, never newer."""
        heads = select(HEAD.c.id, HEAD.c.version)
        steps = select(BREACH_STEP).order_by(_OF.id)
        if only is not None:
            steps = steps.where(_OF.breach.in_(only))
            heads = heads.where(HEAD.c.id.in_([breach_head(one) for one in only]))
        else:
            heads = heads.where(HEAD.c.id.startswith(breach_head("")))
        with self.engine.connect() as connection:
            versions = {row.id: row.version for row in connection.execute(heads)}
            rows = sorted(connection.execute(steps).all(), key=lambda row: row.breach)
        entries = [_folded([*of], versions) for _, of in groupby(rows, key=lambda row: row.breach)]
        return sorted(entries, key=lambda entry: entry.steps[0].at, reverse=True)


def _folded(rows: Sequence[SqlRow[tuple[object, ...]]], versions: Mapping[str, int]) -> Breach:
    steps = tuple(
        BreachStepRow(row.breach, BreachStep(row.step), row.officer, moment(row.at), json_document(row.terms))
        for row in rows
    )
    first, name = steps[0].terms, breach_head(steps[0].breach)
    noticed = Noticed(
        BreachKind(str(first["kind"])),
        datetime.fromisoformat(str(first["noticed"])),
        _names(first["agencies"]),
        _names(first["referrals"]),
    )
    return Breach(steps[0].breach, noticed, steps, Head(name, versions.get(name, 0)))


def _names(value: Json) -> frozenset[str]:
    return frozenset(map(str, value)) if isinstance(value, list | tuple) else frozenset()
