"""Who lifts a lock on probing: a data-protection officer of no agency, for a reason, with a passkey for that (A-01)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from builders import PERSON_REF, POLICE, SHELTER, a_referral, a_subject
from code_showing import THEIR_REF, linked
from fakes import run
from line import BAY, HILL, NORTH, Line, a_line

from gateway.core.officers import APPROVAL_HOLDS, Action, Approval, Officer, OfficerRefusedError, Role, officer_head
from gateway.core.oversight.probing_releases import ReleaseReason
from gateway.core.previewing import Previewed, Previews, of_operator
from schemas.documents import Document
from schemas.validation import satisfies

TRIED = (HILL, BAY, NORTH)
WHY = ReleaseReason.LOOKED_INTO
DPO = Officer("0FF1CERDP00000000000000000", None, frozenset({Role.DPO}))


@pytest.fixture(params=[False, True], ids=["same node", "another node"])
def line(request: pytest.FixtureRequest) -> Line:
    """She agreed to one shelter, and the police tried three others first: the fourth try was locked."""
    line = a_line(remembers=request.param)
    line.says()
    locks(line)
    return line


def asks(line: Line, recipient: str, reference: str = PERSON_REF) -> str:
    answer: Document = line.told(a_referral(subject=a_subject(person_ref=reference)), recipient=recipient)
    reasons = answer.get("reasons")
    return str(reasons[0]["code"]) if isinstance(reasons, list) else str(answer["outcome"])


def locks(line: Line, reference: str = PERSON_REF) -> None:
    assert [asks(line, one, reference) for one in (*TRIED, SHELTER)] == ["not_permitted"] * 3 + ["probing_locked"]


def approval(line: Line, officer: Officer = DPO, reference: str = PERSON_REF, why: ReleaseReason = WHY) -> Approval:
    """What a step-up would have made."""
    subject = line.probing.subject(POLICE, reference, why)
    head = line.book.head(officer_head(officer.id))
    return Approval(officer, Action.RELEASE_PROBING, subject, line.clock.now(), head)


def release(line: Line, shown: Approval | None = None, reference: str = PERSON_REF) -> None:
    run(line.probing.release(shown or approval(line, reference=reference), POLICE, reference, WHY))


def test_a_01_what_was_tried_counts_no_more_and_the_log_says_who_lifted_it_and_why(line: Line) -> None:
    release(line)
    assert asks(line, SHELTER) == "permitted"
    [leaf] = line.leaves("probe.released")
    assert (leaf["sender"], leaf["officer"], leaf["reasons"]) == (POLICE, DPO.id, [WHY.value])
    assert satisfies(leaf, "ledger/1.0")
    assert not line.book.locks
    assert {row.recipient for row in line.book.strikes} == set()


def test_it_opens_nothing_and_locks_again(line: Line) -> None:
    release(line)
    locks(line)
    assert len(line.leaves("probe.locked")) == 2


def test_the_officer_reads_what_is_locked_and_whom_they_tried(line: Line) -> None:
    found = line.probing.examined(DPO, POLICE, PERSON_REF)
    assert (found.locked, found.locked_under_her, found.recipients) == (True, True, {*TRIED})


def test_of_somebody_nobody_knows_it_is_lifted_alike(line: Line) -> None:
    locks(line, "P-9")
    release(line, reference="P-9")
    assert asks(line, HILL, "P-9") == "not_permitted"
    assert len(line.leaves("probe.released")) == 1


def test_a_01_a_lock_under_another_reference_of_hers_is_lifted_under_that_one_and_what_is_hers_under_both() -> None:
    """Two references for one woman: the record is locked unseen, and neither reference is (ADR 0131)."""
    line = a_line()
    line.says(HILL, discloser=HILL, recipient=BAY, person_ref=THEIR_REF)
    for reference in (PERSON_REF, "P-2"):
        line.says(person_ref=reference)
        linked(line, near=(POLICE, reference), far=(HILL, THEIR_REF))
    tries = [asks(line, HILL), asks(line, BAY), asks(line, NORTH, "P-2"), asks(line, SHELTER, "P-2")]
    assert tries == ["not_permitted"] * 4
    found = line.probing.examined(DPO, POLICE, "P-2")
    assert (found.locked, found.locked_under_her) == (False, True)
    release(line, reference="P-2")
    assert [asks(line, SHELTER, reference) for reference in ("P-2", PERSON_REF)] == ["permitted"] * 2


@pytest.mark.parametrize(
    ("officer", "code"),
    [
        (replace(DPO, roles=frozenset({Role.SECOND_APPROVER})), "role_missing"),
        (replace(DPO, roles=frozenset({Role.OPERATOR})), "role_missing"),
        (replace(DPO, agency=POLICE), "no_agencys_officer"),
        (replace(DPO, agency=SHELTER), "no_agencys_officer"),
    ],
    ids=["another role", "an operator", "of who is locked", "of another agency"],
)
def test_nobody_else_sees_or_lifts_it(line: Line, officer: Officer, code: str) -> None:
    tried: list[Callable[[], object]] = [
        lambda: line.probing.examined(officer, POLICE, PERSON_REF),
        lambda: release(line, approval(line, officer)),
    ]
    for attempt in tried:
        with pytest.raises(OfficerRefusedError) as caught:
            attempt()
        assert caught.value.code == code
    assert asks(line, SHELTER) == "probing_locked"


@pytest.mark.parametrize(
    ("agency", "reference"), [(POLICE, "P-9"), (SHELTER, PERSON_REF), ("nobody-known", PERSON_REF)]
)
def test_what_is_not_locked_is_not_there(line: Line, agency: str, reference: str) -> None:
    with pytest.raises(OfficerRefusedError) as caught:
        line.probing.examined(DPO, agency, reference)
    assert caught.value.code == "not_locked"


def test_before_the_lock_there_is_nothing_to_lift_and_after_it_was_lifted_neither(line: Line) -> None:
    fresh = a_line()
    for recipient in TRIED:
        asks(fresh, recipient)
    with pytest.raises(OfficerRefusedError):
        release(fresh)
    release(line)
    with pytest.raises(OfficerRefusedError):
        release(line)
    assert len(line.leaves("probe.released")) == 1


def test_a_passkey_for_another_reference_reason_or_act_lifts_nothing(line: Line) -> None:
    shown = approval(line)
    for wrong in (
        approval(line, reference="P-9"),
        approval(line, why=ReleaseReason.WRONG_REFERENCE),
        replace(shown, action=Action.ERASE_PERSON),
    ):
        with pytest.raises(OfficerRefusedError):
            release(line, wrong)
    assert asks(line, SHELTER) == "probing_locked"


def test_an_approval_that_lapsed_or_of_who_was_revoked_lifts_nothing(line: Line) -> None:
    late = approval(line)
    line.clock.advance(APPROVAL_HOLDS)
    with pytest.raises(OfficerRefusedError):
        release(line, late)
    fresh = approval(line)
    line.recorder.meanwhile(lambda: line.book.bumped(fresh.head.id))
    with pytest.raises(OfficerRefusedError):
        release(line, fresh)
    assert asks(line, SHELTER) == "probing_locked"


def test_a_try_that_comes_in_between_is_decided_on_what_was_lifted(line: Line) -> None:
    line.recorder.meanwhile(lambda: release(line))
    assert asks(line, SHELTER) == "permitted"


def test_who_runs_the_gateway_does_not_lift_what_was_locked_at_its_own_socket(line: Line) -> None:
    release(line)
    for recipient in (*TRIED, SHELTER):
        asked = replace(line.asked(recipient=recipient), caller=of_operator(POLICE))
        assert isinstance(run(Previews(line.exchange).preview(asked, proven=False)), Previewed)
    both = replace(DPO, roles=frozenset({Role.DPO, Role.OPERATOR}))
    with pytest.raises(OfficerRefusedError) as caught:
        release(line, approval(line, both))
    assert caught.value.code == "second_person_needed"
    release(line)
    assert not line.book.locks


def test_who_runs_the_gateway_may_look_and_to_have_looked_is_an_entry(line: Line) -> None:
    found = run(line.probing.looked(POLICE, PERSON_REF))
    assert (found.locked, found.recipients) == (True, {*TRIED})
    assert not run(line.probing.looked(POLICE, "P-9")).locked
    assert len(line.leaves("history.read")) == 2
