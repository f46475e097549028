"""What one recipient was told of one person: consent, referral and receipt, over the line of a whole gateway."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

from browsing import House
from builders import POLICE, SHELTER, a_caller, a_consent_document, a_referral, a_subject
from rings import bytes_from

from adapters.sdk.contract import Inbound
from gateway.core.answers import Recorded
from gateway.core.callers import Caller, UsedProof
from gateway.core.consents.desk import Actor
from gateway.core.stages import Authenticated, Routing
from schemas.documents import Json
from schemas.vocabulary import Ground, Purpose, Urgency


def recorded(house: House, reference: str, **changes: Json) -> str:
    """Let the police write down what she says; the number of the consent."""
    document = a_consent_document(person_ref=reference, **changes)
    said = asyncio.run(house.gateway.door.desk.record(Actor(POLICE, None), document, f"says {reference}"))
    assert isinstance(said, Recorded)
    return str(said.answer["consent"])


def caller(house: House, agency: str, proof: str) -> Caller:
    """An agency's system, with a proof of that name; the template registered one client."""
    expires = int((house.clock.now() + timedelta(hours=1)).timestamp())
    return replace(a_caller(agency), client_id="police-system", proof=UsedProof(bytes_from(proof), expires))


def referred(house: House, reference: str, key: str = "sends") -> str:
    """Let the police's system refer her; the number of the decision."""
    name, recipient = f"{key} {reference}", SHELTER
    routing = Routing(recipient, Purpose.ACCOMMODATION, Urgency.URGENT, Ground.CONSENT, name)
    body = json.dumps(a_referral(subject=a_subject(person_ref=reference))).encode()
    asked = Authenticated(caller(house, POLICE, name), routing, Inbound(body, "application/json", None), None)
    outcome = asyncio.run(house.gateway.door.exchange.accept(asked))
    assert isinstance(outcome, Recorded)
    return str(outcome.answer["decision_id"])


def told(house: House, reference: str) -> str:
    """Let the police refer her with her consent, and the shelter fetch it; the number of the decision."""
    recorded(house, reference)
    decision = referred(house, reference)
    fetched = asyncio.run(house.gateway.door.dispatch.lease(caller(house, SHELTER, f"fetches {reference}"), 10))
    assert isinstance(fetched, tuple)
    *_, message = [one.message for one in fetched]  # After what an earlier test left to be told.
    acknowledging = caller(house, SHELTER, f"has {reference}")
    asyncio.run(house.gateway.door.answering.acknowledge(acknowledging, message, f"has {reference}"))
    return decision


def overridden(house: House, reference: str) -> str:
    """Let the police's system ask to break the glass for her; the number of the override."""
    ends = (house.clock.now() + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    terms = {"ground": "danger_to_life", "recipient": SHELTER, "purpose": "emergency", "ends": ends}
    event = {"override_requested": {**terms, "necessity": "She called and says that she will be killed tonight."}}
    document: dict[str, Json] = {"schema": "case_event/1.0", "person_ref": reference, "event": event}
    said = asyncio.run(house.gateway.door.cases.record(Actor(POLICE, None), document, f"overrides {reference}"))
    assert isinstance(said, Recorded)
    return str(said.answer["event"])
