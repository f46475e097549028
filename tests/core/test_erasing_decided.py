"""Who decides that a person is erased, and what has to come first (A-03, E-01)."""

from dataclasses import replace

import pytest
from builders import PERSON_REF, POLICE, SHELTER
from case_facts import ORDER, agreed_twice, approved, broken, recorded
from fakes import run
from line import HILL, Line

from gateway.core.cases.overrides import judged
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.desk_items import ALONE
from gateway.core.erasure.holds import Hold
from gateway.core.erasure.items import Erased, ErasureAnswer, Held
from gateway.core.officers import APPROVAL_HOLDS, Action, Approval, OfficerRefusedError, Role
from schemas.case_codes import OverrideFinding
from schemas.validation import satisfies


@pytest.fixture
def line() -> Line:
    return agreed_twice()


def erase(line: Line) -> ErasureAnswer | UnknownPerson:
    return run(line.erasures.erase(Actor(POLICE, line.caller()), PERSON_REF, line.key()))


def test_e_01_what_nobody_judged_yet_is_not_erased_and_what_was_judged_is(line: Line) -> None:
    name = broken(line)
    assert erase(line) == Held(Hold.REVIEW_PENDING)
    assert [leaf["reasons"] for leaf in line.leaves("erasure.refused")] == [["review_pending"]]
    judging = dpo(line, judged(name, OverrideFinding.JUSTIFIED), Action.REVIEW_OVERRIDE)
    run(line.overrides.review(judging, name, OverrideFinding.JUSTIFIED))
    assert isinstance(erase(line), Erased)


def dpo(line: Line, subject: str, action: Action = Action.ERASE_PERSON, agency: str | None = None) -> Approval:
    """What a step-up of a data-protection officer would have made."""
    return approved(line, subject, action, agency)


class TestAnOfficerDecides:
    """A data-protection officer with the passkey shown for exactly this person (A-03)."""

    def test_a_03_she_is_erased_and_the_log_says_who_decided(self, line: Line) -> None:
        outcome = run(line.erasures.decided(self.of(line), POLICE, PERSON_REF))
        assert isinstance(outcome, Erased)
        assert not line.book.people
        [leaf] = line.leaves("erasure")
        assert (leaf["sender"], leaf["officer"]) == (POLICE, "0FF1CERDP00000000000000000")
        assert satisfies(leaf, "ledger/1.0")

    def test_an_approval_of_somebody_else_erases_nobody(self, line: Line) -> None:
        other = dpo(line, line.erasures.subject(dpo(line, "").officer, POLICE, "P-2"))
        with pytest.raises(OfficerRefusedError):
            run(line.erasures.decided(other, POLICE, PERSON_REF))
        assert line.book.people

    def test_an_approval_that_lapsed_or_of_who_was_revoked_erases_nobody(self, line: Line) -> None:
        late = self.of(line)
        line.clock.advance(APPROVAL_HOLDS)
        with pytest.raises(OfficerRefusedError):
            run(line.erasures.decided(late, POLICE, PERSON_REF))
        fresh = self.of(line)
        line.book.bumped(fresh.head.id)
        with pytest.raises(OfficerRefusedError):
            run(line.erasures.decided(fresh, POLICE, PERSON_REF))
        assert line.book.people

    def test_neither_another_role_nor_another_agencys_officer_decides(self, line: Line) -> None:
        ours = dpo(line, "", agency=POLICE).officer
        assert line.erasures.covered(ours, POLICE, PERSON_REF) == (ALONE, 2)
        for officer in (dpo(line, "", agency=HILL).officer, replace(ours, roles=frozenset({Role.SECOND_APPROVER}))):
            with pytest.raises(OfficerRefusedError):
                line.erasures.subject(officer, POLICE, PERSON_REF)

    def test_what_would_be_erased_is_said_before_and_what_stands_in_the_way(self, line: Line) -> None:
        officer = dpo(line, "").officer
        for agency, reference in ((POLICE, "nobody"), (SHELTER, PERSON_REF)):
            with pytest.raises(OfficerRefusedError):
                line.erasures.covered(officer, agency, reference)
        recorded(line, "instrument_recorded", ORDER)
        assert line.erasures.covered(officer, POLICE, PERSON_REF) is Hold.LEGAL_HOLD

    def of(self, line: Line) -> Approval:
        return dpo(line, line.erasures.subject(dpo(line, "").officer, POLICE, PERSON_REF))
