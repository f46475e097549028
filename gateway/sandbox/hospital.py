"""A hospital that speaks FHIR: only the sandbox has one, for systems that know SMART Backend Services and no DPoP.

What it writes is one Task that contains its Patient and its ServiceRequest (docs/fhir-endpoint.md).
"""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.demo.agencies import CLINIC, SHELTER, Member
from schemas.documents import Document, Json
from schemas.vocabulary import DeliveryMode, FunctionClass, Need, Purpose

HOSPITAL: Final = "hillside-hospital"
MEDIA_TYPE: Final = "application/fhir+json"
SENDS: Final = ((HOSPITAL, SHELTER, Purpose.ACCOMMODATION), (CLINIC, HOSPITAL, Purpose.HEALTH))
"""Whom it refers to, and who refers to it."""

_OURS: Final = "urn:referral-gateway"


def member() -> Member:
    """Return the hospital, with keys of this run."""
    key = Ed25519PrivateKey.generate()
    return Member(HOSPITAL, "Hillside Hospital", FunctionClass.HEALTH, "fhir", DeliveryMode.PLAIN_PULL, key, None)


def task(person: str, recipient: str, purpose: Purpose, need: Need) -> Document:
    """Return what its system writes about a person it knows under that reference."""
    return {
        "resourceType": "Task",
        "identifier": [{"value": f"VISIT-{person}"[:40]}],
        "status": "requested",
        "intent": "order",
        "priority": "urgent",
        "code": _coded("http://hl7.org/fhir/CodeSystem/task-code", "fulfill"),
        "reasonCode": _coded(f"{_OURS}:fhir:purpose", purpose),
        "requester": _agency(HOSPITAL),
        "owner": _agency(recipient),
        "contained": [_patient(person), _request(need)],
        "for": {"reference": "#her"},
        "focus": {"reference": "#request"},
    }


def _patient(person: str) -> Json:
    return {
        "resourceType": "Patient",
        "id": "her",
        "identifier": [{"system": f"{_OURS}:person-ref", "value": person}],
        "name": [{"use": "official", "family": "Person", "given": ["Invented"]}],
        "birthDate": "1999-01-05",
        "communication": [{"language": _coded("urn:ietf:bcp:47", "sq"), "preferred": True}],
    }


def _request(need: Need) -> Json:
    return {
        "resourceType": "ServiceRequest",
        "id": "request",
        "status": "active",
        "intent": "order",
        "code": _coded(f"{_OURS}:fhir:need", need),
        "subject": {"reference": "#her"},
    }


def _agency(name: str) -> Json:
    return {"identifier": {"system": f"{_OURS}:agency", "value": name}}


def _coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}
