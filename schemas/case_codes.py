"""The closed code lists of what can be recorded about one person beside her consents (schema case_event/1.0).

Standard library only, like `schemas.vocabulary`; the same rules hold: a value is stored, signed and never renamed.
"""

from schemas.vocabulary import Coded


class CaseEventType(Coded):
    """What can be recorded about one person beside her consents (schema case_event/1.0, consent/case.py)."""

    AGE_DETERMINED = "age_determined", "Somebody entitled to it said whether she is a child (K-01)."
    GUARDIAN_RECORDED = "guardian_recorded", "A guardian was named for her (K-03)."
    GUARDIAN_BARRED = "guardian_barred", "A guardian may neither speak for her nor receive anything (K-05)."
    BEST_INTERESTS_RECORDED = "best_interests_recorded", "Why telling one recipient serves her best (K-03)."
    LOCAL_CONTACT_RECORDED = "local_contact_recorded", "Who the local child-protection contact is (K-04)."
    CHILD_HEARD = "child_heard", "She was told, and what she thinks was asked (K-02)."
    RESTRICTION_SET = "restriction_set", "Something is withheld from somebody (C-15)."
    RESTRICTION_LIFTED = "restriction_lifted", "It is withheld no longer (C-15)."
    PROCESSING_RESTRICTED = "processing_restricted", "Nothing about her may move (A-03)."
    PROCESSING_RELEASED = "processing_released", "It may move again (A-03)."
    NRM_WITHDRAWN = "nrm_withdrawn", "She left the referral mechanism (C-11)."
    STATUS_CARRIED = "status_carried", "A competent body said what her status is (A-06)."
    REFLECTION_STARTED = "reflection_started", "Her reflection period began (F-04)."
    SAFEGUARD_RECORDED = "safeguard_recorded", "What protects her data in another country (A-09)."
    INSTRUMENT_RECORDED = "instrument_recorded", "A court order or a duty in statute (E-03)."
    OVERRIDE_REQUESTED = "override_requested", "Somebody asked to break the glass (E-01)."
    OVERRIDE_APPROVED = "override_approved", "A second person agreed (E-01)."
    OVERRIDE_STOPPED = "override_stopped", "It was ended (E-01)."
    OVERRIDE_REVIEWED = "override_reviewed", "It was judged afterwards (E-01)."


class AgeDetermination(Coded):
    """What an age-determination event can say (K-01); everything but `adult` keeps her on the child route."""

    ADULT = "adult", "18 or older."
    CHILD = "child", "Under 18."
    UNKNOWN = "unknown", "Nobody could tell."
    DISPUTED = "disputed", "She or somebody for her says otherwise."


class GuardianConflict(Coded):
    """What stands between a guardian and the child (K-05); everything but `none` bars the guardian."""

    NONE = "none", "Nothing known."
    CONFLICT_OF_INTEREST = "conflict_of_interest", "The guardian's interest is another than hers."
    UNDER_INVESTIGATION = "under_investigation", "The guardian is under investigation."
    IMPLICATED = "implicated", "The guardian, or a parent, had a part in what happened to her."


class BestInterests(Coded):
    """Why telling one recipient serves a child best (K-03)."""

    SAFETY = "safety", "To keep her safe."
    CARE = "care", "To give her a place and people who care for her."
    HEALTH = "health", "To heal her, body or mind."
    REPRESENTATION = "representation", "To have somebody speak for her rights."
    EDUCATION = "education", "To let her learn."
    FAMILY = "family", "To find or to keep her family, where that is safe."
    DURABLE_SOLUTION = "durable_solution", "To settle where and how she will live."


class Informed(Coded):
    """Whether a child was told what happens, in words for her age (K-02)."""

    YES = "yes", "She was told."
    NOT_YET = "not_yet", "She could not be told yet."


class ChildViews(Coded):
    """What a child thinks of it (K-02)."""

    AGREES = "agrees", "She agrees."
    DISAGREES = "disagrees", "She does not agree."
    NONE_SAID = "none_said", "She said nothing."
    TOO_YOUNG = "too_young", "She is too young to say."


class VictimStatus(Coded):
    """What a competent body said (VOCABULARIES C.7); carried, never decided here (A-06)."""

    PRESUMED = "presumed", "There are grounds to believe it; the same help as identified (A-07)."
    IDENTIFIED = "identified", "Identified as trafficked."
    REFUSED = "refused", "Identification was refused; help she agreed to goes on (A-08)."
    NOT_A_VICTIM = "not_a_victim", "Found not to be trafficked; help she agreed to goes on (A-08)."


class Safeguard(Coded):
    """What makes a transfer to another country lawful (A-09, GDPR 44 to 49)."""

    SAME_LAW = "same_law", "The same data-protection law binds both countries."
    ADEQUACY = "adequacy", "The country is found to protect data adequately."
    TREATY = "treaty", "A binding instrument between public bodies."
    STANDARD_CLAUSES = "standard_clauses", "Standard data-protection clauses."
    HER_EXPLICIT_CONSENT = "explicit_consent", "Her explicit consent, the risks having been explained."


class InstrumentKind(Coded):
    """A ground in law that needs no consent (E-03)."""

    COURT_ORDER = "court_order", "An order of a court."
    STATUTORY_DUTY = "statutory_duty", "A duty in statute."


class PersonTold(Coded):
    """Whether she was told of an instrument, and why not (E-03)."""

    YES = "yes", "She was told."
    PROHIBITED = "prohibited", "The law forbids to tell her."
    DANGEROUS = "dangerous", "Telling her would put her or somebody in danger."


class OverrideGround(Coded):
    """The only grounds on which the glass may be broken (E-01)."""

    DANGER_TO_LIFE = "danger_to_life", "Her life, or somebody's, is in danger now."
    SERIOUS_INJURY = "serious_injury", "Serious injury is about to happen."
    ABDUCTION = "abduction", "She is being held or taken away."
    MEDICAL_EMERGENCY = "medical_emergency", "She needs treatment now and cannot say yes or no."
    MISSING_AT_RISK = "missing_at_risk", "She has disappeared and is in danger."


class OverrideFinding(Coded):
    """What a review found (E-01)."""

    JUSTIFIED = "justified", "It was needed, and kept to what was needed."
    EXCESSIVE = "excessive", "It was needed, and more was told than was needed."
    NOT_JUSTIFIED = "not_justified", "It was not needed."
