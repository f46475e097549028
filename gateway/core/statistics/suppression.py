"""A table of people, with every number taken out that is too small, or could be computed from the others (P-04).

A cell below the threshold is withheld, an empty one too: that there is nobody is small as well. Then, until nothing
changes: a line with one withheld cell withholds its smallest other one, and a total is withheld whose withheld cells
add up to less than the threshold. What is left is audited as a system of equations: while some withheld number, or the
sum behind a withheld total, is determined by the published ones, another total is withheld. Never rounds, never adds
noise, never reads a person.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

Cell: TypeAlias = tuple[str, str]

TOTAL: Final = "total"
"""What stands for a row or column that adds up the others."""


@dataclass(frozen=True, slots=True)
class Published:
    """A table as it may be shown: cells and totals by (row, column); what is withheld does not stand in it."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    numbers: Mapping[Cell, int]


@dataclass
class _Table:
    """The work in progress: true numbers, and what is withheld so far."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Mapping[Cell, int]
    threshold: int
    withheld: set[Cell]

    def lines(self) -> Iterator[tuple[Cell, tuple[Cell, ...]]]:
        """Every total, and the cells it adds up: each row, each column, and all."""
        for row in self.rows:
            yield (row, TOTAL), tuple((row, column) for column in self.columns)
        for column in self.columns:
            yield (TOTAL, column), tuple((row, column) for row in self.rows)
        yield (TOTAL, TOTAL), tuple(self.inner())

    def inner(self) -> Iterator[Cell]:
        """Every cell that is no total."""
        return ((row, column) for row in self.rows for column in self.columns)

    def number(self, cell: Cell) -> int:
        """Return the true number of a cell or total."""
        row, column = cell
        rows = self.rows if row == TOTAL else (row,)
        columns = self.columns if column == TOTAL else (column,)
        return sum(self.counts.get((one, other), 0) for one in rows for other in columns)


def suppressed(counts: Mapping[Cell, int], rows: Sequence[str], columns: Sequence[str], threshold: int) -> Published:
    """Return what of a table may be shown. `counts` are people, each in one cell; a missing cell is nobody."""
    table = _Table(tuple(rows), tuple(columns), counts, threshold, set())
    table.withheld |= {cell for cell in table.inner() if table.number(cell) < threshold}
    while _withheld_more(table):
        pass
    shown = [*table.inner(), *(total for total, _ in table.lines())]
    numbers = {cell: table.number(cell) for cell in shown if cell not in table.withheld}
    return Published(table.rows, table.columns, numbers)


def _withheld_more(table: _Table) -> bool:
    """Take out one more number, where one must go; False when the table is safe."""
    for total, cells in table.lines():
        hidden = [cell for cell in cells if cell in table.withheld]
        if total in table.withheld or not hidden:
            if total not in table.withheld and table.number(total) < table.threshold:
                table.withheld.add(total)
                return True
            continue
        others = [cell for cell in cells if cell not in table.withheld]
        if len(hidden) == 1 and others and total != (TOTAL, TOTAL):
            table.withheld.add(min(others, key=lambda cell: (table.number(cell), cell)))
            return True
        if len(hidden) == 1 or sum(map(table.number, hidden)) < table.threshold:
            table.withheld.add(total)
            return True
    return _determined(table)


def _determined(table: _Table) -> bool:
    """Withhold a total while a withheld cell, or a small sum of some, follows from what is published."""
    unknown = sorted(cell for cell in table.withheld if TOTAL not in cell)
    known = [(total, cells) for total, cells in table.lines() if total not in table.withheld]
    equations = [_equation(unknown, cells) for _, cells in known]
    secrets = [_equation(unknown, (cell,)) for cell in unknown]
    for total, cells in table.lines():
        hidden = [cell for cell in cells if cell in table.withheld]
        if total in table.withheld and hidden and sum(map(table.number, hidden)) < table.threshold:
            secrets.append(_equation(unknown, cells))
    if not any(_follows(equations, secret) for secret in secrets):
        return False
    table.withheld.add(max((total for total, _ in known), key=lambda total: (total == (TOTAL, TOTAL), total)))
    return True


def _equation(unknown: Sequence[Cell], cells: Sequence[Cell]) -> list[Fraction]:
    return [Fraction(cell in cells) for cell in unknown]


def _follows(equations: Sequence[Sequence[Fraction]], secret: Sequence[Fraction]) -> bool:
    """Say whether these equations fix that sum of unknowns: whether it is in their span."""
    return bool(equations) and _rank(equations) == _rank([*equations, secret])


def _rank(equations: Sequence[Sequence[Fraction]]) -> int:
    """Return how many of these rows are independent (Gaussian elimination, exact)."""
    rows, rank = [list(row) for row in equations], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((at for at in range(rank, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for at in range(rank + 1, len(rows)):
            factor = rows[at][column] / rows[rank][column]
            if factor:
                rows[at] = [left - factor * right for left, right in zip(rows[at], rows[rank], strict=True)]
        rank += 1
    return rank
