"""All routes of the FHIR endpoint, and what says what they are."""

from fastapi import APIRouter

from gateway.web.fhir import capabilities, consents, submissions, tasks
from gateway.web.fhir.door import FhirDoor


def router(fhir: FhirDoor, version: str) -> APIRouter:
    """Make the routes."""
    rooms = [submissions.router(fhir), tasks.router(fhir), consents.router(fhir)]
    whole = APIRouter()
    for room in (*rooms, capabilities.router(rooms, fhir.base, version)):
        whole.routes.extend(room.routes)
    return whole
