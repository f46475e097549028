"""Whether the rules for adults may be used (K-01), to the day; and the band that a recipient is told."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.age import age_band, age_status
from schemas.documents import Json, ValidDocument
from schemas.validation import validate
from schemas.vocabulary import AgeBand, AgeStatus

ADULT, CHILD, UNKNOWN = AgeStatus.ADULT, AgeStatus.CHILD, AgeStatus.UNKNOWN
TODAY = date(2031, 3, 14)


def subject(**said: Json) -> ValidDocument:
    return validate({"schema": "referral/1.0", "subject": {"person_ref": "P-1", **said}}, "referral/1.0")


def born(written: str, *, estimated: bool | None = None, **said: Json) -> ValidDocument:
    birth: dict[str, Json] = {"date": written}
    return subject(birth=birth if estimated is None else {**birth, "estimated": estimated}, **said)


def aged(youngest: int, oldest: int, **said: Json) -> ValidDocument:
    return subject(age={"min": youngest, "max": oldest}, **said)


@pytest.mark.parametrize(
    ("written", "on", "status"),
    [
        ("2013-03-14", date(2031, 3, 13), CHILD),
        ("2013-03-14", date(2031, 3, 14), ADULT),
        ("2013-03-14", date(2031, 3, 15), ADULT),
        ("2012-02-29", date(2030, 2, 28), CHILD),
        ("2012-02-29", date(2030, 3, 1), ADULT),
        ("2013-12-31", date(2031, 12, 30), CHILD),
        ("2013-12-31", date(2031, 12, 31), ADULT),
        ("2014-01-01", date(2031, 12, 31), CHILD),
        ("2014-01-01", date(2032, 1, 1), ADULT),
        ("2031-03-14", TODAY, CHILD),
        ("2031-03-15", TODAY, CHILD),
        ("2999-01-01", TODAY, CHILD),
    ],
)
def test_k_01_the_day_of_the_eighteenth_birthday_makes_an_adult(written: str, on: date, status: AgeStatus) -> None:
    assert age_status(born(written), on) is status


@pytest.mark.parametrize(
    ("written", "on", "status"),
    [
        ("2013-03", date(2031, 2, 28), CHILD),
        ("2013-03", date(2031, 3, 1), UNKNOWN),
        ("2013-03", date(2031, 3, 30), UNKNOWN),
        ("2013-03", date(2031, 3, 31), ADULT),
        ("2012-02", date(2030, 2, 28), UNKNOWN),
        ("2012-02", date(2030, 3, 1), ADULT),
        ("2013", date(2030, 12, 31), CHILD),
        ("2013", date(2031, 1, 1), UNKNOWN),
        ("2013", date(2031, 12, 30), UNKNOWN),
        ("2013", date(2031, 12, 31), ADULT),
    ],
)
def test_k_01_a_date_of_birth_without_a_day_is_read_the_careful_way(written: str, on: date, status: AgeStatus) -> None:
    assert age_status(born(written), on) is status


@pytest.mark.parametrize(
    ("youngest", "oldest", "status"),
    [(18, 18, ADULT), (18, 25, ADULT), (17, 25, UNKNOWN), (17, 18, UNKNOWN), (16, 17, CHILD), (17, 17, CHILD),
     (25, 18, ADULT), (25, 17, UNKNOWN), (17, 0, CHILD), (0, 130, UNKNOWN)],
)  # fmt: skip
def test_k_01_a_range_of_ages_is_adult_only_as_a_whole(youngest: int, oldest: int, status: AgeStatus) -> None:
    assert age_status(aged(youngest, oldest), TODAY) is status


@pytest.mark.parametrize("stated", AgeStatus)
def test_k_01_a_stated_status_is_believed_when_nothing_contradicts_it(stated: AgeStatus) -> None:
    assert age_status(subject(minor_status=stated), TODAY) is stated


@pytest.mark.parametrize("band", AgeBand)
def test_k_01_a_stated_band_says_child_or_adult(band: AgeBand) -> None:
    assert age_status(subject(age_band=band), TODAY) is (CHILD if band in {AgeBand.B00_08, AgeBand.B09_17} else ADULT)


def test_k_01_nothing_said_is_unknown() -> None:
    assert age_status(subject(), TODAY) is UNKNOWN
    assert age_status(ValidDocument("referral/1.0", {}), TODAY) is UNKNOWN


@pytest.mark.parametrize(
    "disputed",
    [
        born("2020-01-01", minor_status="adult"),
        born("2000-01-01", minor_status="child"),
        born("2000-01-01", age_band="9--17"),
        subject(age_band="18--20", minor_status="child"),
        subject(age_band="9--17", minor_status="adult"),
        aged(16, 17, minor_status="adult"),
        aged(18, 20, minor_status="child"),
        aged(10, 12, birth={"date": "2000-01-01"}),
    ],
)
def test_k_01_one_statement_that_she_is_a_child_makes_her_one(disputed: ValidDocument) -> None:
    assert age_status(disputed, TODAY) is CHILD


@pytest.mark.parametrize(
    "doubtful",
    [
        subject(age_band="18--20", minor_status="unknown"),
        born("2000-01-01", minor_status="unknown"),
        aged(17, 25, minor_status="adult"),
        born("2013", minor_status="adult"),
        aged(17, 19, birth={"date": "2000-01-01"}),
    ],
)
def test_k_01_one_doubt_among_adult_statements_is_a_doubt(doubtful: ValidDocument) -> None:
    assert age_status(doubtful, TODAY) is UNKNOWN


def test_k_01_an_estimated_date_of_birth_makes_nobody_an_adult() -> None:
    assert age_status(born("1990-01-01", estimated=True), TODAY) is UNKNOWN
    assert age_status(born("1990-01-01", estimated=True, age_band="39--47"), TODAY) is UNKNOWN
    assert age_status(born("1990-01-01", estimated=True, age={"min": 40, "max": 42}), TODAY) is UNKNOWN
    assert age_status(born("1990-01-01", estimated=False), TODAY) is ADULT


def test_k_01_a_determination_beside_an_estimated_date_of_birth_is_believed() -> None:
    assert age_status(born("1990-01-01", estimated=True, minor_status="adult"), TODAY) is ADULT


@pytest.mark.parametrize("written", ["2020-01-01", "2014", "2013", "2013-03"])
def test_k_01_a_determination_does_not_outweigh_an_estimate_that_she_is_or_may_be_a_child(written: str) -> None:
    assert age_status(born(written, estimated=True, minor_status="adult"), TODAY) is not ADULT
    assert age_status(born(written, estimated=True, minor_status="adult", age_band="18--20"), TODAY) is not ADULT


def test_k_01_an_estimate_that_she_is_a_child_makes_her_one() -> None:
    assert age_status(born("2020-01-01", estimated=True), TODAY) is not ADULT


@pytest.mark.parametrize("half", [{"min": 30}, {"max": 30}, {}])
def test_half_a_range_says_nothing(half: dict[str, Json]) -> None:
    """No schema lets one through, and nobody is made an adult by one that came past it."""
    document: dict[str, Json] = {"subject": {"age": half}}
    assert age_band(document, TODAY) is None
    assert age_status(ValidDocument("referral/1.0", document), TODAY) is UNKNOWN


@given(st.dates(date(1912, 1, 1), date(2031, 3, 14)), st.integers(0, 40_000))
def test_k_01_who_is_an_adult_stays_one(birthday: date, days: int) -> None:
    valid, later = born(birthday.isoformat()), min(TODAY + timedelta(days=days), date(birthday.year + 120, 1, 1))
    assert age_status(valid, later) is ADULT or age_status(valid, TODAY) is CHILD


@pytest.mark.parametrize("written", ["0001-01-01", "1753-01-01", "1899-12-30", "1900-01-01", "1900", "1910-02"])
def test_k_01_a_date_of_birth_that_nobody_alive_has_makes_nobody_an_adult(written: str) -> None:
    assert age_status(born(written), TODAY) is UNKNOWN
    assert age_status(born(written, minor_status="adult"), TODAY) is UNKNOWN
    assert age_status(born(written, minor_status="child"), TODAY) is CHILD
    assert age_band(born(written).document, TODAY) is None
    assert age_band(born(written, age={"min": 10, "max": 12}).document, TODAY) is AgeBand.B09_17


@given(st.dates(date(1900, 1, 1), date(2031, 3, 14)), st.sampled_from([4, 7]))
def test_k_01_a_shorter_date_of_birth_is_never_surer(birthday: date, length: int) -> None:
    whole = age_status(born(birthday.isoformat()), TODAY)
    assert age_status(born(birthday.isoformat()[:length]), TODAY) in {whole, UNKNOWN}


@pytest.mark.parametrize(
    ("said", "band"),
    [
        (subject(age_band="24--26"), AgeBand.B24_26),
        (subject(age_band="adult"), AgeBand.ADULT),
        (subject(minor_status="adult"), AgeBand.ADULT),
        (subject(minor_status="child"), None),
        (subject(minor_status="unknown"), None),
        (subject(), None),
        (born("2010-03-15"), AgeBand.B18_20),
        (born("2010-03-14"), AgeBand.B21_23),
        (born("1983-03-14"), AgeBand.B48),
        (born("1983-03-15"), AgeBand.B39_47),
        (born("2031-03-14"), AgeBand.B00_08),
        (born("2022-03-14"), AgeBand.B09_17),
        (born("2008"), AgeBand.B21_23),
        (born("2010"), AgeBand.ADULT),
        (born("2013"), None),
        (aged(24, 26), AgeBand.B24_26),
        (aged(26, 24), AgeBand.B24_26),
        (aged(23, 24), AgeBand.ADULT),
        (aged(17, 18), None),
        (aged(5, 12), None),
        (born("1911-03-14"), AgeBand.B48),
        (born("2031-03-15"), None),
        (born("9999-12-31"), None),
        (born("2031"), AgeBand.B00_08),
    ],
)
def test_the_band_is_the_narrowest_that_all_she_may_be_falls_into(said: ValidDocument, band: AgeBand | None) -> None:
    assert age_band(said.document, TODAY) is band


SAID_OF_AGE = st.fixed_dictionaries(
    {},
    optional={
        "minor_status": st.sampled_from([ADULT.value, CHILD.value, UNKNOWN.value]),
        "age_band": st.sampled_from(sorted(band.value for band in AgeBand)),
        "age": st.builds(lambda youngest, more: {"min": youngest, "max": youngest + more}, *[st.integers(0, 65)] * 2),
        "birth": st.fixed_dictionaries(
            {"date": st.dates(date(1890, 1, 1), date(2040, 1, 1)).map(date.isoformat)},
            optional={"estimated": st.booleans()},
        ),
    },
)
"""Whatever a document can say of her age, at odds with itself or not."""


@given(SAID_OF_AGE.map(lambda said: subject(**said)))
def test_k_01_a_band_never_says_adult_of_somebody_who_may_be_a_child(said: ValidDocument) -> None:
    if age_status(said, TODAY) is not ADULT:
        assert age_band(said.document, TODAY) in {None, AgeBand.B00_08, AgeBand.B09_17}
