"""FHIR R4 both ways: which document is which, and nothing else; each kind has a module of its own.

A Task that is `requested`, or a ServiceRequest alone, refers somebody; a Task that has moved on answers; a cancelled
Task is an answer where the gateway made it and a revocation where the sender did.
"""

from adapters.sdk import (
    Inbound,
    Losses,
    Manifest,
    Outbound,
    Outgoing,
    Parsed,
    StatusUpdate,
    UnsupportedError,
    decode_json,
    read_manifest,
)
from adapters.sdk.codes import Document
from adapters.systems.fhir.bundle import Found, Request, chosen, find
from adapters.systems.fhir.from_xml import MEDIA_TYPE, from_xml
from adapters.systems.fhir.read_referral import read_referral, report
from adapters.systems.fhir.read_request import TAKEN_BACK
from adapters.systems.fhir.read_status import ENDED, is_ours, must_fulfil, read_revocation, read_status
from adapters.systems.fhir.tables import Tables, read_tables
from adapters.systems.fhir.write_bundle import write_bundle
from adapters.systems.fhir.write_status import write_status


class Fhir:
    """Reads a Bundle, Task or ServiceRequest; writes a Bundle that a FHIR server takes, and Tasks that answer."""

    def __init__(self) -> None:
        """Read the manifest and the tables."""
        self._manifest = read_manifest("adapters.systems.fhir")
        self._tables = read_tables()

    @property
    def manifest(self) -> Manifest:
        """What this adapter says about itself."""
        return self._manifest

    def parse(self, inbound: Inbound) -> Parsed:
        """Read a document. `inbound.subject` is the id, full url or reference of the Patient meant."""
        losses = Losses()
        found = find(self._document(inbound), self._tables, losses)
        return _read(chosen(found, inbound.subject), self._tables, losses)

    def _document(self, inbound: Inbound) -> Document:
        if inbound.media_type == MEDIA_TYPE:
            return from_xml(inbound.body, self._tables)
        return decode_json(inbound.body, fractions=True)

    def render(self, outgoing: Outgoing) -> Outbound:
        """Write a transaction Bundle."""
        return write_bundle(outgoing, self._tables, Losses())

    def render_status(self, update: StatusUpdate) -> Outbound:
        """Write the Task that tells the sender what became of its own."""
        return write_status(update, self._tables)


def _read(found: Found, tables: Tables, losses: Losses) -> Parsed:
    for task in found.tasks:
        must_fulfil(task.node)
    statuses = {str(task.resource.node["status"]) for task in found.tasks}
    if found.cancels or (found.tasks and statuses <= ENDED and not any(is_ours(task) for task in found.tasks)):
        return _taken_back(found, found.tasks or found.requests, losses)
    if not found.tasks and {str(item.resource.node["status"]) for item in found.requests} <= TAKEN_BACK:
        return _taken_back(found, found.requests, losses)
    if statuses <= {"requested"}:
        return read_referral(found, tables, losses)
    if len(found.tasks) > 1:
        raise UnsupportedError("", "several_tasks")
    (task,) = found.tasks
    if "draft" in statuses:
        raise UnsupportedError(task.node.pointer("status"), "not_active")
    report(Found(requests=found.requests, others=found.others, envelope=found.envelope), losses)
    return read_status(task, tables, losses)


def _taken_back(found: Found, items: list[Request], losses: Losses) -> Parsed:
    taken_back = read_revocation(items, losses)
    report(found, losses)
    return type(taken_back)(taken_back.sender_reference, losses.report())
