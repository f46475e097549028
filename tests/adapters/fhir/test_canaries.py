"""Markers in every leaf of a FHIR document: none that a profile does not list is anywhere in what is written."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from adapters.sdk import ParsedReferral
from adapters.sdk.checks import sample_outgoing
from adapters.sdk.guard import Guard
from adapters.systems.fhir.adapter import Fhir
from consent.minimise import projected
from schemas.profiles import compiled
from schemas.validation import validate

Read = Callable[..., Any]
MARKER = "Zq7canary"
GUARDED = Guard(Fhir())
TODAY = date(2031, 5, 6)


def planted(value: object) -> Iterator[object]:
    """Yield the document with a marker in one leaf after the other, as a value or inside it."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from ({**value, key: other} for other in planted(member))
        yield {**value, "extension": [*value.get("extension", ()), {"url": "urn:x", "valueString": MARKER}]}
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from ([*value[:index], other, *value[index + 1 :]] for other in planted(member))
    elif isinstance(value, str):
        yield MARKER
        yield f"{value} {MARKER}"
        yield f"{value}-{MARKER}"


def written(read: Read, document: object, profiles: tuple[str, ...]) -> list[bytes]:
    """What each profile's recipient would get; nothing where the document is refused."""
    parsed = read(document)
    assert MARKER not in f"{parsed!r}" or isinstance(parsed, ParsedReferral)
    if not isinstance(parsed, ParsedReferral):
        return []
    assert MARKER not in repr(parsed.losses)
    valid = validate(parsed.document, "referral/1.0")
    minimal = [projected(valid, compiled(profile), TODAY).document for profile in profiles]
    return [GUARDED.render(sample_outgoing(document)).body for document in minimal]


def test_no_marker_reaches_who_is_not_to_have_it(read: Read, load: Callable[[str], Any]) -> None:
    seen = 0
    profiles = ("profile/shelter/assistance.accommodation/1.0", "profile/rapporteur/statistics/1.0")
    for document in planted(load("full")):
        for body in written(read, document, profiles):
            seen += 1
            assert MARKER.encode() not in body
            assert base64.b64encode(MARKER.encode())[:10] not in body
    assert seen > 600


def test_a_marker_in_a_name_is_seen_where_the_name_may_go(read: Read, load: Callable[[str], Any]) -> None:
    full = load("full")
    full["entry"][0]["resource"]["name"][0]["family"] = MARKER
    (body,) = written(read, full, ("profile/health/assistance.health/1.0",))
    assert MARKER.encode() in body
    assert json.loads(body)["resourceType"] == "Bundle"
