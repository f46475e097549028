"""Who she is to the sender, in a FHIR document."""

from collections.abc import Callable
from typing import Any

from adapters.sdk import MalformedError, ParsedReferral

Read = Callable[..., Any]


def test_the_senders_own_reference_for_her_is_no_number_anybody_gave_her(read: Read, contained: dict[str, Any]) -> None:
    own = {"system": "urn:referral-gateway:person-ref", "value": "P-0114"}
    contained["contained"][0]["identifier"] = [own]
    parsed = read(contained)
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document["subject"]["person_ref"] == "P-0114"
    assert "identifiers" not in parsed.document["subject"]


def test_two_references_for_her_are_refused(read: Read, contained: dict[str, Any]) -> None:
    systems = ("urn:referral-gateway:person-ref", "urn:referral-gateway:pseudonym")
    contained["contained"][0]["identifier"] = [
        {"system": system, "value": f"P-{place}"} for place, system in enumerate(systems)
    ]
    refused = read(contained)
    assert isinstance(refused, MalformedError)
    assert (refused.pointer, refused.rule) == ("/contained/0/identifier/1", "repeated")
