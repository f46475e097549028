"""What the line asks of adapters, behind their guard: protocols, like `gateway.core.ports`, and what they raise."""

from collections.abc import Callable, Iterable
from typing import Final, Protocol, TypeVar

from adapters.sdk.contract import Inbound, Outbound, Outgoing, OutgoingNotice, Parsed, StatusUpdate
from adapters.sdk.manifest import Manifest
from gateway.core.errors import OperatorError

_Result = TypeVar("_Result")


NOT_ASKED: Final = frozenset({"worker_busy", "worker_not_started"})
"""Rules of an adapter that could not read a document, whatever is in it: to be tried again."""


class NoAdapterError(OperatorError):
    """An agency is registered with an adapter that is not installed here, or not allowed any more."""


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
        """Return the adapter registered under that key. Raises NoAdapterError when there is none."""
        ...

    async def aside(self, keys: Callable[[], Iterable[str]], work: Callable[[], _Result]) -> _Result:
        """Do work that asks the adapters of these keys, without holding the event loop where one of them is waited for.

        `keys` is only looked up where some adapter runs apart. Raises OperatorError when one has too much to do.
        """
        ...
