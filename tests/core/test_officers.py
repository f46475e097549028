"""What makes two persons two, and what an approval is good for (DESIGN section 5)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from builders import NOON

from gateway.core.heads import Head
from gateway.core.officers import (
    APPROVAL_HOLDS,
    Action,
    Approval,
    Officer,
    OfficerRefusedError,
    Role,
    officer_head,
    still_holds,
)

AUTHOR = "OFFICER-A"
SECOND = Officer("OFFICER-B", None, frozenset({Role.DPO}), "operator", frozenset({"operator"}))
SHAM = Officer("OFFICER-C", None, frozenset({Role.DPO}), AUTHOR, frozenset({AUTHOR, "operator"}))
SHAM_OF_SHAM = Officer("OFFICER-D", None, frozenset({Role.DPO}), SHAM.id, SHAM.lineage | {SHAM.id})
APPROVAL = Approval(SECOND, Action.CONFIRM_CONSENT, "CONSENT-1", NOON, Head(officer_head(SECOND.id), 3))


@dataclass(frozen=True)
class At:
    """A transaction of which only the clock and the officers' heads matter."""

    now: datetime
    version: int = 3

    def moved(self, heads: tuple[Head, ...]) -> tuple[str, ...]:
        return tuple(head.id for head in heads if head.version != self.version)


def test_somebody_whom_somebody_else_enrolled_is_a_second_person() -> None:
    assert SECOND.may_second(AUTHOR)


@pytest.mark.parametrize("officer", [SHAM, SHAM_OF_SHAM], ids=["enrolled by the author", "by one the author enrolled"])
def test_whom_the_author_enrolled_is_no_second_person(officer: Officer) -> None:
    assert not officer.may_second(AUTHOR)


def test_nobody_is_a_second_person_beside_himself() -> None:
    assert not SECOND.may_second(SECOND.id)


def test_a_role_that_was_granted_suffices() -> None:
    SECOND.require(frozenset({Role.DPO, Role.OPERATOR}))


def test_a_role_that_was_not_granted_is_refused() -> None:
    with pytest.raises(OfficerRefusedError, match="role_missing"):
        SECOND.require(frozenset({Role.GUARDIAN}))


def test_of_those_who_have_the_role_only_who_belongs_to_no_agency_suffices() -> None:
    SECOND.require_apart(frozenset({Role.DPO}))
    with pytest.raises(OfficerRefusedError, match="no_agencys_officer"):
        replace(SECOND, agency="harbour-police").require_apart(frozenset({Role.DPO}))
    with pytest.raises(OfficerRefusedError, match="role_missing"):
        SECOND.require_apart(frozenset({Role.GUARDIAN}))


def test_an_approval_is_good_for_its_action_and_subject() -> None:
    APPROVAL.require(Action.CONFIRM_CONSENT, "CONSENT-1", author=AUTHOR)


@pytest.mark.parametrize(
    ("action", "subject"), [(Action.APPROVE_OVERRIDE, "CONSENT-1"), (Action.CONFIRM_CONSENT, "CONSENT-2")]
)
def test_an_approval_of_one_thing_is_none_of_another(action: Action, subject: str) -> None:
    with pytest.raises(OfficerRefusedError, match="approval_of_something_else"):
        APPROVAL.require(action, subject)


@pytest.mark.parametrize("author", [SECOND.id, "operator"])
def test_e_01_an_approval_beside_oneself_or_ones_enroller_is_refused(author: str) -> None:
    with pytest.raises(OfficerRefusedError, match="second_person_needed"):
        APPROVAL.require(Action.CONFIRM_CONSENT, "CONSENT-1", author=author)


def test_an_approval_holds_while_the_officer_is_as_he_was_and_the_time_is_short() -> None:
    assert still_holds(APPROVAL, At(NOON + APPROVAL_HOLDS - timedelta(seconds=1)))


@pytest.mark.parametrize(
    "transaction", [At(NOON + APPROVAL_HOLDS), At(NOON, version=4)], ids=["too late", "officer changed"]
)
def test_an_approval_that_is_old_or_whose_officer_changed_holds_no_longer(transaction: At) -> None:
    assert not still_holds(APPROVAL, transaction)
