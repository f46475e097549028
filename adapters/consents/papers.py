"""What goes in and out of a consent format: frozen values, and the protocol every format keeps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from adapters.sdk import CannotRenderError
from schemas.documents import Document, Json, Loss
from schemas.vocabulary import ConsentState

OWN: Final = "urn:referral-gateway:"
"""What every name of our own begins with, where a standard has none."""

RECORDABLE: Final = frozenset({ConsentState.GIVEN, ConsentState.REFUSED, ConsentState.REQUESTED, ConsentState.DEFERRED})
"""The states in which a consent may be recorded anew. What is over is no consent that could be handed on."""


@dataclass(frozen=True, slots=True)
class Party:
    """An agency as a document of the world names it: id, title, country (ISO 3166-1 alpha-2). Never an address."""

    id: str
    title: str
    country: str


@dataclass(frozen=True, slots=True)
class ConsentPaper:
    """One consent as it stands, to be written: consent/1.0 with its end, in whatever state it is by now."""

    id: str
    state: ConsentState
    document: Document
    discloser: Party
    recipient: Party

    def text(self, name: str) -> str:
        """Return a member that is text."""
        return str(self.document[name])

    def texts(self, name: str) -> list[str]:
        """Return the texts of a member that is a list."""
        found = self.document[name]
        return [str(one) for one in found] if isinstance(found, list) else []

    def inner(self, name: str) -> Mapping[str, Json]:
        """Return a member that is an object."""
        found = self.document[name]
        return found if isinstance(found, Mapping) else {}

    def restrictions(self) -> list[tuple[str, str | None]]:
        """Return what she wants withheld, and from whom; None: from everybody."""
        found = self.document.get("restrictions", [])
        entries = [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []
        return [(str(entry["category"]), _recipient(entry)) for entry in entries]

    def lost(self, carried: Iterable[str]) -> tuple[Loss, ...]:
        """Return every member a format has no place for."""
        missing = self.document.keys() - {"schema", *carried}
        return tuple(Loss(f"/{name}", "dropped") for name in sorted(missing))


@dataclass(frozen=True, slots=True)
class WrittenPaper:
    """A consent in another's format, and which members of consent/1.0 that format has no place for."""

    body: bytes
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """What another's document says for certain, in members of consent/1.0: seldom enough to be recorded alone."""

    document: Document
    losses: tuple[Loss, ...] = ()


class ConsentFormat(Protocol):
    """One format. `read` and `write` raise AdapterError and nothing else; equal input gives equal bytes."""

    @property
    def key(self) -> str:
        """What it is called on the command line."""
        ...

    @property
    def media_type(self) -> str:
        """What it is called on the wire."""
        ...

    def write(self, paper: ConsentPaper) -> WrittenPaper:
        """Write a consent. Raises CannotRenderError where the format would say more than she agreed to."""
        ...

    def read(self, body: bytes) -> ReadPaper:
        """Read a consent. Raises MalformedError or UnsupportedError, each with a pointer into the document."""
        ...


def name_of(kind: str, code: str) -> str:
    """Return our own name for a code: `urn:referral-gateway:purpose:asylum`."""
    return f"{OWN}{kind}:{code}"


def refuse_state(paper: ConsentPaper, known: Iterable[ConsentState]) -> None:
    """Raise CannotRenderError for a state the format has no word for."""
    if paper.state not in frozenset(known):
        raise CannotRenderError("/state", "not_carried")


def _recipient(entry: Mapping[str, Json]) -> str | None:
    return str(entry["recipient"]) if "recipient" in entry else None
