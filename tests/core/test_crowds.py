"""A notice without identity goes only where enough people fit it, and then without anything to know her by (P-05)."""

import json

import pytest
from builders import POLICE, a_subject, an_agency, an_agreement
from fakes import run
from line import Line, a_line, opened

from gateway.core.consents.desk import Actor
from schemas.documents import Json
from schemas.validation import satisfies
from schemas.vocabulary import DataCategory, FunctionClass, Ground, Purpose

AUTHORITY = "national-authority"
CROWD = 11


@pytest.fixture(params=[False, True], ids=["same node", "another node"])
def line(request: pytest.FixtureRequest) -> Line:
    line = a_line(remembers=request.param)
    line.directory.put(an_agency(AUTHORITY, FunctionClass.COMPETENT_AUTHORITY))
    notice = an_agreement(
        id="agreement-notice",
        recipient=AUTHORITY,
        purpose=Purpose.LEGAL_OBLIGATION,
        categories=frozenset(DataCategory),
    )
    line.directory.agree(notice)
    return line


def known(line: Line, number: int) -> str:
    """Let somebody be known by her refusal; her reference."""
    reference = f"P-{number:04d}"
    line.says(POLICE, person_ref=reference, state="refused")
    return reference


def document(reference: str, exploitation: str = "sexual", **subject: Json) -> dict[str, Json]:
    return {
        "schema": "referral/1.0",
        "subject": a_subject(person_ref=reference, **subject),
        "needs": [{"code": "accommodation.emergency"}],
        "situation": {"exploitation": [{"type": exploitation, "country": "IT"}]},
    }


def notice(line: Line, reference: str, **changes: object) -> object:
    asked = {"recipient": AUTHORITY, "purpose": Purpose.LEGAL_OBLIGATION, "ground": Ground.DUTY_TO_NOTIFY}
    return line.told(document(reference, **changes), **asked)["outcome"]


def test_p_05_the_first_ten_fit_too_few_and_the_eleventh_fits_enough(line: Line) -> None:
    outcomes = [notice(line, known(line, number)) for number in range(CROWD)]
    assert outcomes == ["refused"] * (CROWD - 1) + ["permitted"]


def test_p_05_a_person_counts_once_however_often_she_is_asked_for(line: Line) -> None:
    reference = known(line, 1)
    assert {notice(line, reference) for _ in range(CROWD + 1)} == {"refused"}


def test_p_05_who_was_exploited_otherwise_makes_no_crowd(line: Line) -> None:
    for number in range(CROWD - 1):
        notice(line, known(line, number), exploitation="begging")
    assert notice(line, known(line, CROWD)) == "refused"


def test_p_05_nothing_leaves_that_tells_who_she_is(line: Line) -> None:
    for number in range(CROWD):
        notice(line, known(line, number), alias=f"Linnet-{number}")
    [delivered] = line.fetch(AUTHORITY)
    message = opened(delivered)
    assert satisfies(message["document"], "profile/competent_authority/legal_obligation_notice/1.0")
    assert set(message["document"]) <= {"schema", "situation"}
    for word in ("Linnet", "P-0010", "pseudonym", "ro"):
        assert f'"{word}' not in json.dumps(message["document"])
    assert not [row for row in line.book.bindings.values() if row.agency == AUTHORITY]


def test_k_08_never_about_a_child(line: Line) -> None:
    for number in range(CROWD):
        notice(line, known(line, number))
    assert notice(line, known(line, CROWD), minor_status="child", age_band="9--17") == "refused"


def test_p_05_a_dictionary_of_what_is_kept_tells_nothing(line: Line) -> None:
    notice(line, known(line, 1))
    [row] = line.book.likenesses
    assert len(row.likeness) == 32
    assert row.person in line.book.people


def test_nobody_is_counted_for_another_ground(line: Line) -> None:
    line.says()
    line.told()
    assert not line.book.likenesses
    assert run(line.desk.withdraw(Actor(POLICE, None), "P-0114", None))
