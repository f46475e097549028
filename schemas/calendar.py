"""Whether dates exist: a pattern lets the thirtieth of February pass, a calendar does not."""

from datetime import date
from typing import TypeAlias

from schemas.documents import Document, Json
from schemas.errors import Fault
from schemas.leaves import ITEM, leaves, pointer

Tree: TypeAlias = "dict[str, Tree] | None"
"""The branches of a schema that end in dates, array items as `*`; None is a date."""

_EVERY_MONTH_HAS = "28"


def date_tree(schema: Document) -> dict[str, Tree]:
    """Return where `schema` has dates: a leaf is or begins with one exactly where its pattern begins with a year."""
    root: dict[str, Tree] = {}
    for leaf in leaves(schema):
        if str(leaf.node.get("pattern")).startswith("^[0-9]{4}"):
            branch = root
            for key in leaf.path[:-1]:
                below = branch.setdefault(key, {})
                branch = below if below is not None else {}
            branch[leaf.path[-1]] = None
    return root


def misdated(value: Json, tree: dict[str, Tree], place: tuple[str, ...] = ()) -> list[Fault]:
    """Return a fault with rule `date` for every date of a valid document that no calendar has."""
    found: list[Fault] = []
    if isinstance(value, dict):
        for key, below in tree.items():
            if key in value:
                found += _misdated_at(value[key], below, (*place, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            found += _misdated_at(member, tree[ITEM], (*place, str(index)))
    return found


def _misdated_at(value: Json, below: Tree, place: tuple[str, ...]) -> list[Fault]:
    if below is not None:
        return misdated(value, below, place)
    return [] if is_in_calendar(str(value)) else [Fault(pointer(place), "date")]


def is_in_calendar(text: str) -> bool:
    """Tell whether YYYY, YYYY-MM, YYYY-MM-DD or a moment that begins so exists; what `text` leaves out is the first."""
    year, month, day = text[:4], text[5:7] or "01", text[8:10] or "01"
    if year != "0000" and day <= _EVERY_MONTH_HAS:
        return True
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True
