"""Primero v2 both ways: which document is which, and nothing else; each kind has a module of its own.

A webhook is refused as a hint: it has no authority, and the courier fetches the case itself.
"""

from collections.abc import Mapping, Sequence

from adapters.sdk import (
    Inbound,
    MalformedError,
    Manifest,
    Outbound,
    Outgoing,
    OutgoingNotice,
    Parsed,
    StatusUpdate,
    SubjectUnclearError,
    UnsupportedError,
    decode_json,
    read_manifest,
)
from adapters.sdk.codes import Document
from adapters.sdk.countries import read_countries
from adapters.sdk.languages import read_languages
from adapters.systems.primero.read_case import read_case
from adapters.systems.primero.transition import ANSWER_FIELDS, read_transition, write_status
from adapters.systems.primero.write_case import write_case
from adapters.systems.primero.write_notice import write_notice

_OF_CONFIGURATION = frozenset({"unique_id", "fields", "values", "ids", "form_group_id"})
"""Forms, lookups and bulk requests, which share field names with cases."""

_OF_OTHER_RECORDS = frozenset(
    {
        "family_members",
        "incident_case_id",
        "incident_code",
        "incident_date",
        "incident_date_derived",
        "incident_id",
        "inquirer_id",
        "inquiry_date",
        "inquiry_status",
        "registry_id",
        "registry_type",
        "subreports",
        "tracing_request_id",
    }
)
"""Families, incidents, tracing requests and traces, registry records (foster carers among them) and reports: they share
`name`, `sex` and `age` with cases, and say them of somebody else or of another time."""

_NAMES_OF_A_CASE = ("id", "case_id", "case_id_display", "short_id")


class Primero:
    """Reads a case or a referral's status; writes the steps that make and refer a case."""

    def __init__(self) -> None:
        """Read the manifest and the tables of countries and languages."""
        self._manifest = read_manifest("adapters.systems.primero")
        self._countries = read_countries()
        self._languages = read_languages()

    @property
    def manifest(self) -> Manifest:
        """What this adapter says about itself."""
        return self._manifest

    def parse(self, inbound: Inbound) -> Parsed:
        """Read `{"data": ...}`. `inbound.subject` is one of a case's ids and picks it out of a list."""
        record, at = _one_record(decode_json(inbound.body, fractions=True), inbound.subject)
        if not (_OF_CONFIGURATION | _OF_OTHER_RECORDS).isdisjoint(record):
            raise UnsupportedError(at, "kind")
        if "type" in record and "record_id" in record:
            return read_transition(record, at)
        if "record_id" in record or "record_type" in record:
            raise UnsupportedError(at, "hint")
        if "status" in record and ANSWER_FIELDS.issuperset(record):
            return read_transition(record, at)
        return read_case(record, at, self._countries, self._languages)

    def render(self, outgoing: Outgoing) -> Outbound:
        """Write the steps that make the case and refer it."""
        return write_case(outgoing, self._countries, self._languages)

    def render_status(self, update: StatusUpdate) -> Outbound:
        """Write the body of a referral's PATCH."""
        return write_status(update)

    def render_notice(self, notice: OutgoingNotice) -> Outbound:
        """Write the step that closes the case to any further use and says what is asked."""
        return write_notice(notice)


def _one_record(body: Document, subject: str | None) -> tuple[Document, str]:
    """Return the one record meant and its pointer."""
    if "error" in body or "errors" in body:
        raise UnsupportedError("", "error_response")
    if "data" not in body:
        raise MalformedError("/data", "required")
    data = body["data"]
    if isinstance(data, Mapping):
        found = [(data, "/data")]
    elif isinstance(data, Sequence) and not isinstance(data, str):
        found = [(row, f"/data/{index}") for index, row in enumerate(data) if isinstance(row, Mapping)]
        if len(found) != len(data):
            raise MalformedError("/data", "type")
    else:
        raise MalformedError("/data", "type")
    if subject is not None:
        found = [(row, at) for row, at in found if any(row.get(name) == subject for name in _NAMES_OF_A_CASE)]
    if len(found) != 1:
        raise SubjectUnclearError("/data")
    return found[0]
