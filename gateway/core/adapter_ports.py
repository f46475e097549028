"""What the line asks of adapters, behind their guard. Protocols only, like `gateway.core.ports`."""

from typing import Protocol

from adapters.sdk.contract import Inbound, Outbound, Outgoing, OutgoingNotice, Parsed, StatusUpdate
from adapters.sdk.manifest import Manifest


class SystemAdapter(Protocol):
    """One adapter behind the guard: only AdapterError leaves it."""

    @property
    def manifest(self) -> Manifest:
        """What it says about itself."""
        ...

    def parse(self, inbound: Inbound) -> Parsed:
        """Read a sender's document."""
        ...

    def render(self, outgoing: Outgoing) -> Outbound:
        """Write a recipient's document."""
        ...

    def render_status(self, update: StatusUpdate) -> Outbound:
        """Write an answer for the original sender."""
        ...

    def render_notice(self, notice: OutgoingNotice) -> Outbound:
        """Write what a recipient is told about a message it holds."""
        ...


class Adapters(Protocol):
    """The adapters the operator allowed."""

    def of(self, key: str) -> SystemAdapter:
        """Return the adapter registered under that key. Raises OperatorError when there is none."""
        ...
