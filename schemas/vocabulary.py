"""The closed code lists every part of the gateway shares.

Standard library only, so that an auditor can import them with Python alone. A member's sentence is for people; its
value is what is stored, signed and sent, so a value is never renamed. Unknown codes are refused where a document
enters.
"""

from enum import StrEnum
from typing import Self


class Coded(StrEnum):
    """A code list whose members carry a sentence for people."""

    sentence: str

    def __new__(cls, code: str, sentence: str = "") -> Self:
        """Make a member that is its code and remembers its sentence; looking one up by its code gives no sentence."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member


class FunctionClass(Coded):
    """What an agency is for; the firewall (F-01) is drawn between these, never between names."""

    POLICE = "police", "Police and other law enforcement against trafficking."
    PROSECUTION = "prosecution", "Prosecution service."
    HEALTH = "health", "Health service."
    PSYCHOSOCIAL = "psychosocial", "Psychological and social support, often a small NGO."
    SHELTER = "shelter", "Safe accommodation."
    LEGAL_AID = "legal_aid", "Independent legal aid."
    LABOUR_INSPECTORATE = "labour_inspectorate", "Labour inspectorate."
    CHILD_PROTECTION = "child_protection", "Child-protection authority."
    GUARDIAN_SERVICE = "guardian_service", "Guardianship service for children."
    COMPETENT_AUTHORITY = "competent_authority", "The authority that identifies trafficked persons."
    IMMIGRATION_PROTECTION = "immigration_protection", "Reflection period, residence permit, asylum."
    IMMIGRATION_ENFORCEMENT = "immigration_enforcement", "Immigration enforcement: may send, never receives (F-01)."
    INTERPRETER = "interpreter", "Interpreter service."
    RAPPORTEUR = "rapporteur", "National rapporteur or equivalent mechanism."
    FOCAL_POINT = "focal_point", "National focal point for cross-border referral (A-09)."


class Purpose(Coded):
    """Why data move. Immigration control is not here and cannot be registered (F-03)."""

    IDENTIFICATION = "identification", "Identify the person as trafficked."
    ACCOMMODATION = "assistance.accommodation", "Find her safe accommodation."
    HEALTH = "assistance.health", "Give her health care."
    PSYCHOLOGICAL = "assistance.psychological", "Give her psychological support."
    LEGAL = "assistance.legal", "Give her legal advice."
    MATERIAL = "assistance.material", "Meet her basic needs."
    EDUCATION_EMPLOYMENT = "assistance.education_employment", "Help her learn or work."
    INTERPRETATION = "interpretation", "Provide an interpreter."
    CHILD_PROTECTION = "child_protection", "Protect a child."
    GUARDIANSHIP = "guardianship", "Appoint or inform a guardian."
    RESIDENCE_STATUS = "residence_status", "Reflection period or residence permit."
    ASYLUM = "asylum", "International protection."
    INVESTIGATION = "investigation", "Investigate the crime; needs her separate consent to co-operate (C-13)."
    WITNESS_PROTECTION = "witness_protection", "Protect her as a witness."
    COMPENSATION = "compensation", "Seek compensation."
    VOLUNTARY_RETURN = "voluntary_return", "Prepare a voluntary return."
    CROSS_BORDER = "cross_border_assistance", "Assist her in another country (A-09)."
    STATISTICS = "statistics", "Statistics without people in them."
    EMERGENCY = "emergency", "Save a life (break-glass, E-01)."
    LEGAL_OBLIGATION = "legal_obligation_notice", "Meet a duty to notify (P-05)."


class DataCategory(Coded):
    """The kind of datum at a schema leaf; consents and profiles speak of these and of nothing finer."""

    ENVELOPE = "envelope", "Versions and structure that say nothing about her."
    PERSON_REF = "person_ref", "The sender's opaque reference for her; never leaves the gateway."
    SENDER_REFERENCE = "sender_reference", "The sender's own case or item number; never leaves the gateway."
    PSEUDONYM = "pseudonym", "A number that only this recipient sees."
    NAME = "name", "Her names."
    ALIAS = "alias", "A name she chose to be called by."
    IDENTIFIER = "identifier", "Numbers that others gave her: passport, identity card, file."
    BIRTH_DATE = "birth_date", "Her date of birth."
    AGE_BAND = "age_band", "Her age as a band, or whether she is an adult."
    SEX = "sex", "Her sex or gender as recorded."
    CITIZENSHIP = "citizenship", "Her citizenships."
    LANGUAGE = "language", "Languages she speaks and the interpreter she needs."
    CONTACT = "contact", "A channel by which she may safely be reached (M-07)."
    ADDRESS = "address", "Where she is or was (M-07)."
    MEETING_POINT = "meeting_point", "A place to meet that is not where she lives."
    FAMILY = "family", "Dependants, and the opaque group her relatives' cases share (M-12)."
    NEED = "need", "What she needs, as codes."
    RISK = "risk", "How much danger she is in and why, as codes."
    HEALTH_ACCESS = "health_access", "Access needs and medication alerts, as codes."
    HEALTH = "health", "Health information."
    EXPLOITATION = "exploitation", "Form of exploitation, means, industry, as codes."
    EVENT = "event", "Dates and places of what happened."
    THIRD_PARTY = "third_party", "Other people: suspects, relatives, other victims, professionals."
    VICTIM_STATUS = "victim_status", "Presumed or identified, and the body that decided (A-06)."
    COOPERATION = "cooperation", "Whether she co-operates with an investigation (C-13, C-14)."
    IMMIGRATION_STATUS = "immigration_status", "Her immigration status (M-10)."
    OFFENCE = "offence", "Criminal-offence data (M-10)."
    CREDIBILITY = "credibility", "Remarks on her credibility (M-10)."
    FREE_TEXT = "free_text", "Any text that is not a code, number, date or bounded token (M-09)."
    NARRATIVE = "narrative", "Her account, in prose (M-09)."
    ATTACHMENT = "attachment", "A file (M-09)."
    STAFF = "staff", "Names and numbers of the professionals involved."


class LegalBasis(Coded):
    """Grounds of GDPR articles 6 and 9 an agreement or an override may rest on (VOCABULARIES C.9)."""

    CONSENT = "A6-1-a", "Her consent."
    LEGAL_OBLIGATION = "A6-1-c", "A legal obligation."
    VITAL_INTERESTS = "A6-1-d", "Her vital interests."
    OFFICIAL_AUTHORITY = "A6-1-e", "A task in the public interest."
    EXPLICIT_CONSENT = "A9-2-a", "Her explicit consent."
    VITAL_INTERESTS_SPECIAL = "A9-2-c", "Her vital interests, she being unable to consent."
    LEGAL_CLAIMS = "A9-2-f", "Legal claims."
    SUBSTANTIAL_PUBLIC_INTEREST = "A9-2-g", "Substantial public interest in law."
    HEALTH_CARE = "A9-2-h", "Health or social care."


class ConsentState(Coded):
    """States of a consent (VOCABULARIES C.10). Only given and renewed permit (C-02)."""

    REQUESTED = "requested", "She has been asked."
    DEFERRED = "deferred", "She will decide later."
    GIVEN = "given", "She said yes."
    RENEWED = "renewed", "She said yes again."
    REFUSED = "refused", "She said no."
    WITHDRAWN = "withdrawn", "She took it back."
    REVOKED = "revoked", "Somebody else ended it."
    EXPIRED = "expired", "Its time is over."
    INVALIDATED = "invalidated", "It was recorded in error."
    UNKNOWN = "unknown", "Nobody can say."


SAID_YES = frozenset({ConsentState.GIVEN, ConsentState.RENEWED})
"""The only states in which she said yes and has not ended it (C-02)."""


class GivenBy(Coded):
    """Who gave a consent."""

    SELF = "self", "The person herself."
    GUARDIAN = "guardian", "Her guardian."
    AUTHORITY = "child_protection_authority", "The child-protection authority."
    COURT = "court", "A court."


class Mechanism(Coded):
    """How a consent was expressed (C-05)."""

    ORAL = "oral", "Spoken, and written down by the taker."
    WRITTEN = "written", "Signed on paper."
    ELECTRONIC = "electronic", "Confirmed on a device."


class WithdrawalMethod(Coded):
    """How a consent can be withdrawn (C-05, C-09)."""

    ANY_AGENCY = "any_agency", "By saying so to any agency bound to her, or to her advocate."
    RECEIPT_CODE = "receipt_code", "By the code on her receipt."


class Urgency(Coded):
    """How soon the recipient should act."""

    ROUTINE = "routine", "Within the ordinary time."
    URGENT = "urgent", "Today."
    EMERGENCY = "emergency", "Now."


class DeliveryMode(Coded):
    """How a recipient gets its messages; fixed at registration (DESIGN section 6)."""

    SEALED_PULL = "sealed-pull", "Fetched from the inbox, sealed to the recipient's own key."
    PLAIN_PULL = "plain-pull", "Fetched from the inbox, readable by the gateway's operator until then."
    NATIVE_PUSH = "native-push", "Pushed by the courier, readable by the gateway's operator until then."


class ReferralState(Coded):
    """Life cycle of a referral (FORMATS 1.2)."""

    SUBMITTED = "submitted", "Accepted by the gateway and waiting."
    RECEIVED = "received", "Acknowledged by the recipient."
    ACCEPTED = "accepted", "The recipient takes it on."
    REJECTED = "rejected", "The recipient declines, with a coded reason."
    INFO_REQUESTED = "info_requested", "The recipient needs to know more."
    IN_PROGRESS = "in_progress", "The recipient is at work."
    COMPLETED = "completed", "Done."
    CANCELLED = "cancelled", "Ended before it was done."
    FAILED = "failed", "Nothing came of it: it could not be delivered, or the recipient could not carry it out."
    REVOKED = "revoked", "Taken back by the sender or by the person."


class RejectionReason(Coded):
    """Why a recipient declines (VOCABULARIES C.12); never clinical or legal detail (M-06)."""

    CLIENT_REFUSED = "client_refused_services", "She did not want the service."
    NO_CAPACITY = "lack_of_capacity", "There is no place."
    NO_LONGER_NEEDED = "services_no_longer_needed", "It is no longer needed."
    CANNOT_CONTACT_CLIENT = "unable_to_contact_client", "She could not be reached."
    CANNOT_CONTACT_ORGANISATION = "unable_to_contact_referred_to_organization", "The organisation could not be reached."
    OTHER = "other", "Another reason."


class Need(Coded):
    """Unified list of needs (VOCABULARIES C.2)."""

    ACCOMMODATION_EMERGENCY = "accommodation.emergency", "A bed tonight."
    ACCOMMODATION_LONGTERM = "accommodation.longterm", "A place to live."
    HEALTH_EMERGENCY = "health.emergency", "Emergency health care."
    HEALTH_GENERAL = "health.general", "General health care."
    HEALTH_SEXUAL_REPRODUCTIVE = "health.sexual_reproductive", "Sexual and reproductive health care."
    MENTAL_HEALTH = "mental_health", "Mental health care."
    INTERPRETATION = "interpretation", "An interpreter."
    LEGAL_IMMIGRATION = "legal.immigration", "Immigration advice."
    LEGAL_CRIMINAL = "legal.criminal", "Advice in criminal proceedings."
    LEGAL_COMPENSATION = "legal.compensation", "Advice on compensation."
    FINANCIAL = "financial", "Money."
    MATERIAL = "material_basic_needs", "Food, clothes, hygiene."
    DOCUMENTATION = "documentation_id", "Identity documents."
    EDUCATION = "education", "School or a course."
    EMPLOYMENT = "vocational_employment", "Training or work."
    GUARDIANSHIP = "child_protection_guardianship", "Child protection or a guardian."
    FAMILY_TRACING = "family_tracing", "Finding her family."
    POLICE_PROTECTION = "police_protection", "Police protection."
    POLICE_INVESTIGATION = "police_investigation", "A police investigation."
    ASYLUM = "asylum", "Asylum."
    RESIDENCE_PERMIT = "residence_permit", "A residence permit."
    VOLUNTARY_RETURN = "voluntary_return", "Help to return."
    REINTEGRATION = "reintegration", "Help to settle again."
    ADVOCATE = "independent_advocate", "An independent advocate."
    OTHER = "other", "Something else."


class Exploitation(Coded):
    """Forms of exploitation (VOCABULARIES C.3, crosswalk)."""

    FORCED_LABOUR = "forced_labour", "Forced labour."
    SEXUAL = "sexual", "Sexual exploitation."
    DOMESTIC_SERVITUDE = "domestic_servitude", "Domestic servitude."
    CRIMINAL = "criminal", "Forced criminality."
    BEGGING = "begging", "Forced begging."
    ORGAN_REMOVAL = "organ_removal", "Removal of organs."
    FORCED_MARRIAGE = "forced_marriage", "Forced marriage."
    FORCED_MILITARY = "forced_military", "Forced military service."
    ILLEGAL_ADOPTION = "illegal_adoption", "Illegal adoption."
    SURROGACY = "surrogacy", "Exploitative surrogacy."
    CHILD_LABOUR = "child_labour", "Child labour."
    SLAVERY = "slavery", "Slavery and similar practices."
    OTHER = "other", "Another form."
    UNKNOWN = "unknown", "Not known."


class Sex(Coded):
    """Sex or gender as recorded (VOCABULARIES C.4)."""

    FEMALE = "female", "Female."
    MALE = "male", "Male."
    OTHER = "other", "Neither of the two."
    UNKNOWN = "unknown", "Not known."


class AgeBand(Coded):
    """Age bands of CTDC (VOCABULARIES C.8)."""

    B00_08 = "0--8", "0 to 8 years."
    B09_17 = "9--17", "9 to 17 years."
    B18_20 = "18--20", "18 to 20 years."
    B21_23 = "21--23", "21 to 23 years."
    B24_26 = "24--26", "24 to 26 years."
    B27_29 = "27--29", "27 to 29 years."
    B30_38 = "30--38", "30 to 38 years."
    B39_47 = "39--47", "39 to 47 years."
    B48 = "48+", "48 years or more."
    ADULT = "adult", "An adult whose age is not known more closely."


class AgeStatus(Coded):
    """Whether the rules for adults may be used; unknown is treated as a child (K-01)."""

    ADULT = "adult", "18 or older."
    CHILD = "child", "Under 18."
    UNKNOWN = "unknown", "Not known, not sure or disputed."


class Ground(Coded):
    """What a disclosure rests on: her consent, or one of the few exceptions."""

    CONSENT = "consent", "Her consent."
    BREAK_GLASS = "break_glass", "Danger to life (E-01)."
    COURT_ORDER = "court_order", "An order of a court (E-03)."
    STATUTORY_DUTY = "statutory_duty", "A duty in statute (E-03)."
    DUTY_TO_NOTIFY = "duty_to_notify", "A notice without identity (P-05)."
    CHILD_PROTECTION = "child_protection", "The duty to protect a child (K-02)."
    BEST_INTERESTS = "best_interests", "The word of who speaks for a child, in her best interests (K-03)."
