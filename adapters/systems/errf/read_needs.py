"""What a form says somebody needs, as the canonical `needs` and `health`.

Why UNHCR submits a household (its criteria) counts for the member it is linked to; a code of hers for herself. All are
coarser than a need of ours, and are reported so. Urgency is said beside the document (GX-Urgency), and
ResettlementPriorityCode is another: how soon a state should decide.
"""

from collections.abc import Iterator

from adapters.sdk.codes import Json, Need
from adapters.sdk.xml.reading import Element
from adapters.systems.errf.reading import Reader

_CHILD = "child"
_CRITERIA = ("ResettlementCriteriaCode", "ResettlementCriteriaCode2", "ResettlementCriteria2Code")
_GUARDIAN = f"needs/{Need.GUARDIANSHIP.value}"


def read_needs(reader: Reader) -> dict[str, Json]:
    """Return `needs` and `health`, each where something of it is said. Raises UnsupportedError for an unknown code."""
    found: dict[str, list[str]] = {}
    for code in _codes(reader):
        member, _, ours = (_GUARDIAN if code == _CHILD else code).partition("/")
        entries = found.setdefault(member, [])
        if ours not in entries:
            entries.append(ours)
    needs: list[Json] = [{"code": code} for code in found.pop("needs", [])]
    health: dict[str, Json] = {member: [*entries] for member, entries in found.items()}
    return {name: value for name, value in (("needs", needs), ("health", health)) if value}


def is_called_a_child(reader: Reader) -> bool:
    """Say whether a code calls her a child; where her birth says otherwise, the rules for children decide (K-01)."""
    return _CHILD in _codes(reader)


def _codes(reader: Reader) -> Iterator[str]:
    for part in reader.parts("dataVulnerability"):
        yield from _coarse(reader, part, "VulnerabilityCode")
    for part in reader.parts("dataResettlement"):
        for name in _CRITERIA:
            yield from _coarse(reader, part, name)


def _coarse(reader: Reader, part: Element, name: str) -> Iterator[str]:
    table = reader.codes.vulnerability if name == "VulnerabilityCode" else reader.codes.criteria
    code = reader.code(part, name, table)
    element = reader.tree.child(part, name)
    if code is not None and element is not None:
        reader.tree.coarsened(element)
        yield code
