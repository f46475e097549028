"""A minimised document as a transaction that a FHIR server takes: a Patient, a ServiceRequest for each need, one Task.

One Task, because a referral has one state. It names the first request as its focus, and the others as inputs. Every id
is made from the message id, which only this recipient knows, and each entry is created only where no resource carries
its identifier yet: a repeated delivery changes nothing, and nothing the recipient keeps is ever overwritten.
No Consent is written: the gateway holds what she agreed to, and a FHIR Consent would state it in another's words.
"""

import re
from collections.abc import Iterator, Mapping
from uuid import UUID, uuid5

from adapters.sdk import CannotRenderError, Envelope, Losses, Outbound, Outgoing, write_json
from adapters.sdk.codes import Document, Json, Need
from adapters.sdk.members import section
from adapters.systems.fhir import names
from adapters.systems.fhir.tables import Tables
from adapters.systems.fhir.write_inputs import write_inputs
from adapters.systems.fhir.write_patient import write_patient
from adapters.systems.fhir.write_types import agency, concept, objects, text

MEDIA_TYPE = "application/fhir+json"

_NAMESPACE = UUID("6d0f6a4e-0e0b-5a53-8f0a-6a3f2f9d5c44")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9._~-]{1,60}")
_NEEDS = frozenset(need.value for need in Need)


def write_bundle(outgoing: Outgoing, tables: Tables, losses: Losses) -> Outbound:
    """Return the bundle. Raises CannotRenderError."""
    envelope, document = outgoing.envelope, outgoing.document
    if _MESSAGE_ID.fullmatch(envelope.message_id) is None:
        raise CannotRenderError("", "message_id")
    for name in sorted(document):
        if name not in {"schema", "subject", "needs", "situation", "risk", "health"}:
            losses.dropped(f"/{name}")
    patient = write_patient(section(document, "subject"), envelope.message_id, tables, losses)
    requests = [_request(number, need, envelope, tables) for number, need in enumerate(_needs(document, losses), 1)]
    task = _task(envelope, len(requests), _priority(envelope, tables), write_inputs(document, tables, losses))
    entries = [
        _entry(patient, "patient", envelope.message_id, envelope),
        *(
            _entry(request, f"request-{number}", f"{envelope.message_id}-{number}", envelope)
            for number, request in enumerate(requests, 1)
        ),
        _entry(task, "task", envelope.message_id, envelope),
    ]
    bundle: Json = {
        "resourceType": "Bundle",
        "type": "transaction",
        "meta": _labels(envelope),
        "identifier": {"system": names.MESSAGE, "value": envelope.message_id},
        "entry": list(entries),
    }
    return Outbound(write_json(bundle), MEDIA_TYPE, losses.report())


def _entry(resource: dict[str, Json], part: str, identifier: str, envelope: Envelope) -> Json:
    kind = str(resource["resourceType"])
    return {
        "fullUrl": _url(envelope, part),
        "resource": {**resource, "meta": _labels(envelope)},
        "request": {
            "method": "POST",
            "url": kind,
            "ifNoneExist": f"identifier={names.MESSAGE}|{identifier}",
        },
    }


def _url(envelope: Envelope, part: str) -> str:
    return f"urn:uuid:{uuid5(_NAMESPACE, f'{envelope.message_id}/{part}')}"


def _labels(envelope: Envelope) -> Json:
    """Restricted, and each obligation (M-11), on every resource: a server keeps them apart from the bundle."""
    labels: list[Json] = [{"system": names.CONFIDENTIALITY, "code": "R"}]
    labels.extend({"system": names.OBLIGATION, "code": code} for code in envelope.obligations)
    return {"security": labels}


def _needs(document: Document, losses: Losses) -> Iterator[Document]:
    """Each need; where the profile has none, one request that says the purpose only."""
    needs = objects(document, "needs", "")
    for need in needs:
        for name in sorted(need.keys() - {"code", "note"}):
            losses.dropped(f"/needs/0/{name}")
    yield from needs or [{}]


def _request(number: int, need: Mapping[str, Json], envelope: Envelope, tables: Tables) -> dict[str, Json]:
    at = f"/needs/{number - 1}"
    code, note = text(need, "code", at), text(need, "note", at)
    if code is not None and code not in _NEEDS:
        raise CannotRenderError(f"{at}/code", "enum")
    own = (names.PURPOSE, envelope.purpose.value) if code is None else (names.NEED, code)
    request: dict[str, Json] = {
        "resourceType": "ServiceRequest",
        "identifier": [{"system": names.MESSAGE, "value": f"{envelope.message_id}-{number}"}],
        "requisition": {"system": names.MESSAGE, "value": envelope.message_id},
        "status": "active",
        "intent": "order",
        "priority": _priority(envelope, tables),
        "code": concept(own, (names.SNOMED, names.PATIENT_REFERRAL)),
        "subject": {"reference": _url(envelope, "patient")},
        "requester": agency(envelope.sender, envelope.sender_title),
        "performer": [agency(envelope.recipient)],
    }
    category = None if code is None else tables.of("need_sdoh").find(code)
    if category is not None:
        request["category"] = [concept((names.SDOHCC, category))]
    if note is not None:
        request["note"] = [{"text": note}]
    return request


def _priority(envelope: Envelope, tables: Tables) -> str:
    return tables.of("urgency_priority").of(envelope.urgency.value, "")


def _task(envelope: Envelope, requests: int, priority: str, inputs: list[Json]) -> dict[str, Json]:
    others: list[Json] = [
        {
            "type": concept((names.ENVELOPE, "request")),
            "valueReference": {"reference": _url(envelope, f"request-{number}")},
        }
        for number in range(2, requests + 1)
    ]
    until: Json = {"type": concept((names.ENVELOPE, "use-until")), "valueDate": envelope.use_until}
    return {
        "resourceType": "Task",
        "identifier": [{"system": names.MESSAGE, "value": envelope.message_id}],
        "status": "requested",
        "intent": "order",
        "priority": priority,
        "code": concept((names.TASK_CODE, "fulfill")),
        "focus": {"reference": _url(envelope, "request-1")},
        "for": {"reference": _url(envelope, "patient")},
        "authoredOn": envelope.sent_on,
        "lastModified": envelope.sent_on,
        "requester": agency(envelope.sender, envelope.sender_title),
        "owner": agency(envelope.recipient),
        "reasonCode": concept((names.PURPOSE, envelope.purpose.value)),
        "input": [until, *others, *inputs],
    }
