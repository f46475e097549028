"""Whether the rules for adults may be used. What is not known to be an adult is treated as a child (K-01)."""

from collections.abc import Iterator, Mapping
from datetime import date

from schemas.documents import Document, Json, ValidDocument
from schemas.vocabulary import AgeBand, AgeStatus

MAJORITY = 18
_OLDEST = 120
"""Years nobody lives: a date of birth further back is what a system writes where it knows none."""
_BANDS_OF_CHILDREN = frozenset({AgeBand.B00_08, AgeBand.B09_17})
_STATUSES = frozenset(AgeStatus)
_BAND_STARTS = (
    (48, AgeBand.B48),
    (39, AgeBand.B39_47),
    (30, AgeBand.B30_38),
    (27, AgeBand.B27_29),
    (24, AgeBand.B24_26),
    (21, AgeBand.B21_23),
    (18, AgeBand.B18_20),
    (9, AgeBand.B09_17),
    (0, AgeBand.B00_08),
)


def age_status(valid: ValidDocument, on: date) -> AgeStatus:
    """Weigh everything the document says about her age on that day.

    Adult only when every statement says adult and there is one; one statement that she is a child makes her one;
    anything else is unknown. An estimated date of birth can say child or unknown, and never adult; one that nobody
    alive can have says nothing.
    """
    return _weighed(_subject(valid.document), on)


def _weighed(subject: Mapping[str, Json], on: date) -> AgeStatus:
    statements = set(_statements(subject, on))
    if AgeStatus.CHILD in statements:
        return AgeStatus.CHILD
    if statements == {AgeStatus.ADULT}:
        return AgeStatus.ADULT
    return AgeStatus.UNKNOWN


def age_band(document: Document, on: date) -> AgeBand | None:
    """Return the narrowest band the document supports on that day, or None.

    A range of ages that spans bands gives `adult` when all of it is adult, and nothing otherwise. No band of adults
    where the document as a whole does not say that she is one (K-01): whoever reads it would take her for one.
    """
    subject = _subject(document)
    band = _narrowest(subject, on)
    return band if band in _BANDS_OF_CHILDREN or _weighed(subject, on) is AgeStatus.ADULT else None


def _narrowest(subject: Mapping[str, Json], on: date) -> AgeBand:
    """Return the one band that fits, or `adult` where none does: whether she is one is not asked here."""
    stated = subject.get("age_band")
    if isinstance(stated, str):
        return AgeBand(stated)
    bands = {_band(years) for years in _years(subject, on) or ()}
    return bands.pop() if len(bands) == 1 else AgeBand.ADULT


def _statements(subject: Mapping[str, Json], on: date) -> Iterator[AgeStatus]:
    if isinstance(stated := subject.get("minor_status"), str):
        yield AgeStatus(stated) if stated in _STATUSES else AgeStatus.UNKNOWN
    if isinstance(band := subject.get("age_band"), str):
        yield AgeStatus.CHILD if band in _BANDS_OF_CHILDREN else AgeStatus.ADULT
    if (years := _age_range(subject)) is not None:
        yield _of(years)
    if (years := _birth_range(subject, on)) is not None:
        yield from _by_birth(_of(years), subject)


def _by_birth(says: AgeStatus, subject: Mapping[str, Json]) -> Iterator[AgeStatus]:
    """An estimate makes nobody an adult: that takes a determination beside it, which does not outweigh its doubts."""
    birth = subject.get("birth")
    estimated = isinstance(birth, dict) and birth.get("estimated") is True
    if not (estimated and says is AgeStatus.ADULT):
        yield says
    elif subject.get("minor_status") != AgeStatus.ADULT:
        yield AgeStatus.UNKNOWN


def _of(years: tuple[int, int]) -> AgeStatus:
    youngest, oldest = years
    if youngest > _OLDEST:
        return AgeStatus.UNKNOWN
    if youngest >= MAJORITY:
        return AgeStatus.ADULT
    return AgeStatus.CHILD if oldest < MAJORITY else AgeStatus.UNKNOWN


def _years(subject: Mapping[str, Json], on: date) -> tuple[int, int] | None:
    born = _birth_range(subject, on)
    return born if born is not None and _can_be(born) else _age_range(subject)


def _can_be(years: tuple[int, int]) -> bool:
    """Say whether somebody can be so old: born by then, and not longer ago than people live."""
    youngest, oldest = years
    return youngest <= _OLDEST and oldest >= 0


def _age_range(subject: Mapping[str, Json]) -> tuple[int, int] | None:
    age = subject.get("age")
    if not isinstance(age, dict):
        return None
    youngest, oldest = age.get("min"), age.get("max")
    if not (isinstance(youngest, int) and isinstance(oldest, int)):
        return None
    return min(youngest, oldest), max(youngest, oldest)


def _birth_range(subject: Mapping[str, Json], on: date) -> tuple[int, int] | None:
    """Ages she can have on that day, the date of birth being exact to the year, month or day."""
    birth = subject.get("birth")
    if not (isinstance(birth, dict) and isinstance(written := birth.get("date"), str)):
        return None
    year, month, day = (*map(int, written.split("-")), 0, 0)[:3]
    latest = (year, month or 12, day or 31)
    earliest = (year, month or 1, day or 1)
    return _age_on(latest, on), _age_on(earliest, on)


def _age_on(born: tuple[int, int, int], on: date) -> int:
    return on.year - born[0] - ((on.month, on.day) < born[1:])


def _band(years: int) -> AgeBand:
    return next((band for start, band in _BAND_STARTS if years >= start), AgeBand.B00_08)


def _subject(document: Document) -> Mapping[str, Json]:
    subject = document.get("subject")
    return subject if isinstance(subject, dict) else {}
