"""Every official document of every format: read or refused, what is carried, and what comes of writing it back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from xml.sax.saxutils import escape

from samples import sample
from trials.crossings import PSEUDONYM, adapters, read_back, scalars

from adapters.kit.places import leads_to
from adapters.sdk.checks import parse_outcome, sample_outgoing
from adapters.sdk.contract import Inbound, Outbound, ParsedReferral
from adapters.sdk.errors import AdapterDefectError, AdapterError
from adapters.sdk.manifest import Direction
from gateway.web.problems import of_document
from schemas.documents import Document, Json
from schemas.errors import SchemaViolationError
from schemas.validation import validate

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FOLDERS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "errf": (("unhcr-errf", "xml"),),
    "fhir": (("fhir",),),
    "htcds": (("htcds",),),
    "ndex": (("niem", "ndex-2.1.1", "xml"),),
    "niem": (("niem", "open-training"), ("niem", "ndr-6.0-examples")),
    "primero": (("primero", "json"),),
    "uknrm": (("uk-nrm",),),
}
"""Where the official documents of each adapter's format are."""

_SPOKEN: Mapping[tuple[str, str], str] = {
    ("errf", ".xml"): "application/xml",
    ("fhir", ".json"): "application/fhir+json",
    ("fhir", ".xml"): "application/fhir+xml",
    ("htcds", ".csv"): "text/csv",
    ("htcds", ".ods"): _XLSX,
    ("htcds", ".xlsx"): _XLSX,
    ("ndex", ".xml"): "application/xml",
    ("niem", ".json"): "application/json",
    ("niem", ".xml"): "application/xml",
    ("primero", ".json"): "application/json",
    ("uknrm", ".json"): "application/json",
    ("uknrm", ".txt"): "application/json",
}
"""What a document of that ending is sent as; other files are schemas, lists, licences and texts about the format."""

REASONS: Mapping[str, str] = {
    "bundle_type": "a Bundle that is an answer, a search or a feedback document",
    "error_response": "an answer of the system that something went wrong",
    "focus": "a Task whose request lies elsewhere",
    "kind": "a resource, form or list that asks nothing for anybody",
    "malformed": "not well-formed: a comment stands before the XML declaration",
    "no_victim": "nobody in it is a victim, and nobody was named",
    "not_active": "a request that is no longer active",
    "payload_without_digest": "the second half of a data item, which names nobody",
    "ragged": "rows of unequal length",
    "required": "a member is missing without which it says nothing",
    "root": "another message of NIEM: about a crash",
    "subject_unclear": "nobody, or several, and nobody was named",
    "syntax": "an HTTP answer, not a submission",
    "type": "a value of the wrong kind",
    "unknown_code:request-status": "a code that FHIR does not have",
    "unknown_code:task-code": "a task that fulfils no request",
    "unknown_code:transition-status": "a request for a transfer, which has other states",
    "unknown_code:transition-type": "a transfer, which is no referral",
    "unknown_code:unhcr": "a country that UNHCR's list does not have",
    "unknown_element": "not FHIR R4: a resource outside its entry",
    "utf-8": "a byte order mark, which JSON forbids its writers",
    "xlsx_part": "an OpenDocument spreadsheet, not a workbook",
}
"""What each refusal says of the document; the table of each format's own test names them one by one."""

_BESIDE = {"SOURCES.md", "nrm-form-offline-2026-v2.txt"}


@dataclass(slots=True)
class Row:
    """What became of the documents of one format. `unaccounted` and `broken` must be empty."""

    documents: int = 0
    referrals: int = 0
    answers: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    carried: int = 0
    lost: int = 0
    lost_on_the_way_back: int = 0
    unaccounted: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def official(key: str) -> Iterator[Path]:
    """Every official document in the format of an adapter."""
    for folder in FOLDERS[key]:
        for path in sorted(sample(*folder).rglob("*")):
            if (key, path.suffix) in _SPOKEN and path.name not in _BESIDE:
                yield path


def table() -> dict[str, Row]:
    """Read every document of every format, and write each referral back into the format it came from."""
    return {key: _row(key) for key in FOLDERS}


def printed(rows: Mapping[str, Row]) -> Iterator[str]:
    """The table in lines."""
    yield "format   documents referrals answers refused carried  lost lost again"
    for key, row in rows.items():
        refused = sum(row.refused.values())
        counts = f"{row.documents:9} {row.referrals:9} {row.answers:7} {refused:7} {row.carried:7} {row.lost:5}"
        yield f"{key:8} {counts} {row.lost_on_the_way_back:10}"
        for rule, count in row.refused.most_common():
            yield f"{'':8} {count:9} refused as {rule}: {REASONS.get(rule, 'nobody has said why')}"


def _row(key: str) -> Row:
    row = Row()
    for path in official(key):
        row.documents += 1
        outcome = parse_outcome(adapters()[key].adapter, Inbound(path.read_bytes(), _SPOKEN[key, path.suffix]))
        if isinstance(outcome, AdapterDefectError):
            row.broken.append(f"{path.name}: {outcome.rule}")
        elif isinstance(outcome, AdapterError):
            row.refused[outcome.rule] += 1
            row.broken += [f"{path.name}: {fault}" for fault in _as_answered(outcome)]
        elif isinstance(outcome, ParsedReferral):
            _referral(row, key, path.name, outcome)
        else:
            row.answers += 1
    return row


def _as_answered(refusal: AdapterError) -> Iterator[str]:
    """What is wrong with the answer a sender gets: it is a 4xx that says where and by which rule."""
    answer = of_document(refusal)
    problem = json.loads(bytes(answer.body))
    if not 400 <= answer.status_code < 500:
        yield f"answered {answer.status_code}"
    if problem["errors"] != [{"pointer": refusal.pointer, "rule": refusal.rule}]:
        yield "answered without pointer and rule"


def _referral(row: Row, key: str, name: str, parsed: ParsedReferral) -> None:
    row.referrals += 1
    row.carried += sum(1 for _ in scalars(parsed.document))
    row.lost += len(parsed.losses)
    try:
        validate(parsed.document, "referral/1.0")
    except SchemaViolationError:
        row.broken.append(f"{name}: no canonical referral")
        return
    if Direction.RENDER not in adapters()[key].manifest.directions:
        return
    for document in _as_outgoing(parsed.document, key):
        try:
            outbound = adapters()[key].render(sample_outgoing(document))
        except AdapterError as refused:
            row.broken.append(f"{name}: not written back, {refused.rule}")
            continue
        row.lost_on_the_way_back += len(outbound.losses)
        row.unaccounted += [f"{name}: {path}" for path in unaccounted(key, document, outbound)]


def _as_outgoing(document: Document, key: str) -> Iterator[Document]:
    """All that is said of her in the shape of a profile's document: as if a profile let everything through."""
    subject = dict(cast("dict[str, Json]", document["subject"]))
    subject.pop("person_ref", None)
    if "languages" in subject:
        subject["languages"] = [entry["code"] for entry in cast("list[dict[str, Json]]", subject["languages"])]
    aside = {"schema", "sender_reference", "recorded_on"}
    said = {name: member for name, member in document.items() if name not in aside}
    profile = "competent_authority/identification" if key == "uknrm" else "police/investigation"
    yield {**said, "schema": f"profile/{profile}/1.0", "subject": {"pseudonym": PSEUDONYM, **subject}}


def unaccounted(key: str, document: Document, outbound: Outbound) -> Iterator[str]:
    """Places whose value is neither read back, nor in what was written, nor in the loss report."""
    back = read_back(key, outbound) or {}
    again = {json.dumps(value) for _, value in scalars(back)}
    text = outbound.body.decode("utf-8", "replace")
    as_a_range = {"/subject/age_band"} if "age" in cast("Document", back.get("subject", {})) else set()
    for path, value in scalars(document):
        if path in {"/schema", "/subject/pseudonym"} | as_a_range or json.dumps(value) in again:
            continue
        written = any(form in text for form in _forms(value))
        if not written and not any(leads_to(loss.path, path) for loss in outbound.losses):
            yield path


def _forms(value: Json) -> tuple[str, ...]:
    """How a value may stand in a text format."""
    if isinstance(value, bool):
        return ("true", "TRUE", "yes") if value else ("false", "FALSE", "no")
    return str(value), json.dumps(str(value), ensure_ascii=False)[1:-1], escape(str(value))
