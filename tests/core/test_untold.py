"""An insider records facts to find out what others know: what she withholds from whom, who holds something of hers.

The shelter received her and knows her by its number. Whatever the police wrote down, and whoever else received
something, the shelter is answered the same (C-15, A-03, M-04).
"""

from collections.abc import Callable

import pytest
from builders import PERSON_REF, POLICE, SHELTER, a_consent_document
from fakes import run
from line import HILL, Line, a_line, opened

from gateway.core.answers import Recorded
from gateway.core.cases.rights import CaseRefusedError
from gateway.core.consents.desk import Actor
from schemas.documents import Document, Json

BARE: Json = True
AGAINST_HILL: Json = {"category": "need", "recipient": HILL}


def record(line: Line, agency: str, reference: str, kind: str, terms: Json) -> Document | str:
    """Record one fact; what the agency is told, without the number of the event, or the rule it is refused under."""
    document: Document = {"schema": "case_event/1.0", "person_ref": reference, "event": {kind: terms}}
    try:
        outcome = run(line.cases.record(Actor(agency, line.caller(agency)), document, line.key()))
    except CaseRefusedError as refused:
        return refused.rule
    assert isinstance(outcome, Recorded)
    return {name: value for name, value in outcome.answer.items() if name != "event"}


def police(kind: str, terms: Json = BARE) -> Callable[[Line], object]:
    return lambda line: record(line, POLICE, PERSON_REF, kind, terms)


def hill_received(line: Line) -> None:
    assert line.told(recipient=HILL)["outcome"] == "permitted"
    assert line.fetch(HILL)


def hill_waits(line: Line) -> None:
    assert line.told(recipient=HILL)["outcome"] == "permitted"


def she_said_so_in_a_consent(line: Line) -> None:
    line.says(recipient=HILL, restrictions=[AGAINST_HILL])


BEFORE: dict[str, Callable[[Line], object]] = {
    "another holds it": hill_received,
    "another waits for it": hill_waits,
    "withheld by a fact": police("restriction_set", AGAINST_HILL),
    "withheld in a consent": she_said_so_in_a_consent,
    "processing restricted": police("processing_restricted"),
}
TRIED: dict[str, tuple[str, Json]] = {
    "lifts": ("restriction_lifted", AGAINST_HILL),
    "releases": ("processing_released", BARE),
    "withholds": ("restriction_set", AGAINST_HILL),
    "restricts": ("processing_restricted", BARE),
    "leaves": ("nrm_withdrawn", BARE),
}


def insider(before: Callable[[Line], object]) -> tuple[Line, str]:
    """Let the shelter receive her, and then happen what happens; the line, and the number the shelter knows her by."""
    line = a_line()
    for shelter in (SHELTER, HILL):
        line.says(recipient=shelter)
    line.told()
    [delivered] = line.fetch()
    before(line)
    return line, str(opened(delivered)["document"]["subject"]["pseudonym"])


def told(before: Callable[[Line], object], kind: str, terms: Json) -> Document | str:
    line, number = insider(before)
    answer = record(line, SHELTER, number, kind, terms)
    return {**answer, "withdrawn": None} if isinstance(answer, dict) else answer


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("tried", TRIED)
def test_m_04_c_15_what_others_hold_or_wrote_down_is_in_no_answer(before: str, tried: str) -> None:
    assert told(BEFORE[before], *TRIED[tried]) == told(lambda _: None, *TRIED[tried])


@pytest.mark.parametrize("before", ["another holds it", "another waits for it"])
def test_c_15_others_are_stopped_and_told_all_the_same(before: str) -> None:
    line, number = insider(BEFORE[before])
    record(line, SHELTER, number, "restriction_set", AGAINST_HILL)
    assert len(line.book.notices) == (1 if before == "another holds it" else 0)
    assert line.fetch(HILL) == ()
    assert line.told(recipient=HILL)["outcome"] == "refused"


def test_c_15_withholding_something_in_a_consent_of_ones_own_counts_nobody_elses_messages() -> None:
    answers = []
    for before in (hill_received, lambda _: None):
        line, number = insider(before)
        said = a_consent_document(discloser=SHELTER, recipient=HILL, person_ref=number, restrictions=[AGAINST_HILL])
        outcome = run(line.desk.record(Actor(SHELTER, line.caller(SHELTER)), said, line.key()))
        assert isinstance(outcome, Recorded)
        answers.append(outcome.answer["notices"])
        assert len(line.book.notices) == (before is hill_received)
    assert answers == [0, 0]


def test_c_15_each_lifts_its_own_while_anothers_stands() -> None:
    line, number = insider(police("restriction_set", AGAINST_HILL))
    assert record(line, SHELTER, number, "restriction_lifted", AGAINST_HILL) == "C-15"
    record(line, SHELTER, number, "restriction_set", AGAINST_HILL)
    assert isinstance(record(line, SHELTER, number, "restriction_lifted", AGAINST_HILL), dict)
    assert line.told(recipient=HILL)["outcome"] == "refused"
    record(line, POLICE, PERSON_REF, "restriction_lifted", AGAINST_HILL)
    assert line.told(recipient=HILL)["outcome"] == "permitted"


def test_a_03_each_releases_its_own_while_anothers_stands() -> None:
    line, number = insider(police("processing_restricted"))
    assert record(line, SHELTER, number, "processing_released", BARE) == "A-03"
    record(line, SHELTER, number, "processing_restricted", BARE)
    assert isinstance(record(line, SHELTER, number, "processing_released", BARE), dict)
    assert line.told()["outcome"] == "refused"
    record(line, POLICE, PERSON_REF, "processing_released", BARE)
    assert line.told()["outcome"] == "permitted"
