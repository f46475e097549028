"""Cut a document down to what the profile lists and the permit covers (M-01).

An allow-list: the result is built from the profile's leaves and nothing is ever copied whole, so what no leaf names
cannot pass. Only scalars move. Whether the result satisfies the closed profile schema is checked afterwards, by
`schemas.validation`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from re import fullmatch
from typing import TypeAlias

from consent.age import age_band
from consent.decision import Permit
from consent.errors import UnreadableRecordError
from schemas.documents import CompiledProfile, Document, Json, ProfileLeaf, ValidDocument
from schemas.vocabulary import DataCategory

_ITEM = "*"
_STATUS, _DECIDED_BY = ("situation", "victim_status"), ("situation", "decided_by")
_NOTHING: frozenset[DataCategory] = frozenset()

_Scalar: TypeAlias = str | int | bool


@dataclass(frozen=True, slots=True)
class MinimalDocument:
    """What this recipient may have for this purpose, before her pseudonym is put in.

    Made by `minimise` and by nothing else.

    `sends` are the categories that really stand in it: the most that a receipt and a leaf may say was sent.
    """

    permit: Permit
    document: Document
    sends: frozenset[DataCategory]


@dataclass(frozen=True, slots=True)
class _Part:
    """One value of a result, with the categories that stand in it, and the step that carried it."""

    step: "_Step"
    value: Json
    holds: frozenset[DataCategory]


@dataclass(frozen=True, slots=True)
class Projection:
    """Everything the profile lists, coarsened, as if all of it were permitted.

    Never a disclosure: it only answers whether a document could satisfy the profile at all.
    """

    profile: CompiledProfile
    on: date
    parts: tuple[_Part, ...]
    document: Document


def minimise(valid: ValidDocument, permit: Permit, projection: Projection | None = None) -> MinimalDocument:
    """Return what the permit lets through of a valid referral.

    A `projection` of the same referral on the same day spares the work for every part the permit covers as it is.
    """
    day, covered = permit.decided_at.date(), permit.categories
    if projection is None or projection.profile is not permit.profile or projection.on != day:
        projection = projected(valid, permit.profile, day)
    parts = _narrowed(valid, projection, covered)
    document = projection.document if [*projection.parts] == parts else _assembled(parts)
    return MinimalDocument(permit, document, _NOTHING.union(*(part.holds for part in parts)))


def portion(valid: ValidDocument, projection: Projection, categories: frozenset[DataCategory]) -> Document:
    """Return what these categories alone would tell: what people are compared by before a notice about one (P-05)."""
    return _assembled(_narrowed(valid, projection, categories))


def _narrowed(valid: ValidDocument, projection: Projection, covered: frozenset[DataCategory]) -> list[_Part]:
    narrowed = (
        part if part.holds <= covered else part.step.carry(valid.document, covered, projection.on)
        for part in projection.parts
    )
    return [part for part in narrowed if part is not None]


def projected(valid: ValidDocument, profile: CompiledProfile, on: date) -> Projection:
    """Return the projection of a valid referral as of that day."""
    carried = (step.carry(valid.document, profile.categories, on) for step in _plan(profile))
    parts = _attributed(tuple(part for part in carried if part is not None), profile)
    return Projection(profile, on, parts, _assembled(parts))


def _attributed(parts: tuple[_Part, ...], profile: CompiledProfile) -> tuple[_Part, ...]:
    """A status travels with the body that decided it, or not at all (A-06)."""
    targets = {part.step.target for part in parts}
    if _STATUS not in targets or _DECIDED_BY in targets:
        return parts
    if all(leaf.target != _DECIDED_BY for leaf in profile.leaves):  # A recipient that never learns who decided.
        return parts
    return tuple(part for part in parts if part.step.target != _STATUS)


def _assembled(parts: Iterable[_Part]) -> Document:
    result: dict[str, Json] = {}
    for part in parts:
        _place(result, part.step.target, part.value)
    return result


@dataclass(frozen=True, slots=True)
class _One:
    """Carries one leaf that stands in no array."""

    leaf: ProfileLeaf
    target: tuple[str, ...]
    holds: frozenset[DataCategory]

    def carry(self, source: Document, categories: frozenset[DataCategory], on: date) -> _Part | None:
        """Return the leaf's value if it may pass and there is one."""
        if not self.holds <= categories:
            return None
        value = _value(self.leaf, source, on)
        return None if value is None else _Part(self, value, self.holds)


@dataclass(frozen=True, slots=True)
class _Array:
    """Carries the leaves of one array, item by item; an item that lacks what its kind requires is dropped whole."""

    target: tuple[str, ...]
    source: tuple[str, ...]
    leaves: tuple[ProfileLeaf, ...]

    def carry(self, source: Document, categories: frozenset[DataCategory], _on: date) -> _Part | None:
        """Return the items that may pass, if any."""
        allowed = [leaf for leaf in self.leaves if leaf.category in categories]
        items = _at(source, self.source)
        if not allowed or not isinstance(items, list):
            return None
        carried: list[Json] = []
        for item in items:
            kept = self._kept(item, categories)
            if kept is not None and kept not in carried:
                carried.append(kept)
        if not carried:
            return None
        return _Part(self, carried, frozenset(leaf.category for leaf in allowed if _stands(leaf, carried)))

    def _kept(self, item: Json, categories: frozenset[DataCategory]) -> Json:
        kept: dict[str, Json] = {}
        for leaf in self.leaves:
            may_pass = leaf.category in categories and _passes(item, leaf)
            value = _scalar(leaf, _member(item, leaf)) if may_pass else None
            if value is None:
                if leaf.required_in_item:
                    return None
                continue
            if leaf.target[-1] == _ITEM:
                return value
            kept[leaf.target[-1]] = value
        return kept or None


_Step: TypeAlias = _One | _Array


def _plan(profile: CompiledProfile) -> tuple[_Step, ...]:
    return _planned(profile.hash, _Hidden(profile))


@dataclass(frozen=True, slots=True)
class _Hidden:
    """Keeps a profile out of the cache key.

    Its hash already stands there, and hashing all its leaves costs more than the plan.
    """

    profile: CompiledProfile

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hidden)


@lru_cache(maxsize=256)
def _planned(_hash: str, hidden: _Hidden) -> tuple[_Step, ...]:
    return _steps(hidden.profile.leaves)


def _steps(leaves: Iterable[ProfileLeaf]) -> tuple[_Step, ...]:
    """Make one step for each leaf that stands in no array, and one for each array."""
    ones: list[_Step] = []
    arrays: dict[tuple[tuple[str, ...], tuple[str, ...]], list[ProfileLeaf]] = {}
    for leaf in leaves:
        if leaf.granularity == "pseudonym":  # Put in by gateway.core.packing, from the key of this recipient.
            continue
        if _ITEM in leaf.target:
            target, source = leaf.target[: leaf.target.index(_ITEM)], leaf.source[: leaf.source.index(_ITEM)]
            arrays.setdefault((target, source), []).append(leaf)
        else:
            ones.append(_One(leaf, leaf.target, frozenset({leaf.category})))
    return (*ones, *(_Array(target, source, tuple(leaves)) for (target, source), leaves in arrays.items()))


def _value(leaf: ProfileLeaf, source: Document, on: date) -> _Scalar | None:
    match leaf.granularity:
        case "const":
            return next(iter(leaf.allowed or ()), None)
        case "age_band":
            band = age_band(source, on)
            return None if band is None else band.value
        case _:
            return _scalar(leaf, _at(source, leaf.source))


def _scalar(leaf: ProfileLeaf, value: Json) -> _Scalar | None:
    """Return the value as coarse as the leaf wants it, or None when it may not pass; only scalars do."""
    if not isinstance(value, str | int | bool):
        return None
    match leaf.granularity:
        case "exact" | "coded" | "country" | "region" | "name_given":
            coarse: _Scalar = value
        case "year":
            coarse = str(value)[:4]
        case _:
            raise UnreadableRecordError("a profile names a granularity nobody implements")
    if leaf.allowed is not None and coarse not in leaf.allowed:
        return None
    if leaf.pattern is not None and not (isinstance(coarse, str) and fullmatch(leaf.pattern, coarse)):
        return None
    return coarse


def _stands(leaf: ProfileLeaf, carried: Sequence[Json]) -> bool:
    """Say whether the leaf stands in any item carried."""
    key = leaf.target[-1]
    return key == _ITEM or any(isinstance(item, dict) and key in item for item in carried)


def _member(item: Json, leaf: ProfileLeaf) -> Json:
    return _at(item, leaf.source[leaf.source.index(_ITEM) + 1 :])


def _passes(item: Json, leaf: ProfileLeaf) -> bool:
    """Say whether the item is of the kind this leaf may speak of (M-07: a channel only if it is safe)."""
    if leaf.where is None:
        return True
    key, wanted = leaf.where
    return isinstance(item, dict) and item.get(key) == wanted


def _at(document: Json, path: Sequence[str]) -> Json:
    """Follow a path through a valid document, which is made of plain dicts and lists."""
    found: Json = document
    for key in path:
        if not isinstance(found, dict):
            return None
        found = found.get(key)
    return found


def _place(result: dict[str, Json], target: Sequence[str], value: Json) -> None:
    inner = result
    for key in target[:-1]:
        below = inner.setdefault(key, {})
        if not isinstance(below, dict):
            raise UnreadableRecordError("a profile has a leaf where it also has an object")
        inner = below
    inner[target[-1]] = value
