"""Why the gateway says no.

Every reason is a code, a sentence for people, the rule it comes from, and who may hear it.
"""

from enum import StrEnum
from typing import Self


class Audience(StrEnum):
    """Who may be told a reason in full.

    SENDER reasons speak of the document, agreement or profile. ROUTE reasons are told as `no_agreement`, so that an
    unknown and a forbidden recipient look the same. RECORD reasons come from consents, restrictions or the existence of
    a person; the sender hears one collapsed reason for all of them, and only the agency that recorded the consent and
    the DPO hear more.
    """

    SENDER = "sender"
    ROUTE = "route"
    RECORD = "record"


class Reason(StrEnum):
    """The closed list of reasons. Values are stored and signed, so they are never renamed."""

    sentence: str
    rule: str
    audience: Audience

    def __new__(cls, code: str, rule: str, audience: Audience, sentence: str) -> Self:
        """Make a member that is its code and remembers rule, audience and sentence."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.rule, member.audience, member.sentence = rule, audience, sentence
        return member

    NO_AGREEMENT = (
        "no_agreement",
        "M-02",
        Audience.ROUTE,
        "No agreement between you and that recipient for that purpose is in force.",
    )
    NEVER_RECEIVES = (
        "never_receives",
        "F-01",
        Audience.ROUTE,
        "An immigration enforcement agency never receives data about a protected person.",
    )
    NO_PROFILE = (
        "no_profile",
        "M-01",
        Audience.SENDER,
        "No minimal-disclosure profile lets a recipient of this kind have anything for this purpose.",
    )
    DOCUMENT_LACKS_REQUIRED = (
        "document_lacks_required",
        "M-01",
        Audience.SENDER,
        "The document lacks something the recipient needs to act for this purpose.",
    )
    ROUTE_NOT_YET_ENFORCED = (
        "route_not_yet_enforced",
        "M-01",
        Audience.SENDER,
        "The rules for this route are not built yet, so the gateway refuses it.",
    )
    NOT_A_FOCAL_POINT = (
        "not_a_focal_point",
        "A-09",
        Audience.ROUTE,
        "Another country is told through its focal point only.",
    )
    NOT_IN_THIS_COUNTRY = (
        "not_in_this_country",
        "F-03",
        Audience.ROUTE,
        "The country's profile knows no such recipient, purpose or legal basis.",
    )
    GROUND_AND_PURPOSE_DIFFER = (
        "ground_and_purpose_differ",
        "E-01",
        Audience.SENDER,
        "The ground you claim is not one for this purpose.",
    )
    NO_ROOM_SAID = (
        "no_room_said",
        "M-05",
        Audience.SENDER,
        "The agreement asks for room first, and the recipient has not said that it has any. Ask it, then send.",
    )
    PROBING_LOCKED = (
        "probing_locked",
        "A-01",
        Audience.SENDER,
        "Too many recipients were tried for this person. Ask your data-protection officer.",
    )
    TOO_LATE = ("too_late", "A-04", Audience.SENDER, "The day until which the data may be used has passed.")
    RECIPIENT_KEY_CHANGED = (
        "recipient_key_changed",
        "P-01",
        Audience.SENDER,
        "The recipient has changed its key since; send the referral again.",
    )
    PARCEL_UNREADABLE = (
        "parcel_unreadable",
        "A-01",
        Audience.SENDER,
        "What was kept for the recipient was altered and does not open; send the referral again.",
    )
    PREVIEW_DIFFERS = (
        "preview_differs",
        "M-13",
        Audience.SENDER,
        "What would be sent now is not what you were shown. Preview it again.",
    )
    NOTHING_TO_REPLACE = (
        "nothing_to_replace",
        "A-03",
        Audience.SENDER,
        "No referral of yours about this person, to this recipient for this purpose, can be replaced under that id.",
    )
    RECIPIENT_UNREACHABLE = (
        "recipient_unreachable",
        "A-01",
        Audience.RECORD,
        "The recipient's system cannot take what she agreed to send.",
    )
    TRIED_TOO_OFTEN = (
        "tried_too_often",
        "A-01",
        Audience.RECORD,
        "Too many recipients were tried for her, under this reference and others of hers.",
    )
    PERSON_UNKNOWN = ("person_unknown", "C-01", Audience.RECORD, "No person is known under this reference.")
    NO_CONSENT = ("no_consent", "C-01", Audience.RECORD, "She has not consented to this recipient.")
    PURPOSE_NOT_COVERED = (
        "purpose_not_covered",
        "C-16",
        Audience.RECORD,
        "Her consent names this recipient, but not for this purpose.",
    )
    CONSENT_NOT_GIVEN = (
        "consent_not_given",
        "C-02",
        Audience.RECORD,
        "Her consent has been asked for or deferred, but not given.",
    )
    CONSENT_REFUSED = ("consent_refused", "C-02", Audience.RECORD, "She said no.")
    CONSENT_WITHDRAWN = ("consent_withdrawn", "C-09", Audience.RECORD, "She took her consent back.")
    CONSENT_REVOKED = ("consent_revoked", "C-02", Audience.RECORD, "Her consent was ended by somebody else.")
    CONSENT_INVALIDATED = ("consent_invalidated", "C-02", Audience.RECORD, "Her consent was recorded in error.")
    CONSENT_UNKNOWN = ("consent_unknown", "C-02", Audience.RECORD, "Nobody can say whether she consented.")
    CONSENT_NOT_YET_VALID = ("consent_not_yet_valid", "C-08", Audience.RECORD, "Her consent begins later.")
    CONSENT_EXPIRED = ("consent_expired", "C-08", Audience.RECORD, "Her consent is over.")
    CONSENT_UNCONFIRMED = (
        "consent_unconfirmed",
        "C-19",
        Audience.RECORD,
        "Her consent was taken by the agency it benefits and nobody has confirmed it.",
    )
    REQUIRED_NOT_COVERED = (
        "required_not_covered",
        "C-01",
        Audience.RECORD,
        "What she agreed to is not enough for the recipient to act.",
    )
    RESTRICTED = (
        "restricted",
        "C-15",
        Audience.RECORD,
        "She asked that something the recipient needs be withheld from it.",
    )
    NOT_HER_OWN_WORD = (
        "not_her_own_word",
        "K-06",
        Audience.RECORD,
        "She is an adult, and only somebody else has agreed for her.",
    )
    NOT_A_CHILD = ("not_a_child", "K-02", Audience.RECORD, "Rules for children were claimed, and she is an adult.")
    AGE_IN_QUESTION = (
        "age_in_question",
        "K-01",
        Audience.RECORD,
        "The document and the record differ about her age; somebody must determine it.",
    )
    LOCAL_CONTACT_MISSING = (
        "local_contact_missing",
        "K-04",
        Audience.RECORD,
        "No local child-protection contact is on record.",
    )
    GUARDIAN_NEEDED = ("guardian_needed", "K-03", Audience.RECORD, "Nobody who may speak for the child has agreed.")
    GUARDIAN_BARRED = (
        "guardian_barred",
        "K-05",
        Audience.RECORD,
        "The guardian who agreed may not speak for the child.",
    )
    RECIPIENT_BARRED = (
        "recipient_barred",
        "K-05",
        Audience.RECORD,
        "The recipient is a guardian who may not receive anything about the child.",
    )
    BEST_INTERESTS_MISSING = (
        "best_interests_missing",
        "K-03",
        Audience.RECORD,
        "Nobody has recorded why telling this recipient serves the child best.",
    )
    NRM_WITHDRAWN = (
        "nrm_withdrawn",
        "C-11",
        Audience.RECORD,
        "She left the referral mechanism and has not agreed anew.",
    )
    PROCESSING_RESTRICTED = (
        "processing_restricted",
        "A-03",
        Audience.RECORD,
        "Nothing about her may move until the restriction is released.",
    )
    OVERRIDE_MISSING = (
        "override_missing",
        "E-01",
        Audience.RECORD,
        "Nobody has asked to break the glass for this recipient.",
    )
    OVERRIDE_NOT_APPROVED = (
        "override_not_approved",
        "E-01",
        Audience.RECORD,
        "No second person has approved breaking the glass.",
    )
    OVERRIDE_OVER = ("override_over", "E-01", Audience.RECORD, "The time for which the glass was broken is over.")
    INSTRUMENT_MISSING = (
        "instrument_missing",
        "E-03",
        Audience.RECORD,
        "No court order or duty in statute for this recipient is on record.",
    )
    NOTICE_OF_A_CHILD = (
        "notice_of_a_child",
        "K-08",
        Audience.RECORD,
        "She is not known to be an adult: a child is referred, not reported without a name.",
    )
    NOTICE_TOO_SINGULAR = (
        "notice_too_singular",
        "P-05",
        Audience.RECORD,
        "Too few people fit what the notice would say; it would tell who she is.",
    )
    BORDER_NEEDS_CONSENT = (
        "border_needs_consent",
        "A-09",
        Audience.RECORD,
        "She has not agreed to assistance in that country.",
    )
    SAFEGUARD_MISSING = ("safeguard_missing", "A-09", Audience.RECORD, "No safeguard for that country is on record.")


COLLAPSED_CODE = "not_permitted"
"""What a sender hears in place of every RECORD reason."""

COLLAPSED_SENTENCE = "The gateway holds no ground on which it may make this disclosure."
