"""What became of a referral, as the sender's own Task: a status, our exact state, and a coded reason."""

from adapters.sdk import Losses, Outbound, StatusUpdate, write_json
from adapters.sdk.codes import Json, ServiceOutcome
from adapters.systems.fhir import names
from adapters.systems.fhir.tables import Tables
from adapters.systems.fhir.write_bundle import MEDIA_TYPE
from adapters.systems.fhir.write_types import concept


def write_status(update: StatusUpdate, tables: Tables) -> Outbound:
    """Return the Task. The text of a reason is the sentence of its code, which SDOH-CC asks for; nobody's own words."""
    state = update.state
    task: dict[str, Json] = {
        "resourceType": "Task",
        "identifier": [{"type": concept((names.V2_IDENTIFIER_TYPE, "PLAC")), "value": update.reference}],
        "status": tables.of("state_task").of(state.value, "/state"),
        "businessStatus": concept((names.STATE, state.value)),
        "intent": "order",
        "lastModified": update.on,
    }
    if isinstance(update.reason, ServiceOutcome):
        outcome = concept((names.OUTCOME, update.reason.value))
        task["output"] = [{"type": concept((names.OUTCOME, "service-outcome")), "valueCodeableConcept": outcome}]
    elif update.reason is not None:
        coding = {"system": names.REASON, "code": update.reason.value}
        task["statusReason"] = {"coding": [coding], "text": update.reason.sentence}
    return Outbound(write_json(task), MEDIA_TYPE, Losses().report())
