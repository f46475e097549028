"""Which fields of a sender's document stay behind: their places, never their values."""

from dataclasses import dataclass

from adapters.sdk.contract import Inbound, ParsedReferral
from gateway.core.adapter_ports import SystemAdapter
from gateway.core.errors import Defect
from gateway.demo.messages import NDEX, leaves
from schemas.catalogue import load
from schemas.categories import categories
from schemas.documents import CompiledProfile
from schemas.leaves import pointer
from schemas.vocabulary import DataCategory


@dataclass(frozen=True, slots=True)
class Withheld:
    """What stays: places in the canonical referral by category, and the elements that have no place in it."""

    by_category: tuple[tuple[DataCategory, tuple[str, ...]], ...]
    no_place: tuple[str, ...]


def withheld(adapter: SystemAdapter, incident: bytes, profile: CompiledProfile, sent: frozenset[str]) -> Withheld:
    """Return what of the incident report is not sent: not listed by the profile, or of a category that is not sent."""
    parsed = adapter.parse(Inbound(incident, NDEX))
    if not isinstance(parsed, ParsedReferral):
        raise Defect("the demonstration's document is no referral")
    passed_on = {leaf.source for leaf in profile.leaves if leaf.category in sent}
    known = categories(load("referral/1.0"))
    found: dict[DataCategory, set[str]] = {}
    for path, _ in leaves(parsed.document):
        if path not in passed_on and (category := known[pointer(path)]) is not DataCategory.ENVELOPE:
            found.setdefault(category, set()).add(pointer(path))
    dropped = {loss.path.rpartition("/")[2] for loss in parsed.losses if loss.kind == "dropped"}
    by_category = tuple((category, tuple(sorted(found[category]))) for category in sorted(found))
    return Withheld(by_category, tuple(sorted(dropped)))
