"""The decision table: one row a case, and beside every no a yes that differs in one thing.

Read a row as: under this rule, when this is the case, the answer is yes, or no for that reason. What a row does not
name is as in tests/builders.py: the police ask to tell a shelter about an adult who said yes an hour ago, and all is in
order. The rules about children, exceptions, borders and the case stand in decision_table.toml, in words for officers.
"""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from builders import DAY, HOUR, NOON, SHELTER, a_consent, a_disclosure, a_party, a_profile, an_agreement, some_records

from consent.decision import Permit, Refusal, decide
from consent.disclosure import Disclosure
from consent.facts import Restriction
from consent.policy import ConsentDecision, Policy
from consent.reasons import Reason
from consent.records import Consent, Records
from schemas.vocabulary import ConsentState, DataCategory, FunctionClass, Ground, Purpose

NEED, ALIAS = DataCategory.NEED, DataCategory.ALIAS
EARLIER, LATER = NOON - 2 * HOUR, NOON - HOUR
ENFORCEMENT = a_party(SHELTER, FunctionClass.IMMIGRATION_ENFORCEMENT)
ABROAD = a_party(SHELTER, FunctionClass.SHELTER, "YY")
WITHDRAWN, REFUSED, INVALIDATED = ConsentState.WITHDRAWN, ConsentState.REFUSED, ConsentState.INVALIDATED


@dataclass(frozen=True, slots=True)
class Row:
    """Rule, case in words, the reason for a no (None: yes), what is asked, what is on record."""

    rule: str
    case: str
    reason: Reason | None
    asked: Disclosure
    records: Records


def yes(rule: str, case: str, asked: Disclosure | None = None, records: Records | None = None) -> Row:
    return Row(rule, case, None, asked or a_disclosure(), records or some_records())


def no(rule: str, case: str, reason: Reason, asked: Disclosure | None = None, records: Records | None = None) -> Row:
    return replace(yes(rule, case, asked, records), reason=reason)


def agreed(**changes: object) -> Records:
    return some_records(agreement=an_agreement(**changes))


def said(**changes: object) -> Records:
    return some_records(a_consent(**changes))


def both(first: Consent, **second: object) -> Records:
    return some_records(first, a_consent(id="consent-2", **second))


def route(function: FunctionClass, purpose: Purpose, decision: ConsentDecision, carries: DataCategory) -> Row:
    """Everything in order on the way to another kind of recipient, the document carrying that one category."""
    profile = a_profile(function, purpose)
    asked = a_disclosure(
        recipient=a_party(SHELTER, function), purpose=purpose, profile=profile, carries=frozenset({carries})
    )
    consent = a_consent(purposes=frozenset({purpose}), decision=decision, categories=profile.categories)
    agreement = an_agreement(purpose=purpose, categories=profile.categories)
    return yes("", "", asked, some_records(consent, agreement=agreement))


COUNTED = route(FunctionClass.RAPPORTEUR, Purpose.STATISTICS, ConsentDecision.REPORTING, NEED)
TWO_PURPOSES = frozenset({Purpose.ACCOMMODATION, Purpose.LEGAL})
NO_TO_POLICE: dict[str, object] = {
    "recipient": "river-police", "purposes": frozenset({Purpose.INVESTIGATION}),
    "decision": ConsentDecision.COOPERATION, "state": REFUSED, "decided_at": NOON,
}  # fmt: skip

THE_ROUTE = [
    yes("F-01", "the recipient is a shelter"),
    no("F-01", "the recipient enforces immigration law", Reason.NEVER_RECEIVES, a_disclosure(recipient=ENFORCEMENT)),
    yes("M-02", "the agreement runs until tomorrow", None, agreed(ends=NOON + DAY)),
    no("M-02", "the agreement ends at this moment", Reason.NO_AGREEMENT, None, agreed(ends=NOON)),
    yes("M-02", "the agreement begins at this moment", None, agreed(begins=NOON)),
    no("M-02", "the agreement begins tomorrow", Reason.NO_AGREEMENT, None, agreed(begins=NOON + DAY)),
    no("M-02", "there is no agreement", Reason.NO_AGREEMENT, None, some_records(agreement=None)),
    no("M-02", "the agreement names another shelter", Reason.NO_AGREEMENT, None, agreed(recipient="hill-shelter")),
    no("M-02", "the agreement is of another sender", Reason.NO_AGREEMENT, None, agreed(sender="hill-police")),
    no("M-02", "the agreement is for another purpose", Reason.NO_AGREEMENT, None, agreed(purpose=Purpose.LEGAL)),
    yes("M-02", "the agencies agreed on needs only", None, agreed(categories=frozenset({NEED}))),
    no("M-02", "the agencies did not agree on needs", Reason.NO_AGREEMENT, None, agreed(categories=frozenset({ALIAS}))),
    no("M-02", "nobody knows the recipient", Reason.NO_AGREEMENT, a_disclosure(recipient=None)),
    yes("M-01", "the document holds just what a shelter needs", a_disclosure(carries=frozenset({NEED}))),
    no("M-01", "the document lacks it", Reason.DOCUMENT_LACKS_REQUIRED, a_disclosure(sufficient=False)),
    no("M-01", "no profile lists anything", Reason.NO_PROFILE, a_disclosure(profile=None)),
]

TO_BE_COUNTED = [
    yes("P-03", "she agreed to be counted", COUNTED.asked, COUNTED.records),
    no("P-03", "she agreed to be helped, and not to be counted", Reason.PURPOSE_NOT_COVERED, COUNTED.asked,
       replace(COUNTED.records, consents=(a_consent(),))),
]  # fmt: skip


def test_a_route_whose_rules_are_not_built_is_refused() -> None:
    pending = Policy(pending_purposes=frozenset({Purpose.ACCOMMODATION}))
    refused = decide(a_disclosure(), some_records(), pending, NOON)
    assert refused == Refusal((Reason.ROUTE_NOT_YET_ENFORCED,), NOON)


FIRST = agreed(capacity_first=True)
ROOM = [
    yes("M-05", "the agreement asks for no room"),
    no("M-05", "it asks for room, and nobody has said yes", Reason.NO_ROOM_SAID, None, FIRST),
    yes("M-05", "it asks for room, and there is some", a_disclosure(room=True), FIRST),
]

THE_GROUND_CLAIMED = [
    yes("E-01", "her consent, for a bed", a_disclosure(ground=Ground.CONSENT)),
    no("E-01", "danger to life, for a bed", Reason.GROUND_AND_PURPOSE_DIFFER, a_disclosure(ground=Ground.BREAK_GLASS)),
    yes("P-05", "her consent, for a bed", a_disclosure(ground=Ground.CONSENT)),
    no("P-05", "a duty to notify, for a bed", Reason.GROUND_AND_PURPOSE_DIFFER,
       a_disclosure(ground=Ground.DUTY_TO_NOTIFY)),
    yes("A-09", "the recipient is in this country"),
    no("A-09", "the recipient is in another", Reason.NOT_A_FOCAL_POINT, a_disclosure(recipient=ABROAD)),
    no("A-09", "and there is no agreement either", Reason.NO_AGREEMENT, a_disclosure(recipient=ABROAD),
       some_records(agreement=None)),
]  # fmt: skip

THE_LOCK = [
    yes("A-01", "the sender tried nobody else", None, some_records(locked=False)),
    no("A-01", "the sender tried too many, and she said yes", Reason.PROBING_LOCKED, None, some_records(locked=True)),
    yes("A-01", "under no reference of hers it tried too many", None, some_records(tried=False)),
    no("A-01", "it did under all of them", Reason.TRIED_TOO_OFTEN, None, some_records(tried=True)),
    no("A-01", "under this one alone, too", Reason.PROBING_LOCKED, None, some_records(locked=True, tried=True)),
]

HER_WORD = [
    yes("C-01", "she agreed to this recipient, this purpose, everything asked"),
    no("C-01", "nobody is known under the reference", Reason.PERSON_UNKNOWN, None, some_records(consents=None)),
    no("C-01", "she is known and said nothing", Reason.NO_CONSENT, None, some_records(consents=())),
    yes("C-02", "given", None, said(state=ConsentState.GIVEN)),
    yes("C-02", "renewed", None, said(state=ConsentState.RENEWED)),
    no("C-02", "requested", Reason.CONSENT_NOT_GIVEN, None, said(state=ConsentState.REQUESTED)),
    no("C-02", "deferred", Reason.CONSENT_NOT_GIVEN, None, said(state=ConsentState.DEFERRED)),
    no("C-02", "refused", Reason.CONSENT_REFUSED, None, said(state=REFUSED)),
    no("C-02", "withdrawn", Reason.CONSENT_WITHDRAWN, None, said(state=WITHDRAWN)),
    no("C-02", "revoked", Reason.CONSENT_REVOKED, None, said(state=ConsentState.REVOKED)),
    no("C-02", "expired", Reason.CONSENT_EXPIRED, None, said(state=ConsentState.EXPIRED)),
    no("C-02", "recorded in error", Reason.CONSENT_INVALIDATED, None, said(state=INVALIDATED)),
    no("C-02", "nobody can say", Reason.CONSENT_UNKNOWN, None, said(state=ConsentState.UNKNOWN)),
    yes("C-03", "she agreed that the police tell this shelter"),
    no("C-03", "she agreed to another shelter", Reason.NO_CONSENT, None, said(recipient="hill-shelter")),
    no("C-03", "she agreed that somebody else tells it", Reason.NO_CONSENT, None, said(discloser="hill-police")),
    yes("C-04", "she has answered yes", None, said(state=ConsentState.GIVEN)),
    no("C-04", "she has only been asked", Reason.CONSENT_NOT_GIVEN, None, said(state=ConsentState.REQUESTED)),
    yes("C-08", "her consent begins at this moment", None, said(begins=NOON)),
    no("C-08", "her consent begins later", Reason.CONSENT_NOT_YET_VALID, None, said(begins=NOON + HOUR)),
    yes("C-08", "her consent lasts another hour", None, said(ends=NOON + HOUR)),
    no("C-08", "her consent ends at this moment", Reason.CONSENT_EXPIRED, None, said(ends=NOON)),
    no("C-09", "yes, then no", Reason.CONSENT_WITHDRAWN, None, both(a_consent(decided_at=EARLIER), state=WITHDRAWN)),
    yes("C-09", "no, then yes again (C-11)", None, both(a_consent(decided_at=EARLIER, state=WITHDRAWN))),
    no("C-09", "yes and no at one moment", Reason.CONSENT_WITHDRAWN, None, both(a_consent(), state=WITHDRAWN)),
    yes("C-13", "yes to support", None, said(decision=ConsentDecision.SUPPORT)),
    no("C-13", "yes to referral only", Reason.PURPOSE_NOT_COVERED, None, said(decision=ConsentDecision.REFERRAL)),
    yes("C-13", "no to police co-operation does not close the shelter", None, both(a_consent(), **NO_TO_POLICE)),
    yes("C-16", "she agreed to a bed and to a lawyer", None, said(purposes=TWO_PURPOSES)),
    no("C-16", "she agreed to a lawyer", Reason.PURPOSE_NOT_COVERED, None, said(purposes=frozenset({Purpose.LEGAL}))),
    no("C-16", "yes to all, then yes to her alias alone", Reason.REQUIRED_NOT_COVERED, None,
       both(a_consent(decided_at=EARLIER), categories=frozenset({ALIAS}))),
    yes("C-16", "yes to her alias alone, then yes to all", None,
        both(a_consent(decided_at=EARLIER, categories=frozenset({ALIAS})))),
    yes("C-19", "a second person confirmed it", None, said(confirmed=True)),
    no("C-19", "nobody confirmed what needs it", Reason.CONSENT_UNCONFIRMED, None, said(confirmed=False)),
]  # fmt: skip

WHAT_IS_LEFT = [
    yes("C-01", "she agreed to her needs alone", None, said(categories=frozenset({NEED}))),
    no("C-01", "she left out her needs", Reason.REQUIRED_NOT_COVERED, None, said(categories=frozenset({ALIAS}))),
    yes("C-15", "she withholds her alias", None, said(restrictions=(Restriction(ALIAS),))),
    no("C-15", "she withholds her needs", Reason.RESTRICTED, None, said(restrictions=(Restriction(NEED),))),
    no("C-15", "from this shelter", Reason.RESTRICTED, None, said(restrictions=(Restriction(NEED, SHELTER),))),
    yes("C-15", "from another shelter", None, said(restrictions=(Restriction(NEED, "hill-shelter"),))),
    no("C-15", "in a consent to somebody else, withdrawn since", Reason.RESTRICTED, None,
       both(a_consent(), recipient="x", state=WITHDRAWN, restrictions=(Restriction(NEED),))),
    yes("C-15", "in a consent that was recorded in error", None,
        both(a_consent(), recipient="x", state=INVALIDATED, restrictions=(Restriction(NEED),))),
]  # fmt: skip

TABLE = [*THE_ROUTE, *TO_BE_COUNTED, *ROOM, *THE_GROUND_CLAIMED, *THE_LOCK, *HER_WORD, *WHAT_IS_LEFT]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.rule}: {row.case}")
def test_each_row_is_decided_as_it_says(row: Row) -> None:
    decision = decide(row.asked, row.records, Policy(), NOON)
    assert decision.decided_at == NOON
    match decision:
        case Permit():
            assert row.reason is None
        case Refusal(reasons=reasons):
            assert reasons == (row.reason,)


OUTSIDE = {
    Reason.ROUTE_NOT_YET_ENFORCED,
    Reason.NOT_IN_THIS_COUNTRY,
    Reason.TOO_LATE,
    Reason.RECIPIENT_KEY_CHANGED,
    Reason.PARCEL_UNREADABLE,
    Reason.PREVIEW_DIFFERS,
    Reason.NOTHING_TO_REPLACE,
    Reason.RECIPIENT_UNREACHABLE,
}
"""Reasons that are no matter of permission: found when a parcel is packed or handed out (tests/core), or a policy."""


def test_every_reason_stands_in_one_of_the_two_tables() -> None:
    rules = tomllib.loads(Path(__file__).with_name("decision_table.toml").read_text("utf-8"))["row"]
    there = {Reason(row["refuses"]) for row in rules if "refuses" in row}
    assert {row.reason for row in TABLE} | there == {None, *Reason} - OUTSIDE


def test_beside_every_no_of_a_rule_stands_a_yes() -> None:
    assert {row.rule for row in TABLE if row.reason} == {row.rule for row in TABLE if row.reason is None}


def test_the_route_is_looked_at_before_her_record() -> None:
    """What the first step says is the same whatever is on record about her, and so tells nothing about it."""
    for row in [*THE_ROUTE, *ROOM, *THE_GROUND_CLAIMED]:
        if row.reason:
            for consents in (None, (), (a_consent(state=REFUSED),), (a_consent(),)):
                for locked in (True, False):
                    records = replace(row.records, consents=consents, locked=locked)
                    assert decide(row.asked, records, Policy(), NOON) == Refusal((row.reason,), NOON)
