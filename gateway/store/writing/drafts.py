"""What one item of a batch wants written, before it is known whether the item succeeds."""

from dataclasses import dataclass, field

from gateway.core.answers import LeafSlot
from gateway.core.rows import Row
from gateway.core.stages import SealedLeaf


@dataclass(slots=True)
class Draft:
    """What one item wants written."""

    versions: dict[str, int] = field(default_factory=dict)
    used: dict[bytes, int] = field(default_factory=dict)
    disabled_clients: set[str] = field(default_factory=set)
    revoked_tokens: set[str] = field(default_factory=set)
    leaves: list[tuple[SealedLeaf, LeafSlot]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)
