"""Primero's lookup ids and ours, for the seed configuration of version 2.15.

Lookups are configuration of an instance. Here are only ids whose meaning is fixed by their own wording; an id that is
not here is refused where the answer would change what is done for her, and dropped with a loss elsewhere. Nothing is
guessed.
"""

from dataclasses import dataclass

from adapters.sdk import CodeTable
from adapters.sdk.codes import Exploitation, Need, ReferralState, RejectionReason, Sex


@dataclass(frozen=True, slots=True)
class Service:
    """What a Primero service type means for us; `exact` is False where it is wider or narrower than the need."""

    need: Need
    exact: bool


SEX = CodeTable(
    "lookup-gender", {"female": Sex.FEMALE, "male": Sex.MALE, "other": Sex.OTHER, "unknown": Sex.UNKNOWN}
)  # the seed has the first two; the others are common additions that say what ours say
RISK_LEVEL = CodeTable("lookup-risk-level", {"high": "high", "medium": "medium", "low": "low"})

# `trafficked_smuggled` merges two things, `worst_forms_of_child_labor` four, `caafag` any role with an armed group.
EXPLOITATION = CodeTable("lookup-protection-concerns", {"sexually_exploited": Exploitation.SEXUAL})
IMMIGRATION_STATUS = CodeTable("lookup-displacement-status", {"asylum_seeker": "asylum_seeker"})

SERVICE_TYPE = CodeTable(
    "lookup-service-type",
    {
        "safehouse_service": Service(Need.ACCOMMODATION_EMERGENCY, exact=False),
        "health_medical_service": Service(Need.HEALTH_GENERAL, exact=True),
        "psychosocial_service": Service(Need.MENTAL_HEALTH, exact=False),
        # "Police or other type of security": never an investigation, which needs her separate consent (C-13).
        "police_other_service": Service(Need.POLICE_PROTECTION, exact=False),
        "legal_assistance_service": Service(Need.OTHER, exact=False),
        "livelihoods_service": Service(Need.EMPLOYMENT, exact=False),
        "child_protection_service": Service(Need.GUARDIANSHIP, exact=True),
        "family_mediation_service": Service(Need.OTHER, exact=False),
        "family_seunification_service": Service(Need.FAMILY_TRACING, exact=False),  # spelt so in the seed
        "family_reunification_service": Service(Need.FAMILY_TRACING, exact=False),
        "education_service": Service(Need.EDUCATION, exact=True),
        "nfi_clothes_shoes_service": Service(Need.MATERIAL, exact=False),
        "water_sanitation_service": Service(Need.MATERIAL, exact=False),
        "food_service": Service(Need.MATERIAL, exact=False),
        "registration_service": Service(Need.OTHER, exact=False),
        "other_service": Service(Need.OTHER, exact=True),
    },
)
NEEDS = {need.value: need for need in Need}

SERVICE_OF_NEED = {
    Need.ACCOMMODATION_EMERGENCY: "safehouse_service",
    Need.ACCOMMODATION_LONGTERM: "safehouse_service",
    Need.HEALTH_EMERGENCY: "health_medical_service",
    Need.HEALTH_GENERAL: "health_medical_service",
    Need.HEALTH_SEXUAL_REPRODUCTIVE: "health_medical_service",
    Need.MENTAL_HEALTH: "psychosocial_service",
    Need.LEGAL_IMMIGRATION: "legal_assistance_service",
    Need.LEGAL_CRIMINAL: "legal_assistance_service",
    Need.LEGAL_COMPENSATION: "legal_assistance_service",
    Need.MATERIAL: "nfi_clothes_shoes_service",
    Need.EDUCATION: "education_service",
    Need.EMPLOYMENT: "livelihoods_service",
    Need.GUARDIANSHIP: "child_protection_service",
    Need.FAMILY_TRACING: "family_seunification_service",
    Need.POLICE_PROTECTION: "police_other_service",
    Need.POLICE_INVESTIGATION: "police_other_service",
}
"""The nearest service type; every other need is `other_service`. The exact code travels in the service's notes."""
OTHER_SERVICE = "other_service"

STATUS = CodeTable(
    "transition-status",
    {
        "in_progress": ReferralState.RECEIVED,  # Primero's first state: it is there and nobody has answered
        "inprogress": ReferralState.RECEIVED,  # as its documentation spells it
        "accepted": ReferralState.ACCEPTED,
        "rejected": ReferralState.REJECTED,
        "done": ReferralState.COMPLETED,
        "revoked": ReferralState.REVOKED,
    },
)
SUCCESS_STATUS = CodeTable("success-status", {"successful": True, "not_successful": False})
REASON = CodeTable("lookup-reasons-referral-failure", {reason.value: reason for reason in RejectionReason})
