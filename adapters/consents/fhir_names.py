"""Names of systems and codes in a FHIR Consent: HL7's, and ours where HL7 has none."""

from typing import Final

from adapters.consents.papers import OWN
from schemas.vocabulary import ConsentState, GivenBy

AGENCY: Final = f"{OWN}agency"
PERSON_REF: Final = f"{OWN}person-ref"
CONSENT: Final = f"{OWN}consent"
GIVEN_BY: Final = f"{OWN}fhir:given-by"
DECISION: Final = f"{OWN}fhir:decision"
PURPOSE: Final = f"{OWN}fhir:purpose"
CATEGORY: Final = f"{OWN}fhir:category"
_TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem/"
ACT_CODE: Final = f"{_TERMINOLOGY}v3-ActCode"
ROLE: Final = f"{_TERMINOLOGY}v3-ParticipationType"
ACTION: Final = f"{_TERMINOLOGY}consentaction"
SCOPE: Final = f"{_TERMINOLOGY}consentscope"
LOINC: Final = "http://loinc.org"

GIVER: Final = {
    GivenBy.SELF: "Patient",
    GivenBy.GUARDIAN: "RelatedPerson",
    GivenBy.AUTHORITY: "Organization",
    GivenBy.COURT: "Organization",
}
"""Who gives a consent, as the kind of resource that a performer is."""

STATUS: Final = {
    ConsentState.GIVEN: "active",
    ConsentState.RENEWED: "active",
    ConsentState.REFUSED: "rejected",
    ConsentState.REQUESTED: "proposed",
    ConsentState.DEFERRED: "proposed",
    ConsentState.WITHDRAWN: "inactive",
    ConsentState.REVOKED: "inactive",
    ConsentState.EXPIRED: "inactive",
    ConsentState.INVALIDATED: "entered-in-error",
}
