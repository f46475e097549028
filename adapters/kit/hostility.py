"""Rules F: what is no document, and what was one before somebody damaged it, is refused; it is never a defect."""

import json
import random  # noqa: TID251 - damage that is the same each time
from collections.abc import Iterator
from time import monotonic

from adapters.kit.judged import Finding, Judged
from adapters.kit.places import places, variants
from adapters.sdk.checks import CANARY, hostile_bodies, no_side_doors
from adapters.sdk.errors import AdapterDefectError, AdapterError
from adapters.sdk.manifest import Direction
from schemas.documents import Json

_SEED = 20310506
_DAMAGES = 120
_CUTS = 40
_SECONDS = 5.0
_LONG = 10_000
_KINDS: tuple[Json, ...] = (7, [None])
_ENCODINGS = ("utf-16", "utf-32", "cp500")


def hostile_is_refused(judged: Judged) -> Iterator[Finding]:
    """What is a document in no format is refused, the same way twice, without a word of it."""
    for name, media_type, body in _hostile(judged):
        with no_side_doors():
            first = judged.parse(body, media_type=media_type)
            second = judged.parse(body, media_type=media_type)
        if not isinstance(first, AdapterError):
            yield Finding(name, "it is accepted")
        elif isinstance(first, AdapterDefectError):
            yield Finding(name, f"it is a defect: {first.rule}")
        elif CANARY in f"{first} {first.pointer} {first.rule}":
            yield Finding(name, "a value of it stands in the refusal")
        elif str(first) != str(second):
            yield Finding(name, "it is not refused the same way twice")


def _hostile(judged: Judged) -> Iterator[tuple[str, str, bytes]]:
    for name, body in hostile_bodies() if judged.can(Direction.PARSE) else ():
        for media_type in judged.manifest.media_types:
            yield name, media_type, body


def cut_is_refused(judged: Judged) -> Iterator[Finding]:
    """A sample that was cut off is refused wherever it was cut."""
    for sample in judged.samples:
        whole = sample.body.rstrip()
        for length in range(0, len(whole), max(1, len(whole) // _CUTS)):
            found = judged.parse(whole[:length])
            if not isinstance(found, AdapterError):
                yield Finding(sample.name, f"its first {length} bytes are read as a whole document")
            elif isinstance(found, AdapterDefectError):
                yield Finding(sample.name, f"its first {length} bytes are a defect: {found.rule}")


def damage_is_no_defect(judged: Judged) -> Iterator[Finding]:
    """A sample with one random byte is read or refused."""
    chance = random.Random(_SEED)  # noqa: S311 - damage that is the same each time, not a secret
    for sample in judged.samples:
        for _ in range(_DAMAGES):
            body = bytearray(sample.body)
            at = chance.randrange(len(body))
            body[at] = chance.randrange(256)
            if isinstance(judged.parse(bytes(body)), AdapterDefectError):
                yield Finding(sample.name, f"another byte at {at} is a defect")


def wrong_leaves_are_no_defect(judged: Judged) -> Iterator[Finding]:
    """A sample in which one leaf is gone or is something else is read or refused."""
    for sample in judged.samples:
        for what, body in _wrong(sample.body):
            if isinstance(judged.parse(body), AdapterDefectError):
                yield Finding(sample.name, f"{what} is a defect")


def _wrong(body: bytes) -> Iterator[tuple[str, bytes]]:
    if body.lstrip()[:1] == b"{":
        for other in variants(json.loads(body), *_KINDS):
            yield "a leaf of another kind", json.dumps(other).encode()
    for place in places(body, CANARY):
        yield f"{place.path}, left out,", place.without
        if body.lstrip()[:1] != b"{":
            yield f"{place.path}, with another text,", place.changed


def huge_is_quick(judged: Judged) -> Iterator[Finding]:
    """Nothing of a mebibyte keeps the adapter busy: a thousand thousand of one character, brackets, or her name."""
    bodies = [(name, body) for name, body in hostile_bodies() if len(body) > _LONG and judged.can(Direction.PARSE)]
    for sample in judged.samples[:1]:
        grown = places(sample.body, "x" * 1_000_000)
        bodies += [(f"{sample.name} with a huge {place.path}", place.changed) for place in grown[:2]]
    for name, body in bodies:
        began = monotonic()
        found = judged.parse(body)
        if monotonic() - began > _SECONDS:
            yield Finding(name, "it takes more than 5 seconds")
        if isinstance(found, AdapterDefectError):
            yield Finding(name, f"it is a defect: {found.rule}")


def other_encodings_change_nothing(judged: Judged) -> Iterator[Finding]:
    """A sample in another encoding is refused, or read as what it is."""
    for sample, parsed in judged.referrals():
        try:
            text = sample.body.decode()
        except UnicodeDecodeError:
            continue  # A package such as a workbook has no encoding of its own.
        for encoding in _ENCODINGS:
            found = judged.parse(text.encode(encoding, "replace"))
            same = not isinstance(found, AdapterError) and found == parsed
            if isinstance(found, AdapterDefectError) or not (same or isinstance(found, AdapterError)):
                yield Finding(sample.name, f"in {encoding} it is something else")
