"""Every sender's format into every recipient's, under every profile, a secret in one place at a time.

The secret may reach the recipient only where the profile and the permitted categories let its place through; otherwise
it is looked for in what is written, and in the loss reports, in every form it could have taken. And whatever is read
back from what was written must have stood in the document that was permitted.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import random
import re
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.metadata import EntryPoint
from typing import cast

from checkout import ROOT
from journeys.planting import secret
from journeys.searching import digests, forms

from adapters.kit.judged import Sample
from adapters.kit.places import places
from adapters.kit.sampling import samples_in
from adapters.sdk.checks import parse_outcome, sample_outgoing
from adapters.sdk.contract import Adapter, Inbound, Outbound, ParsedReferral
from adapters.sdk.errors import AdapterError
from adapters.sdk.guard import Guard
from adapters.sdk.manifest import Direction
from consent.minimise import portion, projected
from schemas.catalogue import load
from schemas.documents import CompiledProfile, Document, Json, ValidDocument
from schemas.errors import SchemaViolationError
from schemas.leaves import leaves, pointer
from schemas.profiles import compiled
from schemas.validation import satisfies, validate
from schemas.vocabulary import DataCategory

GROUP = "referral_gateway.adapters"
DAY = date(2031, 5, 6)
PSEUDONYM = "01ARZ3NDEKTSV4RRFFQ69G5FAV*"
_SHORTEST = 6
_LABEL = re.compile(r"(subject|situation|risk|health|needs)(\.[a-z_]+){0,3}|[a-z_]{1,30}")
_JOINTS = re.compile(r"\n|, |: ")
_CATEGORIES = {pointer(leaf.path): leaf.node["x-data-category"] for leaf in leaves(load("referral/1.0"))}
_OF_THE_ENVELOPE = {"/schema", "/sender_reference", "/recorded_on"}
_WANTED: Mapping[str, set[Json]] = {
    "/subject/names/*/use": {"official", "other"},
    "/subject/contacts/*/safe": {"yes", "unknown"},
    "/subject/languages/*/preferred": {True},
    "/subject/minor_status": {"unknown"},
    "/situation/narrative/*/section": {"other"},
}
"""What the canonical referral wants said where a profile's document does not say it: the weakest word there is, but for
a channel, which the profile lets through only when it is safe (M-07), and the first name, which is the official one."""
_FROM_A_BAND = {"/subject/age/min", "/subject/age/max", "/subject/age_band", "/subject/minor_status"}


@dataclass(slots=True)
class Crossings:
    """What came of it. `canaries` were forbidden where they were looked for; `leaked` and `appeared` must be empty."""

    adapters: int = 0
    pairs: int = 0
    profiles: int = 0
    planted: int = 0
    refused: int = 0
    written: int = 0
    canaries: int = 0
    carried: int = 0
    read_back: int = 0
    leaked: list[str] = field(default_factory=list)
    appeared: list[str] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether nothing leaked and nothing appeared, and the search was a search."""
        return not self.leaked and not self.appeared and self.canaries > 0 and self.carried > 0


@cache
def adapters() -> Mapping[str, Guard]:
    """Every built-in adapter in its guard, by key."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"][GROUP]
    made: dict[str, Guard] = {}
    for key, place in declared.items():
        adapter: Adapter = EntryPoint(key, place, GROUP).load()()
        made[key] = Guard(adapter)
    return made


def samples(key: str) -> tuple[Sample, ...]:
    """The invented documents of an adapter."""
    return samples_in(ROOT / "tests" / "adapters" / key / "fixtures")


def profiles() -> Iterator[CompiledProfile]:
    """Every profile."""
    for path in sorted((ROOT / "schemas" / "profiles").glob("*/*.json")):
        schema = json.loads(path.read_text("utf-8"))
        if "examples" not in path.parent.name:
            yield compiled(schema["properties"]["schema"]["const"])


def crossed(share: float, seed: int, rounds: int = 1) -> Crossings:
    """Plant a share of all places, and send each from its sender to every recipient under every profile.

    Every round permits other categories and plants another secret.
    """
    chance = random.Random(seed)  # noqa: S311 - which places, not secrets
    found = Crossings(adapters=len(adapters()), profiles=len(tuple(profiles())))
    for key, sender in adapters().items():
        for sample in samples(key):
            base = _read(sender, sample.body)
            if base is None:
                continue
            _cross(found, key, base, None, chance)
            for number in range(rounds):
                _plant(found, key, sample, secret(f"{key} {sample.name} {number}"), (share, chance))
        found.pairs += sum(Direction.RENDER in other.manifest.directions for other in adapters().values())
    return found


def _plant(found: Crossings, key: str, sample: Sample, text: str, drawn: tuple[float, random.Random]) -> None:
    share, chance = drawn
    for place in places(sample.body, text):
        if chance.random() < share:
            found.planted += 1
            planted = _read(adapters()[key], place.changed)
            if planted is None:
                found.refused += 1
            else:
                _cross(found, f"{key} {place.path}", planted, text, chance)


def _read(sender: Guard, body: bytes) -> tuple[ValidDocument, str] | None:
    """The valid referral and what its loss report says; None where the line would refuse the document."""
    types = sender.manifest.media_types
    spoken = [name for name in types if name.endswith("json")] if body.lstrip()[:1] == b"{" else []
    parsed = parse_outcome(sender.adapter, Inbound(body, next(iter(spoken), types[0])))
    if not isinstance(parsed, ParsedReferral):
        return None
    try:
        return validate(parsed.document, "referral/1.0"), repr(parsed.losses)
    except SchemaViolationError:
        return None


def _cross(
    found: Crossings, where: str, read: tuple[ValidDocument, str], text: str | None, chance: random.Random
) -> None:
    valid, losses = read
    needles = _needles(text) if text is not None else ()
    held = _categories_of(valid.document, text) if text is not None else frozenset()
    if _holds(losses.encode(), needles):
        found.leaked.append(f"{where}: in the sender's losses")
    for profile in profiles():
        permitted = _permitted(valid, profile, chance)
        document = _minimal(valid, profile, permitted)
        carried = text is not None and _holds(json.dumps(document, ensure_ascii=False).encode(), needles)
        if carried and not held & permitted:
            found.leaked.append(f"{where}: past the minimisation for {profile.name}")
        for key, recipient in adapters().items():
            outbound = _written(recipient, document)
            if outbound is None:
                continue
            found.written += 1
            found.canaries += text is not None and not carried
            found.carried += carried
            if _holds(repr(outbound.losses).encode(), needles) or (not carried and _holds(outbound.body, needles)):
                found.leaked.append(f"{where}: to {key} under {profile.name}")
            if text is None:
                found.read_back += read_back(key, outbound) is not None
                new = appeared(key, document, outbound)
                found.appeared += [f"{where}: {path} at {key} under {profile.name}" for path in new]


def _permitted(valid: ValidDocument, profile: CompiledProfile, chance: random.Random) -> frozenset[DataCategory]:
    """A part of what the profile lists; all of it, where less would not be enough to act on."""
    some = frozenset(one for one in sorted(profile.categories) if chance.random() < 0.5)
    wide = some | profile.required
    return wide if satisfies(_minimal(valid, profile, wide), profile.name) else profile.categories


def _minimal(valid: ValidDocument, profile: CompiledProfile, permitted: frozenset[DataCategory]) -> Document:
    document = dict(portion(valid, projected(valid, profile, DAY), permitted))
    document["schema"] = profile.name
    if any(pointer(leaf.target) == "/subject/pseudonym" for leaf in profile.leaves):
        document["subject"] = {**cast("Document", document.get("subject", {})), "pseudonym": PSEUDONYM}
    return document


def _written(recipient: Guard, document: Document) -> Outbound | None:
    try:
        return recipient.render(sample_outgoing(document))
    except AdapterError:
        return None


def _categories_of(document: Document, text: str) -> frozenset[DataCategory]:
    return frozenset(DataCategory(str(_CATEGORIES[path])) for path, value in scalars(document) if text in str(value))


def scalars(value: Json, at: str = "") -> Iterator[tuple[str, Json]]:
    """Yield every leaf with its path, the items of a list as `*`."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from scalars(member, f"{at}/{key}")
    elif isinstance(value, list | tuple):
        for member in value:
            yield from scalars(member, f"{at}/*")
    else:
        yield at, value


# ---------------------------------------------------------------------------------------------------------- searching


@cache
def _needles(text: str) -> tuple[bytes, ...]:
    every = {**forms(text), **digests(text.encode())}
    return tuple({needle for needle in every.values() if len(needle) >= _SHORTEST})


def _holds(content: bytes, needles: tuple[bytes, ...]) -> bool:
    return any(needle in part for part in unpacked(content) for needle in needles)


def unpacked(content: bytes) -> Iterator[bytes]:
    """Yield the bytes, and what any gzip member in them unpacks to."""
    yield content
    at = content.find(b"\x1f\x8b\x08")
    while at >= 0:
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj(wbits=31).decompress(content[at:], 1_048_576)
        at = content.find(b"\x1f\x8b\x08", at + 1)


# -------------------------------------------------------------------------------------------------------- what is new


def appeared(key: str, document: Document, outbound: Outbound) -> Iterator[str]:
    """The places of what is read back whose value stood nowhere in what was permitted."""
    back = read_back(key, outbound) or {}
    said = {json.dumps(value) for _, value in scalars(document)}
    words = "\n".join(str(value) for _, value in scalars(document))
    coarser = {loss.path for loss in outbound.losses if loss.kind == "coarsened"}
    for path, value in scalars(back):
        derived = path in _OF_THE_ENVELOPE or (path in _FROM_A_BAND and "age_band" in str(document))
        wanted = value in _WANTED.get(path, ()) or path in coarser
        if not derived and not wanted and json.dumps(value) not in said and not _composed(str(value), words):
            yield f"{path}={value}"


def _composed(text: str, words: str) -> bool:
    """Whether a text is made of nothing but what was said, the names of places, and yes and no."""
    if text in words or set(text.split()) <= set(words.split()):
        return True
    return all(part in words or part in {"yes", "no"} or _LABEL.fullmatch(part) for part in _JOINTS.split(text))


def read_back(key: str, outbound: Outbound) -> Document | None:
    """What the recipient's adapter reads in what was written for it; None where it reads no referral there."""
    body: bytes = outbound.body
    if outbound.media_type.endswith("steps+json"):
        steps = cast("list[dict[str, Json]]", json.loads(body))
        body = json.dumps(steps[0]["body"]).encode()
    media_type = next(
        (name for name in adapters()[key].manifest.media_types if name == outbound.media_type), "application/json"
    )
    parsed = parse_outcome(adapters()[key].adapter, Inbound(body, media_type))
    return parsed.document if isinstance(parsed, ParsedReferral) else None


def packed(text: str) -> bytes:
    """A canary of the search: the text where only unpacking finds it."""
    return b"before" + gzip.compress(b"x" * 10 + text.encode(), mtime=0) + b"after"
