"""Rules D: the same in gives the same out, samples become what they became before, and what is written is read back."""

from collections.abc import Iterator

from adapters.kit.judged import Finding, Judged, profile_examples
from adapters.kit.page import block_of, generated
from adapters.kit.places import leads_to
from adapters.sdk.contract import ParsedReferral
from adapters.sdk.errors import AdapterError
from adapters.sdk.manifest import Direction
from schemas.documents import Document, Json
from schemas.leaves import ITEM, pointer
from schemas.profiles import compiled
from schemas.vocabulary import DataCategory

_NOT_READ_BACK = frozenset({DataCategory.ENVELOPE, DataCategory.PSEUDONYM})


def same_twice(judged: Judged) -> Iterator[Finding]:
    """Equal input gives equal output, both ways."""
    for sample in judged.samples if judged.can(Direction.PARSE) else ():
        first, second = judged.parse(sample.body), judged.parse(sample.body)
        if repr(first) != repr(second):
            yield Finding(sample.name, "it is not read the same way twice")
    for name, document in profile_examples() if judged.can(Direction.RENDER) else ():
        if repr(judged.render(document)) != repr(judged.render(document)):
            yield Finding(name, "it is not written the same way twice")


def goldens_hold(judged: Judged) -> Iterator[Finding]:
    """Each sample that is a referral has a `*.canonical.json`, and becomes just that."""
    for sample, parsed in judged.referrals():
        if sample.golden is None:
            yield Finding(sample.name, "no `*.canonical.json` says what it becomes; write them with --accept")
        elif sample.golden != parsed.document:
            yield Finding(sample.name, "it becomes another referral than its `*.canonical.json` says")


def written_is_read_back(judged: Judged) -> Iterator[Finding]:
    """What is written of a profile, and not reported as lost, is read back as it was."""
    if not (judged.can(Direction.RENDER) and judged.can(Direction.PARSE)):
        yield Finding("directions", "it does not both read and write")
        return
    media_type = judged.manifest.outgoing_media_type
    if media_type not in judged.manifest.media_types:
        yield Finding("manifest", "what it writes is of no kind that it reads")
        return
    for name, document, outbound in judged.written():
        parsed = judged.parse(outbound.body, media_type=media_type)
        if isinstance(parsed, AdapterError):
            yield Finding(name, f"what is written is refused when read back: {parsed.rule} at {parsed.pointer or '/'}")
            continue
        if not isinstance(parsed, ParsedReferral):
            yield Finding(name, "what is written is read back as no referral")
            continue
        lost = [loss.path for loss in outbound.losses]
        for place in _differing(document, parsed, lost):
            yield Finding(name, f"{place} is written, and another is read back")


def _differing(document: Document, parsed: ParsedReferral, lost: list[str]) -> Iterator[str]:
    for leaf in compiled(str(document["schema"])).leaves:
        place = pointer(leaf.target)
        if leaf.category in _NOT_READ_BACK or any(leads_to(path, place) for path in lost):
            continue
        source = leaf.target if leaf.granularity == "age_band" else leaf.source
        written, back = _values(document, leaf.target), _values(parsed.document, source)
        if any(value not in back for value in written):
            yield place


def _values(value: Json, path: tuple[str, ...]) -> list[Json]:
    if not path:
        return [value]
    step, *rest = path
    if step == ITEM:
        return [found for item in value for found in _values(item, tuple(rest))] if isinstance(value, list) else []
    if not isinstance(value, dict) or step not in value:
        return []
    return _values(value[step], tuple(rest))


def page_is_current(judged: Judged) -> Iterator[Finding]:
    """Its page holds what `adapter docs` writes about it today."""
    if judged.page is None:
        yield Finding("page", "there is none; write it with `adapter docs`")
    elif block_of(judged.page) != generated(judged.adapter):
        yield Finding("page", "it is not what `adapter docs` writes today")
