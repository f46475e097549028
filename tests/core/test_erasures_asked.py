"""Whoever asks for an erasure is answered alike whether something keeps her, and she goes when nothing does (A-04)."""

import pytest
from builders import PERSON_REF, POLICE, SHELTER
from case_facts import DPO, ORDER, approved, broken, recorded, referred_twice
from fakes import run
from line import Line

from gateway.core.answers import KeyConflict, Repeated
from gateway.core.cases.overrides import judged
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.crypto.blind import blind_person_ref
from gateway.core.crypto.sealing import open_at_rest
from gateway.core.erasure.erasing import kept_place
from gateway.core.erasure.erasures_asked import AskedErasures
from gateway.core.erasure.holds import Hold
from gateway.core.erasure.items import Erased
from gateway.core.officers import Action, Officer, OfficerRefusedError, Role
from gateway.core.records.notice_records import Notice
from schemas.case_codes import OverrideFinding
from schemas.documents import Document
from schemas.validation import satisfies


@pytest.fixture
def line() -> Line:
    return referred_twice()


@pytest.fixture
def ordered(line: Line) -> Line:
    """The same, under a court order."""
    recorded(line, "instrument_recorded", ORDER)
    return line


def ask(line: Line) -> Document:
    outcome = run(line.erasures.ask(Actor(POLICE, line.caller()), PERSON_REF, line.key()))
    assert isinstance(outcome, Erased)
    return outcome.answer


def carry_out(line: Line) -> tuple[tuple[str, Hold], ...]:
    return run(AskedErasures(line.erasures).carry_out())


def asked_of(line: Line) -> str:
    [one] = line.book.asked
    return one


def test_a_04_the_answer_is_the_same_whether_or_not_a_court_order_stands(line: Line) -> None:
    free, held = line.book.copied(), line
    recorded(held, "instrument_recorded", ORDER)
    under_order = ask(held)
    line.book.adopt(free)
    line.people.forget([*line.book.heads])
    assert ask(line) == under_order
    assert under_order["outcome"] == "asked"
    assert (under_order["stopped"], under_order["may_have_left"], under_order["notices"]) == (1, 1, 1)


def test_a_04_nobody_is_met_by_any_name_of_hers_and_past_recipients_are_told(ordered: Line) -> None:
    line = ordered
    ask(line)
    assert not line.book.bindings
    assert not line.book.consents
    assert not line.book.parcels
    assert not line.book.referrals
    assert not line.book.case_events
    assert run(line.erasures.ask(Actor(POLICE, line.caller()), PERSON_REF, line.key())) == UnknownPerson()
    assert line.people.known(blind_person_ref(line.desk.keys, POLICE, PERSON_REF)) is None
    notices: list[Notice] = [*line.book.notices.values()]
    assert [(one.recipient, one.person) for one in notices] == [(SHELTER, None)]


def test_a_04_without_a_hold_she_is_erased_in_the_next_round(line: Line) -> None:
    [person] = line.book.people
    ask(line)
    assert person in line.person_keys.keys
    assert carry_out(line) == ()
    assert person not in line.person_keys.keys
    assert not [*line.book.asked, *line.book.kept, *line.book.erasing, *line.book.people]
    assert [str(leaf["type"]) for leaf in line.leaves() if "erasure" in str(leaf["type"])] == [
        "erasure.asked", "erasure",
    ]  # fmt: skip
    assert run(line.erasures.replay()) == 0


def test_a_04_under_a_court_order_it_waits_sealed_and_whoever_runs_the_gateway_is_told_once(ordered: Line) -> None:
    line = ordered
    [person] = line.book.people
    ask(line)
    assert carry_out(line) == ((POLICE, Hold.LEGAL_HOLD),)
    assert carry_out(line) == ()
    kept = line.book.kept[person]
    assert open_at_rest(line.person_keys.of(person), kept_place(asked_of(line)), kept) == b"her rows"
    [leaf] = line.leaves("erasure.waits")
    assert leaf["reasons"] == ["legal_hold"]
    assert all(satisfies(leaf, "ledger/1.0") for leaf in line.leaves())


def test_a_04_when_an_officer_says_that_the_order_has_ended_she_is_erased(ordered: Line) -> None:
    line, waiting = ordered, AskedErasures(ordered.erasures)
    ask(line)
    request = asked_of(line)
    run(waiting.release(approved(line, request, Action.RELEASE_ERASURE), request))
    [leaf] = line.leaves("erasure.released")
    assert (leaf["sender"], leaf["officer"]) == (POLICE, DPO)
    assert carry_out(line) == ()
    assert not line.person_keys.keys
    with pytest.raises(OfficerRefusedError):
        run(waiting.release(approved(line, request, Action.RELEASE_ERASURE), request))


def test_nobody_but_an_officer_of_no_agency_sees_what_waits_or_ends_it(ordered: Line) -> None:
    line, waiting = ordered, AskedErasures(ordered.erasures)
    ask(line)
    request = asked_of(line)
    ours, caseworker = Officer(DPO, POLICE, frozenset({Role.DPO})), Officer(DPO, None, frozenset({Role.CASEWORKER}))
    for officer in (ours, caseworker):
        with pytest.raises(OfficerRefusedError):
            waiting.waiting(officer)
    of_something_else = approved(line, request, Action.ERASE_PERSON)
    for wrong in (
        approved(line, request, Action.RELEASE_ERASURE, POLICE),
        approved(line, "another", Action.RELEASE_ERASURE),
        of_something_else,
    ):
        with pytest.raises(OfficerRefusedError):
            run(waiting.release(wrong, request))
    [(one, hold)] = waiting.waiting(Officer(DPO, None, frozenset({Role.DPO})))
    assert (one.id, one.agency, hold) == (request, POLICE, Hold.LEGAL_HOLD)


def test_an_approval_that_lapsed_ends_no_wait(ordered: Line) -> None:
    ask(ordered)
    request = asked_of(ordered)
    late = approved(ordered, request, Action.RELEASE_ERASURE)
    ordered.book.bumped(late.head.id)
    with pytest.raises(OfficerRefusedError):
        run(AskedErasures(ordered.erasures).release(late, request))
    assert ordered.book.asked[request].ordered


def test_e_01_a_broken_glass_is_still_judged_and_then_she_is_erased(line: Line) -> None:
    name = broken(line)
    ask(line)
    assert carry_out(line) == ((POLICE, Hold.REVIEW_PENDING),)
    with pytest.raises(OfficerRefusedError):
        AskedErasures(line.erasures).ordered(Officer(DPO, None, frozenset({Role.DPO})), asked_of(line))
    judging = approved(line, judged(name, OverrideFinding.JUSTIFIED), Action.REVIEW_OVERRIDE)
    run(line.overrides.review(judging, name, OverrideFinding.JUSTIFIED))
    assert carry_out(line) == ()
    assert not [*line.person_keys.keys, *line.book.case_events, *line.book.people]


def test_a_04_a_repeated_request_gets_its_first_answer_and_another_under_its_key_none(ordered: Line) -> None:
    line = ordered
    first = run(line.erasures.ask(Actor(POLICE, line.caller()), PERSON_REF, "key-of-erasure"))
    assert isinstance(first, Erased)
    again = run(line.erasures.ask(Actor(POLICE, line.caller()), PERSON_REF, "key-of-erasure"))
    assert again == Repeated(first.answer)
    other = run(line.erasures.ask(Actor(POLICE, line.caller()), "somebody-else", "key-of-erasure"))
    assert isinstance(other, KeyConflict)


def test_whoever_records_her_anew_meanwhile_records_somebody_new(ordered: Line) -> None:
    line = ordered
    [person] = line.book.people
    ask(line)
    line.says()
    assert person not in line.book.people
    carry_out(line)
    assert len(line.book.people) == 1


def test_a_04_an_older_copy_in_which_it_still_waits_does_not_bring_her_back(line: Line) -> None:
    ask(line)
    older = line.book.copied()
    carry_out(line)
    line.book.adopt(older)
    run(line.erasures.replay())
    assert not [*line.book.asked, *line.book.kept]
