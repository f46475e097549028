"""Our codes in terms of the Data Privacy Vocabulary (DPV 2), and the names the DPV profile of ISO/IEC TS 27560 uses.

DPV knows no purposes against trafficking: ours are an extension whose `skos:broader` points to DPV.
"""

from collections.abc import Mapping
from typing import Final

from schemas.documents import Json
from schemas.vocabulary import ConsentState, DataCategory, Purpose

CONTEXT: Final[Mapping[str, Json]] = {
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "loc": "https://w3id.org/dpv/loc#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
PROFILE: Final = "https://w3id.org/dpv/schema/dpv-27560#record"

STATUS: Final = {
    ConsentState.REQUESTED: "dpv:ConsentRequested",
    ConsentState.DEFERRED: "dpv:ConsentRequestDeferred",
    ConsentState.GIVEN: "dpv:ConsentGiven",
    ConsentState.RENEWED: "dpv:RenewedConsentGiven",
    ConsentState.REFUSED: "dpv:ConsentRefused",
    ConsentState.WITHDRAWN: "dpv:ConsentWithdrawn",
    ConsentState.REVOKED: "dpv:ConsentRevoked",
    ConsentState.EXPIRED: "dpv:ConsentExpired",
    ConsentState.INVALIDATED: "dpv:ConsentInvalidated",
    ConsentState.UNKNOWN: "dpv:ConsentUnknown",
}

BROADER: Final = {
    Purpose.IDENTIFICATION: "dpv:PublicBenefit",
    Purpose.ACCOMMODATION: "dpv:RequestedServiceProvision",
    Purpose.HEALTH: "dpv:RequestedServiceProvision",
    Purpose.PSYCHOLOGICAL: "dpv:RequestedServiceProvision",
    Purpose.LEGAL: "dpv:RequestedServiceProvision",
    Purpose.MATERIAL: "dpv:RequestedServiceProvision",
    Purpose.EDUCATION_EMPLOYMENT: "dpv:RequestedServiceProvision",
    Purpose.INTERPRETATION: "dpv:RequestedServiceProvision",
    Purpose.CHILD_PROTECTION: "dpv:PublicBenefit",
    Purpose.GUARDIANSHIP: "dpv:PublicBenefit",
    Purpose.RESIDENCE_STATUS: "dpv:RightsFulfillment",
    Purpose.ASYLUM: "dpv:RightsFulfillment",
    Purpose.INVESTIGATION: "dpv:ProtectionOfPublicSecurity",
    Purpose.WITNESS_PROTECTION: "dpv:ProtectionOfPublicSecurity",
    Purpose.COMPENSATION: "dpv:RightsFulfillment",
    Purpose.VOLUNTARY_RETURN: "dpv:RequestedServiceProvision",
    Purpose.CROSS_BORDER: "dpv:RequestedServiceProvision",
    Purpose.STATISTICS: "dpv:ProvideOfficialStatistics",
    Purpose.EMERGENCY: "dpv:PublicBenefit",
    Purpose.LEGAL_OBLIGATION: "dpv:LegalCompliance",
}

_SPECIAL: Final = frozenset({DataCategory.HEALTH, DataCategory.HEALTH_ACCESS})
SENSITIVE: Final = _SPECIAL | frozenset(
    {
        *(DataCategory.ADDRESS, DataCategory.CONTACT, DataCategory.COOPERATION, DataCategory.CREDIBILITY),
        *(DataCategory.EXPLOITATION, DataCategory.IMMIGRATION_STATUS, DataCategory.NARRATIVE, DataCategory.OFFENCE),
        *(DataCategory.RISK, DataCategory.VICTIM_STATUS, DataCategory.ATTACHMENT, DataCategory.FREE_TEXT),
    }
)


def kind_of(category: DataCategory) -> str:
    """Return which of DPV's kinds of personal data a category is."""
    if category in _SPECIAL:  # GDPR article 9.
        return "dpv:SpecialCategoryPersonalData"
    return "dpv:SensitivePersonalData" if category in SENSITIVE else "dpv:PersonalData"
