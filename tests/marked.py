"""A canonical referral in which every leaf is filled, and whatever may be free says where it stood.

A mark that turns up somewhere tells which leaf leaked. Leaves whose values are codes cannot be marked; they hold codes
that the schema allows. Every array holds two items.
"""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256

from schemas.catalogue import load
from schemas.documents import Document, Json
from schemas.leaves import item, leaves, members, pointer

REFERRAL = "referral/1.0"
MARK = "CANARY"
_COUNTRIES = tuple(f"Q{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_OF_AN_ADULT: dict[str, Json] = {
    "/schema": REFERRAL,
    "/subject/birth/date": "2004-05-06",
    "/subject/birth/estimated": False,
    "/subject/age/min": 26,
    "/subject/age/max": 26,
    "/subject/age_band": "24--26",
    "/subject/minor_status": "adult",
}
_SAFE: dict[str, Json] = {
    "/subject/contacts/0/channel": "caseworker",
    "/subject/contacts/0/safe": "yes",
    "/subject/contacts/1/safe": "no",
}


def a_marked_referral(mark: str = MARK) -> dict[str, Json]:
    """Return the referral; its person is an adult, and one of her two channels is safe."""
    made = _filled(load(REFERRAL), "", mark)
    assert isinstance(made, dict)
    return made


def her_reference(mark: str = MARK) -> str:
    """Return what that referral calls her."""
    return mark_of("/subject/person_ref", mark)


def marks(value: Json, mark: str = MARK) -> set[str]:
    """Return every mark that stands anywhere in the value."""
    return {text for _, text in scalars(value) if isinstance(text, str) and text.startswith(mark)}


def scalars(value: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Yield every scalar with its path; items of arrays are `*`."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from scalars(member, (*path, key))
    elif isinstance(value, list):
        for member in value:
            yield from scalars(member, (*path, "*"))
    else:
        yield path, value


def mark_of(place: str, mark: str = MARK) -> str:
    """Return the mark that stands at that place; equal places of the two items of an array have different ones."""
    return f"{mark}{_numbers()[_general(place)]:03d}{_item_of(place)}"


def _filled(node: Document, place: str, mark: str) -> Json:
    inner = item(node)
    if inner is not None:
        return [_filled(inner, f"{place}/{at}", mark) for at in (0, 1)]
    if "properties" in node:
        return {key: _filled(child, f"{place}/{key}", mark) for key, child in members(node).items()}
    if place in _OF_AN_ADULT | _SAFE:
        return (_OF_AN_ADULT | _SAFE)[place]
    return _leaf(node, place, mark)


def _leaf(node: Document, place: str, mark: str) -> Json:
    number, second = _numbers()[_general(place)], _item_of(place) == "b"
    match node:
        case {"enum": [first, *others]}:
            return others[0] if second else first
        case {"const": fixed}:
            return fixed
        case {"type": "boolean"}:
            return not second
        case {"type": "integer"}:
            return 1 + second
        case {"pattern": "^[A-Z]{2}$"}:
            return _COUNTRIES[(2 * number + second) % len(_COUNTRIES)]
        case {"pattern": "^[0-9a-f]{64}$"}:
            return sha256(mark_of(place, mark).encode()).hexdigest()
        case {"pattern": str(pattern)} if pattern.startswith("^[a-z]{2,3}"):
            return "qab" if second else "qaa"
        case {"pattern": str(pattern)} if pattern.startswith("^[0-9]{4}"):
            return f"2030-0{1 + number % 9}-1{int(second)}"
        case _:
            return mark_of(place, mark)


@cache
def _numbers() -> dict[str, int]:
    return {pointer(leaf.path): number for number, leaf in enumerate(leaves(load(REFERRAL)))}


def _general(place: str) -> str:
    return "/".join("*" if part.isdigit() else part for part in place.split("/"))


def _item_of(place: str) -> str:
    return "b" if "1" in place.split("/") else "a"
