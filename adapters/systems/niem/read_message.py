"""A message as what it asks for: a referral, an answer to one, or taking an earlier one back.

No element of NIEM says what she agreed to, and none of ours does: consent is recorded at the gateway, never read here.
"""

import re

from adapters.sdk import (
    MalformedError,
    Parsed,
    ParsedReferral,
    ParsedRevocation,
    ParsedStatus,
    SubjectUnclearError,
    UnsupportedError,
)
from adapters.sdk.codes import Json, ReferralState, RejectionReason, ServiceOutcome
from adapters.sdk.xml.reading import Element
from adapters.sdk.xml.tree import Tree
from adapters.systems.niem.names import MESSAGE, REFERRAL, VICTIM
from adapters.systems.niem.read_person import read_person
from adapters.systems.niem.read_victim import read_needs, read_victim
from adapters.systems.niem.reading import Reader
from adapters.systems.niem.tables import Tables

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}")
_NUMBER = "nc:IdentificationID"


def read_message(root: Element, named: str | None, tables: Tables) -> Parsed:
    """Return what the message is. `named` says which victim is meant: her structures:id or a number of hers."""
    if root.name != MESSAGE:
        raise UnsupportedError("", "root")
    tree = Tree(root)
    reader = Reader(tree, tables)
    referral = tree.required(root, REFERRAL)
    state = reader.text(referral, "nc:ActivityStatus", "gx:ReferralStateCode")
    return _referral(reader, referral, named) if state is None else _answer(reader, referral, ReferralState(state))


def _answer(reader: Reader, referral: Element, state: ReferralState) -> Parsed:
    number = reader.below(referral, "nc:ActivityIdentification", _NUMBER)
    if number is None:
        raise MalformedError(f"{reader.tree.pointer(referral)}/nc:ActivityIdentification", "required")
    reference = reader.tree.take(number)
    if _REFERENCE.fullmatch(reference) is None:
        raise UnsupportedError(reader.tree.pointer(number), "reference")
    if state is ReferralState.REVOKED:
        return ParsedRevocation(reference, reader.tree.losses())
    if state is ReferralState.COMPLETED:  # The message has no element for what came of it.
        return ParsedStatus(reference, state, ServiceOutcome.UNKNOWN, reader.tree.losses())
    reason = reader.text(referral, "nc:ActivityStatus", "gx:StatusAugmentation", "gx:RejectionReasonCode")
    return ParsedStatus(reference, state, None if reason is None else RejectionReason(reason), reader.tree.losses())


def _referral(reader: Reader, referral: Element, named: str | None) -> ParsedReferral:
    victims = reader.tree.children(reader.tree.root, VICTIM)
    victim = _chosen(victims, named)
    document: dict[str, Json] = {"schema": "referral/1.0", **_reference(reader, referral), "subject": {}}
    person = reader.tree.child(victim, "nc:EntityPerson")
    if person is not None:
        document["subject"] = read_person(reader, person)
    read_victim(reader, victim, document)
    needs = list(read_needs(reader, victim, alone=len(victims) == 1))
    if needs:
        document["needs"] = needs
    issuer = reader.text(referral, "nc:ReferralIssuer", "nc:EntityPerson", "nc:PersonName", "nc:PersonFullName")
    if issuer is not None:
        document["staff"] = [{"role": "issuer", "name": issuer}]
    return ParsedReferral(document, reader.tree.losses())


def _chosen(victims: list[Element], named: str | None) -> Element:
    """Return the one victim who is meant; never a guess."""
    if named is None:
        found = victims
    else:
        found = [victim for victim in victims if victim.identifier == named or _has_number(victim, named)]
    if not found:
        raise SubjectUnclearError("", "no_victim" if named is None else "no_such_subject")
    if len(found) > 1:
        raise SubjectUnclearError("", "several_victims" if named is None else "several_subjects")
    return found[0]


def _has_number(element: Element, number: str) -> bool:
    if element.name == _NUMBER and element.text == number:
        return True
    return any(_has_number(child, number) for child in element.children)


def _reference(reader: Reader, referral: Element) -> dict[str, Json]:
    """The sender's number and day; a number that is no token, and a date that is no day, are lost."""
    found: dict[str, Json] = {}
    number = reader.below(referral, "nc:ActivityIdentification", _NUMBER)
    if number is not None and _REFERENCE.fullmatch(number.text) is not None:
        found["sender_reference"] = reader.tree.take(number)
    date = reader.tree.child(referral, "nc:ActivityDate")
    if date is not None and reader.tree.child(date, "nc:Date") is not None:
        day = reader.day(referral, "nc:ActivityDate")
        if day is not None:
            found["recorded_on"] = day
    return found
