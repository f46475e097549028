"""What is judged: an adapter, the documents its author brought, its source, its page."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from adapters.sdk.checks import no_side_doors, parse_outcome, sample_outgoing
from adapters.sdk.contract import Adapter, Inbound, Outbound, Parsed, ParsedReferral
from adapters.sdk.errors import AdapterError
from adapters.sdk.guard import Guard
from adapters.sdk.manifest import Direction, Manifest
from schemas.documents import Document


@dataclass(frozen=True, slots=True)
class Sample:
    """A document about an invented person, and the canonical referral it must become (None: nobody has said yet)."""

    name: str
    body: bytes
    golden: Document | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong: where, and a sentence. Never a value of a document."""

    place: str
    says: str

    def __str__(self) -> str:
        """Return both."""
        return f"{self.place}: {self.says}"


@dataclass(frozen=True)
class Judged:
    """An adapter under judgement. `name` is its entry point, `sources` its Python files by name, `page` its page."""

    adapter: Adapter
    name: str
    samples: tuple[Sample, ...]
    sources: tuple[tuple[str, str], ...] = ()
    page: str | None = None

    @property
    def manifest(self) -> Manifest:
        """What the adapter says about itself."""
        return self.adapter.manifest

    def can(self, direction: Direction) -> bool:
        """Whether the adapter does that at all."""
        return direction in self.manifest.directions

    def parse(self, body: bytes, subject: str | None = None, media_type: str | None = None) -> Parsed | AdapterError:
        """What the guarded adapter makes of a document; a refusal comes back as a value."""
        return parse_outcome(self.adapter, Inbound(body, media_type or self._spoken(body), subject))

    def _spoken(self, body: bytes) -> str:
        """The first of its media types; for a document in JSON the first that is JSON, where there is one."""
        types = self.manifest.media_types
        spoken = [name for name in types if name.endswith("json")] if body.lstrip()[:1] == b"{" else []
        return next(iter(spoken), types[0])

    def referrals(self) -> Iterator[tuple[Sample, ParsedReferral]]:
        """Yield the samples that are referrals, with what they become."""
        for sample in self.samples:
            parsed = self.parse(sample.body)
            if isinstance(parsed, ParsedReferral):
                yield sample, parsed

    def render(self, document: Document) -> Outbound | AdapterError:
        """What the guarded adapter writes, without side doors; a refusal comes back as a value."""
        outgoing = sample_outgoing(document)
        try:
            with no_side_doors():
                return Guard(self.adapter).render(outgoing)
        except AdapterError as error:
            return error

    def written(self) -> Iterator[tuple[str, Document, Outbound]]:
        """Yield each profile's example that the adapter can write, with what it writes."""
        for name, document in profile_examples() if self.can(Direction.RENDER) else ():
            outbound = self.render(document)
            if isinstance(outbound, Outbound):
                yield name, document, outbound


@cache
def profile_examples() -> tuple[tuple[str, Document], ...]:
    """Return the published examples of every profile, by name: with all of its leaves, and with as few as it allows."""
    folder = files("schemas").joinpath("profiles", "examples")
    found = [
        (place.name.removesuffix(".json"), json.loads(place.read_text(encoding="utf-8"))) for place in folder.iterdir()
    ]
    return tuple(sorted(found, key=lambda entry: entry[0]))
