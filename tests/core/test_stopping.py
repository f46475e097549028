"""What was stopped before it left is an entry of its own, whatever stopped it (C-09, A-03, A-04, C-11)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from builders import PERSON_REF, POLICE, SHELTER
from case_facts import recorded, referred_twice
from fakes import run
from line import HILL, Line

from gateway.core.consents.desk import Actor
from gateway.core.log.stopping import STOPPED
from gateway.people.entry_words import in_words
from schemas.documents import Json


def _correct(line: Line) -> None:
    [waiting] = [kept.parcel for kept in line.book.parcels.values() if kept.parcel.recipient == HILL]
    line.told(recipient=HILL, replaces=waiting.referral)


def _erase(line: Line) -> None:
    run(line.erasures.erase(Actor(POLICE, line.caller()), PERSON_REF, line.key()))


TRUE: Json = True
CAUSES: dict[str, Callable[[Line], object]] = {
    "consent_withdrawn": lambda line: line.takes_back(),
    "case_processing_restricted": lambda line: recorded(line, "processing_restricted", TRUE),
    "case_nrm_withdrawn": lambda line: recorded(line, "nrm_withdrawn", TRUE),
    "referral_revoked": lambda line: line.told({"schema": "revocation/1.0", "reference": "CASE-2031/114"}),
    "rectification": _correct,
    "erasure": _erase,
}


@pytest.mark.parametrize("cause", CAUSES)
def test_each_that_was_stopped_is_one_entry_that_says_by_what(cause: str) -> None:
    line = referred_twice()
    [waiting] = [kept.parcel for kept in line.book.parcels.values() if kept.parcel.recipient == HILL]
    CAUSES[cause](line)
    [said] = line.leaves(STOPPED)
    assert (said["sender"], said["recipient"], said["reasons"]) == (POLICE, HILL, [cause])
    [leaf] = [leaf for leaf in line.book.leaves if leaf.event == said["event"]]
    hers = (None, None) if cause == "erasure" else (waiting.person, waiting.referral)
    assert (leaf.person, leaf.referral) == hers, "of whom was erased no entry is about her"
    assert in_words(cause) != cause


def test_what_may_have_left_is_no_such_entry_and_nor_is_what_nothing_stopped() -> None:
    line = referred_twice()
    line.fetch(HILL)
    line.takes_back()
    assert line.leaves("consent.withdrawn")
    assert not line.leaves(STOPPED)
    assert {leaf["recipient"] for leaf in line.leaves("notice.queued")} == {SHELTER, HILL}


def test_no_two_such_entries_share_a_number() -> None:
    line = referred_twice()
    for _ in range(3):
        line.told(recipient=HILL)
    line.takes_back()
    events = [leaf["event"] for leaf in line.leaves()]
    assert len(line.leaves(STOPPED)) == 4
    assert len(set(events)) == len(events)
