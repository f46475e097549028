"""Names of systems in FHIR documents, as the adapter `fhir` writes and reads them; a test holds the two together."""

from typing import Final

AGENCY: Final = "urn:referral-gateway:agency"
MESSAGE: Final = "urn:referral-gateway:message"
OWN: Final = "urn:referral-gateway:fhir:"
PURPOSE: Final = OWN + "purpose"
GROUND: Final = OWN + "ground"
TASK_CODE: Final = "http://hl7.org/fhir/CodeSystem/task-code"
V2_EVENT: Final = "http://terminology.hl7.org/CodeSystem/v2-0003"
