"""Rules C: no value in a refusal, nothing dropped in silence, nothing sent that was said to stay."""

import base64
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from adapters.kit.form import referral_of
from adapters.kit.judged import Finding, Judged
from adapters.kit.places import Place, leads_to, places, variants
from adapters.sdk.checks import CANARY
from adapters.sdk.contract import Outbound
from adapters.sdk.errors import AdapterError
from adapters.sdk.manifest import Direction
from adapters.sdk.mapping.adapter import Mapped
from adapters.sdk.mapping.model import Format
from schemas.catalogue import load
from schemas.documents import Document, Json
from schemas.leaves import ITEM, leaves

_PREFIX = re.compile(r"(?<=[/@])[^/@:]+:")
_TELLING: tuple[Json, ...] = (CANARY, {CANARY: [CANARY]})


def refusals_are_silent(judged: Judged) -> Iterator[Finding]:
    """No refusal and no loss report repeats what a document says, whichever leaf is wrong (JSON, XML and CSV)."""
    for sample in judged.samples:
        for body in _spoilt(sample.body):
            found = judged.parse(body)
            said = f"{found!r} {found.pointer} {found.rule}" if isinstance(found, AdapterError) else repr(found.losses)
            if CANARY in said:
                yield Finding(sample.name, "a value of the document stands in a refusal or a loss report")
                break


def _spoilt(body: bytes) -> Iterator[bytes]:
    if body.lstrip()[:1] == b"{":
        for other in variants(json.loads(body), *_TELLING):
            yield json.dumps(other).encode()
    else:
        for place in places(body, CANARY):
            yield place.changed


def nothing_is_dropped_in_silence(judged: Judged) -> Iterator[Finding]:
    """A leaf whose absence changes nothing is in the loss report."""
    pointers = _pointers(judged)
    for sample, parsed in judged.referrals():
        for place in _places(judged, sample.body):
            reported = pointers.get(place.path, (place.path,))
            without = referral_of(judged.parse(place.without))
            if without is None or without.document != parsed.document:
                continue
            if not any(leads_to(loss.path, pointer) for loss in parsed.losses for pointer in reported):
                yield Finding(sample.name, f"{place.path} is silently dropped: map it, or list it as never sent")


def _pointers(judged: Judged) -> Mapping[str, Sequence[str]]:
    """How a mapping reports a field whose name no pointer can hold, and one of XML.

    In a path of XML `*` is no step, and prefixes do not count: several fields may have one path.
    """
    if not isinstance(judged.adapter, Mapped):
        return {}
    mapping, found = judged.adapter.mapping, dict[str, list[str]]()
    for field in mapping.fields:
        path = _path_in_xml(field.pointer) if mapping.format is Format.XML else f"/{field.name}"
        found.setdefault(path, []).append(field.pointer)
    return found


def _path_in_xml(pointer: str) -> str:
    return _PREFIX.sub("", pointer.replace(f"/{ITEM}", ""))


def _places(judged: Judged, body: bytes) -> tuple[Place, ...]:
    """The leaves of a sample; a mapping can also name attributes."""
    return places(body, CANARY, attributes=isinstance(judged.adapter, Mapped))


def what_stays_is_not_sent(judged: Judged) -> Iterator[Finding]:
    """A text at a place that is reported as dropped is nowhere in the referral."""
    pointers = _pointers(judged)
    for sample, parsed in judged.referrals():
        found = _places(judged, sample.body)
        dropped = [loss.path for loss in parsed.losses if loss.kind == "dropped"]
        alike = Counter(_alike(place.path) for place in found)
        for place in found:
            reported = pointers.get(place.path, (place.path,))
            if alike[_alike(place.path)] > 1 or not {*reported} <= {*dropped} or "*" in place.path:
                continue
            changed = referral_of(judged.parse(place.changed))
            if changed is not None and CANARY in json.dumps(changed.document):
                yield Finding(sample.name, f"{place.path} is reported as dropped and is in the referral")


def _alike(path: str) -> str:
    return "/".join("*" if step.isdigit() else step for step in path.split("/"))


def undeclared_does_not_leave(judged: Judged) -> Iterator[Finding]:
    """A text of a category that the manifest does not name is nowhere in what is written, also not encoded."""
    if not judged.can(Direction.RENDER):
        return
    for name, document, _ in judged.written():
        planted = [
            leaf.path
            for leaf in leaves(load(str(document["schema"])))
            if leaf.node["x-data-category"] not in judged.manifest.categories and "enum" not in leaf.node
        ]
        everywhere = document
        for path in planted:
            everywhere = _planted(everywhere, path)
        whole = judged.render(everywhere)
        if isinstance(whole, Outbound) and not holds_canary(whole.body):
            continue  # Nothing leaves of all of them: no need to look one by one.
        for path in planted:
            outbound = judged.render(_planted(document, path))
            if isinstance(outbound, Outbound) and holds_canary(outbound.body):
                yield Finding(name, f"/{'/'.join(path)} leaves, though the manifest does not name its category")


def holds_canary(body: bytes) -> bool:
    """Whether the canary stands in a body: as it is, in UTF-16, in hex, or in base64 at any offset."""
    plain = CANARY.encode()
    wide = CANARY.encode("utf-16-le")
    coded = [base64.b64encode(bytes(at) + plain)[4:-4] for at in range(3)]
    return any(form in body for form in (plain, plain.lower(), wide, plain.hex().encode(), *coded))


def _planted(value: Document, path: tuple[str, ...]) -> Document:
    made: dict[str, Json] = {}
    for key, member in value.items():
        made[key] = _plant(member, path[1:]) if path and key == path[0] else member
    return made


def _plant(value: Json, path: tuple[str, ...]) -> Json:
    if isinstance(value, dict):
        return _planted(value, path)
    if isinstance(value, list):
        return [_plant(member, path[1:]) for member in value]
    return CANARY if isinstance(value, str) and not path else value
