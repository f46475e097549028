"""The second person beside a consent (C-19): who it may be, and that he or she confirms this one and no other.

A consent that its taker could gain by, or that an enforcing agency took, counts for nothing until somebody of another
side confirms it: not of the agency that took it, not of the one that would receive, not of an enforcing one; neither
the officer who wrote it down nor anybody that officer let in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from consent.policy import Policy
from consent.records import Consent
from gateway.core.consents.desk import Desk, UnknownPerson
from gateway.core.consents.desk_items import ChangeAnswer
from gateway.core.officer.ports import OfficerBook
from gateway.core.officers import SECONDS, Action, Approval, Officer, OfficerRefusedError
from gateway.core.ports import Directory
from gateway.core.records.officer_records import WaitingRow


@dataclass(frozen=True, slots=True)
class Seconding:
    """Confirms consents, for officers."""

    desk: Desk
    book: OfficerBook
    directory: Directory
    policy: Policy

    def waiting_for(self, officer: Officer) -> Sequence[Consent]:
        """Return what waits and this officer may confirm, the oldest first; nothing about what he or she may not."""
        rows = (row for row in self.book.waiting() if self._may(officer, row))
        found = (self.desk.shown_one(row.consent) for row in rows)
        return [consent for consent in found if isinstance(consent, Consent) and consent.is_yes]

    def examined(self, officer: Officer, consent: str) -> Consent:
        """Return a consent that this officer may confirm now. Raises OfficerRefusedError."""
        row = self._row(consent)
        self._require(officer, row)
        found = self.desk.shown_one(consent)
        if isinstance(found, UnknownPerson) or not found.is_yes:
            raise OfficerRefusedError("unknown")
        return found

    async def confirm(self, approval: Approval) -> ChangeAnswer | UnknownPerson:
        """Confirm the consent the approval is of. Raises OfficerRefusedError."""
        row = self._row(approval.subject)
        approval.require(Action.CONFIRM_CONSENT, row.consent)
        self._require(approval.officer, row)
        return await self.desk.confirm(approval)

    def _row(self, consent: str) -> WaitingRow:
        row = self.book.waiting_for(consent)
        if row is None:
            raise OfficerRefusedError("unknown")
        return row

    def _may(self, officer: Officer, row: WaitingRow) -> bool:
        try:
            self._require(officer, row)
        except OfficerRefusedError:
            return False
        return True

    def _require(self, officer: Officer, row: WaitingRow) -> None:
        """Raise OfficerRefusedError unless this is a second person, of another side (C-19)."""
        officer.require(SECONDS)
        if row.author is not None and not officer.may_second(row.author):
            raise OfficerRefusedError("second_person_needed")
        if officer.agency is None:
            return
        agency = self.directory.agency(officer.agency)
        if officer.agency in {row.taker, row.recipient} or agency is None or agency.function in self.policy.enforcing:
            raise OfficerRefusedError("same_side")
