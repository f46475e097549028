"""A SMART client: bearer tokens, the FHIR endpoint, and nothing else."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from client.posts import Post
from fhir_door import a_lone_task, a_patient, a_request, agency
from joserfc.jwk import ECKey
from journeys.grounds import GROUNDS
from journeys.onward import agreed, joined

from gateway.client import SMART, Client, NotAuthenticatedError, NotFoundError, RefusedError, SigningKey, Surroundings
from gateway.client.errors import DocumentError, NotUnderstoodError
from gateway.core.access.client_modes import ClientMode
from gateway.core.access.scopes import Scope
from gateway.core.consents.desk import Actor
from schemas.vocabulary import FunctionClass, Purpose

HOSPITAL, HOSTEL, PERSON = "typed-hospital", "typed-hostel", "H-1"


@pytest.fixture(scope="module")
def hospital(post: Post) -> Iterator[Client]:
    """A hospital's typed client, with an agreement and one woman who said yes."""
    line = post.line
    sender, recipient = (
        joined(line, HOSPITAL, FunctionClass.HEALTH, "fhir"),
        joined(line, HOSTEL, FunctionClass.SHELTER, "fhir"),
    )
    agreed(line, sender, recipient, Purpose.ACCOMMODATION)
    [said] = GROUNDS["consent_withdrawn"]
    document = {**said, "person_ref": PERSON, "discloser": HOSPITAL, "recipient": HOSTEL}
    asyncio.run(line.world.gateway.door.desk.record(Actor(HOSPITAL, None), document, "yes-for-typed"))
    key = SigningKey.of(ECKey.generate_key("P-384", auto_kid=True))
    registry, scopes = line.world.gateway.registry, frozenset({Scope.SEND_REFERRALS, Scope.READ_REFERRALS})
    asyncio.run(registry.add_client("typed-fhir", HOSPITAL, [key.public()], scopes, ClientMode.SMART))
    around = Surroundings(http=lambda: httpx.Client(transport=post.faulty()), clock=line.clock)
    with Client(line.world.url, "typed-fhir", key, mode=SMART, within=around) as client:
        yield client


def a_task(person: str, number: str, recipient: str = HOSTEL) -> dict[str, object]:
    patient = a_patient(identifier=[{"system": "urn:referral-gateway:person-ref", "value": person}], id="her")
    inside = [patient, a_request(id="request", subject={"reference": "#her"})]
    return a_lone_task(
        identifier=[{"value": number}], owner=agency(recipient), requester=agency(HOSPITAL), contained=inside
    )


def test_a_task_is_sent_followed_and_taken_back(hospital: Client) -> None:
    created = hospital.fhir.create_task(a_task(PERSON, "V-1"))
    found = hospital.fhir.task(str(created["id"]))
    assert found["status"] == "requested"
    assert hospital.fhir.tasks(status="requested")["entry"]
    assert hospital.fhir.put_task({**found, "status": "cancelled"})["status"] == "cancelled"


def test_every_no_is_raised_as_everywhere(hospital: Client) -> None:
    with pytest.raises(RefusedError) as refused:
        hospital.fhir.create_task(a_task("H-nobody", "V-2"))
    assert refused.value.told.decision_id
    with pytest.raises(DocumentError) as wrong:
        hospital.fhir.transaction({"resourceType": "Patient"})
    assert wrong.value.told.faults
    with pytest.raises(NotFoundError):
        hospital.fhir.task("0" * 26)
    with pytest.raises(NotUnderstoodError):
        hospital.fhir.task("../metadata")


def test_its_token_opens_nothing_else(hospital: Client) -> None:
    with pytest.raises(NotAuthenticatedError):
        hospital.get("/v1/notices")
