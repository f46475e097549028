"""Rules A and B: what an adapter says of itself is so, its samples become referrals, and every profile is written."""

import json
from collections.abc import Iterator

from adapters.kit.judged import Finding, Judged, profile_examples
from adapters.kit.places import is_there, leads_to
from adapters.sdk.contract import Outbound, Parsed, ParsedReferral
from adapters.sdk.errors import AdapterDefectError, AdapterError
from adapters.sdk.manifest import Direction
from schemas.catalogue import load
from schemas.errors import SchemaViolationError
from schemas.leaves import leaves, pointer
from schemas.validation import validate

NOBODY = "nobody-here"
"""A name of a person who is in no document."""


def manifest_is_true(judged: Judged) -> Iterator[Finding]:
    """The entry point's name is the adapter's key."""
    if judged.manifest.key != judged.name:
        yield Finding("manifest", "its key is not the name of its entry point")


def samples_are_read(judged: Judged) -> Iterator[Finding]:
    """An adapter that reads brings documents, at least one of them a referral, and reads them all."""
    if not judged.can(Direction.PARSE):
        return
    if not judged.samples:
        yield Finding("samples", "there is no `*.in.*` to read; bring one with an invented person")
    elif not any(judged.referrals()):
        yield Finding("samples", "none of them is a referral")
    for sample in judged.samples:
        parsed = judged.parse(sample.body)
        if isinstance(parsed, AdapterError):
            yield Finding(sample.name, f"it is refused: {parsed.rule} at {parsed.pointer or '/'}")


def referrals_are_canonical(judged: Judged) -> Iterator[Finding]:
    """What a sample becomes satisfies referral/1.0, unchanged."""
    for sample, parsed in judged.referrals():
        try:
            validate(parsed.document, "referral/1.0")
        except SchemaViolationError as violation:
            for fault in violation.faults:
                yield Finding(sample.name, f"{fault.rule} at {fault.pointer} of the referral")


def losses_are_of_the_document(judged: Judged) -> Iterator[Finding]:
    """A loss report of a JSON document names places that are in it."""
    for sample in judged.samples:
        parsed = judged.parse(sample.body)
        if not isinstance(parsed, AdapterError) and sample.body.lstrip()[:1] == b"{":
            document = json.loads(sample.body)
            for loss in parsed.losses:
                if not is_there(loss.path, document):
                    yield Finding(sample.name, f"{loss.path} is reported as lost and is not there")


def nobody_is_not_found(judged: Judged) -> Iterator[Finding]:
    """A person who is not in the document is not found in it."""
    for sample, _ in judged.referrals():
        if not isinstance(judged.parse(sample.body, NOBODY), AdapterError):
            yield Finding(sample.name, "it is read for a person who is not in it")


def profiles_are_written(judged: Judged) -> Iterator[Finding]:
    """Every profile is written or refused; at least one is written."""
    if not judged.can(Direction.RENDER):
        return
    written = 0
    for name, document in (*profile_examples(), ("nothing at all", {})):
        outbound = judged.render(document)
        written += isinstance(outbound, Outbound)
        if isinstance(outbound, AdapterDefectError):
            yield Finding(name, f"writing it is a defect: {outbound.rule}")
    if not written:
        yield Finding("profiles", "none can be written")


def undeclared_is_lost(judged: Judged) -> Iterator[Finding]:
    """What is of a category that the manifest does not name is reported as lost when it is written."""
    for name, document, outbound in judged.written():
        for leaf in leaves(load(str(document["schema"]))):
            place = pointer(leaf.path)
            if leaf.node["x-data-category"] in judged.manifest.categories or not is_there(place, document):
                continue
            if not any(leads_to(loss.path, place) for loss in outbound.losses):
                yield Finding(name, f"{place} is neither carried nor reported as lost")


def written_losses_are_there(judged: Judged) -> Iterator[Finding]:
    """What is reported as lost when writing was there to be written."""
    for name, document, outbound in judged.written():
        for loss in outbound.losses:
            if not is_there(loss.path, document):
                yield Finding(name, f"{loss.path} is reported as lost and is not there")


def referral_of(parsed: Parsed | AdapterError) -> ParsedReferral | None:
    """Return a referral, or None for anything else."""
    return parsed if isinstance(parsed, ParsedReferral) else None
