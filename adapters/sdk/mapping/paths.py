"""Canonical paths: which leaves there are, what each takes, and what must stand beside it.

Beside the leaves of referral/1.0 there are those that only `render` knows: what travels with every disclosure (M-11)
and the pseudonym.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from adapters.sdk.mapping.model import Path
from schemas.catalogue import load
from schemas.documents import Document
from schemas.leaves import ITEM, item, leaves, members, required_members
from schemas.vocabulary import DataCategory

_REFERRAL = "referral/1.0"
_TEXT: Document = {"type": "string", "x-data-category": "envelope"}
ENVELOPE: Mapping[Path, Document] = MappingProxyType(
    {
        ("envelope", "message_id"): _TEXT,
        ("envelope", "sender"): _TEXT,
        ("envelope", "sender_title"): _TEXT,
        ("envelope", "purpose"): _TEXT,
        ("envelope", "urgency"): _TEXT,
        ("envelope", "sent_on"): _TEXT,
        ("envelope", "use_until"): _TEXT,
        ("envelope", "obligations", ITEM): _TEXT,
        ("subject", "pseudonym"): {"type": "string", "x-data-category": "pseudonym"},
    }
)
"""What is only written, never read."""

NEEDED_TO_WRITE: tuple[Path, ...] = (
    ("subject", "pseudonym"),
    ("envelope", "message_id"),
    ("envelope", "use_until"),
    ("envelope", "obligations", ITEM),
)
"""Without these a recipient could neither name her nor keep to what was agreed (M-11)."""

_STRUCTURE = frozenset(
    {
        ("subject", "names", ITEM, "use"),
        ("subject", "identifiers", ITEM, "type"),
        ("subject", "identifiers", ITEM, "country"),
        ("subject", "contacts", ITEM, "channel"),
        ("subject", "contacts", ITEM, "safe"),
        ("subject", "addresses", ITEM, "use"),
        ("situation", "events", ITEM, "type"),
        ("situation", "narrative", ITEM, "section"),
        ("situation", "offences", ITEM, "system"),
        ("third_parties", ITEM, "role"),
        ("staff", ITEM, "role"),
    }
)


@cache
def canonical_leaves() -> Mapping[Path, Document]:
    """Return what the schema says of each leaf that a mapping may name."""
    known = {leaf.path: leaf.node for leaf in leaves(load(_REFERRAL)) if leaf.path != ("schema",)}
    return MappingProxyType({**known, **ENVELOPE})


def general(path: Path) -> Path:
    """Return the path with every item number as `*`."""
    return tuple(ITEM if step.isdigit() else step for step in path)


def split(path: Path) -> tuple[Path, str, Path]:
    """Return the list a path leads into, which item (`*`, a number, or "" where it leads into none), and the rest."""
    for at, step in enumerate(path):
        if step == ITEM or step.isdigit():
            return path[:at], step, path[at + 1 :]
    return (), "", path


def category(path: Path) -> DataCategory:
    """Return the data category of a leaf."""
    return DataCategory(str(canonical_leaves()[general(path)]["x-data-category"]))


def may_be_constant(path: Path, value: object) -> bool:
    """Whether a mapping may say this of every person: only what a field is, never what she is, needs or lives through.

    That a channel is safe can never be said of everybody (M-07).
    """
    plain = general(path)
    if plain == ("subject", "contacts", ITEM, "safe"):
        return value in {"no", "unknown"}
    return plain in _STRUCTURE


@cache
def required_beside(path: Path) -> frozenset[Path]:
    """Return the leaves that must stand in the same object as this one, or the object does not stand at all."""
    above = path[:-1]
    if path in ENVELOPE or not above:
        return frozenset()
    return frozenset((*above, name) for name in required_members(_node(above)))


@cache
def most_items(path: Path) -> int:
    """Return how many items a list takes."""
    most = 1000 if path[0] == "envelope" else _node(path).get("maxItems")
    return most if isinstance(most, int) else 1000


def _node(path: Path) -> Document:
    node: Document = load(_REFERRAL)
    for step in path:
        inner = item(node)
        node = inner if inner is not None and step == ITEM else members(node)[step]
    return node
