"""Somebody who is counted: coarse attributes, a number of that release, and nothing of who sends or when (P-03)."""

import json
from datetime import date, timedelta

import pytest
from builders import PERSON_REF, POLICE, an_agency, an_agreement
from line import KEYS, Line, a_line, opened

from gateway.core.crypto.keys import Ring
from gateway.core.crypto.pseudonyms import Domain, pseudonym, release_of
from gateway.core.packing import WITHHELD
from schemas.documents import Json
from schemas.profiles import compiled
from schemas.validation import satisfies
from schemas.vocabulary import FunctionClass, Purpose

COUNTERS = "national-rapporteur"
PROFILE = compiled("profile/rapporteur/statistics/1.0")
AGREES: dict[str, Json] = {
    "recipient": COUNTERS,
    "decision": "reporting",
    "purposes": ["statistics"],
    "categories": sorted(PROFILE.categories),
    "valid_until": "2031-12-31T00:00:00Z",
}


@pytest.fixture
def line() -> Line:
    line = a_line()
    line.directory.put(an_agency(COUNTERS, FunctionClass.RAPPORTEUR))
    counted = {"recipient": COUNTERS, "purpose": Purpose.STATISTICS, "categories": PROFILE.categories}
    line.directory.agree(an_agreement(id="counting", **counted))
    return line


def counted(line: Line) -> dict[str, Json]:
    """Send her to be counted, and return what the rapporteur reads."""
    told = line.told(recipient=COUNTERS, purpose=Purpose.STATISTICS)
    assert told["outcome"] == "permitted", told
    line.clock.advance(timedelta(hours=1))
    *_, message = line.fetch(COUNTERS)
    return opened(message)


def test_p_03_the_rapporteur_gets_codes_and_a_number_and_no_agency(line: Line) -> None:
    line.says(**AGREES)
    message = counted(line)
    document, envelope = message["document"], message["envelope"]
    assert isinstance(document, dict)
    assert isinstance(envelope, dict)
    assert satisfies(document, "profile/rapporteur/statistics/1.0")
    assert (envelope["sender"], envelope["sender_title"], envelope["urgency"]) == (WITHHELD, "", "routine")
    assert envelope["sent_on"] == "2031-03-01"
    written = json.dumps(message)
    assert not any(known in written for known in (POLICE, PERSON_REF))


def test_p_03_her_number_is_that_of_the_release_and_of_no_other(line: Line) -> None:
    line.says(**AGREES)
    [person] = line.book.people
    numbers = [counted(line)["document"]["subject"]["pseudonym"] for _ in range(2)]
    line.clock.advance(timedelta(days=30))
    numbers.append(counted(line)["document"]["subject"]["pseudonym"])
    assert numbers[0] == numbers[1], "one person is counted once"
    assert numbers[2] not in numbers[:2], "releases are not joined"
    epoch = KEYS.epoch(Ring.PERSON)
    assert numbers[0] == pseudonym(KEYS, Domain(COUNTERS, epoch, "2031-Q1"), person)
    assert numbers[0] != pseudonym(KEYS, Domain(COUNTERS, epoch), person)


def test_p_03_who_counts_people_is_bound_to_nobody(line: Line) -> None:
    line.says(**AGREES)
    counted(line)
    assert {row.agency for row in line.book.bindings.values()} == {POLICE}


@pytest.mark.parametrize("decision", ["support", "referral", "cooperation"])
def test_c_13_whoever_agreed_to_something_else_is_not_counted(line: Line, decision: str) -> None:
    purposes = {"support": "assistance.accommodation", "referral": "identification", "cooperation": "investigation"}
    line.says(**{**AGREES, "decision": decision, "purposes": [purposes[decision]]})
    assert line.told(recipient=COUNTERS, purpose=Purpose.STATISTICS)["outcome"] == "refused"


def test_p_03_an_urgent_one_waits_like_any_other(line: Line) -> None:
    line.says(**AGREES)
    line.told(recipient=COUNTERS, purpose=Purpose.STATISTICS)
    assert line.parcel.due > line.clock.now()


def test_a_shelter_still_learns_who_refers_her(line: Line) -> None:
    line.says()
    line.told()
    [message] = line.fetch()
    envelope = opened(message)["envelope"]
    assert isinstance(envelope, dict)
    assert envelope["sender"] == POLICE


@pytest.mark.parametrize(("month", "release"), [(1, "2031-Q1"), (3, "2031-Q1"), (4, "2031-Q2"), (12, "2031-Q4")])
def test_a_release_is_a_quarter(month: int, release: str) -> None:
    assert release_of(date(2031, month, 28)) == release
