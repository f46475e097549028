"""The first mapping of a new adapter: nothing is sent but what a reviewed list knows by its name.

Every other field starts as never sent, and the file says so. What travels with every disclosure gets fields of its own.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from adapters.kit.headings import Heading, as_json, plain
from adapters.sdk.mapping.json_types import JsonType, can_hold
from adapters.sdk.mapping.model import Format, Scalar
from adapters.sdk.mapping.paths import canonical_leaves
from schemas.leaves import ITEM

UNREAD = "not reviewed yet"
"""Why a field stays until its author has decided."""

_OWN = (
    ("message", "/envelope/message_id"),
    ("sender", "/envelope/sender_title"),
    ("purpose", "/envelope/purpose"),
    ("sent_on", "/envelope/sent_on"),
    ("use_until", "/envelope/use_until"),
    ("obligations", f"/envelope/obligations/{ITEM}"),
)
_OTHER_TABLES = {
    "country.name": "  # or country.alpha2, country.alpha3, country.fips: what your system writes",
    "language.name": "  # or language.code: what your system writes",
}
_REF, _BAND = "/subject/person_ref", "/subject/age_band"


@dataclass(frozen=True, slots=True)
class Synonym:
    """What a field of one of these names is taken for; `invented` is what the sample says of nobody."""

    names: frozenset[str]
    to: str
    how: Mapping[str, str]
    many: bool
    invented: Scalar


@dataclass(frozen=True, slots=True)
class Draft:
    """A mapping file, the fields it takes by their names, those that stay, and what its sample says under each."""

    text: str
    taken: Mapping[str, str]
    kept: tuple[str, ...]
    invented: Mapping[str, Scalar]
    types: Mapping[str, JsonType]


@cache
def synonyms() -> tuple[tuple[Synonym, ...], Mapping[str, Mapping[str, Scalar]]]:
    """Return the reviewed list and its starting code tables."""
    text = files("adapters.kit").joinpath("data/synonyms.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    made = tuple(
        Synonym(
            frozenset(entry["names"]),
            entry["to"],
            {key: entry[key] for key in ("codes", "table", "date") if key in entry},
            entry.get("many", False),
            entry["invented"],
        )
        for entry in data["synonym"]
    )
    return made, data["codes"]


def draft(key: str, title: str, owner: str, heading: Heading) -> Draft:
    """Return the first mapping for a format."""
    taken: dict[str, Synonym] = {}
    for name in heading.fields:
        found = next((each for each in synonyms()[0] if plain(name, heading.format) in each.names), None)
        if found is not None and found.to not in {each.to for each in taken.values()} and _can(found, name, heading):
            taken[name] = found
    lines = [*_head(key, title, owner, heading)]
    for name in heading.fields:
        lines += _field(name, taken.get(name), heading)
    lines += _gateways(heading, taken)
    lines += _tables({each.how["codes"] for each in taken.values() if "codes" in each.how})
    kept = tuple(name for name in heading.fields if name not in taken)
    shown = {name: each.to for name, each in taken.items()}
    invented = {name: each.invented for name, each in taken.items()}
    return Draft("\n".join(lines) + "\n", shown, kept, invented, heading.types)


def _can(found: Synonym, name: str, heading: Heading) -> bool:
    """A repeating field cannot become a single datum, nor a number one of our words, nor somebody else's datum hers."""
    is_alone = ITEM not in name.split("/") or ITEM in found.to.split("/")
    return is_alone and _is_hers(name, heading) and (name not in heading.types or _can_be(found, heading.types[name]))


def _is_hers(name: str, heading: Heading) -> bool:
    """Whether all that a field stands in is known for hers: a list, or an unknown part, may be of somebody else."""
    if heading.format is Format.CSV:
        return True
    *above, _ = [step for step in name.removesuffix(f"/{ITEM}").split("/") if step]
    return all(plain(step, heading.format) in _parts_of_hers() for step in above)


@cache
def _parts_of_hers() -> frozenset[str]:
    text = files("adapters.kit").joinpath("data/synonyms.toml").read_text(encoding="utf-8")
    return frozenset(tomllib.loads(text)["hers"])


def _can_be(found: Synonym, kind: JsonType) -> bool:
    return not found.how and can_hold(kind, canonical_leaves()[tuple(found.to.removeprefix("/").split("/"))])


def _head(key: str, title: str, owner: str, heading: Heading) -> Iterator[str]:
    yield "# What this adapter translates, field by field; everything else stays with the sender. Read it before use:"
    yield "# fields were taken by their names alone. How to write it: docs/writing-an-adapter.md of the gateway."
    yield ""
    yield "[adapter]"
    yield f"key = {as_json(key)}"
    yield f"title = {as_json(title)}"
    yield f"owner = {as_json(owner)}"
    yield 'version = "0.1"'
    yield 'level = "silver"'
    yield ""
    yield "[format]"
    yield f'kind = "{heading.format.value}"'
    if heading.records:
        yield f"records = {as_json(heading.records)}"
    if own := heading.namespaces.get(""):
        yield f"namespace = {as_json(own)}"
    if prefixed := [f"{as_json(prefix)} = {as_json(uri)}" for prefix, uri in heading.namespaces.items() if prefix]:
        yield f"namespaces = {{ {', '.join(prefixed)} }}"
    if heading.separator != ",":
        yield f"separator = {as_json(heading.separator)}"
    yield ""


def _field(name: str, found: Synonym | None, heading: Heading) -> Iterator[str]:
    yield "[[field]]"
    yield f"name = {as_json(name)}"
    if name in heading.types:
        yield f'type = "{heading.types[name]}"'
    if found is None:
        yield f'never_send = "{UNREAD}"'
    else:
        yield f'to = "{found.to}"'
        if found.to == _REF:
            yield 'way = "in"'
        yield from (f'{key} = "{value}"{_OTHER_TABLES.get(value, "")}' for key, value in found.how.items())
        if found.many or ITEM in name.split("/"):
            yield 'cardinality = "0..n"'
            if heading.format is Format.CSV:
                yield 'separator = ";"'
    yield ""


def _gateways(heading: Heading, taken: Mapping[str, Synonym]) -> Iterator[str]:
    """What only the gateway says: how to call her, what may be done with this and until when (M-11)."""
    yield "# What the gateway adds when it writes. Her pseudonym stands where the recipient's own number of her stands."
    yield ""
    refs = (name for name, each in taken.items() if each.to == _REF and name not in heading.types)
    named = next(refs, own_name(heading, "pseudonym"))  # A pseudonym is a text, and no number.
    yield from _own(named, "/subject/pseudonym", "out")
    for name, to in _OWN:
        repeated = ITEM in to and heading.format is not Format.CSV
        yield from _own(own_name(heading, name) + (f"/{ITEM}" if repeated else ""), to, "out", heading)
    if _BAND not in {each.to for each in taken.values()}:
        yield from _own(own_name(heading, "age_band"), _BAND, "both")


def _own(name: str, to: str, way: str, heading: Heading | None = None) -> Iterator[str]:
    yield "[[field]]"
    yield f"name = {as_json(name)}"
    yield f'to = "{to}"'
    yield f'way = "{way}"'
    if to.endswith(ITEM):
        yield 'cardinality = "0..n"'
        if heading is not None and heading.format is Format.CSV:
            yield 'separator = ";"' if heading.separator != ";" else 'separator = "|"'
    yield ""


def own_name(heading: Heading, name: str) -> str:
    """Return how a format calls what the gateway adds."""
    return f"gateway_{name}" if heading.format is Format.CSV else f"/gateway_{name}"


def _tables(names: set[str]) -> Iterator[str]:
    for name in sorted(names):
        yield "# Their words and ours; what is not here is refused. Write the words your system really uses."
        yield f"[codes.{name}]"
        for theirs, ours in synonyms()[1][name].items():
            shown = ("true" if ours else "false") if isinstance(ours, bool) else as_json(str(ours))
            yield f"{as_json(theirs)} = {shown}"
        yield ""
