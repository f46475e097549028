"""A Task that has moved on: an answer about a referral, or the sender's word that it takes one back."""

from adapters.sdk import Losses, MalformedError, ParsedRevocation, ParsedStatus, UnsupportedError
from adapters.sdk.codes import ReferralState, RejectionReason, ServiceOutcome
from adapters.systems.fhir import names
from adapters.systems.fhir.bundle import Request
from adapters.systems.fhir.node import Code, Node
from adapters.systems.fhir.read_request import reference_of
from adapters.systems.fhir.tables import Tables

_REASONS = {reason.value: reason for reason in RejectionReason}
_OUTCOMES = {outcome.value: outcome for outcome in ServiceOutcome}
_STATES = {state.value: state for state in ReferralState}
ENDED = frozenset({"cancelled", "entered-in-error"})


def must_fulfil(task: Node) -> None:
    """Return when `task` asks that a request be fulfilled. Raises UnsupportedError: a text says no kind of task."""
    if not task.has("code"):
        return
    at = task.pointer("code")
    codes = task.codes("code")
    if not any(code.system == names.TASK_CODE and code.code == "fulfill" for code in codes):
        raise UnsupportedError(at, "unknown_code:task-code")


def is_ours(task: Request) -> bool:
    """Whether the gateway made this Task: then its recipient speaks, and else its sender."""
    return message_of(task) is not None


def message_of(task: Request) -> str | None:
    """Return the message id on a Task the gateway made, or None."""
    written = task.resource.node.get("identifier")
    for identifier in written if isinstance(written, list) else ():
        if isinstance(identifier, dict) and identifier.get("system") == names.MESSAGE:
            value = identifier.get("value")
            if isinstance(value, str):
                return value
    return None


def read_revocation(items: list[Request], losses: Losses) -> ParsedRevocation:
    """Read who takes back what. Raises MalformedError where the sender gave it no number, or several."""
    references = {reference_of(item.node) for item in items}
    if len(references) != 1:
        raise UnsupportedError("", "several_requests")
    (reference,) = references
    if reference is None:
        raise MalformedError(f"{items[0].resource.at}/identifier", "required")
    for item in items:
        item.node.code("status")
        item.node.report_rest()
    return ParsedRevocation(reference, losses.report())


def read_status(task: Request, tables: Tables, losses: Losses) -> ParsedStatus:
    """Read the state and a coded reason. Text of either is lost (M-06). Raises AdapterError."""
    node = task.node
    status = node.code("status") or ""
    state = _STATES[tables.of("task_state").of(status, node.pointer("status"))]
    codes = node.codes("businessStatus")
    state = _refined(state, status, codes, tables)
    own = reference_of(node)
    reference = message_of(task) or own
    reason = _outcome(node) if state is ReferralState.COMPLETED else _reason(node, state)
    node.code("intent")
    node.report_rest()
    return ParsedStatus(reference, state, reason, losses.report())


def _refined(state: ReferralState, status: str, codes: list[Code], tables: Tables) -> ReferralState:
    """What a business status adds. One that contradicts the status leaves open what is true, and is refused.

    Not beside an ended Task: whoever ends it may leave the business status as it was, and an end is never refused.
    """
    for code in codes:
        if code.system == names.STATE:
            if code.code not in _STATES:
                raise UnsupportedError(f"{code.at}/code", "unknown_code:state")
            allowed = frozenset({tables.of("state_task").codes[code.code]})
            finer = _STATES[code.code]
        elif code.system == names.BSER_STATUS:
            allowed, finer = tables.business_status.get(code.code, frozenset({status})), state
        else:
            continue
        if status in allowed:
            state = finer
        elif status not in ENDED:
            raise UnsupportedError(f"{code.at}/code", "contradiction")
    return state


def _outcome(node: Node) -> ServiceOutcome:
    """The outcome coded with our system among the outputs; whatever else the task made is lost (M-06)."""
    found = ServiceOutcome.UNKNOWN
    for output in node.nodes("output"):
        for code in output.codes("valueCodeableConcept"):
            if code.system == names.OUTCOME:
                if code.code not in _OUTCOMES:
                    raise UnsupportedError(f"{code.at}/code", "unknown_code:service-outcome")
                found = _OUTCOMES[code.code]
        output.codes("type")
        output.report_rest()
    return found


def _reason(node: Node, state: ReferralState) -> RejectionReason | None:
    """A coded reason of ours; any other is `other` where the referral is declined, and lost elsewhere."""
    if not node.has("statusReason"):
        return None
    for code in node.codes("statusReason"):
        if code.system == names.REASON:
            if code.code not in _REASONS:
                raise UnsupportedError(f"{code.at}/code", "unknown_code:status-reason")
            return _REASONS[code.code]
    if state is not ReferralState.REJECTED:
        node.dropped("statusReason")
        return None
    node.losses.coarsened(node.pointer("statusReason"))
    return RejectionReason.OTHER
