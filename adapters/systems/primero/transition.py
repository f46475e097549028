"""Primero's referral and its status, both ways.

Only referrals: a transfer gives the whole case away, and its status says nothing about what the gateway asked for.
"""

from adapters.sdk import Losses, MalformedError, Outbound, ParsedStatus, StatusUpdate, UnsupportedError, write_json
from adapters.sdk.codes import AnswerCode, Document, Json, ReferralState, RejectionReason, ServiceOutcome
from adapters.systems.primero.fields import Fields
from adapters.systems.primero.lookups import REASON, STATUS, SUCCESS_STATUS

ANSWER_FIELDS = frozenset(
    {
        "reason_not_successful",
        "rejected_reason",
        "rejection_note",
        "service_implemented",
        "status",
        "success_status",
    }
)
"""What the body of `PATCH .../referrals/:id` may hold; the route says which referral."""

_ID, _TEXT = 200, 10_000
_WRITTEN = {
    ReferralState.SUBMITTED: "in_progress",
    ReferralState.RECEIVED: "in_progress",
    ReferralState.ACCEPTED: "accepted",
    ReferralState.IN_PROGRESS: "accepted",
    ReferralState.REJECTED: "rejected",
    ReferralState.COMPLETED: "done",
    ReferralState.CANCELLED: "done",
    ReferralState.REVOKED: "revoked",
}
_COARSE = frozenset({ReferralState.SUBMITTED, ReferralState.IN_PROGRESS})


def read_transition(record: Document, at: str) -> ParsedStatus:
    """Read a referral's status. `reference` is the case id, which the gateway gave when it made the case."""
    losses = Losses()
    answer = Fields(record, at, losses)
    if answer.code("type") not in {None, "Referral"}:
        raise UnsupportedError(answer.pointer("type"), "unknown_code:transition-type")
    written = answer.code("status")
    if written is None:
        raise MalformedError(answer.pointer("status"), "required")
    state = STATUS.of(written, answer.pointer("status"))
    reason: AnswerCode | None = None
    if state is ReferralState.REJECTED:
        reason = _rejection(answer)
    elif state is ReferralState.COMPLETED:
        state, reason = _ended(answer)
    reference = answer.text("record_id", _ID)
    answer.report_rest()
    return ParsedStatus(reference, state, reason, losses.report())


def write_status(update: StatusUpdate) -> Outbound:
    """Write the body of a referral's PATCH, and what it is about. Raises UnsupportedError where there is no status."""
    status = _WRITTEN.get(update.state)
    if status is None:
        raise UnsupportedError("/state", "no_status")
    losses = Losses()
    losses.dropped("/on")
    if update.state in _COARSE:
        losses.coarsened("/state")
    data: dict[str, Json] = {"type": "Referral", "record_id": update.reference, "status": status}
    if update.state is ReferralState.COMPLETED:
        data["success_status"] = "successful"
        if update.reason is not ServiceOutcome.PROVIDED:
            losses.coarsened("/reason")
    elif update.state is ReferralState.CANCELLED:
        data["success_status"] = "not_successful"
        data["reason_not_successful"] = (update.reason or RejectionReason.OTHER).value
    elif update.state is ReferralState.REJECTED and update.reason is not None:
        data["rejected_reason"] = update.reason.value
    elif update.reason is not None:
        losses.dropped("/reason")
    return Outbound(write_json({"data": data}), "application/json", losses.report())


def _rejection(answer: Fields) -> RejectionReason | None:
    """A coded reason where the text is one. Other text becomes `other` and is lost: it may say anything (M-06)."""
    text = answer.text("rejected_reason", _TEXT)
    if text is None:
        return None
    known = REASON.find(text)
    if known is None:
        answer.losses.coarsened(answer.pointer("rejected_reason"))
    return known or RejectionReason.OTHER


def _failure(answer: Fields) -> RejectionReason | None:
    written = answer.code("reason_not_successful")
    return None if written is None else REASON.of(written, answer.pointer("reason_not_successful"))


def _ended(answer: Fields) -> tuple[ReferralState, AnswerCode | None]:
    """Read how it ended. Older instances do not say; that is `completed`, and nobody knows what came of it."""
    written = answer.code("success_status")
    if written is None:
        return ReferralState.COMPLETED, ServiceOutcome.UNKNOWN
    if SUCCESS_STATUS.of(written, answer.pointer("success_status")):
        return ReferralState.COMPLETED, ServiceOutcome.PROVIDED
    return ReferralState.CANCELLED, _failure(answer)
