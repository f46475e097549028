"""Bringing an agency what is for it: one turn in its lane, from what waits to what came of it.

Only what passes the gate of `gateway.core.dispatch` in the transaction that takes the lane is carried. Letters go one
after another, the most urgent first. Where the agency's system fails, the turn ends, the rest goes back untouched, and
the lane rests: the longer, the more often it failed. So a system that always fails is asked as often as its patience
says, however much waits for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from adapters.sdk.contract import Inbound, ParsedStatus
from adapters.sdk.errors import AdapterError
from gateway.core.adapter_ports import Adapters
from gateway.core.chance import drawn_share
from gateway.core.decision_leaves import answered_leaf
from gateway.core.delivery.letters import Carrier, Declined, Failure, Letter, NotTaken, Taken, Verdict, signed
from gateway.core.delivery.pushing_items import Begin, Brought, Fenced, Said, Settled
from gateway.core.delivery.turn_ends import EndTurn
from gateway.core.dispatch import Dispatch, Leased, heads_of
from gateway.core.endpoints import Endpoint
from gateway.core.errors import GatewayError
from gateway.core.lanes import TOKEN_BYTES, Lane, LaneBook
from gateway.core.log.leaves import sealed_leaf
from gateway.core.notice.notices import notice_leaf
from gateway.core.notice.notifying import ReadyNotice
from gateway.core.referral_life import may_follow, says_what_came
from gateway.core.signed_receipts import Receipt, Receipts
from gateway.core.stages import Parcel, SealedLeaf
from schemas.documents import Json
from schemas.notice_codes import NoticeState
from schemas.vocabulary import ReferralState

AT_ONCE: Final = 32
"""Messages of one turn."""

WHEN_SUSPECT: Final = 2
"""The same after a failure: two, so that one message which the system cannot digest does not hold up all others."""

TURN: Final = timedelta(seconds=1)
"""After this no other letter of a turn is begun: what is urgent and has just arrived goes first in the next."""

MOST_DECLINED: Final = 3
"""So many messages declined in one turn, and the endpoint itself is taken for wrong: the lane rests."""

_LONGEST_ASKED: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of one: how many arrived, why others did not, and whether more may be waiting."""

    arrived: int = 0
    failed: tuple[Failure, ...] = ()
    more: bool = False
    fenced: bool = False


@dataclass(frozen=True, slots=True)
class Pushing:
    """Takes turns."""

    dispatch: Dispatch
    adapters: Adapters
    book: LaneBook
    carrier: Carrier
    receipts: Receipts

    async def turn(self, endpoint: Endpoint) -> Turn:
        """Take one turn in an agency's lane. Raises OperatorError where the database does not take its part."""
        dispatch, now = self.dispatch, self.dispatch.clock.now()
        lane = Lane(endpoint.agency, dispatch.entropy.bytes(TOKEN_BYTES))
        failures = self.book.failures(endpoint.agency)
        limit = WHEN_SUSPECT if failures else AT_ONCE
        notices, releases = await dispatch.ready(endpoint.agency, now, limit, pushed=True)
        if not (notices or releases):
            return Turn()
        sending = await dispatch.recorder.record(Begin(lane, releases, notices, failures))
        dispatch.people.forget(heads_of(releases))
        if isinstance(sending, Fenced):
            return Turn(fenced=True)
        if not (sending.notices or sending.parcels):
            return Turn(more=any(release.permit is None for release in releases))  # What stopped made room.
        if self.book.endpoint(endpoint.agency) != endpoint:  # Registered anew before the lane was taken.
            return await self._left(endpoint, lane, sending, failures)
        return await self._carried(endpoint, lane, sending, failures, full=len(notices) + len(releases) == limit)

    async def _left(self, endpoint: Endpoint, lane: Lane, sending: Leased, failures: int) -> Turn:
        """Put everything back: what is registered now is where it goes."""
        settled = Settled(lane.recipient, (), _messages(sending), endpoint.patience, 0.0)
        held = await self.dispatch.recorder.record(EndTurn(lane, settled, failures, self.dispatch.clock.now()))
        return Turn(more=True, fenced=not held)

    async def _carried(self, endpoint: Endpoint, lane: Lane, sending: Leased, failures: int, *, full: bool) -> Turn:
        brought = await self._brought(endpoint, sending)
        done = {one.message for one in brought}
        verdicts = [one.verdict for one in brought]
        failed = tuple(verdict.why for verdict in verdicts if not isinstance(verdict, Taken))
        arrived = len(brought) - len(failed)
        rests = _is_suspect(verdicts)
        failures = failures + 1 if rests else 0
        share, now = drawn_share(self.dispatch.entropy), self.dispatch.clock.now()
        rest = now + pause_after(endpoint, failures, share, verdicts) if rests else now
        untouched = tuple(message for message in _messages(sending) if message not in done)
        settled = Settled(lane.recipient, brought, untouched, endpoint.patience, share)
        held = await self.dispatch.recorder.record(EndTurn(lane, settled, failures, rest))
        return Turn(arrived, failed, more=not rests and (full or bool(untouched)), fenced=not held)

    async def _brought(self, endpoint: Endpoint, sending: Leased) -> tuple[Brought, ...]:
        """Carry one letter after another, until the turn is over or the system fails."""
        begun, brought = self.dispatch.clock.now(), list[Brought]()
        steps = self.book.tried([parcel.id for parcel in sending.parcels])
        for ready in sending.notices:
            if self._is_over(begun, brought):
                return tuple(brought)
            brought.append(await self._notice(endpoint, ready))
        for parcel in sending.parcels:
            if self._is_over(begun, brought):
                return tuple(brought)
            known = steps.get(parcel.id)
            brought.append(await self._parcel(endpoint, parcel, known.steps if known else 0))
        return tuple(brought)

    def _is_over(self, begun: datetime, brought: Sequence[Brought]) -> bool:
        verdicts = [one.verdict for one in brought]
        failed = [verdict for verdict in verdicts if isinstance(verdict, NotTaken)]
        declined = sum(isinstance(verdict, Declined) for verdict in verdicts)
        hopeless = any(verdict.whole for verdict in failed) or len(failed) >= WHEN_SUSPECT
        late = bool(brought) and self.dispatch.clock.now() - begun >= TURN
        return hopeless or declined >= MOST_DECLINED or late

    async def _notice(self, endpoint: Endpoint, ready: ReadyNotice) -> Brought:
        notice, now = ready.notice, self.dispatch.clock.now()
        signature = signed(self.dispatch.keys, endpoint.agency, notice.id, ready.body)
        verdict = await self.carrier.carried(endpoint, Letter(notice.id, ready.media_type, ready.body, signature))
        leaf = notice_leaf(self.dispatch.entropy, NoticeState.ACKNOWLEDGED, now, notice)
        return Brought(notice.id, notice.due, verdict, leaf, notice=True)

    async def _parcel(self, endpoint: Endpoint, parcel: Parcel, steps: int) -> Brought:
        try:
            body = self.dispatch.opened(parcel)
        except GatewayError:  # Erased since, or damaged: either way this one message cannot be carried.
            verdict: Verdict = Declined(Failure.UNREADABLE)
        else:
            signature = signed(self.dispatch.keys, parcel.recipient, parcel.id, body)
            verdict = await self.carrier.carried(endpoint, Letter(parcel.id, parcel.media_type, body, signature, steps))
        if isinstance(verdict, Taken):
            receipt, said = self._receipt(parcel, verdict.receipt), await self._said(parcel, verdict)
            leaf, row = (receipt.leaf, receipt.row) if receipt else (self._leaf("disclosure.delivered", parcel), None)
            return Brought(parcel.id, parcel.due, verdict, leaf, said=said, signed=row)
        return Brought(parcel.id, parcel.due, verdict, self._leaf("disclosure.returned", parcel, [verdict.why.value]))

    def _receipt(self, parcel: Parcel, receipt: str) -> Receipt | None:
        """Check the receipt that came with the answer; one that does not hold proves nothing, and the answer counts."""
        try:
            return self.receipts.checked(parcel.recipient, parcel.id, receipt) if receipt else None
        except (AdapterError, GatewayError):
            return None

    async def _said(self, parcel: Parcel, taken: Taken) -> Said | None:
        """Read what the system answered as its adapter does; what is no status of a referral says nothing more."""
        agency = self.dispatch.directory.agency(parcel.recipient)
        if agency is None or not taken.said:
            return None
        inbound = Inbound(taken.said, taken.media_type)
        try:
            parsed = await self.adapters.aside(
                lambda: [agency.adapter], lambda: self.adapters.of(agency.adapter).parse(inbound)
            )
        except (AdapterError, GatewayError):
            return None
        if not isinstance(parsed, ParsedStatus) or not may_follow(ReferralState.RECEIVED, parsed.state):
            return None
        if not says_what_came(parsed.state, parsed.reason):
            return None
        dispatch = self.dispatch
        leaf = answered_leaf(dispatch.entropy, dispatch.clock.now(), parcel.recipient, parsed.state, parsed.reason)
        return Said(parsed.state, parsed.reason, leaf)

    def _leaf(self, kind: str, parcel: Parcel, reasons: Sequence[str] = ()) -> SealedLeaf:
        fields: dict[str, Json] = {"recipient": parcel.recipient}
        if reasons:
            fields["reasons"] = [*reasons]
        return sealed_leaf(self.dispatch.entropy, kind, self.dispatch.clock.now(), fields)


def _messages(sending: Leased) -> tuple[str, ...]:
    return *(ready.notice.id for ready in sending.notices), *(parcel.id for parcel in sending.parcels)


def _is_suspect(verdicts: Sequence[Verdict]) -> bool:
    """Say whether the system itself seems to be at fault: nothing arrived, and more than one message is to blame."""
    if any(isinstance(verdict, NotTaken) and verdict.whole for verdict in verdicts):
        return True
    if any(isinstance(verdict, Taken) for verdict in verdicts):
        return False
    failed = any(isinstance(verdict, NotTaken) for verdict in verdicts)
    return failed or len(verdicts) >= MOST_DECLINED


def pause_after(endpoint: Endpoint, failures: int, share: float, verdicts: Sequence[Verdict]) -> timedelta:
    """Return how long a lane rests after so many failures in a row, or as long as the system asked, within reason."""
    asked = max(_asked(verdicts), default=0.0)
    return max(endpoint.patience.pause(failures, share), min(timedelta(seconds=asked), _LONGEST_ASKED))


def _asked(verdicts: Sequence[Verdict]) -> Iterator[float]:
    return (verdict.after for verdict in verdicts if isinstance(verdict, NotTaken))
