"""What people read: a sentence for every code, in plain words; unknown things are not told from one another."""

from typing import Final

SENTENCES: Final = {
    "signed_out": "You are not signed in, or your session is over. Sign in again.",
    "link_unknown": "This link cannot be used. It may be used already or too old. Ask for a new one.",
    "passkey_refused": "This passkey was not accepted. Try again. If it happens again, ask a data-protection officer.",
    "role_missing": "You do not have the role this needs.",
    "second_person_needed": "This needs somebody else: a person who was not invited by whoever wrote it down.",
    "same_side": "This needs somebody from another side than the agency that wrote it down or would receive.",
    "approval_of_something_else": "What you approved is not what was asked. Begin again.",
    "approval_lapsed": "This took too long, or your roles changed meanwhile. Begin again.",
    "granted_to_oneself": "Nobody gives roles to himself or herself. Ask another officer.",
    "agency_unknown": "No agency of that name takes part, or it may not have officers here.",
    "agency_missing": "This needs an agency.",
    "label_unusable": "Give a short name for the account: at most 40 characters.",
    "officer_unknown": "There is no such officer.",
    "last_passkey": "This is your only passkey. Add another one first.",
    "too_fast": "Too many people are signing in at once. Wait a minute.",
    "other_origin": "This was not sent from our own page. Go to the page and try again.",
    "form_unreadable": "Something in the form cannot be read. Go back and try again.",
    "consent_refused": "This cannot be written down as it is.",
    "override_unknown": "There is no override of that number.",
    "override_not_waiting": "This override is not waiting for that: it is approved, stopped, over or judged already.",
    "policy_approved_already": "You approved this profile already. It waits for somebody else.",
    "same_agency_only": "An officer of an agency decides about that agency's own records and officers only.",
    "no_agencys_officer": "Only an officer who belongs to no agency may do this.",
    "not_locked": "Nothing is locked for that agency under this reference.",
    "legal_hold": "A court order stands in her case. Nothing is erased while it does.",
    "review_pending": "The glass was broken for her and nobody has judged it yet. That comes first.",
    "referral_unknown": "No referral has one of these numbers.",
    "breach_step_refused": "This cannot be written down now: it was done already, or something comes first.",
    "not_safe_to_give": "This may be shown to her and not handed out: nobody recorded that it is safe for her.",
    "unknown": "There is nothing of that kind on record.",
    "unavailable": "The gateway cannot do this now. Try again in a few seconds.",
    "defect": "Something went wrong on our side. Nothing was changed.",
}

STATUS: Final = {
    "signed_out": 401,
    "too_fast": 429,
    "form_unreadable": 400,
    "consent_refused": 422,
    "override_unknown": 404,
    "override_not_waiting": 409,
    "policy_approved_already": 409,
    "not_locked": 404,
    "legal_hold": 409,
    "review_pending": 409,
    "referral_unknown": 404,
    "breach_step_refused": 409,
    "not_safe_to_give": 409,
    "last_passkey": 409,
    "unknown": 404,
    "unavailable": 503,
    "defect": 500,
}
"""The status of an answer, where it is not 403."""


def sentence(code: str) -> str:
    """Return what a person reads. Raises KeyError for a code nobody wrote a sentence for; a test looks."""
    return SENTENCES[code]


def status(code: str) -> int:
    """Return the HTTP status."""
    return STATUS.get(code, 403)
