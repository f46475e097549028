"""Finds adapters by entry point, checks what they say about themselves, and hands them out inside their guard."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points

from adapters.sdk.contract import Adapter
from adapters.sdk.guard import Guard, Limits
from gateway.core.errors import OperatorError

GROUP = "referral_gateway.adapters"
BUILT_IN = "referral-gateway"


@dataclass(frozen=True, slots=True)
class InstalledAdapters:
    """`gateway.core.adapter_ports.Adapters`: the guarded adapters by key."""

    by_key: Mapping[str, Guard]

    def of(self, key: str) -> Guard:
        """Return the adapter of that key. Raises OperatorError when there is none."""
        adapter = self.by_key.get(key)
        if adapter is None:
            raise OperatorError("no adapter of that key is installed")
        return adapter


def installed(limits: Limits) -> InstalledAdapters:
    """Load every built-in adapter.

    One from another distribution is not loaded: it would have to run apart (DESIGN section 9).
    """
    guarded: dict[str, Guard] = {}
    for entry in entry_points(group=GROUP):
        if entry.dist is None or entry.dist.name != BUILT_IN:
            continue
        made: Adapter = entry.load()()
        if made.manifest.key != entry.name or entry.name in guarded:
            raise OperatorError("an adapter is announced under a key that is not its own")
        guarded[entry.name] = Guard(made, limits)
    return InstalledAdapters(guarded)
