"""An agency as the line sees it: what it is for, which adapter speaks to it, how it gets its messages."""

from dataclasses import dataclass

from consent.disclosure import Party
from gateway.core.boxes import Sealing
from gateway.core.heads import Head
from schemas.vocabulary import DeliveryMode, FunctionClass


@dataclass(frozen=True, slots=True)
class RecipientKey:
    """A recipient's public key as pinned by its registration; `id` names it in sealed messages, `how` says the way."""

    id: str
    public_key: bytes
    how: Sealing = Sealing.HPKE


@dataclass(frozen=True, slots=True)
class Agency:
    """A registered organisation. `head` is the version everything prepared for it rests on."""

    id: str
    title: str
    function: FunctionClass
    country: str
    adapter: str
    delivery: DeliveryMode
    sealing_key: RecipientKey | None
    head: Head

    @property
    def party(self) -> Party:
        """The agency as the rules see it."""
        return Party(self.id, self.function, self.country)
