"""What stands in a document is read, or the loss report names where it stood: also where there is too much of it."""

import json
from collections.abc import Iterator
from typing import cast

import pytest
from trials.crossings import adapters, samples

from adapters.kit.judged import Sample
from adapters.kit.places import leads_to, places
from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, Parsed, ParsedReferral
from adapters.sdk.errors import AdapterDefectError, AdapterError
from schemas.documents import Json
from schemas.validation import validate

PLANTED = "Qx7zK"
STRUCTURE = ("/entry/*/request/", "/metadata/")
"""What says nothing about anybody: where a transaction writes, and how many there are in a list."""
HEAPED = ("fhir", "primero")
"""Formats whose lists may be longer than ours; those of the others are bounded, or held to a schema."""


def _read(key: str, body: bytes) -> Parsed | AdapterError:
    types = adapters()[key].manifest.media_types
    spoken = [name for name in types if name.endswith("json")] if body.lstrip()[:1] == b"{" else []
    return parse_outcome(adapters()[key].adapter, Inbound(body, next(iter(spoken), types[0])))


def _unsaid(key: str, body: bytes, path: str, text: str) -> bool:
    """Whether a text is neither carried nor named as lost, where the document is read at all."""
    parsed = _read(key, body)
    assert not isinstance(parsed, AdapterDefectError)
    if not isinstance(parsed, ParsedReferral) or text in json.dumps(parsed.document):
        return False
    return not any(leads_to(loss.path, path) for loss in parsed.losses)


FORMATS = [
    (key, sample)
    for key in sorted(adapters())
    for sample in samples(key)
    if sample.body[:2] != b"PK" and isinstance(_read(key, sample.body), ParsedReferral)
]


@pytest.mark.parametrize(("key", "sample"), FORMATS, ids=[f"{key} {sample.name}" for key, sample in FORMATS])
def test_what_is_planted_anywhere_is_carried_or_named_as_lost(key: str, sample: Sample) -> None:
    found = [place.path for place in places(sample.body, PLANTED) if _unsaid(key, place.changed, place.path, PLANTED)]
    assert [path for path in found if not any(leads_to(prefix, path) for prefix in STRUCTURE)] == []


def _lists(value: Json, path: str = "") -> Iterator[tuple[str, list[Json]]]:
    if isinstance(value, list):
        yield path, value
    members = dict(enumerate(value)) if isinstance(value, list) else value if isinstance(value, dict) else {}
    for name, member in members.items():
        yield from _lists(member, f"{path}/{name}")


@pytest.mark.parametrize("key", HEAPED)
def test_more_than_there_is_room_for_is_lost_at_its_place_and_the_rest_is_read(key: str) -> None:
    heaps = 0
    for sample in samples(key):
        if not isinstance(_read(key, sample.body), ParsedReferral):
            continue
        for path, _ in _lists(json.loads(sample.body)):
            document = json.loads(sample.body)
            heap = dict(_lists(document))[path]
            first = json.dumps(heap[:1])[1:-1]
            heap += [json.loads(first)] * 60 if first else []
            parsed = _read(key, json.dumps(document).encode())
            if isinstance(parsed, ParsedReferral):
                validate(parsed.document, "referral/1.0")
                heaps += 1
    assert heaps > 5


def test_notes_of_a_long_case_are_carried_as_far_as_there_is_room() -> None:
    case = {"id": "c-1", "name": "Mira", "notes_section": [{"note_text": f"note {number}"} for number in range(60)]}
    parsed = _read("primero", json.dumps({"data": case}).encode())
    assert isinstance(parsed, ParsedReferral)
    situation = cast("dict[str, list[Json]]", parsed.document["situation"])
    assert len(situation["narrative"]) == 50
    assert "/data/notes_section/*/note_text" in {loss.path for loss in parsed.losses}
