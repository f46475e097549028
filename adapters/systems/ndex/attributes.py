"""Codes of the canonical referral for which LEXS has no element, as lexs:DomainAttribute, its slot for communities.

An attribute's name is the pointer of the leaf, its domain is ours, and both directions use the one closed table
below: what is not in it is neither written nor read. So a need reaches a police system, and comes back, without a
sentence having to be invented.
"""

import re
from collections.abc import Mapping

from adapters.sdk import UnsupportedError
from adapters.sdk.codes import Exploitation, Json, Need
from adapters.sdk.xml.reading import Element
from adapters.sdk.xml.tree import Tree

DOMAIN = "referral-gateway/1.0"
ENVELOPE = "/envelope"
"""Names below this say how the message travels (purpose, obligations); they are never read into a referral."""

_INDEX = re.compile(r"(?<=/)(?:0|[1-9][0-9]?)(?=/|$)")
_ENTRY = re.compile(r"(?P<list>(?:/[a-z_]+)+)/(?P<index>[0-9]+)(?:/(?P<key>[a-z_]+))?")
_TEXT = r"[^\x00-\x08\x0b\x0c\x0e-\x1f]"
_NUMBER = re.compile(r"[0-9]{1,3}")
_LANGUAGES = "/subject/languages"
_LANGUAGE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}"
_AGENCIES = (
    "police prosecution health psychosocial shelter legal_aid labour_inspectorate child_protection "
    "guardian_service competent_authority immigration_protection immigration_enforcement interpreter rapporteur "
    "focal_point"
)
_INDUSTRIES = (
    "agriculture mining manufacturing electricity water construction trade transport hospitality information "
    "finance real_estate professional administrative public_administration education health_social arts "
    "other_services households extraterritorial other unknown"
)
_MEANS = (
    "physical_threats threat_of_law_enforcement threats_to_family debt_bondage false_promises physical_abuse "
    "sexual_abuse takes_earnings restricts_finances restricts_movement restricts_medical_care "
    "withholds_necessities psychological_abuse psychoactive_substances excessive_hours withholds_documents "
    "uses_children other"
)
_RECRUITMENT = (
    "place_of_business educational_institution work online_social_network online_advertisement television "
    "newspaper family friends other"
)
_REASONS = (
    "exploiter_nearby exploiter_knows_place threats threats_to_family self_harm debt stalking "
    "further_exploitation other"
)
_LAST_CONTACT = "week month three_months six_months year longer unknown"
_IMMIGRATION_STATUS = "citizen residence_permit asylum_seeker reflection_period visa undocumented other unknown"
_ACCESS_NEEDS = "wheelchair step_free hearing sight communication_aid female_staff male_staff other"
_ALERTS = "medication allergy pregnancy chronic_condition mental_health_crisis other"

CODES: Mapping[str, frozenset[str]] = {
    "/subject/minor_status": frozenset({"adult", "child", "unknown"}),
    "/subject/interpreter/gender": frozenset({"female", "male", "any"}),
    "/situation/victim_status": frozenset({"presumed", "identified", "refused", "not_a_victim"}),
    "/situation/decided_by": frozenset(_AGENCIES.split()),
    "/situation/minor_at_exploitation": frozenset({"yes", "no", "unknown"}),  # K-09
    "/situation/exploitation/*/type": frozenset(Exploitation),
    "/situation/exploitation/*/industry": frozenset(_INDUSTRIES.split()),
    "/situation/means/*": frozenset(_MEANS.split()),
    "/situation/recruitment/*": frozenset(_RECRUITMENT.split()),
    "/situation/last_contact": frozenset(_LAST_CONTACT.split()),
    "/situation/immigration_status": frozenset(_IMMIGRATION_STATUS.split()),
    "/situation/cooperation": frozenset({"yes", "no", "undecided", "unknown"}),
    "/needs/*/code": frozenset(Need),
    "/risk/level": frozenset({"low", "medium", "high", "critical"}),
    "/risk/reasons/*": frozenset(_REASONS.split()),
    "/health/access_needs/*": frozenset(_ACCESS_NEEDS.split()),
    "/health/alerts/*": frozenset(_ALERTS.split()),
}
"""Leaves that hold one of a closed list of codes; a test compares each list with the schema's."""

PATTERNS: Mapping[str, re.Pattern[str]] = {
    "/subject/languages/*/code": re.compile(_LANGUAGE),
    "/subject/interpreter/language": re.compile(_LANGUAGE),
    "/subject/meeting_point": re.compile(rf"{_TEXT}{{1,200}}"),
    "/subject/group_ref": re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}"),
    "/situation/exploitation/*/country": re.compile(r"[A-Z]{2}"),
    "/situation/reflection_until": re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
    "/needs/*/note": re.compile(rf"{_TEXT}{{1,500}}"),
}
"""Leaves that hold a bounded token or text."""

FLAGS = frozenset({"/subject/interpreter/needed"})
"""Leaves that hold true or false."""

LISTS: Mapping[str, tuple[int, str]] = {
    _LANGUAGES: (10, "code"),
    "/situation/exploitation": (10, "type"),
    "/situation/means": (20, ""),
    "/situation/recruitment": (10, ""),
    "/needs": (25, "code"),
    "/risk/reasons": (10, ""),
    "/health/access_needs": (10, ""),
    "/health/alerts": (10, ""),
}
"""Lists: how many entries the schema allows, and the member an entry is nothing without ("" in lists of scalars)."""

NUMBERS: Mapping[str, int] = {"/subject/dependants": 50}
"""Leaves that hold a whole number from 0, and the largest."""


def carried(pointer: str) -> bool:
    """Whether the leaf at that pointer travels as an attribute."""
    path = _INDEX.sub("*", pointer)
    return path in CODES or path in PATTERNS or path in FLAGS or path in NUMBERS


def read_attributes(tree: Tree, metadata: Element) -> dict[str, Json]:
    """Return the leaves that attributes of our domain hold, by pointer.

    Raises UnsupportedError for a code the table does not know.
    """
    found: dict[str, Json] = {}
    for attribute in tree.children(metadata, "lexs:DomainAttribute"):
        domain = tree.child(attribute, "lexs:Domain")
        name = tree.child(attribute, "lexs:AttributeName")
        value = tree.child(attribute, "lexs:AttributeValue")
        if domain is None or domain.text != DOMAIN or name is None or value is None or not carried(name.text):
            continue
        leaf = _leaf(_INDEX.sub("*", name.text), value.text)
        if leaf is None or name.text in found:
            raise UnsupportedError(tree.pointer(value), "unknown_code:domain_attribute")
        for element in (domain, name, value):
            tree.take(element)
        found[name.text] = leaf
    return found


def _leaf(path: str, text: str) -> Json:
    """The value a text stands for at that path, or None where it is not one."""
    if path in CODES:
        return text if text in CODES[path] else None
    if path in FLAGS:
        return {"true": True, "false": False}.get(text)
    if path in NUMBERS:
        return int(text) if _NUMBER.fullmatch(text) is not None and int(text) <= NUMBERS[path] else None
    return text if PATTERNS[path].fullmatch(text) is not None else None


def merge(document: dict[str, Json], leaves: Mapping[str, Json]) -> None:
    """Put leaves into a document at their pointers, list entries in the order of their indexes.

    A list the document has already is replaced, because a code an attribute says is better than one derived from an
    offence; only languages add up, because LEXS has room for the first one. Raises UnsupportedError for an entry
    without the leaf that gives it meaning, and for more entries than the schema has.
    """
    lists: dict[str, dict[int, dict[str, Json]]] = {}
    for pointer, leaf in leaves.items():
        match = _ENTRY.fullmatch(pointer)
        if match is None:
            above, _, key = pointer.rpartition("/")
            _object(document, above)[key] = leaf
        else:
            lists.setdefault(match["list"], {}).setdefault(int(match["index"]), {})[match["key"] or ""] = leaf
    for path, entries in lists.items():
        limit, needed = LISTS[path]
        ordered = [entries[index] for index in sorted(entries)]
        if len(ordered) > limit or any(needed not in entry for entry in ordered):
            raise UnsupportedError(path, "domain_attribute_list")
        above, _, key = path.rpartition("/")
        holder = _object(document, above)
        said = _once([entry.get("", entry) for entry in ordered])
        holder[key] = _spoken(holder.get(key), said) if path == _LANGUAGES else said
    interpreter = _object(document, "/subject").get("interpreter")
    if isinstance(interpreter, dict) and "needed" not in interpreter:
        raise UnsupportedError("/subject/interpreter", "domain_attribute_list")


def _object(document: dict[str, Json], pointer: str) -> dict[str, Json]:
    """The object at a pointer, made where it is missing."""
    here = document
    for key in pointer.split("/")[1:]:
        below = here.get(key)
        if not isinstance(below, dict):
            below = {}
            here[key] = below
        here = below
    return here


def _once(entries: list[Json]) -> list[Json]:
    return [entry for position, entry in enumerate(entries) if entry not in entries[:position]]


def _spoken(before: Json, added: list[Json]) -> list[Json]:
    """The languages the digest has, then those that only attributes have, as many as there is room for."""
    had = before if isinstance(before, list) else []
    known = {entry["code"] for entry in had if isinstance(entry, dict)}
    new = [entry for entry in added if not (isinstance(entry, dict) and entry.get("code") in known)]
    return [*had, *new][: LISTS[_LANGUAGES][0]]
