"""Canonical JSON in and out: nothing is translated, so nothing is lost.

The document is only decoded here; whether it satisfies referral/1.0 is the gateway's next stage.
"""

import re

from adapters.sdk import (
    CodeTable,
    Inbound,
    Losses,
    MalformedError,
    Manifest,
    Outbound,
    Outgoing,
    OutgoingNotice,
    Parsed,
    ParsedReferral,
    ParsedRevocation,
    ParsedStatus,
    StatusUpdate,
    SubjectUnclearError,
    UnsupportedError,
    canonical_notice,
    decode_json,
    read_manifest,
    write_json,
)
from adapters.sdk.codes import AnswerCode, Document, ReferralState, RejectionReason, ServiceOutcome

STATUS_MEDIA_TYPE = "application/vnd.referral-gateway.status+json"
_STATES = CodeTable("state", {state.value: state for state in ReferralState})
_REASONS = CodeTable("reason", {reason.value: reason for reason in RejectionReason})
_OUTCOMES = CodeTable("service_outcome", {outcome.value: outcome for outcome in ServiceOutcome})
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}")
_CODE = re.compile(r"[a-z_]{1,60}")
_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


class Canonical:
    """Reads referral/1.0, revocation/1.0 and status/1.0; writes a profile's document in an envelope, and notice/1.0."""

    def __init__(self) -> None:
        """Read the manifest."""
        self._manifest = read_manifest("adapters.systems.canonical")

    @property
    def manifest(self) -> Manifest:
        """What this adapter says about itself."""
        return self._manifest

    def parse(self, inbound: Inbound) -> Parsed:
        """Read a referral, or an event about an earlier one, by its `schema`."""
        document = decode_json(inbound.body)
        match document.get("schema"):
            case "referral/1.0":
                return _referral(document, inbound.subject)
            case "revocation/1.0":
                _refuse_other_members(document, {"schema", "reference"})
                return ParsedRevocation(_reference(document))
            case "status/1.0":
                return _status(document)
            case None:
                raise MalformedError("/schema", "required")
            case _:
                raise UnsupportedError("/schema", "schema")

    def render(self, outgoing: Outgoing) -> Outbound:
        """Write the envelope beside the document, unchanged."""
        envelope = outgoing.envelope
        body = write_json(
            {
                "envelope": {
                    "message_id": envelope.message_id,
                    "sender": envelope.sender,
                    "sender_title": envelope.sender_title,
                    "recipient": envelope.recipient,
                    "purpose": envelope.purpose.value,
                    "urgency": envelope.urgency.value,
                    "sent_on": envelope.sent_on,
                    "use_until": envelope.use_until,
                    "obligations": list(envelope.obligations),
                },
                "document": outgoing.document,
            }
        )
        return Outbound(body, self._manifest.outgoing_media_type)

    def render_status(self, update: StatusUpdate) -> Outbound:
        """Write status/1.0, which `parse` reads."""
        status: dict[str, str] = {
            "schema": "status/1.0",
            "reference": update.reference,
            "state": update.state.value,
            "on": update.on,
        }
        if isinstance(update.reason, ServiceOutcome):
            status["service_outcome"] = update.reason.value
        elif update.reason is not None:
            status["reason"] = update.reason.value
        return Outbound(write_json(status), STATUS_MEDIA_TYPE)

    def render_notice(self, notice: OutgoingNotice) -> Outbound:
        """Write notice/1.0."""
        return canonical_notice(notice)


def _referral(document: Document, subject: str | None) -> ParsedReferral:
    """One document is about one person, so a named subject can only be the document's own person_ref."""
    person = document.get("subject")
    person_ref = person.get("person_ref") if isinstance(person, dict) else None
    if subject is not None and subject != person_ref:
        raise SubjectUnclearError("/subject/person_ref")
    return ParsedReferral(document)


def _status(document: Document) -> ParsedStatus:
    _refuse_other_members(document, {"schema", "reference", "state", "reason", "service_outcome", "on"})
    losses = Losses()
    if "on" in document:
        _text(document, "on", _DATE)
        losses.dropped("/on")
    state = _STATES.of(_text(document, "state", _CODE), "/state")
    return ParsedStatus(
        reference=_reference(document) if "reference" in document else None,
        state=state,
        reason=_code(document, state),
        losses=losses.report(),
    )


def _code(document: Document, state: ReferralState) -> AnswerCode | None:
    """What came of it is said with `completed`, and with nothing else; a reason with anything else (M-06)."""
    if state is ReferralState.COMPLETED:
        if "reason" in document:
            raise UnsupportedError("/reason", "M-06")
        if "service_outcome" not in document:
            raise MalformedError("/service_outcome", "required")
        return _OUTCOMES.of(_text(document, "service_outcome", _CODE), "/service_outcome")
    if "service_outcome" in document:
        raise UnsupportedError("/service_outcome", "M-06")
    return _REASONS.of(_text(document, "reason", _CODE), "/reason") if "reason" in document else None


def _reference(document: Document) -> str:
    return _text(document, "reference", _REFERENCE)


def _text(document: Document, name: str, pattern: re.Pattern[str]) -> str:
    value = document.get(name)
    if value is None:
        raise MalformedError(f"/{name}", "required")
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise MalformedError(f"/{name}", "pattern")
    return value


def _refuse_other_members(document: Document, known: set[str]) -> None:
    if not known.issuperset(document):
        raise MalformedError("/*", "additionalProperties")
