"""The police's document with a secret in every field: in texts, dates, numbers, comments and the names of its parts.

Only codes stay as they are, because another code is another document: the list of them is closed, and a test counts
what was planted.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from lxml import etree

from gateway.demo.messages import supplement
from schemas.documents import Document
from schemas.vocabulary import Need

CODES = frozenset(
    {
        *("LEXSVersion", "DataItemPublishInstruction", "ActivityCategoryText", "CommunityURI", "TimeUnitCode"),
        *("LanguageCode", "PersonSexCode", "PersonIDCategoryCode", "PersonCitizenshipFIPS10-4Code"),
        *("LocationCountryFIPS10-4Code", "IdentificationJurisdictionFIPS10-4Code", "Domain", "AttributeName"),
        *("DataSensitivity", "DataItemStatus", "IncidentStatusCode", "LocationGeneralCategoryCode"),
        *("DisseminationCriteriaDomainText", "DisseminationCriteriaText", "CommunityVersion"),
        *("TelephoneNumberCategoryCode", "PersonEyeColorCode", "DataItemCategoryText", "CommunityDescription"),
        *("MeasurePointValue", "RangeMinimumValue", "RangeMaximumValue"),
    }
)
"""Elements whose text is a code or a small number; everything else is planted."""

DAYS = {"Date", "DateTime", "DataItemDate", "MessageDateTime"}
BORN = date(1991, 7, 23)
EARLIEST = date(1996, 2, 11)


@dataclass
class Planted:
    """A document, and the secrets in it by where they stand."""

    document: bytes
    secrets: dict[str, str] = field(default_factory=dict)


def planted(document: bytes) -> Planted:
    """Put a secret of its own into every text, date, identifier and comment of a LEXS document."""
    tree = etree.fromstring(document)
    secrets: dict[str, str] = {}
    renamed: dict[str, str] = {}
    for number, node in enumerate(_nodes(tree)):
        name = node.tag if isinstance(node.tag, str) else "comment"
        local = etree.QName(node).localname if name != "comment" else name
        where = f"{number} {local}"
        if node.text and node.text.strip() and local not in CODES:
            node.text = secrets[where] = _secret(where, local, node)
        _rename(node, renamed)
    secrets |= {f"id {old}": new for old, new in renamed.items()}
    return Planted(etree.tostring(tree.getroottree(), xml_declaration=True, encoding="UTF-8"), secrets)


def planted_supplement(person_ref: str, need: Need) -> Document:
    """Return the story's supplement with every other field it could have."""
    plain = supplement(person_ref, need)
    subject = {
        **plain["subject"],
        "alias": SUPPLEMENT["alias"],
        "meeting_point": SUPPLEMENT["meeting_point"],
        "group_ref": SUPPLEMENT["group_ref"],
    }
    return {
        **plain,
        "subject": subject,
        "needs": [{"code": need, "note": SUPPLEMENT["note"]}],
        "risk": {"level": "high", "keep_away": SUPPLEMENT["keep_away"]},
    }


def secret(where: str) -> str:
    """Return a text that occurs nowhere else: letters of both cases and digits, fit for a name of any format."""
    return f"Qx{hashlib.sha256(where.encode()).hexdigest()[:14]}zK"


SUPPLEMENT = {name: secret(name) for name in ("alias", "meeting_point", "group_ref", "note", "keep_away")}
"""The secrets of the supplement. The alias is one that a recipient may have: the counselling service of the story."""


def _nodes(tree: etree._Element) -> Iterator[etree._Element]:
    yield from tree.itersiblings(preceding=True)
    yield from tree.iter()


def _secret(where: str, local: str, node: etree._Element) -> str:
    if local in DAYS:
        born = any("BirthDate" in str(parent.tag) for parent in node.iterancestors())
        day = BORN if born else EARLIEST + timedelta(days=len(where) * 37 + int(where.split(maxsplit=1)[0]))
        return day.isoformat() if local in {"Date", "DataItemDate"} else f"{day.isoformat()}T08:20:00Z"
    if local == "MessageSequenceNumber":
        return "884177310265"
    if local == "ActivityDescriptionText" and (node.text or "").startswith("64A"):
        return node.text or ""
    return secret(where)


def _rename(node: etree._Element, renamed: dict[str, str]) -> None:
    for name, value in node.attrib.items():
        if etree.QName(name).localname in {"id", "ref", "metadata"}:
            node.set(name, renamed.setdefault(value, secret(f"id {value}")))
