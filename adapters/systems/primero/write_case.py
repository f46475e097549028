"""A minimised document as the two calls that make a case in Primero and refer it.

What the seed configuration has a field for goes there, where the field says exactly that; every other leaf becomes a
note under its path, so that nothing is lost, blurred or invented. Primero's `age` stays empty: a band is no number.

Primero refers a case only when its own consent boxes are ticked, or overridden by the referring user. The gateway ticks
no box: it holds her consent, and Primero's boxes would claim another. It overrides for this one referral and writes
`disclosure_other_orgs: false`, so that Primero itself holds back any onward referral, as the obligations demand.
"""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID, uuid5

from adapters.sdk import CannotRenderError, Envelope, Losses, Outbound, Outgoing, RequestStep, write_steps
from adapters.sdk.codes import Document, Json
from adapters.sdk.countries import Countries
from adapters.sdk.languages import Languages
from adapters.sdk.members import section
from adapters.systems.primero.lookups import NEEDS, OTHER_SERVICE, RISK_LEVEL, SERVICE_OF_NEED
from adapters.systems.primero.notes import Note, notes_for
from adapters.systems.primero.write_subject import write_subject

_NAMESPACE = UUID("b0f1a3a6-5a0e-5c57-9d0e-6d2f6f0a7c11")
_SECTIONS = ("situation", "risk", "health")
_NOT_CARRIED = frozenset({"situation.offences", "situation.credibility"})


def write_case(outgoing: Outgoing, countries: Countries, languages: Languages) -> Outbound:
    """Return the steps: make the case, then refer it to the user who is named like the recipient's agency id.

    Ids are made from the message id alone, which only this recipient knows: a repeated delivery meets the same case
    (Primero answers 409), and no two recipients hold equal ids.
    """
    losses, envelope, document = Losses(), outgoing.envelope, outgoing.document
    case_id = _id(envelope, "case")
    subject = write_subject(section(document, "subject"), countries, languages, losses)
    fields, notes = _sections(document, losses)
    services = list(_services(document, envelope))
    case: dict[str, Json] = {"id": case_id, "disclosure_other_orgs": False, **subject.fields, **fields}
    if services:
        case["services_section"] = services
    if rows := list(_rows([*subject.notes, *notes], envelope)):
        case["notes_section"] = rows
    steps = (
        RequestStep("POST", "api/v2/cases", {"data": case}),
        RequestStep("POST", f"api/v2/cases/{case_id}/referrals", {"data": _referral(envelope, services)}),
    )
    return write_steps(steps, losses.report())


def id_of(message_id: str, part: str) -> str:
    """Return the id of the case, or of a part of it, that the message with that id made."""
    return str(uuid5(_NAMESPACE, f"{message_id}/{part}"))


def _id(envelope: Envelope, part: str) -> str:
    return id_of(envelope.message_id, part)


def _rows(notes: Sequence[Note], envelope: Envelope) -> Iterator[Json]:
    for index, (path, text) in enumerate(notes):
        yield {"unique_id": _id(envelope, f"note/{index}"), "note_subject": path, "note_text": text}


def _referral(envelope: Envelope, services: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    """The referral and its obligations (M-11). It names the service where there is one; else it means the list."""
    lines = (
        f"message: {envelope.message_id}",
        f"from: {envelope.sender_title} ({envelope.sender})",
        f"purpose: {envelope.purpose.value}",
        f"urgency: {envelope.urgency.value}",
        f"sent on: {envelope.sent_on}",
        f"use until: {envelope.use_until}",
        f"obligations: {', '.join(envelope.obligations)}",
    )
    referral: dict[str, Json] = {
        "transitioned_to": envelope.recipient,
        "consent_overridden": True,
        "notes": "\n".join(lines),
    }
    if len(services) == 1:
        referral |= {"service": services[0]["service_type"], "service_record_id": services[0]["unique_id"]}
    return referral


def _services(document: Document, envelope: Envelope) -> Iterator[dict[str, Json]]:
    """The nearest service type for each need; the exact code, and the need's own note, stand in the service's notes."""
    needs = document.get("needs", ())
    if isinstance(needs, str) or not isinstance(needs, Sequence):
        raise CannotRenderError("/needs", "type")
    for index, need in enumerate(needs):
        code = need.get("code") if isinstance(need, Mapping) else None
        if not isinstance(need, Mapping) or not isinstance(code, str) or code not in NEEDS:
            raise CannotRenderError(f"/needs/{index}/code", "enum")
        note = need.get("note")
        yield {
            "unique_id": _id(envelope, f"service/{index}"),
            "service_type": SERVICE_OF_NEED.get(NEEDS[code], OTHER_SERVICE),
            "service_referral_notes": code if note is None else f"{code}: {note}",
        }


def _sections(document: Document, losses: Losses) -> tuple[dict[str, Json], list[Note]]:
    """Everything but the person and her needs: two fields where they say just that, and notes."""
    fields: dict[str, Json] = {}
    notes: list[Note] = []
    for name in sorted(document):
        if name not in {"schema", "subject", "needs", *_SECTIONS}:
            losses.dropped(f"/{name}")
    for name in _SECTIONS:
        for key, value in sorted(section(document, name).items()):
            path = f"{name}.{key}"
            if path in _NOT_CARRIED:
                losses.dropped(f"/{name}/{key}")
            elif path == "risk.level" and isinstance(value, str) and value in RISK_LEVEL.codes:
                fields["risk_level"] = value
            elif path == "situation.exploitation" and value == [{"type": "sexual"}]:
                fields["protection_concerns"] = ["sexually_exploited"]
            else:
                notes.extend(notes_for(path, value))
    return fields, notes
