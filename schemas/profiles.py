"""Compiles the minimal-disclosure profiles into plain data, and tells which categories a referral holds.

A profile is a closed schema per (function class, purpose). Compiling reads the schema; it never reads a document.
There is no profile for immigration enforcement (F-01), and none may be added.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from schemas.catalogue import load, schema_hash
from schemas.categories import category_of
from schemas.documents import CompiledProfile, Document, Json, ProfileLeaf
from schemas.errors import UnknownSchemaError
from schemas.leaves import ITEM, Leaf, leaves, pointer
from schemas.vocabulary import DataCategory, FunctionClass, Purpose

_REFERRAL = "referral/1.0"


@cache
def compiled(name: str) -> CompiledProfile:
    """Return the profile called `name`. Raises UnknownSchemaError where it is no published profile."""
    parts = name.split("/")
    if parts[0] != "profile":
        raise UnknownSchemaError("no such profile")
    schema = load(name)
    _, function_class, purpose, _ = parts
    known = {leaf.path: leaf.node for leaf in leaves(load(_REFERRAL))}
    made = tuple(sorted((_leaf(leaf, known) for leaf in leaves(schema)), key=lambda leaf: leaf.target))
    return CompiledProfile(
        name=name,
        function_class=FunctionClass(function_class),
        purpose=Purpose(purpose),
        hash=schema_hash(name),
        leaves=made,
        categories=frozenset(leaf.category for leaf in made),
        required=frozenset(leaf.category for leaf in made if leaf.required),
    )


def present(document: Document) -> frozenset[DataCategory]:
    """Return the categories of the leaves that stand in a valid canonical referral, `envelope` included."""
    found: set[DataCategory] = set()
    _collect(document, _category_tree(), found)
    return frozenset(found)


def _leaf(leaf: Leaf, known: Mapping[tuple[str, ...], Document]) -> ProfileLeaf:
    granularity = str(leaf.node["x-granularity"])
    source = _source(leaf, granularity)
    return ProfileLeaf(
        target=leaf.path,
        source=source,
        category=category_of(leaf.node, pointer(leaf.path)),
        granularity=granularity,
        allowed=_allowed(leaf.node),
        required=leaf.required,
        where=leaf.where,
        pattern=_narrower(leaf.node, known.get(source, {})) if granularity in {"exact", "coded"} else None,
        required_in_item=leaf.required_in_item,
    )


def _narrower(node: Document, source: Document) -> str | None:
    pattern = node.get("pattern")
    return str(pattern) if pattern not in {None, source.get("pattern")} else None


def _source(leaf: Leaf, granularity: str) -> tuple[str, ...]:
    if granularity in {"const", "pseudonym"}:
        return ()
    said = leaf.node.get("x-from")
    return tuple(str(said).removeprefix("/").split("/")) if said is not None else leaf.path


def _allowed(node: Document) -> frozenset[str] | None:
    match node:
        case {"enum": Sequence() as codes}:
            return frozenset(str(code) for code in codes)
        case {"const": str(code)}:
            return frozenset({code})
        case _:
            return None


@dataclass(frozen=True, slots=True)
class _Branch:
    """An object or array of the canonical referral: the categories of its leaves, and the branches below it."""

    leaves: dict[str, DataCategory]
    below: "dict[str, _Branch]"


@cache
def _category_tree() -> _Branch:
    root = _Branch({}, {})
    for leaf in leaves(load(_REFERRAL)):
        branch = root
        for key in leaf.path[:-1]:
            branch = branch.below.setdefault(key, _Branch({}, {}))
        branch.leaves[leaf.path[-1]] = category_of(leaf.node, pointer(leaf.path))
    return root


def _collect(value: Json, branch: _Branch, found: set[DataCategory]) -> None:
    # On the accept path: leaves are told apart here rather than by one more call each.
    if isinstance(value, dict):
        categories, below = branch.leaves, branch.below
        for key, member in value.items():
            if key in categories:
                found.add(categories[key])
            else:
                _collect(member, below[key], found)
    elif isinstance(value, list) and value:
        if ITEM in branch.leaves:
            found.add(branch.leaves[ITEM])
            return
        item = branch.below[ITEM]
        for member in value:
            _collect(member, item, found)
